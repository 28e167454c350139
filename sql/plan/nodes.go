package plan

import (
	"slices"

	"sparksql/sql/expr"
)

func (*Scan) node()                                {}
func (*Scan) Inputs() []Node                       { return nil }
func (n *Scan) WithInputs([]Node) Node             { return n }
func (*Values) node()                              {}
func (*Values) Inputs() []Node                     { return nil }
func (n *Values) WithInputs([]Node) Node           { return n }
func (*Range) node()                               {}
func (*Range) Inputs() []Node                      { return nil }
func (n *Range) WithInputs([]Node) Node            { return n }
func (*Shared) node()                              {}
func (*Shared) Inputs() []Node                     { return nil }
func (n *Shared) WithInputs([]Node) Node           { return n }
func (*RecursiveRef) node()                        {}
func (*RecursiveRef) Inputs() []Node               { return nil }
func (n *RecursiveRef) WithInputs([]Node) Node     { return n }
func (*Project) node()                             {}
func (n *Project) Inputs() []Node                  { return []Node{n.Input} }
func (n *Project) WithInputs(in []Node) Node       { c := *n; c.Input = in[0]; return &c }
func (*Filter) node()                              {}
func (n *Filter) Inputs() []Node                   { return []Node{n.Input} }
func (n *Filter) WithInputs(in []Node) Node        { c := *n; c.Input = in[0]; return &c }
func (*Aggregate) node()                           {}
func (n *Aggregate) Inputs() []Node                { return []Node{n.Input} }
func (n *Aggregate) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (*Expand) node()                              {}
func (n *Expand) Inputs() []Node                   { return []Node{n.Input} }
func (n *Expand) WithInputs(in []Node) Node        { c := *n; c.Input = in[0]; return &c }
func (*Window) node()                              {}
func (n *Window) Inputs() []Node                   { return []Node{n.Input} }
func (n *Window) WithInputs(in []Node) Node        { c := *n; c.Input = in[0]; return &c }
func (*Sort) node()                                {}
func (n *Sort) Inputs() []Node                     { return []Node{n.Input} }
func (n *Sort) WithInputs(in []Node) Node          { c := *n; c.Input = in[0]; return &c }
func (*Limit) node()                               {}
func (n *Limit) Inputs() []Node                    { return []Node{n.Input} }
func (n *Limit) WithInputs(in []Node) Node         { c := *n; c.Input = in[0]; return &c }
func (*TopN) node()                                {}
func (n *TopN) Inputs() []Node                     { return []Node{n.Input} }
func (n *TopN) WithInputs(in []Node) Node          { c := *n; c.Input = in[0]; return &c }
func (*Generate) node()                            {}
func (n *Generate) Inputs() []Node                 { return []Node{n.Input} }
func (n *Generate) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }
func (*Sample) node()                              {}
func (n *Sample) Inputs() []Node                   { return []Node{n.Input} }
func (n *Sample) WithInputs(in []Node) Node        { c := *n; c.Input = in[0]; return &c }
func (*Write) node()                               {}
func (n *Write) Inputs() []Node                    { return []Node{n.Input} }
func (n *Write) WithInputs(in []Node) Node         { c := *n; c.Input = in[0]; return &c }
func (*Join) node()                                {}
func (n *Join) Inputs() []Node                     { return []Node{n.L, n.R} }
func (n *Join) WithInputs(in []Node) Node          { c := *n; c.L, c.R = in[0], in[1]; return &c }
func (*DependentJoin) node()                       {}
func (n *DependentJoin) Inputs() []Node            { return []Node{n.L, n.R} }
func (n *DependentJoin) WithInputs(in []Node) Node { c := *n; c.L, c.R = in[0], in[1]; return &c }
func (*SetOp) node()                               {}
func (n *SetOp) Inputs() []Node                    { return []Node{n.L, n.R} }
func (n *SetOp) WithInputs(in []Node) Node         { c := *n; c.L, c.R = in[0], in[1]; return &c }
func (*Union) node()                               {}
func (n *Union) Inputs() []Node                    { return n.Ins }
func (n *Union) WithInputs(in []Node) Node         { c := *n; c.Ins = in; return &c }
func (*Recursive) node()                           {}
func (n *Recursive) Inputs() []Node                { return []Node{n.Anchor, n.Step} }
func (n *Recursive) WithInputs(in []Node) Node     { c := *n; c.Anchor, c.Step = in[0], in[1]; return &c }

