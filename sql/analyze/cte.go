package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/udfs"
)

// cteScope is a chain of WITH clauses, the innermost first.
type cteScope struct {
	up   *cteScope
	name string
	def  *cteDef
}

// cteDef is one CTE, analysed once; every further use is a renewed copy, or a reader of one shared result.
type cteDef struct {
	name   string
	rel    *rel
	used   bool
	shared *plan.SharedDef // not deterministic
	loop   *loop           // while the CTE itself is being analysed
}

// loop is a recursive CTE whose step is being analysed.
type loop struct {
	def  *plan.RecursiveDef
	cols []col
	refs int
}

func (s *cteScope) find(a *Analyzer, name string) *cteDef {
	for ; s != nil; s = s.up {
		if a.same(s.name, name) {
			return s.def
		}
	}
	return nil
}

// with analyses WITH ... body.
func (a *Analyzer) with(x *tree.With, b *block) (*rel, error) {
	ctes := b.ctes
	for i := range x.CTEs {
		c := &x.CTEs[i]
		for _, other := range x.CTEs[:i] {
			if a.same(other.Name, c.Name) {
				return nil, errs.New(x.P, "DUPLICATED_CTE_NAMES", "duplicateNames", quoteParts([]string{c.Name}))
			}
		}
		if policy := a.Conf.String("spark.sql.legacy.ctePrecedencePolicy"); strings.EqualFold(policy, "EXCEPTION") && b.start && b.ctes.find(a, c.Name) != nil {
			return nil, errs.New(c.P, "AMBIGUOUS_ALIAS_IN_NESTED_CTE", "name", quoteParts([]string{c.Name}),
				"config", quoteExpr("spark.sql.legacy.ctePrecedencePolicy"), "docroot", docRoot)
		}
		def, err := a.cte(c, x.Recursive, &block{ctes: ctes, outer: b.outer, start: true})
		if err != nil {
			return nil, err
		}
		ctes = &cteScope{up: ctes, name: c.Name, def: def}
	}
	return a.relation(x.Body, &block{ctes: ctes, outer: b.outer})
}

func (a *Analyzer) cte(c *tree.CTE, recursive bool, b *block) (*cteDef, error) {
	def := &cteDef{name: c.Name}
	var in *rel
	var err error
	if recursive && mentions(c.Query, c.Name, a) {
		in, err = a.recursive(c, def, b)
	} else {
		in, err = a.relation(c.Query, b)
	}
	if err != nil {
		return nil, err
	}
	in = (&rel{node: in.node, cols: in.shown()}).fix()
	if c.Columns != nil && len(c.Columns) != len(in.cols) {
		return nil, errs.New(c.P, "ASSIGNMENT_ARITY_MISMATCH", "numTarget", itoa(len(c.Columns)), "numExpr", itoa(len(in.cols)))
	}
	for i := range in.cols {
		if c.Columns != nil {
			in.cols[i].Name = c.Columns[i]
		}
		in.cols[i].Qualifier = []string{c.Name}
	}
	def.rel = in
	if !deterministic(in.node) {
		def.shared = &plan.SharedDef{Input: in.node}
	}
	return def, nil
}

// use is one reference to a CTE.
func (a *Analyzer) use(d *cteDef, at errs.Pos) (*rel, error) {
	if d.loop != nil {
		d.loop.refs++
		if d.loop.refs > 1 {
			return nil, errs.New(at, "INVALID_RECURSIVE_REFERENCE.NUMBER")
		}
		ref := &plan.RecursiveRef{Def: d.loop.def}
		return freshCols(ref, &ref.Cols, d.loop.cols), nil
	}
	if d.shared != nil {
		s := &plan.Shared{Def: d.shared}
		return freshCols(s, &s.Cols, d.rel.cols), nil
	}
	if !d.used {
		d.used = true
		return &rel{node: d.rel.node, cols: d.rel.cols}, nil
	}
	n, ids := plan.Renew(d.rel.node)
	out := &rel{node: n, cols: append([]col(nil), d.rel.cols...)}
	for i := range out.cols {
		if id, ok := ids[out.cols[i].ID]; ok {
			out.cols[i].ID = id
		}
		if id, ok := ids[out.cols[i].origin]; ok {
			out.cols[i].origin = id
		}
	}
	return out, nil
}

