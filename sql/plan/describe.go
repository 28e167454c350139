package plan

import (
	"fmt"
	"strings"

	"sparksql/sql/expr"
)

func (k JoinKind) String() string {
	return [...]string{"Inner", "LeftOuter", "RightOuter", "FullOuter", "LeftSemi", "LeftAnti", "Cross"}[k]
}
func (k SetKind) String() string { return [...]string{"Intersect", "Except"}[k] }
func (s Strategy) String() string {
	return [...]string{"", "Broadcast", "Partitioned", "NestedLoop", "Adaptive"}[s]
}
func (s Side) String() string { return [...]string{"BuildRight", "BuildLeft"}[s] }

func desc(name string, attrs ...string) Desc {
	d := Desc{Name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			d.Attrs = append(d.Attrs, Attr{attrs[i], attrs[i+1]})
		}
	}
	return d
}

func list(es []expr.Expr) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func orders(keys []expr.Order) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = k.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func names(cols []expr.Col) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = c.Name
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func text(e expr.Expr) string {
	if e == nil {
		return ""
	}
	return e.String()
}

func (n *Scan) Describe() Desc {
	f, d, l := "", "", ""
	if len(n.Filters) > 0 {
		f = list(n.Filters)
	}
	if len(n.Dynamic) > 0 {
		cols := make([]expr.Col, len(n.Dynamic))
		for i, x := range n.Dynamic {
			cols[i] = x.Col
		}
		d = names(cols)
	}
	if n.Limit >= 0 {
		l = fmt.Sprint(n.Limit)
	}
	if kept, ok := n.Table.(interface{ StorageLevel() string }); ok && kept.StorageLevel() != "" {
		return desc("InMemoryTableScan", "Table", n.Name, "Output", names(n.Cols), "StorageLevel", kept.StorageLevel(), "PushedFilters", f, "PushedLimit", l)
	}
	return desc("Scan", "Table", n.Name, "Output", names(n.Cols), "PushedFilters", f, "DynamicFilters", d, "PushedLimit", l)
}
func (n *Values) Describe() Desc {
	return desc("LocalTableScan", "Output", names(n.Cols), "Rows", fmt.Sprint(len(n.Rows)))
}
func (n *Range) Describe() Desc {
	return desc("Range", "Range", fmt.Sprintf("(%d, %d, step=%d)", n.Start, n.End, n.Step))
}
func (n *Project) Describe() Desc { return desc("Project", "Output", list(n.Items)) }
func (n *Filter) Describe() Desc  { return desc("Filter", "Condition", text(n.Cond)) }
func (n *Aggregate) Describe() Desc {
	return desc("HashAggregate", "Keys", list(n.Keys), "Functions", list(n.Aggs))
}
func (n *Expand) Describe() Desc {
	return desc("Expand", "Output", names(n.Cols), "Sets", fmt.Sprint(len(n.Sets)))
}
func (n *Window) Describe() Desc { return desc("Window", "Functions", list(n.Funcs)) }
func (n *Join) Describe() Desc {
	name := "Join"
	switch n.Strategy {
	case Broadcast:
		name = "BroadcastHashJoin"
	case Partitioned, Adaptive:
		name = "HashJoin"
	case NestedLoop:
		name = "NestedLoopJoin"
	}
	keys := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		op := " = "
		if k.NullSafe {
			op = " <=> "
		}
		keys[i] = k.L.String() + op + k.R.String()
	}
	build, aware, hint := "", "", n.Hint.Left
	if hint == "" {
		hint = n.Hint.Right
	}
	cond := text(n.Cond)
	if n.Strategy != Undecided {
		build = n.Build.String()
		cond = text(n.Residual)
	}
	if n.NullAware {
		aware = "true"
	}
	return desc(name, "Type", n.Kind.String(), "Keys", strings.Join(keys, " AND "), "Condition", cond, "Build", build,
		"NullAware", aware, "Hint", hint)
}
func (n *DependentJoin) Describe() Desc {
	return desc("LateralJoin", "Type", n.Kind.String(), "Condition", text(n.Cond))
}
func (n *Sort) Describe() Desc { return desc("Sort", "Keys", orders(n.Keys)) }
func (n *Limit) Describe() Desc {
	return desc("Limit", "N", fmt.Sprint(n.N), "Offset", nonzero(n.Offset))
}
func (n *TopN) Describe() Desc {
	return desc("TopN", "N", fmt.Sprint(n.N), "Offset", nonzero(n.Offset), "Keys", orders(n.Keys))
}
func (n *Union) Describe() Desc { return desc("Union") }
func (n *SetOp) Describe() Desc {
	name := n.Kind.String()
	if n.All {
		name += "All"
	}
	return desc(name)
}
func (n *Generate) Describe() Desc {
	outer := ""
	if n.Outer {
		outer = "true"
	}
	return desc("Generate", "Generator", text(n.Gen), "Output", names(n.Cols), "Outer", outer)
}
func (n *Sample) Describe() Desc       { return desc("Sample", "Range", fmt.Sprintf("[%g, %g)", n.Lo, n.Hi)) }
func (n *Shared) Describe() Desc       { return desc("ReusedSubplan", "Output", names(n.Cols)) }
func (n *Recursive) Describe() Desc    { return desc("RecursiveCTE", "Name", n.Def.Name) }
func (n *RecursiveRef) Describe() Desc { return desc("RecursiveCTERef", "Name", n.Def.Name) }
func (n *Write) Describe() Desc {
	return desc("Write", "Format", n.Spec.Format, "PartitionBy", strings.Join(n.Spec.PartitionBy, ", "))
}

func nonzero(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
