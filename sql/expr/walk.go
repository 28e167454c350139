package expr

import (
	"slices"

	"sparksql/udfs"
)

func (e *Literal) Children() []Expr { return nil }
func (e *Column) Children() []Expr  { return nil }
func (e *Outer) Children() []Expr   { return nil }
func (e *Call) Children() []Expr    { return e.Args }
func (e *Cast) Children() []Expr    { return []Expr{e.X} }
func (e *Agg) Children() []Expr {
	out := slices.Clone(e.Args)
	if e.Filter != nil {
		out = append(out, e.Filter)
	}
	return appendOrder(out, e.OrderBy)
}
func (e *Window) Children() []Expr {
	out := append([]Expr{e.Func}, e.PartitionBy...)
	return appendOrder(out, e.OrderBy)
}
func (e *Lambda) Children() []Expr   { return []Expr{e.Body} }
func (e *Alias) Children() []Expr    { return []Expr{e.X} }
func (e *Subquery) Children() []Expr { return e.Needle }

func appendOrder(out []Expr, by []Order) []Expr {
	for _, o := range by {
		out = append(out, o.X)
	}
	return out
}

func takeOrder(by []Order, xs []Expr) []Order {
	out := slices.Clone(by)
	for i := range out {
		out[i].X = xs[i]
	}
	return out
}

func (e *Literal) WithChildren([]Expr) Expr { return e }
func (e *Column) WithChildren([]Expr) Expr  { return e }
func (e *Outer) WithChildren([]Expr) Expr   { return e }
func (e *Call) WithChildren(xs []Expr) Expr { c := *e; c.Args = xs; return &c }
func (e *Cast) WithChildren(xs []Expr) Expr { c := *e; c.X = xs[0]; return &c }
func (e *Agg) WithChildren(xs []Expr) Expr {
	c := *e
	n := len(e.Args)
	c.Args = slices.Clone(xs[:n])
	if e.Filter != nil {
		c.Filter = xs[n]
		n++
	}
	c.OrderBy = takeOrder(e.OrderBy, xs[n:])
	return &c
}
func (e *Window) WithChildren(xs []Expr) Expr {
	c := *e
	c.Func = xs[0]
	c.PartitionBy = slices.Clone(xs[1 : 1+len(e.PartitionBy)])
	c.OrderBy = takeOrder(e.OrderBy, xs[1+len(e.PartitionBy):])
	return &c
}
func (e *Lambda) WithChildren(xs []Expr) Expr   { c := *e; c.Body = xs[0]; return &c }
func (e *Alias) WithChildren(xs []Expr) Expr    { c := *e; c.X = xs[0]; return &c }
func (e *Subquery) WithChildren(xs []Expr) Expr { c := *e; c.Needle = xs; return &c }

// Walk calls f for e and everything beneath it, parents first; f returns false to leave out what is beneath.
func Walk(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	for _, c := range e.Children() {
		Walk(c, f)
	}
}

// Rewrite applies f to everything in e, children first. Where nothing changes, the same pointers come back.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	old := e.Children()
	var changed []Expr
	for i, c := range old {
		if n := Rewrite(c, f); n != c {
			if changed == nil {
				changed = slices.Clone(old)
			}
			changed[i] = n
		}
	}
	if changed != nil {
		e = e.WithChildren(changed)
	}
	return f(e)
}

// Columns calls f for every column that e reads (not for lambda parameters' declarations).
func Columns(e Expr, f func(*Column)) {
	Walk(e, func(x Expr) bool {
		if c, ok := x.(*Column); ok {
			f(c)
		}
		return true
	})
}

// Deterministic tells whether e gives the same for the same row, however often it is evaluated. The forms that evaluate
// lazily do as their operands do.
func Deterministic(e Expr) bool {
	det := true
	Walk(e, func(x Expr) bool {
		if c, ok := x.(*Call); ok && c.Bind.Lazy == udfs.Eager && !c.Traits().Has(udfs.Deterministic) {
			det = false
		}
		return det
	})
	return det
}
