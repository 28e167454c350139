package arrowudf

import (
	"bytes"
	"context"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Memory comes back, and looks new.
func TestMemoryIsGivenAgain(t *testing.T) {
	r := &recycler{}
	fill := func(b []byte) []byte {
		for i := range b {
			b[i] = 0xff
		}
		return b
	}
	again := 0
	for _, size := range []int{0, 1, 255, 256, 257, 4096, 5000, 1 << 20} {
		for range 100 { // a pool may lose what it is given
			a := fill(r.Allocate(size))
			if len(a) != size {
				t.Fatalf("%d bytes instead of %d", len(a), size)
			}
			r.Free(a)
			b := r.Allocate(max(size-3, 0))
			if !bytes.Equal(b, make([]byte, len(b))) {
				t.Fatalf("%d bytes are not empty", len(b))
			}
			if cap(a) > 0 && cap(b) > 0 && &a[:1][0] == &b[:1][0] {
				again++
			}
			b = fill(b)
			c := r.Reallocate(2*size+7, b)
			if len(c) != 2*size+7 || !bytes.Equal(c[:len(b)], b) {
				t.Fatalf("%d bytes of %d after growing", len(c), size)
			}
			if rest := c[len(b):]; !bytes.Equal(rest, make([]byte, len(rest))) {
				t.Fatalf("%d bytes that grew to %d are not empty", len(b), len(c))
			}
			r.Free(c)
		}
	}
	if again == 0 {
		t.Error("no memory was used twice")
	}
	if Allocator(context.Background()) != memory.DefaultAllocator {
		t.Error("outside of calls there is another allocator")
	}
}
