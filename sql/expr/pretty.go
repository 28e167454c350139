package expr

import (
	"slices"
	"strings"

	"sparksql/sql/types"
)

func (e *Literal) String() string {
	if e.Text != "" {
		return e.Text
	}
	return LiteralText(e.Typ, e.Value)
}
func (e *Column) String() string {
	if e.Param {
		return "namedlambdavariable()"
	}
	return e.Name
}
func (e *Outer) String() string {
	return "outer(" + strings.Join(append(slices.Clone(e.Qualifier), e.Name), ".") + ")"
}
func (e *Call) String() string {
	if e.Label != "" {
		return e.Label
	}
	return e.pretty("")
}

func (e *Call) pretty(prefix string) string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	own := e.Bind.Pretty
	if own == nil && e.Def != nil {
		own = e.Def.Pretty
	}
	if own == nil {
		return e.Name + "(" + prefix + strings.Join(args, ", ") + ")"
	}
	name, rest, found := strings.Cut(own(args), "(")
	if !found {
		return name
	}
	return name + "(" + prefix + rest
}

func (e *Cast) String() string {
	if e.Implicit || e.To.IsNested() {
		return e.X.String()
	}
	name := "CAST("
	if e.Try {
		name = "TRY_CAST("
	}
	return name + e.X.String() + " AS " + e.To.SQL() + ")"
}

func (e *Agg) String() string {
	prefix := ""
	if e.Distinct {
		prefix = "DISTINCT "
	}
	s := e.Label
	if s == "" {
		s = e.Call.pretty(prefix)
	}
	for i, o := range e.OrderBy {
		if i == 0 {
			s += " WITHIN GROUP (ORDER BY "
		} else {
			s += ", "
		}
		s += o.String()
		if i == len(e.OrderBy)-1 {
			s += ")"
		}
	}
	if e.Filter != nil {
		s += " FILTER (WHERE " + e.Filter.String() + ")"
	}
	return s
}

func (o Order) String() string {
	s := o.X.String()
	if o.Desc {
		s += " DESC"
	} else {
		s += " ASC"
	}
	if o.NullsFirst {
		return s + " NULLS FIRST"
	}
	return s + " NULLS LAST"
}

func (b Bound) String() string {
	switch b.Kind {
	case UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case Preceding:
		if c, ok := b.Offset.(*Cast); ok && c.Implicit { // a cast around the negated offset
			return "(- " + c.String() + ") FOLLOWING"
		}
		return b.Offset.String() + " PRECEDING"
	case Following:
		return b.Offset.String() + " FOLLOWING"
	case UnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	}
	return "CURRENT ROW"
}

func (f Frame) String() string {
	unit := "RANGE"
	if f.Rows {
		unit = "ROWS"
	}
	return unit + " BETWEEN " + f.Lo.String() + " AND " + f.Hi.String()
}

func (e *Window) String() string {
	var parts []string
	if len(e.PartitionBy) > 0 {
		parts = append(parts, "PARTITION BY "+joinExprs(e.PartitionBy))
	}
	if len(e.OrderBy) > 0 {
		keys := make([]string, len(e.OrderBy))
		for i, o := range e.OrderBy {
			keys[i] = o.String()
		}
		parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
	}
	parts = append(parts, e.Frame.String())
	return e.Func.String() + " OVER (" + strings.Join(parts, " ") + ")"
}

func (e *Lambda) String() string {
	return "lambdafunction(" + e.Body.String() + strings.Repeat(", namedlambdavariable()", len(e.Params)) + ")"
}
func (e *Alias) String() string { return e.X.String() + " AS " + types.QuoteIdent(e.Name) }
func (e *Subquery) String() string {
	if e.Label != "" {
		return e.Label
	}
	switch e.Kind {
	case In:
		return "(" + joinExprs(e.Needle) + " IN (listquery()))"
	case Exists:
		return "exists()"
	}
	return "scalarsubquery()"
}

func joinExprs(es []Expr) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return strings.Join(parts, ", ")
}
