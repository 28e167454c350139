package exec

import (
	"errors"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// joinParts is the number of partitions of a join that does not fit the memory.
const joinParts = 64

// joinPart is the partition of a row by the hash of its keys. The bits are not those by which tables are arranged.
func joinPart(hash uint64) int { return int(hash>>8) % joinParts }

// joinSpill holds both sides of a join on disk, by the hash of their keys, once a worker ran out of memory while the
// build side was collected. The partitions are joined one by one after the probe side has been written.
type joinSpill struct {
	mu    sync.Mutex
	build [joinParts][]*mem.File
	probe [joinParts][]*mem.File
	nulls bool  // a build row has a NULL in a key
	rows  int64 // of the build side
}

// partWriter writes one worker's rows of one side.
type partWriter struct {
	keys  []int
	files [joinParts]*mem.File
	mem   *mem.Budget
	hash  []uint64
	sel   [joinParts][]int32
	nulls bool
	rows  int64
}

// write adds rows; keys are the columns to hash.
func (w *partWriter) write(t *Task, cols, keys []*vec.Vec, sel []int32, n int) error {
	live := eachRow{sel, n}
	w.hash = grow(w.hash, live.len())
	clear(w.hash)
	for _, k := range keys {
		vec.Hash(k, sel, n, w.hash)
	}
	for p := range w.sel {
		w.sel[p] = w.sel[p][:0]
	}
	for k := range live.len() {
		p := joinPart(w.hash[k])
		w.sel[p] = append(w.sel[p], live.at(k))
	}
	for p, rows := range w.sel {
		if len(rows) == 0 {
			continue
		}
		if w.files[p] == nil {
			f, err := t.Files.Create(w.mem)
			if err != nil {
				return err
			}
			w.files[p] = f
		}
		if err := w.files[p].Append(cols, rows, n); err != nil {
			return err
		}
	}
	w.rows += int64(live.len())
	return nil
}

// hand gives the files to the join.
func (w *partWriter) hand(s *joinSpill, to *[joinParts][]*mem.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, f := range w.files {
		if f != nil {
			f.Done()
			to[p] = append(to[p], f)
		}
	}
	w.files = [joinParts]*mem.File{}
}

// Spill writes the rows held so far to disk. A join without keys cannot.
func (p *joinBuildPart) Spill(t *Task) (int64, error) {
	if len(p.j.keyCols) == 0 || p.j.looseNulls || p.rows.Len() == 0 {
		return 0, nil
	}
	if p.out == nil {
		p.out = &partWriter{mem: p.mem}
	}
	keys := make([]*vec.Vec, len(p.j.keyCols))
	for _, c := range p.rows.Chunks() {
		for i, k := range p.j.keyCols {
			keys[i] = c.Cols[k]
			if !p.j.nullSafe[i] && (keys[i].Valid != nil || keys[i].Type.Kind() == types.Null) {
				p.out.nulls = true
			}
		}
		if err := p.out.write(t, c.Cols, keys, nil, c.N); err != nil {
			return 0, err
		}
	}
	freed := p.mem.Used()
	p.rows, p.segs = mem.NewRows(p.j.types), nil
	return freed, p.mem.Set(0)
}

// spillAll writes what the workers still hold, and leaves the join to its partitions.
func (j *HashJoin) spillAll(t *Task, parts []Part) error {
	j.spill = &joinSpill{}
	for _, part := range parts {
		p := part.(*joinBuildPart)
		if _, err := p.Spill(t); err != nil {
			return err
		}
		if p.out == nil {
			continue
		}
		j.spill.nulls = j.spill.nulls || p.out.nulls
		j.spill.rows += p.out.rows
		p.out.hand(j.spill, &j.spill.build)
	}
	return nil
}

// spillProbe is the probe step of a join on disk: it writes its rows.
func (j *HashJoin) spillProbe(t *Task) (StepFunc, error) {
	keys, err := compileExprs(j.probeKeys, j.probe, t.Slots)
	if err != nil {
		return nil, err
	}
	w := &partWriter{mem: t.Mem}
	return func(b *vec.Batch, _ Emit) error {
		if b == nil {
			w.hand(j.spill, &j.spill.probe)
			return nil
		}
		vals, err := keys.eval(t, b)
		if err != nil {
			return err
		}
		return w.write(t, b.Cols, vals, b.Sel, b.N)
	}, nil
}

// joinPartition joins one partition of a join on disk and puts out all that comes of it. The build rows are taken in
// blocks that fit the memory, so that not even a partition of one frequent key has to fit. Where the join asks whether a
// probe row matched at all, that is noted from block to block and settled in a last reading.
func (r *joinRestReader) joinPartition(t *Task, k int, emit Emit) (err error) {
	s := r.j.spill
	defer func() { err = errors.Join(err, closeFiles(s.build[k]), closeFiles(s.probe[k])) }()
	if len(s.probe[k]) == 0 && !r.j.marksBuild() {
		return nil
	}
	t.Partitions(1, func(int) int64 { return rowsIn(s.build[k]) + rowsIn(s.probe[k]) })
	held := t.Mem.Child()
	defer held.Close()
	limit := int64(math.MaxInt64)
	if m := t.Mem.Limit(); m > 0 {
		limit = max(m/int64(8*t.Workers), 1<<14)
	}
	b := &joinBlock{rows: mem.NewRows(r.j.types), seq: uint64(k) << 36}
	err = readFiles(s.build[k], r.j.types, func(cols []*vec.Vec, n int) error {
		id := b.rows.Append(cols, nil, n)
		b.segs = append(b.segs, segment{0, id, n})
		if err := held.Set(b.rows.Bytes() + 32*int64(b.rows.Len())); err != nil {
			return err
		}
		if held.Used() < limit {
			return nil
		}
		if r.j.endsRows() && b.late == nil {
			b.late = newLateEnds(s.probe[k])
		}
		err := r.joinBlock(t, k, b, emit)
		b.rows, b.segs, b.again = mem.NewRows(r.j.types), nil, true
		return err
	})
	if err != nil {
		return err
	}
	if !b.again || b.rows.Len() > 0 || b.late != nil {
		if b.late != nil {
			b.late.last = true
		}
		return r.joinBlock(t, k, b, emit)
	}
	return nil
}

// joinBlock is the build rows of a partition that are joined at once.
type joinBlock struct {
	rows  *mem.Rows
	segs  []segment
	seq   uint64
	again bool // there was a block before
	late  *lateEnds
}

// lateEnds notes which probe rows of a partition have matched in some block, until the last one settles what becomes of
// each.
type lateEnds struct {
	hit  []uint64 // by the row's place among the partition's
	base int      // the place of the first row of the batch at hand
	last bool
}

func newLateEnds(probe []*mem.File) *lateEnds {
	return &lateEnds{hit: make([]uint64, vec.Words(int(rowsIn(probe))))}
}

func rowsIn(files []*mem.File) (rows int64) {
	for _, f := range files {
		rows += f.Rows()
	}
	return rows
}

// seen tells whether row i of the batch has matched; match notes that it has.
func (l *lateEnds) seen(i int32) bool { return vec.Bit(l.hit, l.base+int(i)) }
func (l *lateEnds) match(i int32)     { vec.SetBit(l.hit, l.base+int(i)) }

func (r *joinRestReader) joinBlock(t *Task, k int, b *joinBlock, emit Emit) error {
	s := r.j.spill
	one := *t
	one.Workers = 1
	b.rows.Seal()
	table, err := newJoinTable(&one, b.rows, r.j.keyCols, r.j.nullSafe, b.segs)
	if err != nil {
		return err
	}
	table.nulls, table.some = s.nulls, s.rows > 0
	p, err := r.j.newProber(&one, table, r.j.newMatched(b.rows))
	if err != nil {
		return err
	}
	if p.late = b.late; p.late != nil {
		p.late.base = 0
	}
	probe := make([]types.Type, len(r.j.probe))
	for i, c := range r.j.probe {
		probe[i] = c.Type
	}
	err = readFiles(s.probe[k], probe, func(cols []*vec.Vec, n int) error {
		b.seq++
		err := p.push(&vec.Batch{Cols: slices.Clone(cols), N: n, Seq: b.seq}, emit)
		if p.late != nil {
			p.late.base += n
		}
		return err
	})
	if err != nil || !r.j.marksBuild() {
		return err
	}
	b.seq++
	return r.put(table, p.matched, b.segs, b.seq, emit)
}

// readFiles reads the files of a partition.
func readFiles(files []*mem.File, ts []types.Type, f func(cols []*vec.Vec, n int) error) error {
	for _, file := range files {
		in := file.Reader(ts)
		for {
			cols, n, err := in.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			if err := f(cols, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func closeFiles(files []*mem.File) error {
	var all error
	for _, f := range files {
		all = errors.Join(all, f.Close())
	}
	return all
}

// newMatched makes room for what is known of the matches of the build rows, when the join asks.
func (j *HashJoin) newMatched(rows *mem.Rows) []atomic.Uint64 {
	if !j.marksBuild() {
		return nil
	}
	return make([]atomic.Uint64, vec.Words(rows.Span()+1))
}
