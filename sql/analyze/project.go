package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// project computes the list, with windows and a generator beneath it, one layer for each depth of lateral
// aliases, then DISTINCT and the sort.
func (q *selection) project() (*rel, error) {
	all := append(append([]*item(nil), q.items...), q.hidden...)
	gen, err := q.generator(all)
	if err != nil {
		return nil, err
	}
	levels, top := q.levels(all)
	var made [][]expr.Col // the columns of the generator's item
	for level := 0; level <= top; level++ {
		var now []*item
		for i, it := range all {
			if levels[i] == level {
				now = append(now, it)
			}
		}
		if err := q.windows(now); err != nil {
			return nil, err
		}
		if gen != nil && levels[index(all, gen)] == level {
			cols, err := q.generate(gen)
			if err != nil {
				return nil, err
			}
			made = [][]expr.Col{cols}
		}
		if level < top {
			q.layer(now, gen)
		}
	}
	out := q.output(gen, made)
	if q.tree.Distinct {
		if out, err = q.a.distinct(out, q.tree.P); err != nil {
			return nil, err
		}
	}
	if len(q.sort) > 0 {
		out.node = &plan.Sort{Input: out.node, Keys: q.sort}
	}
	return out, nil
}

func index(all []*item, it *item) int {
	for i, x := range all {
		if x == it {
			return i
		}
	}
	return 0
}

// levels says in which layer each item is computed: above those whose aliases it uses.
func (q *selection) levels(all []*item) (levels []int, top int) {
	levels = make([]int, len(all))
	if len(q.lateral) == 0 {
		return levels, 0
	}
	of := map[expr.ID]int{}
	for i, it := range all {
		expr.Columns(it.x, func(c *expr.Column) {
			if q.lateral[c.ID] != nil {
				levels[i] = max(levels[i], of[c.ID]+1)
			}
		})
		of[it.id] = levels[i]
		top = max(top, levels[i])
	}
	return levels, top
}

// layer computes items early, beside everything that the layers above may need.
func (q *selection) layer(now []*item, gen *item) {
	p := &plan.Project{Input: q.node}
	seen := map[expr.ID]bool{}
	for _, c := range q.node.Output() {
		seen[c.ID] = true
		p.Items = append(p.Items, &expr.Column{Col: c})
	}
	for _, it := range now {
		if it == gen || seen[it.id] {
			continue
		}
		seen[it.id] = true
		p.Items = append(p.Items, &expr.Alias{X: it.x, Name: it.name, ID: it.id, At: it.at})
		it.x = it.out()
	}
	q.node = p
}

// output is the final projection. Hidden items stay in the plan, out of sight, for the sort.
func (q *selection) output(gen *item, made [][]expr.Col) *rel {
	p := &plan.Project{Input: q.node}
	out := &rel{node: p}
	seen := map[expr.ID]bool{}
	add := func(x expr.Expr, c col) {
		p.Items = append(p.Items, x)
		seen[c.ID] = true
		out.cols = append(out.cols, c)
	}
	for _, it := range q.items {
		if it == gen {
			for _, c := range made[0] {
				add(&expr.Column{Col: c, At: it.at}, colOf(c))
			}
			continue
		}
		c := colOf(it.col())
		if it.from != nil {
			c.Qualifier, c.origin, c.Hidden = it.from.Qualifier, it.from.origin, it.unseen
		}
		if x, ok := it.x.(*expr.Column); ok && x.ID == it.id && !seen[x.ID] {
			k := *x
			k.Name, k.Qualifier = it.name, c.Qualifier
			add(&k, c)
			continue
		}
		if seen[c.ID] {
			c.ID = expr.NewID()
		}
		add(&expr.Alias{X: it.x, Name: it.name, ID: c.ID, At: it.at}, c)
	}
	for _, h := range q.hidden {
		if x, ok := h.x.(*expr.Column); ok && x.ID == h.id {
			p.Items = append(p.Items, x)
			continue
		}
		p.Items = append(p.Items, &expr.Alias{X: h.x, Name: h.name, ID: h.id, At: h.at})
	}
	return out
}

// windows puts the window functions of items into nodes beneath, one for each specification.
func (q *selection) windows(items []*item) error {
	w := &windower{byKey: map[string]expr.Col{}, bySpec: map[string]int{}}
	for _, it := range items {
		if find(it.x, isWindow) == nil {
			continue
		}
		if err := w.check(q, it.x); err != nil {
			return err
		}
		it.x = expr.Rewrite(it.x, w.replace)
	}
	for _, funcs := range w.nodes {
		q.node = &plan.Window{Input: q.node, Funcs: funcs}
	}
	return nil
}

