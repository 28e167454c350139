package exec

import (
	"slices"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// splitDistinct makes two aggregates of one whose DISTINCT aggregates all have the same arguments: the first groups by
// the keys and those arguments, with partial states of the other aggregates; the second by the keys alone, where
// each row is a different argument. It is parallel and spills, which a set for each group would not. Nil when the
// aggregate has no DISTINCT or does not fit the form.
func splitDistinct(h *HashAggregate) (first, second *HashAggregate) {
	var args []expr.Expr
	for _, a := range h.aggs {
		switch {
		case !a.call.Distinct && len(a.call.OrderBy) > 0:
			return nil, nil
		case !a.call.Distinct:
		case a.call.Filter != nil || len(a.call.OrderBy) > 0:
			return nil, nil
		case args == nil:
			args = a.call.Args
		case !sameArgs(args, a.call.Args):
			return nil, nil
		}
	}
	if args == nil {
		return nil, nil
	}
	first = &HashAggregate{desc: h.desc, in: h.in, partial: true}
	second = &HashAggregate{desc: h.desc, partial: h.partial}
	for _, k := range slices.Concat(h.keys, args) {
		c := expr.Col{ID: expr.NewID(), Type: k.Type(), Nullable: true}
		if a, ok := k.(*expr.Alias); ok {
			k = a.X
		}
		first.keys = append(first.keys, k)
		second.in = append(second.in, c)
	}
	for i := range h.keys {
		second.keys = append(second.keys, &expr.Column{Col: second.in[i]})
	}
	var distinct []expr.Expr
	for i := range args {
		distinct = append(distinct, &expr.Column{Col: second.in[len(h.keys)+i]})
	}
	for _, a := range h.aggs {
		b := *a
		if a.call.Distinct {
			call := *a.call
			call.Distinct, call.Args = false, distinct
			b.call, b.buffer, b.state = &call, false, a.agg.State
		} else {
			if a.leader < 0 {
				first.aggs = append(first.aggs, a)
			}
			b.merge = true
			for _, t := range a.state {
				b.inputs = append(b.inputs, expr.Col{ID: expr.NewID(), Type: t, Nullable: true})
			}
			second.in = append(second.in, b.inputs...)
		}
		second.aggs = append(second.aggs, &b)
	}
	return first, second
}

// sameArgs tells whether two lists of arguments are the same columns or constants.
func sameArgs(a, b []expr.Expr) bool {
	return slices.EqualFunc(a, b, func(x, y expr.Expr) bool {
		if c, ok := x.(*expr.Column); ok {
			d, ok := y.(*expr.Column)
			return ok && c.ID == d.ID
		}
		return x == y
	})
}

// outTypes are the types of the result's columns.
func (h *HashAggregate) outTypes() []types.Type {
	if h.partial {
		return h.stored
	}
	out := slices.Clone(h.keyTypes)
	for _, a := range h.aggs {
		out = append(out, a.out)
	}
	return out
}

// results puts keys, and results or partial states, of groups into columns, which are empty.
func (p *aggPart) results(groups []int32, cols []*vec.Vec) error {
	if p.h.partial {
		return p.partial(groups, cols)
	}
	k := len(p.h.keys)
	p.table.takeKeys(groups, cols[:k])
	for i, c := range cols[:k] {
		if c.Form == vec.Coded && 2*c.Dict.Vals.Len > p.table.n { // hardly shared: nobody gains by the numbers
			cols[i] = vec.Flatten(c, vec.New(c.Type, 0), nil)
		}
	}
	for i, o := range p.outs {
		if err := o.result(groups, cols[k+i]); err != nil {
			return err
		}
	}
	return nil
}
