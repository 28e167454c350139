package sparksql

import (
	"context"
	"fmt"
	"strings"

	"sparksql/optimizer"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/profile"
	"sparksql/sql/tree"
)

// explain shows a query's plan: EXPLAIN the plan that is run, EXTENDED the analysed one as well, FORMATTED with details
// beneath, COST with estimates, ANALYZE with what running it showed, CORE the text given to the inner parser.
func (s *Session) explain(ctx context.Context, st *tree.Explain) (*Rows, error) {
	if st.Mode == tree.ExplainAnalyze {
		return s.explainAnalyze(ctx, st)
	}
	q, ok := st.Input.(*tree.Query)
	if !ok {
		return s.explainCommand(ctx, st)
	}
	if st.Mode == tree.ExplainCore {
		return s.planRows(q.Core), nil
	}
	a := s.analyzer()
	analyzed, err := a.Query(ctx, q.Rel)
	if err != nil {
		return nil, err
	}
	n, err := s.optimize(a, analyzed)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	switch st.Mode {
	case tree.ExplainExtended:
		b.WriteString("== Analyzed Logical Plan ==\n" + planTree(analyzed, nil) + "\n== Physical Plan ==\n" + planTree(n, nil))
	case tree.ExplainFormatted:
		b.WriteString("== Physical Plan ==\n" + formatted(n))
	case tree.ExplainCost:
		b.WriteString("== Optimized Logical Plan ==\n" + planTree(n, s.cost(a)))
	case tree.ExplainCodegen:
		return nil, errs.Unsupported(st.P, "EXPLAIN CODEGEN: no code is generated")
	default:
		b.WriteString("== Physical Plan ==\n" + planTree(n, nil))
	}
	return s.planRows(strings.TrimRight(b.String(), "\n")), nil
}

// cost gives what is believed of a node's rows.
func (s *Session) cost(a *analyze.Analyzer) func(plan.Node) string {
	octx := s.optimizerContext(a)
	return func(n plan.Node) string {
		rows, bytes := optimizer.Estimate(octx, n)
		return fmt.Sprintf(", Statistics(rowCount=%.3g, sizeInBytes=%.3g)", rows, bytes)
	}
}

// planTree prints a plan, a node a line, inputs beneath; extra is added to a node's line.
func planTree(n plan.Node, extra func(plan.Node) string) string {
	return planTreeUnder(n, "", "", extra)
}

// planTreeUnder prints a plan beneath something: first stands before its line, rest before those of its inputs.
func planTreeUnder(n plan.Node, first, rest string, extra func(plan.Node) string) string {
	t := &planPrinter{extra: extra, shared: map[*plan.SharedDef]int{}}
	t.node(n, first, rest)
	return t.b.String()
}

type planPrinter struct {
	b      strings.Builder
	extra  func(plan.Node) string
	shared map[*plan.SharedDef]int
}

func describeLine(d plan.Desc) string { return profile.Line(d.Name, attributes(d.Attrs)) }

func (t *planPrinter) node(n plan.Node, first, rest string) {
	t.b.WriteString(first + describeLine(describe(n)))
	children := n.Inputs()
	if sh, ok := n.(*plan.Shared); ok {
		if id, seen := t.shared[sh.Def]; seen {
			fmt.Fprintf(&t.b, " [id %d]", id)
		} else {
			t.shared[sh.Def] = len(t.shared) + 1
			fmt.Fprintf(&t.b, " [id %d]", len(t.shared))
			children = []plan.Node{sh.Def.Input}
		}
	}
	if t.extra != nil {
		t.b.WriteString(t.extra(n))
	}
	t.b.WriteByte('\n')
	for _, e := range n.Exprs() {
		expr.Walk(e, func(e expr.Expr) bool {
			if q, ok := e.(*expr.Subquery); ok {
				t.b.WriteString(rest + "   Subquery\n")
				t.node(q.Plan.(plan.Node), rest+"   +- ", rest+"      ")
			}
			return true
		})
	}
	for i, in := range children {
		if i < len(children)-1 {
			t.node(in, rest+":- ", rest+":  ")
		} else {
			t.node(in, rest+"+- ", rest+"   ")
		}
	}
}

// formatted numbers the nodes: first the tree, then the details of each.
func formatted(n plan.Node) string {
	var outline, details strings.Builder
	id := 0
	var walk func(n plan.Node, first, rest string)
	walk = func(n plan.Node, first, rest string) {
		id++
		d := describe(n)
		fmt.Fprintf(&outline, "%s%s (%d)\n", first, d.Name, id)
		fmt.Fprintf(&details, "\n(%d) %s\n", id, d.Name)
		for _, a := range d.Attrs {
			fmt.Fprintf(&details, "%s: %s\n", a.Key, a.Value)
		}
		ins := n.Inputs()
		for i, in := range ins {
			if i < len(ins)-1 {
				walk(in, rest+":- ", rest+":  ")
			} else {
				walk(in, rest+"+- ", rest+"   ")
			}
		}
	}
	walk(n, "", "")
	return outline.String() + "\n" + details.String()
}

// analyzeText parses and analyses the text of a query, its markers bound.
func (s *Session) analyzeText(ctx context.Context, query string, params []Param) (*analyze.Analyzer, plan.Node, error) {
	text, err := s.substitute(query)
	if err != nil {
		return nil, nil, err
	}
	opts := s.parseOptions()
	if opts.Params, err = s.bind(ctx, params); err != nil {
		return nil, nil, err
	}
	rel, err := parseRelation(text, opts)
	if err != nil {
		return nil, nil, err
	}
	a := s.analyzer()
	n, err := a.Query(ctx, rel)
	return a, n, err
}
