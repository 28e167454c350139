package udfstest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Way is one way to register functions, with the same functions in it: what Bench compares. Fields left out are
// skipped.
type Way struct {
	Discount *udfs.Def // (price DOUBLE, rate DOUBLE) => DOUBLE: DiscountOf
	Clean    *udfs.Def // (text STRING) => STRING: CleanOf
	Mean     *udfs.Def // aggregate (x DOUBLE) => DOUBLE, NULL of no rows
}

// DiscountOf and CleanOf are the bodies of the functions that are compared.
func DiscountOf(price, rate float64) float64 { return price * (1 - rate) }
func CleanOf(text string) string             { return strings.ToLower(strings.TrimSpace(text)) }

// benchText and benchEntries are the values of the texts, and how many different ones there are in a dictionary.
const (
	benchText    = "  Product Number %d "
	benchEntries = 200
)

// Bench measures a way's functions over batches, as the engine evaluates them. The bare ones are the
// bodies in a loop: what a way costs is the difference.
func Bench(b *testing.B, w Way) {
	nums := []*vec.Vec{vec.New(types.DoubleType, vec.BatchRows), vec.New(types.DoubleType, vec.BatchRows)}
	flat, entries := vec.New(types.StringType, 0), vec.New(types.StringType, 0)
	coded := &vec.Vec{Type: types.StringType, Form: vec.Coded, Len: vec.BatchRows}
	for i := range benchEntries {
		entries.Append(fmt.Sprintf(benchText, i))
	}
	coded.Dict = vec.NewDict(entries)
	for i := range vec.BatchRows {
		vec.Values[float64](nums[0])[i], vec.Values[float64](nums[1])[i] = float64(i), 0.1
		coded.Codes = append(coded.Codes, int32(i*7%benchEntries))
		flat.Append(fmt.Sprintf(benchText, i*7%benchEntries))
	}
	b.Run("bare numeric", func(b *testing.B) { bareNumeric(b, nums) })
	b.Run("bare text", func(b *testing.B) { bareText(b, flat) })
	if w.Discount != nil {
		b.Run("numeric", func(b *testing.B) { scalar(b, w.Discount, nums...) })
	}
	if w.Clean != nil {
		b.Run("text", func(b *testing.B) { scalar(b, w.Clean, flat) })
		b.Run("text by dictionary entry", func(b *testing.B) { scalar(b, w.Clean, coded) })
	}
	if w.Mean != nil {
		b.Run("aggregate", func(b *testing.B) { aggregate(b, w.Mean, nums[0]) })
	}
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/vec.BatchRows, "ns/row")
}

func bareNumeric(b *testing.B, in []*vec.Vec) {
	x, y := vec.Values[float64](in[0]), vec.Values[float64](in[1])
	out := make([]float64, len(x))
	for b.Loop() {
		for i := range out {
			out[i] = DiscountOf(x[i], y[i])
		}
	}
	perRow(b)
}

func bareText(b *testing.B, in *vec.Vec) {
	texts := make([]string, in.Len)
	for i := range texts {
		texts[i] = in.Str(i)
	}
	out := make([]string, len(texts))
	for b.Loop() {
		for i, s := range texts {
			out[i] = CleanOf(s)
		}
	}
	perRow(b)
}

// scalar evaluates a call of d on columns.
func scalar(b *testing.B, d *udfs.Def, in ...*vec.Vec) {
	o := &d.Overloads[0]
	traits := d.TraitsOf(o)
	bound := udfs.Binding{In: o.In, Out: o.Out, Traits: &traits, New: o.New}
	if o.Kernel != nil {
		bound.New = func(*udfs.Env) (udfs.Kernel, error) { return o.Kernel, nil }
	}
	call := &expr.Call{Def: d, Name: d.Name, Env: &udfs.Env{ANSI: true}, Bind: bound}
	var cols []expr.Col
	for _, v := range in {
		c := expr.Col{ID: expr.NewID(), Type: v.Type}
		cols, call.Args = append(cols, c), append(call.Args, &expr.Column{Col: c})
	}
	p, err := eval.Compile([]expr.Expr{call}, cols, nil)
	if err != nil {
		b.Fatal(err)
	}
	batch, out := &vec.Batch{Cols: in, N: vec.BatchRows}, make([]*vec.Vec, 1)
	for b.Loop() {
		if err := p.Eval(context.Background(), batch, out); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b)
}

// aggregate adds the rows of a column to the states of a hundred groups.
func aggregate(b *testing.B, d *udfs.Def, in *vec.Vec) {
	acc, err := d.Overloads[0].Agg.New(&udfs.Env{ANSI: true})
	if err != nil {
		b.Fatal(err)
	}
	acc.Resize(100)
	groups := make([]int32, vec.BatchRows)
	for i := range groups {
		groups[i] = int32(i % 100)
	}
	c := &udfs.Call{Ctx: context.Background(), In: []*vec.Vec{in}, N: vec.BatchRows}
	for b.Loop() {
		if err := acc.Update(groups, c); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b)
}
