package exec

import (
	"fmt"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// textKeys are batches of two strings with dictionaries and a number: 8 * 5 * numbers keys.
func textKeys(batches, numbers int) [][]*vec.Vec {
	dict := func(n int) *vec.Dict {
		v := vec.New(types.StringType, 0)
		for i := range n {
			v.Append(fmt.Sprintf("the value of number %d", i))
		}
		return vec.NewDict(v)
	}
	a, b := dict(8), dict(5)
	var out [][]*vec.Vec
	for k := range batches {
		x, y, z := &vec.Vec{Type: types.StringType}, &vec.Vec{Type: types.StringType}, vec.New(types.BigIntType, vec.BatchRows)
		for i, c := range []*vec.Vec{x, y} {
			codes := c.ResetCoded([]*vec.Dict{a, b}[i], vec.BatchRows)
			for r := range codes {
				codes[r] = int32((k*31 + r*(i+3)) % c.Dict.Vals.Len)
			}
		}
		for r := range vec.BatchRows {
			vec.Values[int64](z)[r] = int64((k*vec.BatchRows + r*7919) % numbers)
		}
		out = append(out, []*vec.Vec{x, y, z})
	}
	return out
}

func emptyColumns(ts []types.Type) []*vec.Vec {
	var out []*vec.Vec
	for _, t := range ts {
		out = append(out, vec.New(t, 0))
	}
	return out
}

// Keys come out of the packed form as they went in, whatever their types.
func TestPackedKeysKeepTheirValues(t *testing.T) {
	for _, c := range []struct {
		t    types.Type
		vals []any
	}{
		{types.BooleanType, []any{true, false, nil}},
		{types.SmallIntType, []any{int16(-2), int16(7), nil}},
		{types.DateType, []any{int32(-2), int32(1 << 30), nil}},
		{types.BigIntType, []any{int64(-2), int64(1 << 60), nil}},
		{types.FloatType, []any{float32(0), float32(-1.5), nil}},
		{types.DoubleType, []any{0.0, -1e300, nil}},
		{types.DecimalOf(38, 2), []any{types.FromInt64(-5), types.Int128{Lo: 3, Hi: 9}, nil}},
		{types.BinaryType, []any{"bytes that are more than twelve", nil}},
	} {
		ts := []types.Type{types.StringType, c.t}
		table := newGroupTable(ts)
		n := 2 * len(c.vals)
		text, entries := vec.New(types.StringType, 0), vec.New(types.StringType, 0)
		entries.Append("a")
		entries.Append("a longer string of the dictionary")
		codes := text.ResetCoded(vec.NewDict(entries), n)
		vals := vec.New(c.t, 0)
		for i := range n {
			codes[i] = int32(i % 2)
			vals.Append(c.vals[i/2])
		}
		if c.t == types.BinaryType {
			coded := vec.New(c.t, 0)
			for i := range coded.ResetCoded(vec.NewDict(vals), n) {
				coded.Codes[i] = int32(i)
			}
			vals = coded
		}
		groups := make([]int32, n)
		table.find([]*vec.Vec{text, vals}, nil, n, 0, groups)
		if !table.ident.on || table.n != n {
			t.Fatalf("%s: packed %t, %d groups of %d", c.t, table.ident.on, table.n, n)
		}
		for _, packed := range []bool{true, false} {
			if !packed {
				table.unpack()
			}
			out := emptyColumns(ts)
			table.takeKeys(groups, out)
			for i := range n {
				if out[0].Value(i) != text.Value(i) || fmt.Sprint(out[1].Value(i)) != fmt.Sprint(vals.Value(i)) {
					t.Errorf("%s, packed %t, row %d: %v, %v instead of %v, %v", c.t, packed, i, out[0].Value(i), out[1].Value(i), text.Value(i), vals.Value(i))
				}
			}
		}
	}
}

func TestTextKeysAreTheSamePackedOrCompared(t *testing.T) {
	ts := []types.Type{types.StringType, types.StringType, types.BigIntType}
	packed, compared := newGroupTable(ts), newGroupTable(ts)
	compared.ident = keyIdent{}
	if !packed.ident.on {
		t.Fatal("not packed")
	}
	check := func(cols []*vec.Vec, n int) {
		t.Helper()
		g, h := make([]int32, n), make([]int32, n)
		packed.find(cols, nil, n, 0, g)
		compared.find(cols, nil, n, 0, h)
		for i := range g {
			if g[i] != h[i] {
				t.Fatalf("row %d: group %d, not %d", i, g[i], h[i])
			}
		}
		all := make([]int32, packed.n)
		for i := range all {
			all[i] = int32(i)
		}
		x, y := emptyColumns(ts), emptyColumns(ts)
		packed.takeKeys(all, x)
		compared.takeKeys(all, y)
		for c := range ts {
			for i := range all {
				if a, b := x[c].Value(i), y[c].Value(i); a != b {
					t.Fatalf("group %d, column %d: %v, not %v", i, c, a, b)
				}
			}
		}
	}
	batches := textKeys(3, 500)
	check(batches[0], vec.BatchRows)
	one := vec.Constant(types.StringType, "the value of number 2", vec.BatchRows)
	none := vec.Constant(types.StringType, nil, vec.BatchRows)
	check([]*vec.Vec{one, none, batches[0][2]}, vec.BatchRows)
	holes := batches[1]
	holes[0].SetNull(17)
	holes[2].SetNull(18)
	check(holes, vec.BatchRows)
	if !packed.ident.on {
		t.Error("dictionaries and constants do not end the packing")
	}
	flat := vec.Flatten(batches[2][1], vec.New(types.StringType, 0), nil)
	check([]*vec.Vec{batches[2][0], flat, batches[2][2]}, vec.BatchRows)
	if packed.ident.on {
		t.Error("strings without a dictionary end the packing")
	}
	check(batches[0], vec.BatchRows)
}

// BenchmarkTextKeys shows what packing keys with strings is worth.
func BenchmarkTextKeys(b *testing.B) {
	batches := textKeys(64, 5000)
	for _, packed := range []bool{true, false} {
		b.Run(map[bool]string{true: "packed", false: "compared"}[packed], func(b *testing.B) {
			groups := make([]int32, vec.BatchRows)
			for b.Loop() {
				t := newGroupTable([]types.Type{types.StringType, types.StringType, types.BigIntType})
				if !packed {
					t.ident = keyIdent{}
				}
				for _, cols := range batches {
					t.find(cols, nil, vec.BatchRows, 0, groups)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batches)*vec.BatchRows), "ns/row")
		})
	}
}