// windower collects window functions by specification.
type windower struct {
	byKey  map[string]expr.Col
	bySpec map[string]int
	nodes  [][]expr.Expr
}

func (w *windower) replace(e expr.Expr) expr.Expr {
	x, ok := e.(*expr.Window)
	if !ok {
		return e
	}
	k := expr.Key(x)
	c, ok := w.byKey[k]
	if !ok {
		al := &expr.Alias{X: x, Name: x.String(), ID: expr.NewID(), At: x.At}
		c = al.Col()
		w.byKey[k] = c
		spec := specKey(x)
		i, ok := w.bySpec[spec]
		if !ok {
			i = len(w.nodes)
			w.bySpec[spec] = i
			w.nodes = append(w.nodes, nil)
		}
		w.nodes[i] = append(w.nodes[i], al)
	}
	return &expr.Column{Col: c, At: x.At}
}

func specKey(x *expr.Window) string {
	var b strings.Builder
	for _, p := range x.PartitionBy {
		b.WriteString(expr.Key(p) + ",")
	}
	b.WriteByte('|')
	for _, o := range x.OrderBy {
		b.WriteString(expr.Key(o.X))
		if o.Desc {
			b.WriteByte('d')
		}
		if o.NullsFirst {
			b.WriteByte('n')
		}
		b.WriteByte(',')
	}
	return b.String()
}

// check refuses windows within windows, and generators and lateral aliases in them.
func (w *windower) check(q *selection, e expr.Expr) error {
	x, ok := e.(*expr.Window)
	if !ok {
		for _, c := range e.Children() {
			if err := w.check(q, c); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range x.Children() {
		if in := find(c, isWindow); in != nil {
			return errs.Unsupported(in.Pos(), "a window function inside another one")
		}
		if g := find(c, isGenerator); g != nil {
			return errs.New(x.At, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(x.String()))
		}
	}
	return nil
}

// generator finds the one generator of the list, which must be an item of its own.
func (q *selection) generator(all []*item) (*item, error) {
	var found []*item
	for _, it := range all {
		if isGenerator(it.x) {
			found = append(found, it)
			for _, c := range it.x.Children() {
				if find(c, isGenerator) != nil {
					return nil, errs.New(it.at, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(it.x.String()))
				}
			}
			continue
		}
		if find(it.x, isGenerator) != nil {
			return nil, errs.New(it.at, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(it.x.String()))
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, it := range found {
		names[i] = quoteExpr(it.x.String())
	}
	return nil, errs.New(found[1].at, "UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "num", itoa(len(found)), "generators", strings.Join(names, ", "))
}

// generate puts the generator beneath the list and gives its columns their names.
func (q *selection) generate(it *item) ([]expr.Col, error) {
	c := it.x.(*expr.Call)
	cols, err := generatorCols(c, it.names)
	if err != nil {
		return nil, errs.At(err, it.at)
	}
	if len(cols) == 1 {
		cols[0].ID = it.id
	}
	q.node = &plan.Generate{Input: q.node, Gen: c, Cols: cols, Outer: outerGenerator(c)}
	if outerGenerator(c) {
		for i := range cols {
			cols[i].Nullable = true
		}
	}
	it.x = &expr.Column{Col: cols[0]}
	return cols, nil
}

// outerGenerator tells whether the function keeps rows for which it gives nothing (explode_outer and its like).
func outerGenerator(c *expr.Call) bool { return strings.HasSuffix(strings.ToLower(c.Name), "_outer") }

// generatorCols are the columns of a generator, under the names given.
func generatorCols(c *expr.Call, names []string) ([]expr.Col, error) {
	fields := generatorFields(c)
	if names != nil && len(names) != len(fields) {
		return nil, errs.New(c.At, "UDTF_ALIAS_NUMBER_MISMATCH", "aliasesSize", itoa(len(fields)), "aliasesNames", strings.Join(names, ","))
	}
	cols := make([]expr.Col, len(fields))
	for i, f := range fields {
		cols[i] = expr.Col{ID: expr.NewID(), Name: f.Name, Type: f.Type, Nullable: f.Nullable}
		if names != nil {
			cols[i].Name = names[i]
		}
	}
	return cols, nil
}

func generatorFields(c *expr.Call) []types.Field {
	if t := c.Bind.Out; t.Kind() == types.Struct {
		return t.Fields()
	}
	return []types.Field{{Name: "col", Type: c.Bind.Out, Nullable: c.Bind.Nullable}}
}
