package analyze

import (
	"slices"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// col is a column in sight: one of the plan's columns under the name and qualifier it has here. Columns with the
// same origin are the same value, so that naming one of them is not ambiguous.
type col struct {
	expr.Col
	origin expr.ID
}

func colOf(c expr.Col) col { return col{Col: c, origin: c.ID} }

func (c col) ref(at errs.Pos) *expr.Column { return &expr.Column{Col: c.Col, At: at} }

// rel is an analysed relation: a plan and the columns in sight, in order. The plan may put out more.
type rel struct {
	node plan.Node
	cols []col
}

func relOf(n plan.Node) *rel {
	r := &rel{node: n}
	for _, c := range n.Output() {
		r.cols = append(r.cols, colOf(c))
	}
	return r
}

// visible is the plan with exactly the columns in sight that are not hidden, in order and under their names.
func (r *rel) visible() plan.Node {
	out := r.node.Output()
	shown := r.shown()
	same := len(out) == len(shown)
	for i := 0; same && i < len(out); i++ {
		same = out[i].ID == shown[i].ID && out[i].Name == shown[i].Name
	}
	if same {
		return r.node
	}
	p := &plan.Project{Input: r.node}
	seen := map[expr.ID]bool{}
	for _, c := range shown {
		if seen[c.ID] {
			p.Items = append(p.Items, &expr.Alias{X: c.ref(errs.Pos{}), Name: c.Name, ID: expr.NewID()})
			continue
		}
		seen[c.ID] = true
		p.Items = append(p.Items, c.ref(errs.Pos{}))
	}
	return p
}

func (r *rel) shown() []col {
	out := make([]col, 0, len(r.cols))
	for _, c := range r.cols {
		if !c.Hidden {
			out = append(out, c)
		}
	}
	return out
}

// unseen are the hidden columns.
func (r *rel) unseen() []col {
	var out []col
	for _, c := range r.cols {
		if c.Hidden {
			out = append(out, c)
		}
	}
	return out
}

// fix makes a rel whose plan puts out exactly its columns.
func (r *rel) fix() *rel {
	n := r.visible()
	if n == r.node && len(r.shown()) == len(r.cols) {
		return r
	}
	out := relOf(n)
	for i, c := range r.shown() {
		out.cols[i].Qualifier, out.cols[i].origin = c.Qualifier, c.origin
	}
	return out
}

// filter puts a filter on r.
func (r *rel) filter(cond expr.Expr) {
	if cond != nil {
		r.node = &plan.Filter{Input: r.node, Cond: cond}
	}
}

// block is what the relations of a query see besides their inputs.
type block struct {
	ctes  *cteScope
	outer *frame
	hints []tree.Hint
	start bool // the relation is the whole of a CTE or of a subquery
}

func (b *block) plain() *block { return &block{ctes: b.ctes, outer: b.outer} }

// relation analyses any relation.
func (a *Analyzer) relation(r tree.Relation, b *block) (*rel, error) {
	if a.ctx != nil {
		if err := a.ctx.Err(); err != nil {
			return nil, err
		}
	}
	switch x := r.(type) {
	case *tree.OneRow:
		return &rel{node: oneRow()}, nil
	case *tree.Select:
		return a.selectBlock(x, b.plain(), nil)
	case *tree.OrderBy:
		return a.orderBy(x, b.plain())
	case *tree.Limit:
		return a.limit(x, b.plain())
	case *tree.Table:
		return a.table(x, b)
	case *tree.Aliased:
		return a.aliased(x, b)
	case *tree.Brackets:
		return a.brackets(x, b)
	case *tree.Join:
		return a.join(x, b)
	case *tree.With:
		in := b.plain()
		in.start = b.start
		return a.with(x, in)
	case *tree.SetOp:
		return a.setOp(x, b.plain())
	case *tree.Inline:
		return a.inline(x, b.plain())
	case *tree.Distribute:
		return a.distribute(x, b.plain())
	case *tree.LateralView:
		return a.lateralView(x, b)
	case *tree.TableFunc:
		return a.tableFunc(x, b)
	}
	return a.otherRelation(r, b)
}

func (a *Analyzer) otherRelation(r tree.Relation, b *block) (*rel, error) {
	switch x := r.(type) {
	case *tree.Pivot:
		return a.pivot(x, b)
	case *tree.Unpivot:
		return a.unpivot(x, b)
	case *tree.Sample:
		return a.sample(x, b)
	case *tree.Extend:
		return a.extend(x, b)
	case *tree.SetColumns:
		return a.setColumns(x, b)
	case *tree.DropColumns:
		return a.dropColumns(x, b)
	case *tree.PipeAggregate:
		return a.pipeAggregate(x, b.plain())
	case *tree.PipeSelect:
		return a.pipeSelect(x, b.plain())
	case *tree.DropDuplicates:
		return a.dropDuplicates(x, b)
	case *tree.TableArg:
		return a.relation(x.Input, b)
	}
	return nil, errs.Unsupported(r.Pos(), "this relation")
}

func oneRow() plan.Node { return &plan.Values{Rows: [][]expr.Expr{{}}} }

// aliased gives new names: AS t, AS t(a, b).
func (a *Analyzer) aliased(x *tree.Aliased, b *block) (*rel, error) {
	var in *rel
	var err error
	if tf, ok := x.Input.(*tree.TableFunc); ok {
		in, err = a.tableFuncNamed(tf, b, x)
	} else {
		in, err = a.relation(x.Input, b)
	}
	if err != nil {
		return nil, err
	}
	out := &rel{node: in.node, cols: in.shown()}
	if x.Columns != nil && len(x.Columns) != len(out.cols) {
		return nil, errs.New(x.P, "ASSIGNMENT_ARITY_MISMATCH", "numTarget", itoa(len(x.Columns)), "numExpr", itoa(len(out.cols)))
	}
	for i := range out.cols {
		if x.Name != "" {
			out.cols[i].Qualifier = []string{x.Name}
		}
		if x.Columns != nil {
			out.cols[i].Name = x.Columns[i]
		}
	}
	return out, nil
}

// brackets is a query in parentheses: its columns lose their qualifiers, those of a join keep them.
func (a *Analyzer) brackets(x *tree.Brackets, b *block) (*rel, error) {
	switch x.Input.(type) {
	case *tree.Join, *tree.Table, *tree.Aliased, *tree.Brackets, *tree.TableFunc, *tree.LateralView:
		return a.relation(x.Input, b)
	}
	in, err := a.relation(x.Input, b.plain())
	if err != nil {
		return nil, err
	}
	out := &rel{node: in.node, cols: slices.Clone(in.shown())}
	for i := range out.cols {
		out.cols[i].Qualifier = []string{"__auto_generated_subquery_name"}
	}
	return out, nil
}

// distribute has no effect on rows, but its expressions are checked.
func (a *Analyzer) distribute(x *tree.Distribute, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	for _, e := range x.By {
		if _, err := a.typeExpr(e, a.rows(in.cols, b)); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// sample is TABLESAMPLE.
func (a *Analyzer) sample(x *tree.Sample, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	out := &rel{cols: in.cols}
	switch {
	case x.Rows != nil:
		n, err := a.limitOf(x.Rows, "limit", a.rows(in.cols, b))
		if err != nil {
			return nil, err
		}
		out.node = &plan.Limit{Input: in.node, N: n}
		return out, nil
	case x.Buckets > 0:
		out.node = &plan.Sample{Input: in.node, Hi: float64(x.Bucket) / float64(x.Buckets), Seed: a.sampleSeed(x)}
	default:
		out.node = &plan.Sample{Input: in.node, Hi: x.Percent / 100, Seed: a.sampleSeed(x)}
	}
	return out, nil
}

func (a *Analyzer) sampleSeed(x *tree.Sample) int64 {
	if x.Seed != nil {
		return *x.Seed
	}
	return a.Env.Now
}

// dropDuplicates keeps one row for each value of some columns: the first of every other column.
func (a *Analyzer) dropDuplicates(x *tree.DropDuplicates, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	in = in.fix()
	if x.Columns == nil {
		return a.distinct(in, x.P)
	}
	agg := &plan.Aggregate{Input: in.node}
	out := &rel{}
	for _, c := range in.cols {
		if slices.ContainsFunc(x.Columns, func(n string) bool { return a.same(n, c.Name) }) {
			agg.Keys = append(agg.Keys, c.ref(x.P))
			out.cols = append(out.cols, c)
			continue
		}
		f, err := a.call(x.P, "first", c.ref(x.P))
		if err != nil {
			return nil, err
		}
		al := &expr.Alias{X: f, Name: c.Name, ID: expr.NewID()}
		agg.Aggs = append(agg.Aggs, al)
		out.cols = append(out.cols, colOf(al.Col()))
	}
	out.node = agg
	return out, nil
}

// distinct keeps one of equal rows.
func (a *Analyzer) distinct(in *rel, at errs.Pos) (*rel, error) {
	in = in.fix()
	agg := &plan.Aggregate{Input: in.node}
	for _, c := range in.cols {
		if err := comparable(c.Col, at); err != nil {
			return nil, err
		}
		agg.Keys = append(agg.Keys, c.ref(at))
	}
	return &rel{node: agg, cols: in.cols}, nil
}

// comparable refuses columns that sets cannot compare: maps and variants.
func comparable(c expr.Col, at errs.Pos) error {
	for _, k := range []struct {
		kind types.Kind
		cond string
	}{{types.Map, "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE"}, {types.Variant, "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"}} {
		if holds(c.Type, k.kind) {
			return errs.New(at, k.cond, "colName", quoteParts([]string{c.Name}), "dataType", quoteExpr(c.Type.SQL()))
		}
	}
	return nil
}

// holds tells whether t is, or has within, a type of kind k.
func holds(t types.Type, k types.Kind) bool {
	switch t.Kind() {
	case k:
		return true
	case types.Array:
		return holds(t.Elem(), k)
	case types.Map:
		return holds(t.Key(), k) || holds(t.Elem(), k)
	case types.Struct:
		return slices.ContainsFunc(t.Fields(), func(f types.Field) bool { return holds(f.Type, k) })
	}
	return false
}
