package parquet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// BenchmarkScan reads eight columns of the TPC-H lineitem table in the folder SPARKSQL_TPCH.
func BenchmarkScan(b *testing.B) {
	path := filepath.Join(os.Getenv("SPARKSQL_TPCH"), "lineitem.parquet")
	st, err := os.Stat(path)
	if err != nil {
		b.Skip("SPARKSQL_TPCH names no folder with lineitem.parquet")
	}
	f := catalog.File{Path: path, Size: st.Size(), Mod: st.ModTime()}
	p := New()
	s, err := p.Infer(context.Background(), []catalog.File{f}, nil)
	if err != nil {
		b.Fatal(err)
	}
	spec := &catalog.FileScan{Files: []catalog.File{f}}
	for _, name := range []string{"l_orderkey", "l_partkey", "l_quantity", "l_extendedprice", "l_discount", "l_shipdate", "l_returnflag", "l_shipmode"} {
		for _, c := range s.Fields {
			if c.Name == name {
				spec.Columns = append(spec.Columns, catalog.FileColumn{Name: name, Type: c.Type, Part: -1})
			}
		}
	}
	rows := int64(0)
	for b.Loop() {
		sc, err := p.Scan(context.Background(), spec)
		if err != nil {
			b.Fatal(err)
		}
		r, err := sc.Open()
		if err != nil {
			b.Fatal(err)
		}
		for i := range sc.Splits {
			err := r.Read(context.Background(), i, func(x *vec.Batch) error { rows += int64(x.N); return nil })
			if err != nil {
				b.Fatal(err)
			}
		}
		r.Close()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// BenchmarkWrite writes five columns: a key, a decimal, a date, a string of few values and one of many.
func BenchmarkWrite(b *testing.B) {
	s := &types.Schema{Fields: []types.Field{{Name: "k", Type: types.BigIntType}, {Name: "p", Type: types.DecimalOf(12, 2)}, {Name: "d", Type: types.DateType},
		{Name: "f", Type: types.StringType}, {Name: "c", Type: types.StringType}}}
	r := rand.New(rand.NewPCG(1, 1))
	x := &vec.Batch{N: vec.BatchRows}
	for _, f := range s.Fields {
		x.Cols = append(x.Cols, vec.New(f.Type, 0))
	}
	for i := range x.N {
		for c, v := range []any{int64(i), types.FromInt64(r.Int64N(1e7)), int32(r.IntN(2500)), []string{"A", "N", "R"}[r.IntN(3)], fmt.Sprint("comment ", r.Int64())} {
			x.Cols[c].Append(v)
		}
	}
	rows := 0
	for b.Loop() {
		w, err := New().Create(filepath.Join(b.TempDir(), fmt.Sprint(rows)), s, nil, "UTC")
		if err != nil {
			b.Fatal(err)
		}
		for range 250 {
			for i := range x.N {
				vec.Values[int64](x.Cols[0])[i] += int64(x.N)
			}
			if err := w.Write(x); err != nil {
				b.Fatal(err)
			}
			rows += x.N
		}
		if _, err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
