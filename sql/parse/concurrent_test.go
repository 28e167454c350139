package parse

import (
	"reflect"
	"sync"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// Statements that are parsed at the same time do not touch each other's places.
func TestParsingAtTheSameTime(t *testing.T) {
	texts := []*errs.Text{
		{SQL: "SELECT a, b, count(c + d) FROM t WHERE e = f GROUP BY a, b"},
		{SQL: "SELECT   count(x),   max(yy  +   zzz) FROM   (SELECT x, yy, zzz FROM u)   WHERE x IN (1, 22, 333)"},
		{SQL: "WITH w AS (SELECT id FROM range(10)) SELECT CASE WHEN id > 5 THEN 'a' ELSE 'bb' END AS k FROM w ORDER BY k DESC"},
	}
	parsed := func(x *errs.Text) tree.Statement {
		st, err := Statement(x, Options{Ansi: true})
		if err != nil {
			t.Error(err)
		}
		return st
	}
	var want []tree.Statement
	for _, x := range texts {
		want = append(want, parsed(x))
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 150 {
				if k := (g + i) % len(texts); !reflect.DeepEqual(parsed(texts[k]), want[k]) {
					t.Errorf("another tree of %s", texts[k].SQL)
					return
				}
			}
		})
	}
	all.Wait()
}
