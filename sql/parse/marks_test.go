package parse

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// TestMarksAreAClosedList sees that the front writes no mark that is not in the list, and that the test statements
// bring out each mark of the list, so that both sides of it are tried.
func TestMarksAreAClosedList(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "marks.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(s, "$") {
				listed[s] = false
			}
		}
		return true
	})
	call := regexp.MustCompile("`(\\$[a-z_]+)`\\(")
	for _, name := range []string{"queries", "expressions"} {
		b, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(b), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n=> ")
			if name == "expressions" {
				sql = "SELECT " + sql
			}
			st, err := Statement(&errs.Text{SQL: sql}, Options{})
			if err != nil {
				continue
			}
			for _, m := range call.FindAllStringSubmatch(st.(*tree.Query).Core, -1) {
				if _, ok := listed[m[1]]; !ok {
					t.Errorf("%s: %s is not in the list", sql, m[1])
				}
				listed[m[1]] = true
			}
		}
	}
	for m, used := range listed {
		if !used {
			t.Errorf("no test statement brings out %s", m)
		}
	}
}
