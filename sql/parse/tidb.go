package parse

import (
	"regexp"
	"strconv"
	"sync"

	"github.com/pingcap/tidb/pkg/parser"
	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/mysql"

	"sparksql/sql/errs"
)

// parsers holds inner parsers, which are costly to make and not safe for concurrent use.
var parsers = sync.Pool{New: func() any {
	installDriver()
	p := parser.New()
	p.SetSQLMode(mysql.ModePipesAsConcat | mysql.ModeIgnoreSpace)
	p.EnableWindowFunc(true)
	return p
}}

var lineColumn = regexp.MustCompile(`line (\d+) column (\d+)`)

// parseCore has the inner parser read core SQL. A refusal is a broken invariant of the front.
func parseCore(p *parser.Parser, text *errs.Text, c *core) (ast.StmtNode, error) {
	stmts, _, err := p.Parse(c.sql, "utf8mb4", "utf8mb4_bin")
	if err == nil && len(stmts) == 1 {
		return stmts[0], nil
	}
	e := errs.Internal("core SQL was refused: %v: %s", err, c.sql)
	e.Err = err
	if err != nil {
		if m := lineColumn.FindStringSubmatch(err.Error()); m != nil {
			if col, convErr := strconv.Atoi(m[2]); convErr == nil {
				start, end := c.near(col - 1)
				e.At = errs.Pos{Text: text, Start: start, End: end}
			}
		}
	}
	return nil, e
}
