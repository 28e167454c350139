package arrowudf_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	sparksql "sparksql"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/arrowudf"
	"sparksql/udfs/udfstest"
)

// add is the sum of two columns, NULL where one is.
func add(ctx context.Context, a, b *array.Float64) (*array.Float64, error) {
	out := array.NewFloat64Builder(arrowudf.Allocator(ctx))
	defer out.Release()
	for i := range a.Len() {
		if a.IsNull(i) || b.IsNull(i) {
			out.AppendNull()
		} else {
			out.Append(a.Value(i) + b.Value(i))
		}
	}
	return out.NewFloat64Array(), nil
}

// shout is a column of texts in upper case.
func shout(ctx context.Context, s *array.String) (*array.String, error) {
	out := array.NewStringBuilder(arrowudf.Allocator(ctx))
	defer out.Release()
	for i := range s.Len() {
		if s.IsNull(i) {
			out.AppendNull()
		} else {
			out.Append(strings.ToUpper(s.Value(i)))
		}
	}
	return out.NewStringArray(), nil
}

// halves makes an array of two of each number.
func halves(ctx context.Context, in []arrow.Array) (arrow.Array, error) {
	out := array.NewListBuilder(arrowudf.Allocator(ctx), arrow.PrimitiveTypes.Int64)
	defer out.Release()
	for i := range in[0].Len() {
		if in[0].IsNull(i) {
			out.AppendNull()
			continue
		}
		out.Append(true)
		n := in[0].(*array.Int64).Value(i)
		out.ValueBuilder().(*array.Int64Builder).AppendValues([]int64{n / 2, n - n/2}, nil)
	}
	return out.NewArray(), nil
}

func functions() []udfs.Def {
	list := types.ArrayOf(types.BigIntType, true)
	return []udfs.Def{
		arrowudf.Vector("add", arrowudf.V2(add), udfs.Doc("Adds."), udfs.Shows("SELECT add(1, 2.5)", "3.5"),
			udfs.Shows("SELECT add(x, y) FROM VALUES (1, 2), (NULL, 1), (3, 4), (5, 6) AS t(x, y) WHERE x IS NULL OR x > 1", "NULL\n7.0\n11.0")),
		arrowudf.Vector("shout", arrowudf.V1(shout), udfs.Doc("Shouts."), udfs.Shows("SELECT shout('a text of some length')", "A TEXT OF SOME LENGTH")),
		arrowudf.Vector("halves", arrowudf.Of(list, []types.Type{types.BigIntType}, halves), udfs.Doc("Halves."),
			udfs.Shows("SELECT halves(n) FROM VALUES (5), (1), (NULL), (8) AS t(n) WHERE n <> 1 OR n IS NULL", "[2,3]\nNULL\n[4,4]")),
		arrowudf.Vector("same", arrowudf.V1(func(_ context.Context, a *array.Timestamp) (*array.Timestamp, error) { return a, nil }), udfs.Doc("Nothing."),
			udfs.SkipNulls(), udfs.Shows("SELECT same(TIMESTAMP'2024-01-02 03:04:05')", "2024-01-02 03:04:05")),
	}
}

func TestFunctions(t *testing.T) { udfstest.Run(t, functions()) }

func TestWrongResultsAreErrors(t *testing.T) {
	double, big := types.DoubleType, types.BigIntType
	give := func(a arrow.Array, err error) arrowudf.Func {
		return arrowudf.Of(double, []types.Type{big}, func(context.Context, []arrow.Array) (arrow.Array, error) { return a, err })
	}
	ints := array.NewInt64Builder(memory.DefaultAllocator)
	ints.AppendValues([]int64{1, 2, 3}, nil)
	doubles := array.NewFloat64Builder(memory.DefaultAllocator)
	doubles.AppendValues([]float64{1, 2}, nil)
	for want, f := range map[string]arrowudf.Func{
		"an array of int64 instead of float64": give(ints.NewArray(), nil),
		"an array of 2 rows instead of 3":      give(doubles.NewArray(), nil),
		"it gave no array":                     give(nil, nil),
		"out of order":                         give(nil, errors.New("out of order")),
		"panic: interface conversion":          arrowudf.Of(double, []types.Type{big}, func(_ context.Context, in []arrow.Array) (arrow.Array, error) { return in[0].(*array.Float64), nil }),
	} {
		eng, err := sparksql.Open(sparksql.With(arrowudf.Vector("wrong", f)), sparksql.WithWarehouse(t.TempDir()), sparksql.WithWorkers(1))
		if err != nil {
			t.Fatal(err)
		}
		err = eng.Session().Exec(context.Background(), "SELECT wrong(id) FROM range(3)")
		if e, ok := sparksql.AsError(err); !ok || e.Cond.Name != "FAILED_EXECUTE_UDF" || !strings.Contains(e.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if err := eng.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestArraysWithoutAType(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); got != "arrowudf: lists: *array.List stands for no SQL type by itself: use arrowudf.Of" {
			t.Error(got)
		}
	}()
	arrowudf.Vector("lists", arrowudf.V1(func(_ context.Context, a *array.List) (*array.Float64, error) { return nil, nil }))
}
