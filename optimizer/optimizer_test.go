package optimizer_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sparksql/catalog"
	"sparksql/catalog/memory"
	"sparksql/exec/vec"
	"sparksql/functions"
	"sparksql/optimizer"
	"sparksql/sql/analyze"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var update = flag.Bool("update", false, "rewrite the expected plans in testdata/optimizer")

// tables are those that the test queries read: big has 1000 rows, mid 100, small 10; a is unique in each.
type tables map[string]*memory.Table

func newTables(t *testing.T) tables {
	t.Helper()
	schema := &types.Schema{Fields: []types.Field{{Name: "a", Type: types.IntType, Nullable: true}, {Name: "b", Type: types.IntType, Nullable: true},
		{Name: "c", Type: types.StringType, Nullable: true}}}
	out := tables{}
	for name, n := range map[string]int{"big": 1000, "mid": 100, "small": 10} {
		b := &vec.Batch{N: n}
		for _, f := range schema.Fields {
			b.Cols = append(b.Cols, vec.New(f.Type, 0))
		}
		for i := range n {
			b.Cols[0].Append(int32(i))
			b.Cols[1].Append(int32(i % 7))
			b.Cols[2].Append("x")
		}
		m := memory.New(schema, nil)
		if err := m.Add(b); err != nil {
			t.Fatal(err)
		}
		out[name] = m
	}
	return out
}

func (x tables) Relation(_ context.Context, parts []string, _ errs.Pos) (*analyze.Object, error) {
	if t := x[parts[len(parts)-1]]; t != nil {
		return &analyze.Object{Name: parts, Table: t}, nil
	}
	return nil, nil
}
func (tables) Names(context.Context, []string) [][]string { return nil }
func (tables) Files(context.Context, string, string, map[string]string, errs.Pos) (catalog.Table, bool, error) {
	return nil, false, nil
}
func (tables) Function(context.Context, []string) (*analyze.SQLFunction, error) { return nil, nil }
func (tables) Variable([]string) *analyze.Variable                              { return nil }

// users are functions of a user: slow and quick always give a value, risky may fail, noise is volatile.
func users() []udfs.Def {
	odd := func(a int32) bool { return a%2 == 1 }
	return []udfs.Def{
		udfs.Scalar("slow", odd, udfs.Cost(1000)),
		udfs.Scalar("quick", odd),
		udfs.Scalar("risky", func(a int32) (bool, error) { return odd(a), nil }),
		udfs.Scalar("noise", odd, udfs.Volatile()),
	}
}

// step is the first effect of a rule on a query.
type step struct{ before, after string }

// optimize runs the whole optimizer with every check on and tells what the named rule did first.
func optimize(t *testing.T, x tables, sql, rule string) (*step, plan.Node, error) {
	t.Helper()
	rel, err := parse.Relation(&errs.Text{SQL: sql}, parse.Options{Ansi: true})
	if err != nil {
		return nil, nil, err
	}
	known := functions.Builtins().Child()
	if err := known.Register(users()...); err != nil {
		return nil, nil, err
	}
	a := &analyze.Analyzer{Objects: x, Functions: func(n []string) (*udfs.Def, bool) { return known.Lookup(n[len(n)-1]) },
		Conf: conf.New(), Env: udfs.Env{ANSI: true, Zone: time.UTC, ZoneName: "UTC"}, Database: "default"}
	n, err := a.Query(context.Background(), tree.Relation(rel))
	if err != nil {
		return nil, nil, err
	}
	var s *step
	ctx := &optimizer.Ctx{Call: func(name string, xs ...expr.Expr) (expr.Expr, error) { return a.Call(name, xs...) }, Field: a.Field, BroadcastBytes: 1 << 20,
		Adaptive: true, Check: true}
	ctx.Trace = func(name string, before, after plan.Node) {
		if name == rule && s == nil {
			s = &step{show(before), show(after)}
		}
	}
	n, err = optimizer.Optimize(ctx, n)
	return s, n, err
}

