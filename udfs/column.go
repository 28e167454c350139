package udfs

import (
	"unsafe"

	"sparksql/exec/vec"
)

// carrier is the codec of a static type, or why there is none.
type carrier[T any] struct {
	*codec
	err error
}

func carry[T any]() carrier[T] {
	c, err := codecFor[T]()
	if err != nil {
		c = &codec{}
	}
	return carrier[T]{c, err}
}

// column is one argument's or the result's values of a batch, by row: the column's own memory where its layout
// is Go's, else copies in scratch.
type column[T any] struct {
	*codec
	vals []T
	buf  []T
}

func (c carrier[T]) column() *column[T] { return &column[T]{codec: c.codec} }

// view is the column's memory as Go values, for native types.
func view[T any](v *vec.Vec) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(v.Fixed))), v.Len)
}

// scratch makes vals n values of memory of its own.
func (c *column[T]) scratch(n int) cells {
	if cap(c.buf) < n {
		c.buf = make([]T, max(n, vec.BatchRows))
	}
	c.vals = c.buf[:n]
	return cellsOf(c.vals)
}

// read loads the live rows of the first of args; the others may hold anything.
func (c *column[T]) read(e *Env, args []*vec.Vec, sel []int32, n int) error {
	v := args[0]
	if c.native {
		c.vals = view[T](v)
		return nil
	}
	to := c.scratch(n)
	return runs(sel, n, func(lo, n int) error { return c.load(e, v, lo, n, cells{to.at(lo), to.stride}) })
}

// begin gives the function a place for its results.
func (c *column[T]) begin(out *vec.Vec) {
	if c.native {
		c.vals = view[T](out)
		return
	}
	c.scratch(out.Len)
}

// write stores the results of the live rows.
func (c *column[T]) write(out *vec.Vec, sel []int32, n int) error {
	if c.native {
		return nil
	}
	from := cellsOf(c.vals)
	return runs(sel, n, func(lo, n int) error { return c.store(out, lo, n, cells{from.at(lo), from.stride}) })
}

// runs calls f for each run of consecutive rows in sel; nil is 0..n-1.
func runs(sel []int32, n int, f func(lo, n int) error) error {
	if sel == nil {
		if n == 0 {
			return nil
		}
		return f(0, n)
	}
	for k := 0; k < len(sel); {
		end := k + 1
		for end < len(sel) && sel[end] == sel[end-1]+1 {
			end++
		}
		if err := f(int(sel[k]), end-k); err != nil {
			return err
		}
		k = end
	}
	return nil
}

// columns are a variadic argument's values: as many columns as the call has arguments there.
type columns[T any] struct {
	codec *codec
	cols  []*column[T]
	rows  []T
	n     int
}

func (c carrier[T]) columns() *columns[T] { return &columns[T]{codec: c.codec} }

// begin makes room for the arguments of a batch; a row's are its own to keep.
func (c *columns[T]) begin(args, n int) {
	for len(c.cols) < args {
		c.cols = append(c.cols, &column[T]{codec: c.codec})
	}
	c.n, c.rows = args, make([]T, args*n)
}

// row are the arguments of row i.
func (c *columns[T]) row(i int) []T {
	row := c.rows[i*c.n : (i+1)*c.n : (i+1)*c.n]
	for k := range row {
		row[k] = c.cols[k].vals[i]
	}
	return row
}

// read loads all arguments there are.
func (c *columns[T]) read(e *Env, args []*vec.Vec, sel []int32, n int) error {
	c.begin(len(args), n)
	for k := range args {
		if err := c.cols[k].read(e, args[k:], sel, n); err != nil {
			return err
		}
	}
	return nil
}
