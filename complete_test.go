package sparksql

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/sql/complete"
)

func completing(tb testing.TB) *Session {
	tb.Helper()
	eng, err := Open(WithWarehouse(tb.TempDir()))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { eng.Close() })
	s := eng.Session()
	for _, sql := range []string{
		"create table orders (order_id bigint, customer_id int, address struct<city: string, geo: struct<lat: double, lon: double>>, items array<struct<sku: string>>, `odd name` int) using parquet",
		"create table customers (customer_id int, full_name string) using parquet",
		"create temporary view recent as select order_id, 1.5 as score from orders",
		"create database sales", "create table sales.facts (fact_id int) using parquet",
		"create table parts (v int, year int, region string) using parquet partitioned by (year, region)",
		"insert into parts values (1, 2023, 'north'), (2, 2024, 'south')",
	} {
		if err := s.Exec(context.Background(), sql); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

func TestCompletionKnowsThePlace(t *testing.T) {
	s := completing(t)
	dir := t.TempDir()
	for _, d := range []string{"data/year=2023", "data/year=2024"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, c := range []struct{ text, want, not string }{
		{"sel|", "select", "order_id"},
		{"select * from ord|", "orders:table", "order_id order"},
		{"select * from rec|", "recent:view", ""},
		{"select * from sales.|", "facts:table", "orders"},
		{"select * from par|", "parts:table parquet.`", ""},
		{"select o.ord| from orders o", "order_id:bigint", "customers order"},
		{"select o.| from orders as o join customers c on o.customer_id = c.customer_id", "order_id customer_id address:struct<city:string,geo:struct<lat:double,lon:double>> `odd name`:int", "full_name"},
		{"select cust| from orders o join customers c on 1=1", "o.customer_id:int c.customer_id:int", ""},
		{"select full| from orders o join customers c on 1=1", "full_name:string", ""},
		{"select o.address.| from orders o", "city:string geo", "order_id"},
		{"select address.geo.l| from orders", "lat:double lon:double", ""},
		{"select items.| from orders", "sku:string", ""},
		{"select `odd| from orders", "`odd name`", ""},
		{"select roun|", "round(:round(expr", ""},
		{"select ord|", "order_id:bigint", ""},
		{"select customers.|", "full_name:string", "order_id"},
		{"select x.| from (select order_id as a, 'b' as b from orders) x", "a:bigint b:string", "order_id"},
		{"with t as (select 1 as one), u as (select one as two from t) select | from u", "two:int", "one"},
		{"with t as (select 1 as one) select * from (select o| from t) z", "one:int", "order_id"},
		{"select * from orders o where exists (select 1 from customers c where c.customer_id = o.cust|)", "customer_id:int", ""},
		{"select order_id from orders union all select full| from customers", "full_name", "order_id"},
		{"select * from orders wh|", "where", "order_id"},
		{"select * from orders where order_id > 5 gro|", "group by", "order_id"},
		{"select order_id, count(*) from orders group by ord|", "order_id", "customers"},
		{"insert into customers (full|", "full_name:string", ""},
		{"insert into cust|", "customers", ""},
		{"set spark.sql.ans|", "spark.sql.ansi.enabled:true", ""},
		{"set spark.sql.ansi.enabled = |", "true:now false", ""},
		{"set spark.sql.parquet.compression.codec=z|", "zstd", "snappy"},
		{"describe ord|", "orders", ""},
		{"use sal|", "sales:database", ""},
		{"show ta|", "tables", ""},
		{"select * from parts where year = |", "2023:partition 2024:partition", ""},
		{"select * from parts where region in ('north', '|", "'south'", ""},
		{"select * from parquet.`da|", "data/:folder", ""},
		{"select * from parquet.`data/ye|", "year=2023/:partition", ""},
		{"create table z using parquet location 'da|", "data/", ""},
		{"select 'ord|", "", "order_id"},
		{"select 1 -- ord|", "", "order_id"},
		{"select 1; select * from ord|; select 2", "orders", ""},
		{"select '日本', o.ord| from orders o", "order_id", ""},
	} {
		at := strings.IndexByte(c.text, '|')
		got := s.Complete(context.Background(), strings.Replace(c.text, "|", "", 1), at)
		texts := map[string]string{}
		for _, x := range got.Suggestions {
			texts[x.Text] = x.Detail
		}
		for _, w := range wanted(c.want) {
			text, detail, _ := strings.Cut(w, ":")
			if d, ok := texts[text]; !ok || !strings.HasPrefix(d, detail) {
				t.Errorf("%q: %q is not among %q", c.text, w, got.Suggestions)
			}
		}
		for _, w := range strings.Fields(c.not) {
			if _, ok := texts[w]; ok {
				t.Errorf("%q: %q should not be among %q", c.text, w, got.Suggestions)
			}
		}
		if got.End != at || got.Start > at {
			t.Errorf("%q: replaces [%d,%d)", c.text, got.Start, got.End)
		}
	}
}

// wanted cuts a list at blanks, but for those in backquotes and after GROUP.
func wanted(list string) []string {
	list = strings.NewReplacer("odd name", "odd\x00name", "group by", "group\x00by").Replace(list)
	out := strings.Fields(list)
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "\x00", " ")
	}
	return out
}

func TestCompletionNeverFails(t *testing.T) {
	s := completing(t)
	for _, sql := range []string{"select a, (b from (((", "))) from", "with with as (", "select * from orders o, lateral (", "\x00\xff`'", "insert into (", "set = = ="} {
		for at := range len(sql) + 1 {
			s.Complete(context.Background(), sql, at)
		}
	}
}

// BenchmarkCompletion measures a completion over a catalog of 10,000 columns.
func BenchmarkCompletion(b *testing.B) {
	s := completing(b)
	for t := range 100 {
		var cols []string
		for c := range 100 {
			cols = append(cols, fmt.Sprintf("column_%d_%d int", t, c))
		}
		if err := s.Exec(context.Background(), fmt.Sprintf("create table wide_%d (%s) using parquet", t, strings.Join(cols, ", "))); err != nil {
			b.Fatal(err)
		}
	}
	for _, text := range []string{"select col", "select w.column_5 from wide_50 w", "select * from wide_"} {
		b.Run(text, func(b *testing.B) {
			at := len(text)
			if i := strings.Index(text, " from wide_50"); i > 0 {
				at = i
			}
			for b.Loop() {
				if c := s.Complete(context.Background(), text, at); len(c.Suggestions) == 0 || c.Suggestions[0].Kind == complete.Keyword {
					b.Fatal(c)
				}
			}
		})
	}
}
