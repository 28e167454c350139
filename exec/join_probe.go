package exec

import (
	"sync/atomic"

	"sparksql/exec/eval"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// joinProbe looks up the probe side's rows.
type joinProbe struct{ j *HashJoin }

func (s joinProbe) Describe() plan.Desc { return s.j.node.Describe() }

func (s joinProbe) Open(t *Task) (StepFunc, error) {
	if s.j.spill != nil {
		return s.j.spillProbe(t)
	}
	p, err := s.j.newProber(t, s.j.table, s.j.matched)
	if err != nil {
		return nil, err
	}
	return func(b *vec.Batch, emit Emit) error {
		if b == nil {
			return nil
		}
		return p.push(b, emit)
	}, nil
}

// prober is one worker's probe of one table. Candidate pairs are collected, up to a batch of them, then tried
// against the residual condition and put out. Where the join asks whether a probe row matched at all, its pairs end
// with a sentinel, a pair with NoRow: so rows stay in order, however many batches their pairs fill.
type prober struct {
	j       *HashJoin
	t       *Task
	table   *joinTable
	matched []atomic.Uint64
	keys    *exprs
	find    probeKeys
	heads   []uint32

	rows  []int32   // pairs: probe row
	ids   []uint32  // pairs: build row
	seen  bool      // the probe row at hand has matched
	maybe bool      // NULLs leave open whether it matched
	known []int32   // rows that the join keeps
	late  *lateEnds // not nil: the build rows are one block of several
	marks *vec.Vec

	residual *eval.Program
	refs     []pairRef // what residual reads
	resCols  []*vec.Vec
	pass     []int32
	try      []int32

	out     vec.Batch
	scratch []*vec.Vec // by output column
}

// pairRef is a column of a pair: of the probe or of the build side.
type pairRef struct {
	build bool
	col   int
}

func (j *HashJoin) newProber(t *Task, table *joinTable, matched []atomic.Uint64) (*prober, error) {
	p := &prober{j: j, t: t, table: table, matched: matched}
	var err error
	if p.keys, err = compileExprs(j.probeKeys, j.probe, t.Slots); err != nil {
		return nil, err
	}
	if j.residual != nil {
		if err = p.compileResidual(); err != nil {
			return nil, err
		}
	}
	for range len(j.probe) + len(j.build) {
		p.scratch = append(p.scratch, &vec.Vec{})
	}
	return p, nil
}

func (p *prober) compileResidual() (err error) {
	var in []expr.Col
	seen := map[expr.ID]bool{}
	expr.Columns(p.j.residual, func(c *expr.Column) {
		if seen[c.ID] {
			return
		}
		ref := pairRef{false, columnOf(c, p.j.probe)}
		if ref.col < 0 {
			ref = pairRef{true, columnOf(c, p.j.build)}
		}
		if ref.col < 0 {
			return // a lambda's parameter
		}
		seen[c.ID] = true
		in = append(in, c.Col)
		p.refs = append(p.refs, ref)
		p.resCols = append(p.resCols, &vec.Vec{})
	})
	p.residual, err = eval.Compile([]expr.Expr{p.j.residual}, in, p.t.Slots)
	return err
}

// push joins one batch.
func (p *prober) push(b *vec.Batch, emit Emit) error {
	if b.Rows() == 0 {
		return nil
	}
	keys, err := p.keys.eval(p.t, b)
	if err != nil {
		return err
	}
	j := p.j
	p.heads = grow(p.heads, b.N)
	p.table.load(&p.find, keys, b.Sel, b.N, p.heads)
	p.known, p.marks = p.known[:0], nil
	switch {
	case j.mode != joinPairs && !j.buildLeft && p.residual == nil && !j.looseNulls:
		p.decide(b, keys)
	case p.table.unique && j.pairs && p.residual == nil && !j.keepProbe && !j.keepBuild:
		return p.pushUnique(b, emit)
	default:
		if err := p.pushPairs(b, emit); err != nil {
			return err
		}
	}
	return p.emitKept(b, emit)
}

// decide settles which rows of one side are kept, where finding a first match is all there is to it.
func (p *prober) decide(b *vec.Batch, keys []*vec.Vec) {
	aware := p.j.node.NullAware
	live := eachRow{b.Sel, b.N}
	for k := range live.len() {
		i := live.at(k)
		hit := p.heads[i] != mem.NoRow
		if p.late != nil {
			if hit {
				p.late.match(i)
			}
			if hit = p.late.seen(i); !p.late.last {
				continue
			}
		}
		maybe := aware && !hit && p.table.some && (p.table.nulls || keys[0].IsNull(int(i)))
		p.settle(b, i, hit, maybe)
	}
}

// settle keeps or marks probe row i, now that it is known whether it matched.
func (p *prober) settle(b *vec.Batch, i int32, hit, maybe bool) {
	switch p.j.mode {
	case keepMatched:
		if hit {
			p.known = append(p.known, i)
		}
	case keepUnmatched:
		if !hit && !maybe {
			p.known = append(p.known, i)
		}
	case markMatched:
		if p.marks == nil {
			p.marks = vec.New(types.BooleanType, b.N)
			clear(p.marks.Fixed)
		}
		switch {
		case hit:
			p.marks.Fixed[i] = 1
		case maybe:
			p.marks.SetNull(int(i))
		}
	}
}

// emitKept puts out the probe rows that a join of one side keeps.
func (p *prober) emitKept(b *vec.Batch, emit Emit) error {
	if p.j.mode == joinPairs || p.j.buildLeft || p.late != nil && !p.late.last {
		return nil
	}
	p.out = *b
	if p.j.mode == markMatched {
		p.out.Cols = append(append([]*vec.Vec(nil), b.Cols...), p.marks)
		return emit(&p.out)
	}
	if len(p.known) == 0 {
		return nil
	}
	if len(p.known) < b.Rows() {
		p.out.Sel = p.known
	}
	return emit(&p.out)
}

// pushUnique is the inner join to a table of distinct keys: a row has at most one match. If many rows have one, the
// probe columns are lent as they are, with a selection.
func (p *prober) pushUnique(b *vec.Batch, emit Emit) error {
	p.rows, p.ids = p.rows[:0], p.ids[:0]
	live := eachRow{b.Sel, b.N}
	for k := range live.len() {
		i := live.at(k)
		if id := p.heads[i]; id != mem.NoRow {
			p.rows, p.ids = append(p.rows, i), append(p.ids, id)
		}
	}
	if len(p.rows) == 0 {
		return nil
	}
	if 4*len(p.rows) < b.N {
		return p.emitPairs(b, emit)
	}
	p.out = vec.Batch{N: b.N, Seq: b.Seq, Cols: p.out.Cols[:0]}
	at := p.rows
	if len(p.rows) == b.N {
		at = nil
	} else {
		p.out.Sel = p.rows
	}
	p.eachColumn(func(ref pairRef, dst *vec.Vec) *vec.Vec {
		if !ref.build {
			return b.Cols[ref.col]
		}
		if at == nil {
			p.table.rows.Gather(ref.col, p.ids, dst)
		} else {
			p.table.rows.Scatter(ref.col, p.ids, at, b.N, dst)
		}
		return dst
	})
	return emit(&p.out)
}

// eachColumn adds f's columns to the output, left side first.
func (p *prober) eachColumn(f func(ref pairRef, dst *vec.Vec) *vec.Vec) {
	first, second := len(p.j.probe), len(p.j.build)
	if p.j.buildLeft {
		first, second = second, first
	}
	for k := range first {
		p.out.Cols = append(p.out.Cols, f(pairRef{p.j.buildLeft, k}, p.scratch[k]))
	}
	for k := range second {
		p.out.Cols = append(p.out.Cols, f(pairRef{!p.j.buildLeft, k}, p.scratch[first+k]))
	}
}

// pushPairs collects all pairs of the batch.
func (p *prober) pushPairs(b *vec.Batch, emit Emit) error {
	ends := p.j.endsRows()
	p.rows, p.ids = p.rows[:0], p.ids[:0]
	live := eachRow{b.Sel, b.N}
	for k := range live.len() {
		i := live.at(k)
		for id := p.heads[i]; id != mem.NoRow; id = p.table.following(&p.find, int(i), id) {
			p.rows, p.ids = append(p.rows, i), append(p.ids, id)
			if len(p.rows) == vec.BatchRows {
				if err := p.flush(b, emit); err != nil {
					return err
				}
			}
		}
		if ends {
			p.rows, p.ids = append(p.rows, i), append(p.ids, mem.NoRow)
			if len(p.rows) == vec.BatchRows {
				if err := p.flush(b, emit); err != nil {
					return err
				}
			}
		}
	}
	return p.flush(b, emit)
}

// flush tries the collected pairs and puts out those that match.
func (p *prober) flush(b *vec.Batch, emit Emit) error {
	if len(p.rows) == 0 {
		return nil
	}
	if err := p.t.Err(); err != nil { // one batch may have any number of pairs
		return err
	}
	pass, err := p.test(b)
	if err != nil {
		return err
	}
	n, next, j := 0, 0, p.j
	for k, id := range p.ids {
		i := p.rows[k]
		if id == mem.NoRow {
			if p.late != nil {
				if p.seen {
					p.late.match(i)
				}
				if p.seen, p.maybe = p.late.seen(i), false; !p.late.last {
					p.seen = false
					continue
				}
			}
			if !j.pairs {
				p.settle(b, i, p.seen, p.maybe)
			} else if !p.seen && j.keepProbe {
				p.rows[n], p.ids[n] = i, id
				n++
			}
			p.seen, p.maybe = false, false
			continue
		}
		if pass != nil {
			if next >= len(pass) || int(pass[next]) != k {
				continue
			}
			next++
		}
		if j.looseNulls {
			if hit, maybe := p.compareKeys(i, id); !hit {
				p.maybe = p.maybe || maybe
				continue
			}
		}
		if j.node.Single && (p.seen || p.late != nil && p.late.seen(i)) {
			return errs.New(errs.Pos{}, "SCALAR_SUBQUERY_TOO_MANY_ROWS")
		}
		p.seen = true
		if j.marksBuild() {
			setMatched(p.matched, id)
		}
		if j.pairs {
			p.rows[n], p.ids[n] = i, id
			n++
		}
	}
	p.rows, p.ids = p.rows[:n], p.ids[:n]
	if n > 0 {
		if err := p.emitPairs(b, emit); err != nil {
			return err
		}
	}
	p.rows, p.ids = p.rows[:0], p.ids[:0]
	return nil
}

// test gives the places of the pairs for which the residual condition holds; nil: all.
func (p *prober) test(b *vec.Batch) ([]int32, error) {
	if p.residual == nil {
		return nil, nil
	}
	p.try = p.try[:0]
	for k, id := range p.ids {
		if id != mem.NoRow {
			p.try = append(p.try, int32(k))
		}
	}
	if len(p.try) == 0 {
		return p.try, nil
	}
	for k, ref := range p.refs {
		p.pairColumn(b, ref, p.resCols[k])
	}
	in := vec.Batch{Cols: p.resCols, N: len(p.rows), Sel: p.try, Seq: b.Seq}
	pass, err := p.residual.Select(p.t, &in, p.pass[:0])
	if pass == nil {
		pass = []int32{}
	}
	p.pass = pass
	return pass, err
}

// pairColumn gathers a column of the collected pairs.
func (p *prober) pairColumn(b *vec.Batch, ref pairRef, dst *vec.Vec) {
	if ref.build {
		p.table.rows.Gather(ref.col, p.ids, dst)
	} else {
		vec.Gather(dst, b.Cols[ref.col], p.rows)
	}
}

func (p *prober) emitPairs(b *vec.Batch, emit Emit) error {
	p.out = vec.Batch{N: len(p.rows), Seq: b.Seq, Cols: p.out.Cols[:0]}
	p.eachColumn(func(ref pairRef, dst *vec.Vec) *vec.Vec {
		p.pairColumn(b, ref, dst)
		return dst
	})
	return emit(&p.out)
}

// compareKeys compares the keys of a pair by SQL's equality: hit, or left open by a NULL.
func (p *prober) compareKeys(i int32, id uint32) (hit, maybe bool) {
	c := p.table.rows.Chunks()[id/mem.ChunkRows]
	r := int(id % mem.ChunkRows)
	hit = true
	for k, v := range p.find.cols {
		w := c.Cols[p.j.keyCols[k]]
		an, bn := v.IsNull(int(i)), w.IsNull(r)
		switch {
		case p.j.nullSafe[k] || !an && !bn:
			if !vec.Equal(v, int(i), w, r) {
				return false, false
			}
		default:
			hit = false
		}
	}
	return hit, true
}

// eachRow goes through the live rows of a batch.
type eachRow struct {
	sel []int32
	n   int
}

func (r eachRow) len() int {
	if r.sel != nil {
		return len(r.sel)
	}
	return r.n
}
func (r eachRow) at(k int) int32 {
	if r.sel != nil {
		return r.sel[k]
	}
	return int32(k)
}
