package arrowudf

import (
	"context"
	"math/bits"
	"sync"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// allocatorKey is the key of a context's allocator.
type allocatorKey struct{}

// Allocator is the memory for the result of the call that ctx belongs to: the engine takes the values of a result over when
// the function returns, and gives its memory to the next batch. So a function that builds its result with it makes no garbage.
// Outside of a call it is Arrow's own allocator.
func Allocator(ctx context.Context) memory.Allocator {
	if a, ok := ctx.Value(allocatorKey{}).(memory.Allocator); ok {
		return a
	}
	return memory.DefaultAllocator
}

// recycler keeps freed memory by size, the powers of two, for those who ask next. It is safe for concurrent use. What the
// collector of garbage takes from it is not missed.
type recycler struct {
	bySize [maxRecycled + 1]sync.Pool // of *[]byte, of 1<<i bytes
}

// Smaller and larger pieces of memory are left to Go.
const minRecycled, maxRecycled = 8, 26

func sizeClass(size int) int { return bits.Len(uint(max(size, 1) - 1)) }

// Allocate gives size bytes, all 0.
func (r *recycler) Allocate(size int) []byte {
	class := sizeClass(size)
	if class < minRecycled || class > maxRecycled {
		return memory.DefaultAllocator.Allocate(size)
	}
	if b, ok := r.bySize[class].Get().(*[]byte); ok {
		clear((*b)[:size])
		return (*b)[:size]
	}
	return memory.DefaultAllocator.Allocate(1 << class)[:size]
}

// Reallocate gives size bytes that begin with those of b, the others 0.
func (r *recycler) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) && sizeClass(size) == sizeClass(cap(b)) {
		if size > len(b) {
			clear(b[len(b):size])
		}
		return b[:size]
	}
	out := r.Allocate(size)
	copy(out, b)
	r.Free(b)
	return out
}

// Free takes memory back.
func (r *recycler) Free(b []byte) {
	if class := sizeClass(cap(b)); cap(b) == 1<<class && class >= minRecycled && class <= maxRecycled {
		b = b[:cap(b)]
		r.bySize[class].Put(&b)
	}
}