func show(n plan.Node) string {
	var b strings.Builder
	var walk func(plan.Node, string)
	walk = func(n plan.Node, indent string) {
		d := n.Describe()
		b.WriteString(indent + d.Name)
		for _, a := range d.Attrs {
			if a.Key != "Table" && !(a.Key == "Rows" && d.Name == "Scan") {
				b.WriteString(" " + a.Key + "=" + a.Value)
			} else {
				b.WriteString(" " + a.Value)
			}
		}
		b.WriteByte('\n')
		if s, ok := n.(*plan.Shared); ok {
			walk(s.Def.Input, indent+"  ")
		}
		for _, in := range n.Inputs() {
			walk(in, indent+"  ")
		}
	}
	walk(n, "")
	return b.String()
}

// TestRules runs testdata/optimizer/RULE.txt: cases of a query and what the rule does to its plan. A case is
//
//	# what it shows
//	the query
//	----
//	the plan before
//	----
//	the plan after
//
// or one line "does not fire" after the first bar. Cases are separated by a line of equals signs.
func TestRules(t *testing.T) {
	x := newTables(t)
	for _, b := range optimizer.Batches() {
		for _, r := range b.Rules {
			path := filepath.Join("..", "testdata", "optimizer", r.Name+".txt")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("rule %s has no test file: %v", r.Name, err)
				continue
			}
			if r.Doc == "" {
				t.Errorf("rule %s has no doc", r.Name)
			}
			t.Run(r.Name, func(t *testing.T) { runCases(t, x, r.Name, path, string(text)) })
		}
	}
}

func runCases(t *testing.T, x tables, rule, path, text string) {
	const bar, gap = "----\n", "====\n"
	var out []string
	fires, quiet := false, false
	for _, c := range strings.Split(text, gap) {
		head, want, _ := strings.Cut(c, bar)
		var sql []string
		for line := range strings.Lines(head) {
			if !strings.HasPrefix(line, "#") {
				sql = append(sql, line)
			}
		}
		s, _, err := optimize(t, x, strings.TrimSpace(strings.Join(sql, "")), rule)
		got := "does not fire\n"
		switch {
		case err != nil:
			got = "error: " + err.Error() + "\n"
		case s != nil:
			fires = true
			got = s.before + bar + s.after
		default:
			quiet = true
		}
		if got != want && !*update {
			t.Errorf("%sgot:\n%swant:\n%s", head, got, want)
		}
		out = append(out, head+bar+got)
	}
	if !fires || !quiet {
		t.Errorf("%s: cases must show that the rule fires (%t) and where it does not (%t)", path, fires, quiet)
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(out, gap)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryQueryKeepsItsColumns optimises every test query with all checks on.
func TestEveryQueryKeepsItsColumns(t *testing.T) {
	x := newTables(t)
	paths, err := filepath.Glob(filepath.Join("..", "testdata", "optimizer", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range strings.Split(string(text), "====\n") {
			head, _, _ := strings.Cut(c, "----\n")
			lines := strings.SplitN(head, "\n", 2)
			if len(lines) < 2 {
				continue
			}
			_, n, err := optimize(t, x, strings.TrimSpace(lines[1]), "")
			if err != nil {
				t.Errorf("%s: %v", lines[1], err)
				continue
			}
			if err := optimizer.Resolved(n); err != nil {
				t.Errorf("%s: %v", lines[1], err)
			}
		}
	}
}

// TestReuseAcrossSubqueries has one plan that a query and its scalar subquery share.
func TestReuseAcrossSubqueries(t *testing.T) {
	x := newTables(t)
	_, n, err := optimize(t, x, "WITH s AS (SELECT a, sum(b) AS t FROM big GROUP BY a) SELECT * FROM s WHERE t = (SELECT max(t) FROM s)", "")
	if err != nil {
		t.Fatal(err)
	}
	defs := map[*plan.SharedDef]int{}
	var walk func(plan.Node)
	walk = func(n plan.Node) {
		plan.Walk(n, func(n plan.Node) bool {
			if s, ok := n.(*plan.Shared); ok {
				defs[s.Def]++
			}
			for _, e := range n.Exprs() {
				expr.Walk(e, func(e expr.Expr) bool {
					if q, ok := e.(*expr.Subquery); ok {
						walk(q.Plan.(plan.Node))
					}
					return true
				})
			}
			return true
		})
	}
	walk(n)
	if len(defs) != 1 {
		t.Fatalf("%d shared plans in\n%s", len(defs), show(n))
	}
	for _, uses := range defs {
		if uses != 2 {
			t.Errorf("used %d times", uses)
		}
	}
}
