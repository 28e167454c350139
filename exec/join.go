package exec

import (
	"slices"
	"sync/atomic"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// HashJoin joins by a table over one side, the build side, which the other, the probe side, looks up. It has three
// faces: Build is the sink of the build side's pipeline, Probe the step of the probe side's, which runs after it, and
// Rest a source of what only is known when the probe is done: build rows without a match, and all of a join that did
// not fit the memory. Without equalities every build row is a candidate (a nested loop).
type HashJoin struct {
	node *plan.Join

	buildLeft  bool
	probe      []expr.Col
	build      []expr.Col
	probeKeys  []expr.Expr
	buildKeys  []expr.Expr
	nullSafe   []bool
	residual   expr.Expr
	looseNulls bool // NULLs in keys decide: NOT IN in the general form, compared pair by pair

	pairs     bool // matches are put out as pairs of rows
	keepProbe bool // probe rows without a match are put out
	keepBuild bool // build rows without a match are put out
	mode      matchMode

	types   []types.Type // of the build container: the build columns, then computed keys
	keyCols []int        // where the keys are in it
	table   *joinTable
	matched []atomic.Uint64 // by build row id, when the build side asks which rows matched
	spill   *joinSpill      // nil: all in memory
	held    reserved
}

// matchMode is what a join that puts out rows of one side only does with a match.
type matchMode uint8

const (
	joinPairs matchMode = iota
	keepMatched
	keepUnmatched
	markMatched
)

// NewHashJoin prepares a join whose strategy the optimizer has chosen.
func NewHashJoin(n *plan.Join) *HashJoin {
	j := &HashJoin{node: n, residual: n.Residual}
	if n.Strategy == plan.Undecided && len(n.Keys) == 0 {
		j.residual = n.Cond
	}
	j.buildLeft = n.Build == plan.LeftSide && !n.Single && !n.NullAware && n.Mark == nil
	j.probe, j.build = n.L.Output(), n.R.Output()
	for _, k := range n.Keys {
		j.probeKeys, j.buildKeys = append(j.probeKeys, k.L), append(j.buildKeys, k.R)
		j.nullSafe = append(j.nullSafe, k.NullSafe)
	}
	left, right := &j.keepProbe, &j.keepBuild
	if j.buildLeft {
		j.probe, j.build = j.build, j.probe
		j.probeKeys, j.buildKeys = j.buildKeys, j.probeKeys
		left, right = right, left
	}
	switch n.Kind {
	case plan.Left:
		*left = true
	case plan.Right:
		*right = true
	case plan.Full:
		*left, *right = true, true
	case plan.Semi:
		j.mode = keepMatched
	case plan.Anti:
		j.mode = keepUnmatched
	}
	if n.Mark != nil {
		j.mode = markMatched
	}
	j.pairs = j.mode == joinPairs
	if n.NullAware && (len(n.Keys) != 1 || j.residual != nil) {
		j.looseNulls = true
	}
	j.placeKeys()
	return j
}

// placeKeys finds the keys among the build columns, or adds columns for them.
func (j *HashJoin) placeKeys() {
	for _, c := range j.build {
		j.types = append(j.types, c.Type)
	}
	for _, k := range j.buildKeys {
		at := columnOf(k, j.build)
		if at < 0 {
			at = len(j.types)
			j.types = append(j.types, k.Type())
		}
		j.keyCols = append(j.keyCols, at)
	}
}

// columnOf is the place of a plain column in cols, -1 for another expression.
func columnOf(e expr.Expr, cols []expr.Col) int {
	c, ok := e.(*expr.Column)
	if !ok {
		return -1
	}
	return slices.IndexFunc(cols, func(x expr.Col) bool { return x.ID == c.ID })
}

// marksBuild tells whether the join has to know which build rows matched.
func (j *HashJoin) marksBuild() bool { return j.keepBuild || j.buildLeft && j.mode != joinPairs }

// endsRows tells whether the join has to know of each probe row whether it matched.
func (j *HashJoin) endsRows() bool {
	return j.keepProbe || j.node.Single || j.mode != joinPairs && !j.buildLeft
}

// Build is the sink of the build side, Probe the step of the probe side, Rest the source that runs after the probe.
func (j *HashJoin) Build() Sink  { return joinBuild{j} }
func (j *HashJoin) Probe() Step  { return joinProbe{j} }
func (j *HashJoin) Rest() Source { return &joinRest{j: j} }

// BuildNode and ProbeNode are the plan's sides.
func (j *HashJoin) BuildNode() plan.Node {
	if j.buildLeft {
		return j.node.L
	}
	return j.node.R
}
func (j *HashJoin) ProbeNode() plan.Node {
	if j.buildLeft {
		return j.node.R
	}
	return j.node.L
}

// joinBuild collects the build side.
type joinBuild struct{ j *HashJoin }

type joinBuildPart struct {
	j    *HashJoin
	rows *mem.Rows
	segs []segment
	keys *exprs
	cols []*vec.Vec
	mem  *mem.Budget
	out  *partWriter // nil: nothing was spilled
}

func (s joinBuild) Describe() plan.Desc { return s.j.node.Describe() }

func (s joinBuild) Open(t *Task) (Part, error) {
	j := s.j
	var computed []expr.Expr
	for i, k := range j.buildKeys {
		if j.keyCols[i] >= len(j.build) {
			computed = append(computed, k)
		}
	}
	keys, err := compileExprs(computed, j.build, t.Slots)
	if err != nil {
		return nil, err
	}
	return &joinBuildPart{j: j, rows: mem.NewRows(j.types), keys: keys, mem: t.Mem.Part()}, nil
}

func (p *joinBuildPart) Consume(t *Task, b *vec.Batch) error {
	keys, err := p.keys.eval(t, b)
	if err != nil {
		return err
	}
	p.cols = append(append(p.cols[:0], b.Cols...), keys...)
	p.add(b.Seq, p.cols, b.Sel, b.N)
	return p.mem.Set(p.rows.Bytes() + 32*int64(p.rows.Len()))
}

func (p *joinBuildPart) add(seq uint64, cols []*vec.Vec, sel []int32, n int) {
	before := p.rows.Len()
	id := p.rows.Append(cols, sel, n)
	if n := p.rows.Len() - before; n > 0 {
		p.segs = append(p.segs, segment{seq, id, n})
	}
}

func (p *joinBuildPart) Budget() *mem.Budget { return p.mem }
func (p *joinBuildPart) Close() error        { p.mem.Close(); return nil }

// Finish builds the table over all workers' rows.
func (s joinBuild) Finish(t *Task, parts []Part) (err error) {
	j := s.j
	for _, part := range parts {
		if part.(*joinBuildPart).out != nil {
			return j.spillAll(t, parts)
		}
	}
	all, segs := mem.NewRows(j.types), []segment(nil)
	for _, part := range parts {
		p := part.(*joinBuildPart)
		shift := all.Absorb(p.rows)
		for _, g := range p.segs {
			g.id += shift
			segs = append(segs, g)
		}
		p.segs = nil
		if err := j.held.take(t, p.mem); err != nil {
			return err
		}
	}
	sortSegments(segs)
	all.Seal()
	keys := j.keyCols
	if j.looseNulls {
		keys = nil
	}
	if j.table, err = newJoinTable(t, all, keys, j.nullSafe, segs); err != nil {
		return err
	}
	for k := range j.build {
		all.Encode(k)
	}
	j.matched = j.newMatched(all)
	j.setFilters()
	return nil
}

// keepReserved moves what a part holds to its operator: it can no longer be spilled.
func keepReserved(t *Task, part *mem.Budget) error {
	n := part.Used()
	if err := part.Set(0); err != nil {
		return err
	}
	return t.Mem.Reserve(n)
}

// setMatched notes that build row id has a match.
func setMatched(m []atomic.Uint64, id uint32) {
	if w, bit := &m[id>>6], uint64(1)<<(id&63); w.Load()&bit == 0 {
		w.Or(bit)
	}
}

func isMatched(m []atomic.Uint64, id uint32) bool { return m[id>>6].Load()&(1<<(id&63)) != 0 }
