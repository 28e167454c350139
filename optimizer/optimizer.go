// Package optimizer rewrites logical plans by an ordered list of rules (rules.go), one file a rule.
//
// A rule may not change what a query returns: names and types of the output are frozen before the first one
// runs, and the driver checks in tests that schemas stay and columns resolve after every effective rule.
package optimizer

import (
	"fmt"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// Ctx is what rules may use. It is made for one statement.
type Ctx struct {
	// Call binds a built-in function or operator to typed arguments.
	Call func(name string, args ...expr.Expr) (expr.Expr, error)
	// Field is field k of the struct x.
	Field func(x expr.Expr, k int) (expr.Expr, error)
	// BroadcastBytes is spark.sql.autoBroadcastJoinThreshold; negative: never.
	BroadcastBytes int64
	// Adaptive is spark.sql.adaptive.enabled: joins choose their form at run time.
	Adaptive bool
	// Disabled names rules that are left out.
	Disabled map[string]bool
	// Trace, when set, is told of every effective rule.
	Trace func(rule string, before, after plan.Node)
	// Check verifies the plan after every effective rule; set by tests.
	Check bool

	statsCache map[plan.Node]*estimate
	done       map[*plan.SharedDef]bool // optimised already
}

// Rule is one rewriting. Apply returns the same pointer when it changes nothing.
type Rule struct {
	Name, Doc string
	Apply     func(*Ctx, plan.Node) (plan.Node, error)
}

// Batch is a group of rules run in order, up to Max times or until nothing changes.
type Batch struct {
	Name  string
	Max   int
	Rules []Rule
}

// Optimize runs all batches on n, and on the plans of the subqueries that remain in its expressions.
func Optimize(ctx *Ctx, n plan.Node) (plan.Node, error) {
	n, err := optimize(ctx, n)
	if err != nil || ctx.Disabled[reuseSubplans.Name] {
		return n, err
	}
	return reuseAcross(n), nil
}

func optimize(ctx *Ctx, n plan.Node) (plan.Node, error) {
	for _, b := range Batches() {
		var err error
		if n, err = runBatch(ctx, b, n); err != nil {
			return nil, err
		}
	}
	if err := optimizeShared(ctx, n); err != nil {
		return nil, err
	}
	return optimizeSubqueries(ctx, n)
}

// optimizeShared optimises every shared plan once: rules do not look into them from outside.
func optimizeShared(ctx *Ctx, n plan.Node) error {
	var failed error
	plan.Walk(n, func(n plan.Node) bool {
		s, ok := n.(*plan.Shared)
		if !ok || failed != nil || ctx.done[s.Def] {
			return failed == nil
		}
		if ctx.done == nil {
			ctx.done = map[*plan.SharedDef]bool{}
		}
		ctx.done[s.Def] = true
		out := s.Def.Input.Output()
		var p plan.Node
		if p, failed = optimize(ctx, s.Def.Input); failed == nil {
			s.Def.Input = keepCols(p, out)
		}
		return failed == nil
	})
	return failed
}

func runBatch(ctx *Ctx, b Batch, n plan.Node) (plan.Node, error) {
	for range b.Max {
		before := n
		for _, r := range b.Rules {
			if ctx.Disabled[r.Name] {
				continue
			}
			m, err := r.Apply(ctx, n)
			if err != nil {
				return nil, err
			}
			if m == n {
				continue
			}
			if ctx.Check {
				if err := check(r.Name, n, m); err != nil {
					return nil, err
				}
			}
			if ctx.Trace != nil {
				ctx.Trace(r.Name, n, m)
			}
			n = m
		}
		if n == before {
			break
		}
	}
	return n, nil
}

// optimizeSubqueries optimises the plans of uncorrelated subqueries, which are run before the query.
func optimizeSubqueries(ctx *Ctx, n plan.Node) (plan.Node, error) {
	done := map[plan.Node]plan.Node{}
	return plan.Rewrite(n, func(n plan.Node) (plan.Node, error) {
		var failed error
		out := plan.RewriteExprs(n, func(e expr.Expr) expr.Expr {
			return expr.Rewrite(e, func(e expr.Expr) expr.Expr {
				q, ok := e.(*expr.Subquery)
				if !ok || failed != nil {
					return e
				}
				p := q.Plan.(plan.Node)
				if done[p] == nil {
					if done[p], failed = optimize(ctx, p); failed != nil {
						return e
					}
				}
				c := *q
				c.Plan = done[p]
				return &c
			})
		})
		return out, failed
	})
}

// check verifies that a rule kept the schema and that every column is there where it is used.
func check(rule string, before, after plan.Node) error {
	a, b := before.Output(), after.Output()
	if len(a) != len(b) {
		return errs.Internal("rule %s changed the number of columns from %d to %d", rule, len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Type != b[i].Type {
			return errs.Internal("rule %s changed column %s#%d %s to %s#%d %s", rule, a[i].Name, a[i].ID, a[i].Type, b[i].Name, b[i].ID, b[i].Type)
		}
	}
	if err := Resolved(after); err != nil {
		return errs.Internal("rule %s: %v", rule, err)
	}
	return nil
}

// Resolved verifies that every column an expression of n reads is put out by the node's inputs.
func Resolved(n plan.Node) error {
	var failed error
	plan.Walk(n, func(n plan.Node) bool {
		have := colSet{}
		for _, in := range n.Inputs() {
			have.addAll(in.Output())
		}
		if s, ok := n.(*plan.Scan); ok {
			have.addAll(s.Cols)
		}
		for _, e := range n.Exprs() {
			for id := range refs(e) {
				if !have.has(id) && failed == nil {
					failed = fmt.Errorf("%s reads column #%d, which is not in its input: %s", n.Describe().Name, id, e)
				}
			}
		}
		return failed == nil
	})
	return failed
}
