package sparksql

import (
	"context"
	"fmt"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

type plannedKey struct{}

// planned hands a plan that a dry run would have run to the EXPLAIN around it.
func planned(ctx context.Context, n plan.Node) {
	if f, ok := ctx.Value(plannedKey{}).(func(plan.Node)); ok {
		f(n)
	}
}

// explainCommand shows a command in Spark's words and beneath it the plans that it would run. The command is tried against
// a copy of the catalog, so that what is wrong with it is said and nothing is done.
func (s *Session) explainCommand(ctx context.Context, st *tree.Explain) (*Rows, error) {
	switch st.Mode {
	case tree.ExplainCodegen:
		return nil, errs.Unsupported(st.P, "EXPLAIN CODEGEN: no code is generated")
	case tree.ExplainCore:
		return nil, errs.Unsupported(st.P, "EXPLAIN CORE of a command: only queries are parsed by way of core SQL")
	}
	c, err := s.tried(ctx, st.Input)
	if err != nil {
		return nil, err
	}
	show := func(n plan.Node, first, rest string) string { return planTreeUnder(n, first, rest, nil) }
	switch st.Mode {
	case tree.ExplainFormatted:
		show = func(n plan.Node, _, _ string) string { return "\n" + formatted(n) }
	case tree.ExplainCost:
		cost := s.cost(s.analyzer())
		show = func(n plan.Node, first, rest string) string { return planTreeUnder(n, first, rest, cost) }
	}
	o := outlineOf(c)
	var b strings.Builder
	if st.Mode == tree.ExplainExtended {
		b.WriteString("== Analyzed Logical Plan ==\n" + columnTypes(c.schema) + o.line() + "\n\n")
	}
	b.WriteString("== Physical Plan ==\n" + o.text(c.plans, show))
	return s.planRows(strings.TrimRight(b.String(), "\n")), nil
}

// explained is a command that EXPLAIN tells of: the columns that it gives and the plans that it would run.
type explained struct {
	s      *Session
	st     tree.Statement
	schema *types.Schema
	plans  []plan.Node

	// What the statement's parts mean; the dry run has seen that they mean something.
	name   func(tree.ObjectName) []string
	value  func(tree.Expr) string
	fields func(tree.ObjectName) []types.Field
}

func (s *Session) explained(ctx context.Context, st tree.Statement) *explained {
	c := &explained{s: s, st: st, schema: &types.Schema{}}
	c.name = func(n tree.ObjectName) []string {
		parts, _ := s.name(ctx, n)
		return parts
	}
	c.value = func(e tree.Expr) string {
		v, _ := s.analyzer().Constant(ctx, e, types.StringType)
		return fmt.Sprint(v)
	}
	c.fields = func(n tree.ObjectName) []types.Field {
		t, err := s.described(ctx, n)
		if err != nil {
			return nil
		}
		f, _ := s.columnsOf(ctx, n, t)
		return f
	}
	return c
}

// tried runs a command dry.
func (s *Session) tried(ctx context.Context, st tree.Statement) (*explained, error) {
	c := s.explained(ctx, st)
	dry, err := s.DryRun(ctx)
	if err != nil {
		return nil, err
	}
	defer dry.Close()
	switch x := st.(type) {
	case *tree.Explain:
		c.schema.Fields = []types.Field{field("plan", types.StringType, false)}
		return c, s.check(ctx, x.Input)
	case *tree.AddResource: // what is loaded stays loaded
		return c, nil
	case *tree.Describe:
		whole := *x // a partition has to be there when the command is run
		whole.Partition = nil
		st = &whole
	}
	ctx = context.WithValue(ctx, plannedKey{}, func(n plan.Node) { c.plans = append(c.plans, n) })
	rows, err := dry.s.execute(ctx, st)
	if err != nil {
		return nil, err
	}
	c.schema = rows.Schema()
	return c, c.addQuery(ctx)
}

// addQuery adds the query of a command that keeps its text and does not run it.
func (c *explained) addQuery(ctx context.Context) error {
	var q tree.Relation
	switch st := c.st.(type) {
	case *tree.CreateView:
		q = st.Query
	case *tree.Cache:
		q = st.Query
	case *tree.AlterTable:
		q = st.Query
	}
	if q == nil || len(c.plans) > 0 {
		return nil
	}
	a := c.s.analyzer()
	n, err := a.Query(ctx, q)
	if err != nil {
		return err
	}
	if n, err = c.s.optimize(a, n); err != nil {
		return err
	}
	c.plans = append(c.plans, n)
	return nil
}

// columnTypes lists the columns of a command's result as EXPLAIN EXTENDED does.
func columnTypes(s *types.Schema) string {
	if len(s.Fields) == 0 {
		return ""
	}
	parts := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		parts[i] = f.Name + ": " + f.Type.String()
	}
	return strings.Join(parts, ", ") + "\n"
}

// outline is a command by Spark's name for it. Its arguments are those that tell something here.
type outline struct {
	name  string
	args  []string
	kind  outlineKind
	under string // a line beneath
}

type outlineKind uint8

const (
	runs   outlineKind = iota // run as a whole: the command stands beneath a line "Execute"
	node                      // a node of the plan itself
	writes                    // a node "Execute" over what it writes
)

func (o outline) line() string {
	var args []string
	for _, a := range o.args {
		if a != "" {
			args = append(args, a)
		}
	}
	return strings.TrimSuffix(o.name+" "+strings.Join(args, ", "), " ")
}

func (o outline) text(plans []plan.Node, show func(n plan.Node, first, rest string) string) string {
	var b strings.Builder
	indent := ""
	switch o.kind {
	case runs:
		fmt.Fprintf(&b, "Execute %s\n   +- %s\n", o.name, o.line())
		indent = "      "
	case writes:
		b.WriteString("Execute " + o.line() + "\n")
	default:
		b.WriteString(o.line() + "\n")
	}
	if o.under != "" {
		b.WriteString(indent + "+- " + o.under + "\n")
	}
	for i, n := range plans {
		if i < len(plans)-1 {
			b.WriteString(show(n, indent+":- ", indent+":  "))
		} else {
			b.WriteString(show(n, indent+"+- ", indent+"   "))
		}
	}
	return b.String()
}
