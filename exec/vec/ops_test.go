package vec

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"sparksql/sql/types"
)

// forms gives the same values as a Flat and as a Coded column.
func forms(t types.Type, vals []any) []*Vec {
	flat := New(t, 0)
	dict := New(t, 0)
	coded := &Vec{Type: t, Form: Coded, Len: len(vals)}
	dict.Append(nil)
	for i, x := range vals {
		flat.Append(x)
		if i%2 == 0 && x == nil {
			coded.Codes = append(coded.Codes, 0)
			continue
		}
		dict.Append(x)
		coded.Codes = append(coded.Codes, int32(dict.Len-1))
		if x == nil {
			coded.SetNull(i)
		}
	}
	coded.Dict = NewDict(dict)
	return []*Vec{flat, coded}
}

func columns() map[types.Type][]any {
	long := strings.Repeat("x", 40)
	st := types.StructOf(types.Field{Name: "a", Type: types.IntType, Nullable: true}, types.Field{Name: "b", Type: types.ArrayOf(types.StringType, true), Nullable: true})
	return map[types.Type][]any{
		types.BooleanType:                     {true, nil, false, true},
		types.SmallIntType:                    {int16(3), int16(-3), nil, int16(3)},
		types.IntType:                         {int32(1), nil, int32(-3), int32(1)},
		types.BigIntType:                      {int64(1), nil, int64(-3), int64(1)},
		types.DoubleType:                      {0.0, math.NaN(), nil, math.Copysign(0, -1), -1.5, math.NaN()},
		types.DecimalOf(30, 2):                {types.Int128{Lo: 1, Hi: 5}, nil, types.FromInt64(-7)},
		types.StringType:                      {"", "short", nil, long, long + "y", "short", "twelve bytes", "thirteen byte"},
		types.ArrayOf(types.StringType, true): {[]any{"a", nil}, []any{}, nil, []any{"a", nil}, []any{long}},
		types.MapOf(types.IntType, types.IntType, true): {types.MapValue{Keys: []any{int32(1)}, Vals: []any{int32(2)}}, nil},
		st:             {[]any{int32(1), []any{"x", nil}}, nil, []any{nil, nil}},
		types.NullType: {nil, nil},
	}
}

func TestHashAndEqualAgreeAcrossForms(t *testing.T) {
	for typ, vals := range columns() {
		n := len(vals)
		fs := forms(typ, vals)
		h := make([][]uint64, len(fs))
		for k, v := range fs {
			h[k] = make([]uint64, n)
			Hash(v, nil, n, h[k])
		}
		for i := range n {
			for j := range n {
				eq := Equal(fs[0], i, fs[1], j)
				if want := Compare(fs[0], i, fs[1], j) == 0; typ.Kind() != types.Map && eq != want {
					t.Errorf("%s: equal(%v,%v) = %v, compare says %v", typ, vals[i], vals[j], eq, want)
				}
				if eq && h[0][i] != h[1][j] {
					t.Errorf("%s: equal values %v, %v with hashes %x, %x", typ, vals[i], vals[j], h[0][i], h[1][j])
				}
				if i == j && !eq {
					t.Errorf("%s: %v is not itself", typ, vals[i])
				}
			}
		}
		sel := []int32{int32(n - 1)}
		part := make([]uint64, 1)
		for k, v := range fs {
			part[0] = 0
			Hash(v, sel, n, part)
			if part[0] != h[k][n-1] {
				t.Errorf("%s: hash differs with a selection", typ)
			}
		}
	}
}

func TestMapsAreEqualInAnyOrder(t *testing.T) {
	v := New(types.MapOf(types.IntType, types.StringType, true), 0)
	for _, m := range []types.MapValue{{Keys: []any{int32(1), int32(2)}, Vals: []any{"a", nil}}, {Keys: []any{int32(2), int32(1)}, Vals: []any{nil, "a"}},
		{Keys: []any{int32(2), int32(1)}, Vals: []any{"a", nil}}} {
		v.Append(m)
	}
	h := make([]uint64, 3)
	Hash(v, nil, 3, h)
	if !Equal(v, 0, v, 1) || h[0] != h[1] || Equal(v, 0, v, 2) {
		t.Fatal("the order of entries counts, or their values do not")
	}
}

func TestCompareOrder(t *testing.T) {
	v := New(types.DoubleType, 0)
	for _, x := range []any{nil, math.Inf(-1), -1.0, 0.0, 2.0, math.Inf(1), math.NaN()} {
		v.Append(x)
	}
	for i := range v.Len {
		for j := range v.Len {
			if got, want := Compare(v, i, v, j), i-j; got*want < 0 || (got == 0) != (want == 0) {
				t.Errorf("compare(%v, %v) = %d", v.Value(i), v.Value(j), got)
			}
		}
	}
}

func TestMovedRowsKeepTheirValues(t *testing.T) {
	for typ, vals := range columns() {
		idx := []int32{int32(len(vals) - 1), -1, 0, 0}
		want := []any{vals[len(vals)-1], nil, vals[0], vals[0]}
		for _, v := range append(forms(typ, vals), Constant(typ, vals[0], len(vals))) {
			if v.Form == Const {
				want = []any{vals[0], nil, vals[0], vals[0]}
			}
			check := func(what string, got *Vec, want []any) {
				t.Helper()
				if got.Len != len(want) {
					t.Fatalf("%s %s: %d rows, want %d", what, typ, got.Len, len(want))
				}
				for i := range want {
					g := New(typ, 0)
					g.Append(want[i])
					if !Equal(got, i, g, 0) {
						t.Errorf("%s %s form %d row %d: %#v, want %#v", what, typ, v.Form, i, got.Value(i), want[i])
					}
				}
			}
			dst := New(typ, 7)
			Gather(dst, v, idx)
			check("gather", dst, want)
			Gather(dst, v, idx)
			check("gather again", dst, want)
			app := New(typ, 0)
			app.Append(vals[0])
			app.appendIdx(v, idx)
			AppendRows(app, v, nil, v.Len)
			all := append(append([]any{vals[0]}, want...), vals...)
			if v.Form == Const {
				all = append([]any{vals[0]}, want...)
				for range vals {
					all = append(all, vals[0])
				}
			}
			check("append", app, all)
			check("flatten", Flatten(v, New(typ, 3), nil), all[1+len(want):])
			check("copy", Copy(v, nil, v.Len), all[1+len(want):])
			check("copy of two", Copy(v, []int32{0, 1}, v.Len), all[1+len(want):][:2])
		}
	}
}

func TestGatheredStringsAreNotOverwritten(t *testing.T) {
	long := strings.Repeat("x", 40)
	src, dst := New(types.StringType, 0), New(types.StringType, 0)
	src.Append(long)
	Gather(dst, src, []int32{0})
	dst.Append(strings.Repeat("y", 40))
	dst.Reset(1)
	dst.SetStr(0, strings.Repeat("z", 40))
	if got := src.Value(0); !reflect.DeepEqual(got, long) {
		t.Fatalf("the source became %v", got)
	}
}
