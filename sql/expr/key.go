package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// Key is a text that two expressions share exactly when they compute the same from the same columns: names,
// places and labels are left out, columns count by ID. Calls that are not deterministic have equal keys all
// the same; who shares them asks for the trait.
func Key(e Expr) string {
	if c, ok := e.(*Column); ok {
		return "c" + strconv.FormatInt(int64(c.ID), 36)
	}
	var b strings.Builder
	writeKey(&b, e)
	return b.String()
}

func writeKey(b *strings.Builder, e Expr) {
	switch x := e.(type) {
	case *Column:
		b.WriteByte('c')
		b.WriteString(strconv.FormatInt(int64(x.ID), 36))
	case *Outer:
		b.WriteByte('o')
		b.WriteString(strconv.FormatInt(int64(x.ID), 36))
	case *Literal:
		fmt.Fprintf(b, "%s:%T:%q", x.Typ, x.Value, fmt.Sprint(x.Value))
	case *Cast:
		fmt.Fprintf(b, "cast[%s %t %t]", x.To, x.Try, x.Env != nil && x.Env.ANSI)
	case *Call:
		writeCallKey(b, x)
	case *Agg:
		writeCallKey(b, &x.Call)
		fmt.Fprintf(b, "[agg %t %t %t", x.Distinct, x.Filter != nil, x.IgnoreNulls)
		writeOrderKey(b, x.OrderBy)
	case *Window:
		fmt.Fprintf(b, "over[%d %v %d %d %t", len(x.PartitionBy), x.Frame.Rows, x.Frame.Lo.Kind, x.Frame.Hi.Kind, x.IgnoreNulls)
		for _, o := range []Expr{x.Frame.Lo.Offset, x.Frame.Hi.Offset} {
			if o != nil {
				b.WriteByte(' ')
				writeKey(b, o)
			}
		}
		writeOrderKey(b, x.OrderBy)
	case *Lambda:
		b.WriteString("lambda[")
		for _, p := range x.Params {
			b.WriteString(strconv.FormatInt(int64(p.ID), 36) + " ")
		}
		b.WriteByte(']')
	case *Alias:
		writeKey(b, x.X)
		return
	case *Subquery:
		if x.Source == "" {
			fmt.Fprintf(b, "query[%d %p]", x.Kind, x.Plan)
			break
		}
		fmt.Fprintf(b, "query[%d %q", x.Kind, x.Source)
		for _, o := range x.Outer {
			b.WriteString(" " + strconv.FormatInt(int64(o.ID), 36))
		}
		b.WriteByte(']')
	}
	if cs := e.Children(); len(cs) > 0 {
		b.WriteByte('(')
		for _, c := range cs {
			writeKey(b, c)
			b.WriteByte(',')
		}
		b.WriteByte(')')
	}
}

func writeCallKey(b *strings.Builder, c *Call) {
	if c.Def != nil {
		b.WriteString(c.Def.Name)
	} else {
		b.WriteString(c.Name)
	}
	b.WriteByte(':')
	b.WriteString(c.Bind.Out.String())
	if c.Env != nil && c.Env.Seed != 0 {
		b.WriteString("#" + strconv.FormatInt(c.Env.Seed, 36))
	}
}

func writeOrderKey(b *strings.Builder, by []Order) {
	for _, o := range by {
		fmt.Fprintf(b, " %t/%t", o.Desc, o.NullsFirst)
	}
	b.WriteByte(']')
}
