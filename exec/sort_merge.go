package exec

import (
	"container/heap"
	"io"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// merger merges sorted runs: a heap of the runs by their next rows.
type merger struct {
	keys []sortKey
	seq  int // the column that orders equals
	runs []*runCursor
}

type runCursor struct {
	in    *mem.Reader
	index int // the order of the runs
	cols  []*vec.Vec
	at, n int
}

func (c *runCursor) load() (more bool, err error) {
	c.cols, c.n, err = c.in.Next()
	c.at = 0
	if err == io.EOF {
		return false, nil
	}
	return err == nil, err
}

func (m *merger) Len() int      { return len(m.runs) }
func (m *merger) Swap(i, j int) { m.runs[i], m.runs[j] = m.runs[j], m.runs[i] }
func (m *merger) Push(x any)    { m.runs = append(m.runs, x.(*runCursor)) }
func (m *merger) Pop() any {
	x := m.runs[len(m.runs)-1]
	m.runs = m.runs[:len(m.runs)-1]
	return x
}
func (m *merger) Less(i, j int) bool {
	a, b := m.runs[i], m.runs[j]
	for _, k := range m.keys {
		if c := k.compare(a.cols[k.col], a.at, b.cols[k.col], b.at); c != 0 {
			return c < 0
		}
	}
	x, y := vec.Values[int64](a.cols[m.seq])[a.at], vec.Values[int64](b.cols[m.seq])[b.at]
	if x != y {
		return uint64(x) < uint64(y)
	}
	return a.index < b.index
}

// merge puts out all runs' rows in order, in batches that are lent. seq counts rows.
func (s *sortedRows) merge(t *Task, put func(cols []*vec.Vec, n int, seq uint64) error) error {
	ts := append(append([]types.Type(nil), s.l.types...), types.BigIntType)
	m := &merger{keys: s.l.keys, seq: len(ts) - 1}
	for i, f := range s.runs {
		c := &runCursor{in: f.Reader(ts), index: i}
		more, err := c.load()
		if err != nil {
			return err
		}
		if more {
			m.runs = append(m.runs, c)
		}
	}
	heap.Init(m)
	out := make([]*vec.Vec, len(s.l.types))
	for i, ty := range s.l.types {
		out[i] = vec.New(ty, 0)
	}
	n, seq := 0, uint64(0)
	flush := func() error {
		if n == 0 {
			return nil
		}
		err := put(out, n, seq)
		seq += uint64(n)
		n = 0
		for _, v := range out {
			v.Reset(0)
		}
		if err == nil {
			err = t.Err()
		}
		return err
	}
	var sel []int32
	for len(m.runs) > 0 {
		c := m.runs[0]
		sel = sel[:0] // rows of c that come one after the other
		more := true
		for {
			sel = append(sel, int32(c.at))
			c.at++
			if c.at == c.n || n+len(sel) == vec.BatchRows {
				break
			}
			heap.Fix(m, 0)
			if m.runs[0] != c {
				break
			}
		}
		for k, v := range out {
			vec.AppendRows(v, c.cols[k], sel, len(sel))
		}
		n += len(sel)
		if c.at == c.n {
			var err error
			if more, err = c.load(); err != nil {
				return err
			}
		}
		switch {
		case !more:
			m.drop(c)
		case m.runs[0] == c:
			heap.Fix(m, 0)
		}
		if n == vec.BatchRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	for _, f := range s.runs {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return flush()
}

// drop removes a run that has ended: it is at the top.
func (m *merger) drop(c *runCursor) {
	m.runs[0] = m.runs[len(m.runs)-1]
	m.runs = m.runs[:len(m.runs)-1]
	if len(m.runs) > 0 {
		heap.Fix(m, 0)
	}
}
