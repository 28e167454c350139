package parquet

import (
	"context"
	"errors"
	"strings"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// reader reads splits for one worker.
type reader struct {
	s     *scan
	codec codecs
	fd    *catalog.OpenFile
	file  int // of fd and cols, -1: none
	group int
	cols  []column
	batch vec.Batch
	sel   []int32
	pages int64
	bytes int64

	filter *filter
}

// column is one column of the batches: a constant, or read from the file as flat or nested.
type column struct {
	constant *vec.Vec
	flat     *flat
	tree     *tree
	leaves   []*nestedLeaf
	out      vec.Vec
}

func (s *scan) open() (catalog.Reader, error) {
	r := &reader{s: s, file: -1, group: -1}
	r.batch.Cols = make([]*vec.Vec, len(s.spec.Columns))
	f, err := s.newFilter()
	r.filter = f
	return r, err
}

// Held is the memory of the pages at hand.
func (r *reader) Held() (n int64) {
	for i := range r.cols {
		c := &r.cols[i]
		n += c.out.Size()
		if c.flat != nil {
			n += c.flat.held()
		}
		for _, l := range c.leaves {
			n += l.held()
		}
	}
	return n
}

// Close gives the reader's file and memory back.
func (r *reader) Close() error {
	r.codec.close()
	r.cols = nil
	if r.fd == nil {
		return nil
	}
	fd := r.fd
	r.fd, r.file = nil, -1
	return fd.Close()
}

// Read emits the rows of a split. Whatever is wrong with the file is an error that names it.
func (r *reader) Read(ctx context.Context, n int, emit func(*vec.Batch) error) error {
	sp := r.s.splits[n]
	f := r.s.files[sp.file]
	var emitErr error
	err := r.read(ctx, sp, uint64(n)<<32, func(b *vec.Batch) error {
		emitErr = emit(b)
		return emitErr
	})
	st := r.s.spec.Stats
	st.Pages.Add(r.pages)
	st.Bytes.Add(r.bytes)
	r.pages, r.bytes = 0, 0
	if r.s.left[[2]int{sp.file, sp.group}].Add(-1) == 0 {
		r.s.dicts.drop(f.File, sp.group)
	}
	var inFilter filterError
	switch {
	case err == nil || emitErr != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &inFilter):
		return inFilter.error
	}
	r.file = -1 // what was read of it is not to be relied on
	return readError(f.Path, err)
}

func (r *reader) read(ctx context.Context, sp split, seq uint64, emit func(*vec.Batch) error) (err error) {
	if r.s.excluded(sp.file) {
		if sp.group == 0 && sp.from == 0 {
			r.s.spec.Stats.FilesPruned.Add(1)
		}
		return nil
	}
	if err := r.enter(sp); err != nil {
		return err
	}
	skip := r.s.prune.pages(r, sp)
	if skip.all {
		return nil
	}
	for row := sp.from; row < sp.to; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var b *vec.Batch
		end, err := r.next(ctx, row, sp.to, skip, &b)
		if err != nil {
			return err
		}
		if b != nil {
			b.Seq = seq + uint64(row-sp.from)
			r.s.spec.Stats.Rows.Add(int64(b.Rows()))
			if err := emit(b); err != nil {
				return err
			}
		}
		row = end
	}
	return nil
}

// enter opens the split's file and row group.
func (r *reader) enter(sp split) (err error) {
	defer guard(&err)
	f := r.s.files[sp.file]
	if r.file != sp.file {
		if r.fd != nil {
			r.fd.Close()
			r.fd = nil
		}
		r.file, r.group = -1, -1
		if r.fd, err = r.s.spec.Files[sp.file].Open(); err != nil {
			return err
		}
		if r.fd.Size() != f.Size {
			return corruptf("the file has changed since the query began")
		}
		if err := r.match(f, r.s.spec.Files[sp.file].Parts); err != nil {
			return err
		}
		r.file = sp.file
	}
	if r.group == sp.group {
		return nil
	}
	r.group = sp.group
	idx := f.index(r.fd, sp.group).offsets
	for i := range r.cols {
		c := &r.cols[i]
		if c.flat != nil {
			c.flat.open(f.File, r.fd, sp.group, c.flat.leaf, idx[c.flat.leaf.Leaf])
			c.flat.start()
		}
		for _, l := range c.leaves {
			l.open(f.File, r.fd, sp.group, l.leaf, idx[l.leaf.Leaf])
			l.vals = nil
		}
	}
	return nil
}

// match makes the readers of the columns for a file.
func (r *reader) match(f *cached, parts []any) error {
	old := r.cols
	r.cols = make([]column, len(r.s.spec.Columns))
	for i, want := range r.s.spec.Columns {
		c := &r.cols[i]
		if want.Part >= 0 {
			c.constant = vec.Constant(want.Type, parts[want.Part], vec.BatchRows)
			continue
		}
		n, ambiguous := f.Root.kid(want.Name)
		if ambiguous {
			return corruptf("more than one column is called %s", want.Name)
		}
		if n == nil || want.Type.Kind() == types.Null {
			c.constant = vec.Constant(want.Type, want.Missing, vec.BatchRows)
			continue
		}
		if n.Kids == nil && n.RepLvl == 0 {
			conv, err := newConv(f.File, n, want.Type)
			if err != nil {
				return err
			}
			c.flat = &flat{}
			if i < len(old) && old[i].flat != nil { // keep the buffers
				c.flat = old[i].flat
			}
			c.flat.leaf, c.flat.conv = n, conv
			r.share(&c.flat.chunk)
			continue
		}
		m := matcher{file: f.File}
		t, err := m.field(n, want.Type, 0, 0)
		if err != nil {
			return err
		}
		c.tree, c.leaves = t, m.leaves
		for _, l := range c.leaves {
			r.share(&l.chunk)
		}
	}
	return nil
}

func (r *reader) share(c *chunk) {
	c.codec, c.dicts, c.stats = &r.codec, &r.s.dicts, counter{&r.pages, &r.bytes}
}

// next decodes a batch that begins at row and gives the row behind it; b stays nil when no row survives.
func (r *reader) next(ctx context.Context, row, limit int64, skip skips, b **vec.Batch) (end int64, err error) {
	defer guard(&err)
	if to, skipped := skip.from(row); skipped {
		return min(to, limit), nil
	}
	end = min(limit, row+vec.BatchRows, skip.until(row))
	for i := range r.cols {
		if f := r.cols[i].flat; f != nil {
			e, err := f.until(row)
			if err != nil {
				return 0, err
			}
			end = min(end, e)
		}
	}
	n := int(end - row)
	r.batch.N, r.batch.Sel = n, nil
	keep, err := r.filter.run(ctx, r, row)
	if err != nil || !keep {
		return end, err
	}
	for i := range r.cols {
		if err := r.filter.take(r, i, row); err != nil {
			return 0, err
		}
	}
	*b = &r.batch
	return end, nil
}

// take reads n rows of column i.
func (r *reader) take(i int, row int64, n int) (*vec.Vec, error) {
	c := &r.cols[i]
	switch {
	case c.constant != nil:
		c.constant.Len = n
		return c.constant, nil
	case c.flat != nil:
		return c.flat.take(row, n)
	}
	for _, l := range c.leaves {
		if err := l.take(row, n); err != nil {
			return nil, err
		}
	}
	if err := c.tree.build(&c.out); err != nil {
		return nil, err
	}
	if c.out.Len != n {
		return nil, corruptf("a nested column has %d rows where %d were expected", c.out.Len, n)
	}
	return &c.out, nil
}