func TestDenseKeysHaveTheGroupsOfTheTable(t *testing.T) {
	table, plain := newGroupTable([]types.Type{types.BigIntType}), newGroupTable([]types.Type{types.BigIntType})
	met := false
	for k := range 60 {
		v := vec.New(types.BigIntType, vec.BatchRows)
		for i := range vec.Values[int64](v) {
			x := int64((k*vec.BatchRows+i)*7919%20_000) - 300
			switch {
			case i%97 == 0:
				x = int64(i) << 40
			case i%101 == 0:
				v.SetNull(i)
			}
			vec.Values[int64](v)[i] = x
		}
		g, h := make([]int32, vec.BatchRows), make([]int32, vec.BatchRows)
		if k < 20 || k%3 == 0 { // no outliers: the range is found
			for i := range vec.Values[int64](v) {
				vec.Values[int64](v)[i] %= 20_000
			}
		}
		plain.dense.groups = nil
		table.find([]*vec.Vec{v}, nil, vec.BatchRows, 0, g)
		plain.find([]*vec.Vec{v}, nil, vec.BatchRows, 0, h)
		for i := range g {
			if g[i] != h[i] {
				t.Fatalf("batch %d, row %d: group %d, not %d", k, i, g[i], h[i])
			}
		}
		met = met || len(table.dense.groups) > 0
	}
	if !met {
		t.Error("no range was found")
	}
}

// BenchmarkIntegerKeys shows what remembering a range of integers is worth, over keys in no order, and keys that come four
// at a time, in no range.
func BenchmarkIntegerKeys(b *testing.B) {
	for _, c := range []struct {
		name  string
		key   func(row uint64) int64
		dense bool
	}{
		{"dense", func(row uint64) int64 { return int64(vec.Mix(row) % 100_000) }, true},
		{"hashed", func(row uint64) int64 { return int64(vec.Mix(row) % 100_000) }, false},
		{"runs of four", func(row uint64) int64 { return int64(vec.Mix(row / 4)) }, true},
	} {
		var batches []*vec.Vec
		for k := range 256 {
			v := vec.New(types.BigIntType, vec.BatchRows)
			for i := range vec.Values[int64](v) {
				vec.Values[int64](v)[i] = c.key(uint64(k*vec.BatchRows + i))
			}
			batches = append(batches, v)
		}
		b.Run(c.name, func(b *testing.B) {
			groups := make([]int32, vec.BatchRows)
			for b.Loop() {
				t := newGroupTable([]types.Type{types.BigIntType})
				for _, v := range batches {
					if !c.dense {
						t.dense.groups = nil
					}
					t.find([]*vec.Vec{v}, nil, vec.BatchRows, 0, groups)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batches)*vec.BatchRows), "ns/row")
		})
	}
}
