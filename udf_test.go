package sparksql_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	sparksql "sparksql"
	"sparksql/udfs"
)

type word struct {
	Pos  int32  `sql:"pos"`
	Text string `sql:"word"`
}

func words(s string) iter.Seq[word] {
	return func(yield func(word) bool) {
		for i, w := range strings.Fields(s) {
			if !yield(word{int32(i), w}) {
				return
			}
		}
	}
}

type mean struct {
	n   int64
	sum float64
}

func meanOf() udfs.AggFunc {
	return udfs.Agg1(func() mean { return mean{} },
		func(m *mean, x float64) error { m.n++; m.sum += x; return nil },
		func(m, o *mean) error { m.n += o.n; m.sum += o.sum; return nil },
		func(m *mean) (udfs.Null[float64], error) {
			if m.n == 0 {
				return udfs.None[float64](), nil
			}
			return udfs.Some(m.sum / float64(m.n)), nil
		})
}

func TestSmoke(t *testing.T) {
	s := open(t, sparksql.With(udfs.Table("words", udfs.Rows1(words)), udfs.Aggregate("mean_of", meanOf()),
		udfs.Scalar("joined", udfs.Fn2V(func(sep string, parts ...string) string { return strings.Join(parts, sep) })),
		udfs.Scalar("plus", func(a, b float64) float64 { return a + b }, udfs.Params("a", "b")))).Session()
	for _, q := range []string{
		"SELECT * FROM words('a bb ccc')",
		"SELECT x, w.* FROM VALUES ('p q'), (NULL), ('r') AS t(x) LATERAL VIEW words(x) w",
		"SELECT mean_of(id), mean_of(NULL) FROM range(100)",
		"SELECT id % 3 AS k, mean_of(id) FROM range(100000) GROUP BY 1 ORDER BY 1",
		"SELECT id, mean_of(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM range(4)",
		"SELECT joined('-', 'a', 'b'), joined('-'), joined('-', NULL)",
		"SELECT plus(1, 2.5), plus(b => 1, a => '3')",
		"EXPLAIN SELECT plus(id, id), mean_of(plus(id, 1)) FROM range(10) GROUP BY 1",
		"EXPLAIN ANALYZE SELECT sum(plus(id, id)) FROM range(10)",
	} {
		rows, err := s.Query(context.Background(), q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		var b strings.Builder
		if _, err := rows.Print(&b, sparksql.Format{Format: "spark"}); err != nil {
			t.Errorf("%s: %v", q, err)
		}
		t.Logf("%s\n%s", q, b.String())
	}
	for _, q := range []string{"SELECT plus(1)", "SELECT plus(1, true)", "SELECT plus(1, 2, 3)", "SELECT joined(1, array(2))", "SELECT words('x'), mean_of(1)", "SELECT mean_of(1, 2)", "SELECT pluss(1, 2)"} {
		_, err := s.Query(context.Background(), q)
		t.Logf("%s\n%v", q, err)
	}
}
