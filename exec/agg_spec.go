package exec

import (
	"slices"

	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// aggSpec is one aggregate of a HashAggregate.
type aggSpec struct {
	call    *expr.Agg
	agg     *udfs.Agg
	out     types.Type
	state   []types.Type
	merge   bool       // the input's columns are partial states, not rows
	inputs  []expr.Col // of the states, when merge
	buffer  bool       // DISTINCT or ORDER BY: rows are kept until the result is asked for
	numArgs int
	leader  int // the aggregate, by place, whose accumulator serves this one as well; -1: none
}

// shareStates finds the aggregates that keep what one before them keeps.
func shareStates(aggs []*aggSpec) {
	first := map[string]int{}
	for i, a := range aggs {
		key := a.shareKey()
		if key == "" {
			continue
		}
		if at, ok := first[key]; ok {
			a.leader, a.state = at, nil
		} else {
			first[key] = i
		}
	}
}

// shareKey is equal for aggregates that keep the same; "" where an aggregate shares with none.
func (s *aggSpec) shareKey() string {
	if s.agg.Shares == "" || s.buffer || s.call.Distinct {
		return ""
	}
	key := s.agg.Shares
	for _, e := range append(slices.Clone(s.call.Args), s.call.Filter) {
		if e == nil {
			continue
		}
		if !expr.Deterministic(e) {
			return ""
		}
		key += " " + expr.Key(e)
	}
	return key
}

func newAggSpec(e expr.Expr) (*aggSpec, error) {
	if a, ok := e.(*expr.Alias); ok {
		e = a.X
	}
	a, ok := e.(*expr.Agg)
	if !ok || a.Bind.Agg == nil {
		return nil, errs.At(errs.Internal("%s is not an aggregate", e), e.Pos())
	}
	s := &aggSpec{call: a, agg: a.Bind.Agg, out: a.Bind.Out, state: a.Bind.Agg.State, numArgs: len(a.Args), leader: -1,
		buffer: a.Distinct || len(a.OrderBy) > 0}
	if s.buffer {
		s.state = []types.Type{s.rowsType()}
	}
	return s, nil
}

// rowsType is the partial state of a buffered aggregate: an array of its rows, with their places in the source.
func (s *aggSpec) rowsType() types.Type {
	var fields []types.Field
	for _, t := range s.kept() {
		fields = append(fields, types.Field{Name: "c", Type: t, Nullable: true})
	}
	return types.ArrayOf(types.StructOf(fields...), false)
}

// kept are the types of the columns that a buffered aggregate keeps: arguments, sort keys, the row's place.
func (s *aggSpec) kept() []types.Type {
	var ts []types.Type
	for _, e := range s.args() {
		ts = append(ts, e.Type())
	}
	return append(ts, types.BigIntType, types.BigIntType)
}

// args are what is evaluated for each row: arguments, then sort keys.
func (s *aggSpec) args() []expr.Expr {
	es := slices.Clone(s.call.Args)
	for _, o := range s.call.OrderBy {
		es = append(es, o.X)
	}
	return es
}

func (s *aggSpec) accumulator() (udfs.Accumulator, error) {
	acc, err := s.agg.New(s.call.Env)
	if err != nil || !s.buffer {
		return acc, errs.At(err, s.call.At)
	}
	return newBuffered(s), nil
}

// aggInput evaluates what an aggregate takes, for one worker.
type aggInput struct {
	spec   *aggSpec
	acc    udfs.Accumulator
	filter *eval.Program // of FILTER; args is then the aggregate's own
	args   *exprs
	at     []int // in the shared program; with a filter, nil
	flat   []*vec.Vec
	call   udfs.Call
	sel    []int32
	groups []int32
}

func newAggInput(s *aggSpec, in []expr.Col, slots eval.Slots) (*aggInput, error) {
	x := &aggInput{spec: s, call: udfs.Call{Env: s.call.Env}}
	var err error
	if x.acc, err = s.accumulator(); err != nil {
		return nil, err
	}
	es := s.args()
	if s.merge {
		es = nil
		for _, c := range s.inputs {
			es = append(es, &expr.Column{Col: c})
		}
	} else if s.call.Filter != nil {
		if x.filter, err = eval.Compile([]expr.Expr{s.call.Filter}, in, slots); err != nil {
			return nil, err
		}
	}
	if x.filter != nil {
		if x.args, err = compileExprs(es, in, slots); err != nil {
			return nil, err
		}
	}
	for _, e := range es {
		x.flat = append(x.flat, &vec.Vec{Type: e.Type()})
	}
	x.call.In = make([]*vec.Vec, len(es))
	return x, nil
}

// exprsOf are the expressions that the aggregate wants of the shared program.
func (x *aggInput) exprsOf() []expr.Expr {
	if x.filter != nil {
		return nil
	}
	if !x.spec.merge {
		return x.spec.args()
	}
	var es []expr.Expr
	for _, c := range x.spec.inputs {
		es = append(es, &expr.Column{Col: c})
	}
	return es
}

// update adds the live rows of b, whose groups are given; vals are the shared program's values.
func (x *aggInput) update(t *Task, b *vec.Batch, vals []*vec.Vec, groups []int32) error {
	sel := b.Sel
	if x.filter != nil {
		var err error
		if sel, err = x.filter.Select(t, b, x.sel[:0]); err != nil || len(sel) == 0 {
			return err
		}
		x.sel = sel
		groups = x.pick(b, sel, groups)
		narrowed := vec.Batch{Cols: b.Cols, N: b.N, Sel: sel, Seq: b.Seq}
		if vals, err = x.args.eval(t, &narrowed); err != nil {
			return err
		}
	}
	for i := range x.call.In {
		v := vals[i]
		if x.filter == nil {
			v = vals[x.at[i]]
		}
		x.call.In[i] = vec.Flatten(v, x.flat[i], sel)
	}
	x.call.Ctx, x.call.Sel, x.call.N, x.call.Seq = t, sel, b.N, b.Seq
	if x.spec.merge {
		return x.mergeRows(sel, b.N, groups)
	}
	return errs.At(x.acc.Update(groups, &x.call), x.spec.call.At)
}

// mergeRows merges the live rows, which are partial states.
func (x *aggInput) mergeRows(sel []int32, n int, groups []int32) error {
	cols := x.call.In
	if sel != nil {
		cols = make([]*vec.Vec, len(x.call.In))
		for i, v := range x.call.In {
			cols[i] = vec.New(v.Type, 0)
			vec.AppendRows(cols[i], v, sel, n)
		}
	}
	return errs.At(x.acc.Merge(groups, cols), x.spec.call.At)
}

// pick are the groups of the rows sel among the live rows of b.
func (x *aggInput) pick(b *vec.Batch, sel []int32, groups []int32) []int32 {
	out := x.groups[:0]
	if b.Sel == nil {
		for _, i := range sel {
			out = append(out, groups[i])
		}
	} else {
		k := 0
		for _, i := range sel {
			for b.Sel[k] != i {
				k++
			}
			out = append(out, groups[k])
		}
	}
	x.groups = out
	return out
}