// freshCols gives a leaf new columns like those of cols.
func freshCols(n plan.Node, own *[]expr.Col, cols []col) *rel {
	for _, c := range cols {
		k := c.Col
		k.ID = expr.NewID()
		*own = append(*own, k)
	}
	out := &rel{node: n}
	for _, c := range *own {
		out.cols = append(out.cols, colOf(c))
	}
	return out
}

// deterministic tells whether a plan gives the same rows each time.
func deterministic(n plan.Node) bool {
	ok := true
	plan.Walk(n, func(n plan.Node) bool {
		if _, sampled := n.(*plan.Sample); sampled {
			ok = false
		}
		for _, e := range n.Exprs() {
			if !deterministicExpr(e) {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// deterministicExpr tells whether e gives the same value for the same row.
func deterministicExpr(e expr.Expr) bool {
	ok := true
	expr.Walk(e, func(e expr.Expr) bool {
		switch x := e.(type) {
		case *expr.Call:
			ok = ok && x.Traits().Has(udfs.Deterministic)
		case *expr.Subquery:
			ok = ok && deterministic(x.Plan.(plan.Node))
		}
		return ok
	})
	return ok
}

// recursive analyses a CTE that refers to itself: anchor UNION ALL step.
func (a *Analyzer) recursive(c *tree.CTE, def *cteDef, b *block) (*rel, error) {
	q := c.Query
	for {
		br, ok := q.(*tree.Brackets)
		if !ok {
			break
		}
		q = br.Input
	}
	u, ok := q.(*tree.SetOp)
	if w, isWith := q.(*tree.With); isWith {
		return nil, errs.Unsupported(w.P, "WITH inside a recursive CTE")
	}
	if !ok || u.Kind != tree.Union {
		return nil, errs.New(c.P, "INVALID_RECURSIVE_CTE")
	}
	anchor, err := a.relation(u.L, b)
	if err != nil {
		return nil, err
	}
	anchor = anchor.fix()
	if c.Columns != nil && len(c.Columns) != len(anchor.cols) {
		return nil, errs.New(c.P, "ASSIGNMENT_ARITY_MISMATCH", "numTarget", itoa(len(c.Columns)), "numExpr", itoa(len(anchor.cols)))
	}
	n := &plan.Recursive{Def: &plan.RecursiveDef{Name: c.Name}, All: u.All, Limit: int64(c.MaxRecursion)}
	def.loop = &loop{def: n.Def}
	for i, k := range anchor.shown() {
		k.Nullable = true
		k.Qualifier = []string{c.Name}
		if c.Columns != nil {
			k.Name = c.Columns[i]
		}
		def.loop.cols = append(def.loop.cols, k)
	}
	step, err := a.relation(u.R, &block{ctes: &cteScope{up: b.ctes, name: c.Name, def: def}, outer: b.outer})
	if err != nil {
		return nil, err
	}
	step = step.fix()
	if len(step.cols) != len(anchor.cols) {
		return nil, mismatch("UNION", 1, len(anchor.cols), len(step.cols), u.P)
	}
	want := outputTypes(anchor)
	for i, s := range step.cols {
		if !a.coercion().Implicit(s.Type, want[i]) {
			return nil, incompatible("UNION", 1, i, s.Type, want[i], u.P)
		}
	}
	n.Anchor, n.Step = anchor.visible(), a.castColumns(step.visible(), want)
	out := freshCols(n, &n.Cols, def.loop.cols)
	def.loop = nil
	return out, nil
}