func (*Range) Exprs() []expr.Expr                  { return nil }
func (n *Range) WithExprs([]expr.Expr) Node        { return n }
func (*Limit) Exprs() []expr.Expr                  { return nil }
func (n *Limit) WithExprs([]expr.Expr) Node        { return n }
func (*Sample) Exprs() []expr.Expr                 { return nil }
func (n *Sample) WithExprs([]expr.Expr) Node       { return n }
func (*Write) Exprs() []expr.Expr                  { return nil }
func (n *Write) WithExprs([]expr.Expr) Node        { return n }
func (*Union) Exprs() []expr.Expr                  { return nil }
func (n *Union) WithExprs([]expr.Expr) Node        { return n }
func (*SetOp) Exprs() []expr.Expr                  { return nil }
func (n *SetOp) WithExprs([]expr.Expr) Node        { return n }
func (*Shared) Exprs() []expr.Expr                 { return nil }
func (n *Shared) WithExprs([]expr.Expr) Node       { return n }
func (*Recursive) Exprs() []expr.Expr              { return nil }
func (n *Recursive) WithExprs([]expr.Expr) Node    { return n }
func (*RecursiveRef) Exprs() []expr.Expr           { return nil }
func (n *RecursiveRef) WithExprs([]expr.Expr) Node { return n }
func (n *Project) Exprs() []expr.Expr              { return n.Items }
func (n *Project) WithExprs(es []expr.Expr) Node   { c := *n; c.Items = es; return &c }
func (n *Window) Exprs() []expr.Expr               { return n.Funcs }
func (n *Window) WithExprs(es []expr.Expr) Node    { c := *n; c.Funcs = es; return &c }
func (n *Scan) Exprs() []expr.Expr                 { return n.Filters }
func (n *Scan) WithExprs(es []expr.Expr) Node      { c := *n; c.Filters = es; return &c }
func (n *Filter) Exprs() []expr.Expr               { return []expr.Expr{n.Cond} }
func (n *Filter) WithExprs(es []expr.Expr) Node    { c := *n; c.Cond = es[0]; return &c }
func (n *Generate) Exprs() []expr.Expr             { return []expr.Expr{n.Gen} }
func (n *Generate) WithExprs(es []expr.Expr) Node  { c := *n; c.Gen = es[0]; return &c }
func (n *Sort) Exprs() []expr.Expr                 { return orderExprs(n.Keys) }
func (n *Sort) WithExprs(es []expr.Expr) Node      { c := *n; c.Keys = withOrder(n.Keys, es); return &c }
func (n *TopN) Exprs() []expr.Expr                 { return orderExprs(n.Keys) }
func (n *TopN) WithExprs(es []expr.Expr) Node      { c := *n; c.Keys = withOrder(n.Keys, es); return &c }

func orderExprs(keys []expr.Order) []expr.Expr {
	out := make([]expr.Expr, len(keys))
	for i, k := range keys {
		out[i] = k.X
	}
	return out
}

func withOrder(keys []expr.Order, es []expr.Expr) []expr.Order {
	out := slices.Clone(keys)
	for i := range out {
		out[i].X = es[i]
	}
	return out
}

func (n *Aggregate) Exprs() []expr.Expr { return slices.Concat(n.Keys, n.Aggs) }
func (n *Aggregate) WithExprs(es []expr.Expr) Node {
	c := *n
	c.Keys, c.Aggs = slices.Clone(es[:len(n.Keys)]), slices.Clone(es[len(n.Keys):])
	return &c
}

func (n *Values) Exprs() []expr.Expr { return slices.Concat(n.Rows...) }
func (n *Values) WithExprs(es []expr.Expr) Node {
	c := *n
	c.Rows = split(es, n.Rows)
	return &c
}

