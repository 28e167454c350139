package parquet

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
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
