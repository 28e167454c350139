package udfs_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"os"
	"strings"

	sparksql "sparksql"
	"sparksql/udfs"
)

// show runs a query with functions and prints its rows.
func show(sql string, defs ...udfs.Def) {
	eng, err := sparksql.Open(sparksql.With(defs...))
	if err != nil {
		log.Fatal(err)
	}
	defer eng.Close()
	rows, err := eng.Session().Query(context.Background(), sql)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := rows.Print(os.Stdout, sparksql.Format{Format: "spark"}); err != nil {
		fmt.Println(err)
	}
}

func ExampleScalar() {
	discount := udfs.Scalar("discount", func(price, rate float64) float64 { return price * (1 - rate) })
	show("SELECT discount(200, 0.25), discount(NULL, 0.25)", discount)
	// Output: 150.0	NULL
}

// A function that may fail gives an error as well. It is never called for a row that the query does not need.
func ExampleScalar_error() {
	root := udfs.Scalar("root", func(n int64) (int64, error) {
		for r := int64(0); r*r <= n; r++ {
			if r*r == n {
				return r, nil
			}
		}
		return 0, fmt.Errorf("%d is no square", n)
	})
	show("SELECT CASE WHEN n <> 5 THEN root(n) END FROM VALUES (4L), (5L), (9L) AS t(n)", root)
	show("SELECT root(5)", root)
	// Output:
	// 2
	// NULL
	// 3
	// [FAILED_EXECUTE_UDF] The user-defined function `root` (BIGINT => BIGINT) failed: 5 is no square (row 0 of its batch, arguments: 5). SQLSTATE: 39000
}

// Null lets a function see NULLs and give them. Types beyond the common ones go through Fn1 and its like.
func ExampleFn1() {
	tier := udfs.Scalar("tier", udfs.Fn1(func(spent udfs.Null[float64]) string {
		switch {
		case !spent.OK:
			return "new"
		case spent.V >= 1000:
			return "gold"
		}
		return "plain"
	}))
	show("SELECT tier(x) FROM VALUES (1500), (NULL), (3) AS t(x)", tier)
	// Output:
	// gold
	// new
	// plain
}

// Structs, slices and maps are carried by the names of their fields.
func ExampleFn2() {
	type item struct {
		Name  string  `sql:"name"`
		Price float64 `sql:"price"`
	}
	cheapest := udfs.Scalar("cheapest", udfs.Fn2(func(items []item, limit float64) *item {
		for i := range items {
			if items[i].Price <= limit {
				return &items[i]
			}
		}
		return nil
	}))
	show("SELECT cheapest(array(named_struct('name', 'pen', 'price', 2.5), named_struct('name', 'ink', 'price', 1)), 2).name", cheapest)
	// Output: ink
}

func ExampleFn2V() {
	joined := udfs.Scalar("joined", udfs.Fn2V(func(sep string, parts ...string) string { return strings.Join(parts, sep) }))
	show("SELECT joined('-', 'a', 'b', 3), joined('-')", joined)
	// Output: a-b-3
}

func ExampleAggregate() {
	type state struct {
		n   int64
		sum float64
	}
	mean := udfs.Aggregate("mean_of", udfs.Agg1(
		func() state { return state{} },
		func(s *state, x float64) error { s.n++; s.sum += x; return nil },
		func(into, from *state) error { into.n += from.n; into.sum += from.sum; return nil },
		func(s *state) (udfs.Null[float64], error) {
			return udfs.Null[float64]{V: s.sum / float64(max(s.n, 1)), OK: s.n > 0}, nil
		}))
	show("SELECT id % 2 AS odd, mean_of(id) FROM range(10) GROUP BY 1 ORDER BY 1", mean)
	// Output:
	// 0	4.0
	// 1	5.0
}

func ExampleTable() {
	type word struct {
		Place int32
		Word  string
	}
	words := udfs.Table("words", udfs.Rows1(func(text string) iter.Seq[word] {
		return func(yield func(word) bool) {
			for i, w := range strings.Fields(text) {
				if !yield(word{int32(i), w}) {
					return
				}
			}
		}
	}))
	show("SELECT * FROM words('to be')", words)
	show("SELECT id, word FROM VALUES (1, 'or not'), (2, NULL) AS t(id, text) LATERAL VIEW words(text)", words)
	// Output:
	// 0	to
	// 1	be
	// 1	or
	// 1	not
}

func ExampleOnce() {
	capitals := udfs.Once(func() (map[string]string, error) {
		return map[string]string{"DE": "Berlin", "FR": "Paris"}, nil // from a file, say
	})
	capital := udfs.Scalar("capital", udfs.Fn1E(func(country string) (udfs.Null[string], error) {
		m, err := capitals()
		city, ok := m[country]
		return udfs.Null[string]{V: city, OK: ok}, err
	}))
	show("SELECT capital(c) FROM VALUES ('FR'), ('XX') AS t(c)", capital)
	// Output:
	// Paris
	// NULL
}