func (n *Expand) Exprs() []expr.Expr { return slices.Concat(n.Sets...) }
func (n *Expand) WithExprs(es []expr.Expr) Node {
	c := *n
	c.Sets = split(es, n.Sets)
	return &c
}

// split cuts es into pieces as long as those of like.
func split(es []expr.Expr, like [][]expr.Expr) [][]expr.Expr {
	out := make([][]expr.Expr, len(like))
	for i, l := range like {
		out[i], es = slices.Clone(es[:len(l)]), es[len(l):]
	}
	return out
}

func (n *Join) Exprs() []expr.Expr {
	var out []expr.Expr
	if n.Cond != nil {
		out = append(out, n.Cond)
	}
	for _, k := range n.Keys {
		out = append(out, k.L, k.R)
	}
	if n.Residual != nil {
		out = append(out, n.Residual)
	}
	return out
}

func (n *Join) WithExprs(es []expr.Expr) Node {
	c := *n
	if n.Cond != nil {
		c.Cond, es = es[0], es[1:]
	}
	c.Keys = slices.Clone(n.Keys)
	for i := range c.Keys {
		c.Keys[i].L, c.Keys[i].R, es = es[0], es[1], es[2:]
	}
	if n.Residual != nil {
		c.Residual = es[0]
	}
	return &c
}

func (n *DependentJoin) Exprs() []expr.Expr {
	if n.Cond == nil {
		return nil
	}
	return []expr.Expr{n.Cond}
}

func (n *DependentJoin) WithExprs(es []expr.Expr) Node {
	c := *n
	if n.Cond != nil {
		c.Cond = es[0]
	}
	return &c
}

func (n *Scan) Output() []expr.Col         { return n.Cols }
func (n *Values) Output() []expr.Col       { return n.Cols }
func (n *Range) Output() []expr.Col        { return []expr.Col{n.Col} }
func (n *Shared) Output() []expr.Col       { return n.Cols }
func (n *RecursiveRef) Output() []expr.Col { return n.Cols }
func (n *Recursive) Output() []expr.Col    { return n.Cols }
func (n *Project) Output() []expr.Col      { return itemCols(n.Items) }
func (n *Filter) Output() []expr.Col       { return n.Input.Output() }
func (n *Sort) Output() []expr.Col         { return n.Input.Output() }
func (n *Limit) Output() []expr.Col        { return n.Input.Output() }
func (n *TopN) Output() []expr.Col         { return n.Input.Output() }
func (n *Sample) Output() []expr.Col       { return n.Input.Output() }
func (n *Write) Output() []expr.Col        { return nil }
func (n *Union) Output() []expr.Col        { return n.Cols }
func (n *SetOp) Output() []expr.Col        { return n.Cols }
func (n *Expand) Output() []expr.Col       { return n.Cols }
func (n *Aggregate) Output() []expr.Col {
	return append(itemCols(n.Keys), itemCols(n.Aggs)...)
}
func (n *Window) Output() []expr.Col {
	return slices.Concat(n.Input.Output(), itemCols(n.Funcs))
}
func (n *Generate) Output() []expr.Col {
	cols := n.Cols
	if n.Outer {
		cols = nullable(cols)
	}
	return slices.Concat(n.Input.Output(), cols)
}
func (n *Join) Output() []expr.Col { return joinOutput(n.L, n.R, n.Kind, n.Single, n.Mark) }
func (n *DependentJoin) Output() []expr.Col {
	return joinOutput(n.L, n.R, n.Kind, n.Single, n.Mark)
}

func joinOutput(l, r Node, kind JoinKind, single bool, mark *expr.Col) []expr.Col {
	lc, rc := l.Output(), []expr.Col(nil)
	switch kind {
	case Semi, Anti:
		if mark != nil {
			rc = []expr.Col{*mark}
		}
		return slices.Concat(lc, rc)
	}
	rc = r.Output()
	if kind == Left || kind == Full || single {
		rc = nullable(rc)
	}
	if kind == Right || kind == Full {
		lc = nullable(lc)
	}
	return slices.Concat(lc, rc)
}
