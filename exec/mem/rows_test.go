package mem

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

var rowTypes = []types.Type{types.BooleanType, types.SmallIntType, types.IntType, types.BigIntType, types.DoubleType,
	types.DecimalOf(20, 2), types.StringType, types.ArrayOf(types.IntType, true), types.NullType,
	types.StructOf(types.Field{Name: "a", Type: types.StringType}, types.Field{Name: "b", Type: types.ArrayOf(types.IntType, true)})}

func drawValue(t *rapid.T, ty types.Type) any {
	if ty == types.NullType || rapid.IntRange(0, 4).Draw(t, "null") == 0 {
		return nil
	}
	n := rapid.IntRange(-9, 9).Draw(t, "v")
	switch ty {
	case types.BooleanType:
		return n > 0
	case types.SmallIntType:
		return int16(n)
	case types.IntType:
		return int32(n)
	case types.BigIntType:
		return int64(n)
	case types.DoubleType:
		return float64(n)
	case types.StringType:
		return fmt.Sprintf("%0*d", 8+n, n)
	}
	if ty.Kind() == types.Struct {
		return []any{fmt.Sprintf("%0*d", 8+n, n), []any{int32(n), nil}}
	}
	if ty.Kind() == types.Array {
		return []any{int32(n), nil}
	}
	return types.FromInt64(int64(n))
}

// drawColumn makes a column of any form and returns its values.
func drawColumn(t *rapid.T, ty types.Type, n int) (*vec.Vec, []any) {
	form := rapid.SampledFrom([]vec.Form{vec.Flat, vec.Const, vec.Coded}).Draw(t, "form")
	k := n
	if form != vec.Flat {
		k = 3
	}
	vals := vec.New(ty, 0)
	for range k {
		vals.Append(drawValue(t, ty))
	}
	v := vals
	switch form {
	case vec.Const:
		v = vec.Constant(ty, vals.Value(0), n)
	case vec.Coded:
		v = &vec.Vec{Type: ty, Form: vec.Coded, Len: n, Dict: &vec.Dict{ID: 1, Vals: vals}}
		for range n {
			v.Codes = append(v.Codes, rapid.Int32Range(0, 2).Draw(t, "code"))
		}
	}
	out := make([]any, n)
	for i := range out {
		out[i] = v.Value(i)
	}
	return v, out
}

func TestRowsKeepWhatWasAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []*Rows{NewRows(rowTypes), NewRows(rowTypes)}
		type kept struct {
			part int
			id   uint32
			row  []any
		}
		var rows []kept
		for range rapid.IntRange(0, 6).Draw(t, "batches") {
			p := rapid.IntRange(0, 1).Draw(t, "part")
			n := rapid.SampledFrom([]int{1, 5, 40, ChunkRows + 3}).Draw(t, "n")
			draw := min(n, 40) // larger batches repeat rows through the selection
			cols, want := make([]*vec.Vec, len(rowTypes)), make([][]any, len(rowTypes))
			for k, ty := range rowTypes {
				cols[k], want[k] = drawColumn(t, ty, draw)
			}
			var sel []int32
			if n > draw || rapid.Bool().Draw(t, "select") {
				for i := range n {
					sel = append(sel, int32(i*7%draw))
				}
			}
			id := parts[p].Append(cols, sel, draw)
			m := draw
			if sel != nil {
				m = len(sel)
			}
			for i := 0; i < m; i += max(1, m/50) {
				r := i
				if sel != nil {
					r = int(sel[i])
				}
				row := make([]any, len(cols))
				for k := range cols {
					row[k] = want[k][r]
				}
				rows = append(rows, kept{p, id + uint32(i), row})
			}
		}
		shift := parts[0].Absorb(parts[1])
		all := parts[0]
		all.Seal()
		ids, at := []uint32{NoRow}, []int32{int32(len(rows))}
		for i, r := range rows {
			if r.part == 1 {
				r.id += shift
			}
			ids, at = append(ids, r.id), append(at, int32(len(rows)-1-i))
		}
		for k := range rowTypes {
			var g, s vec.Vec
			all.Gather(k, ids, &g)
			all.Scatter(k, ids, at, len(ids), &s)
			for i, r := range rows {
				for _, got := range []any{g.Value(i + 1), s.Value(len(rows) - 1 - i)} {
					if fmt.Sprint(got) != fmt.Sprint(r.row[k]) {
						t.Fatalf("%v row %d: %v, want %v", rowTypes[k], i, got, r.row[k])
					}
				}
			}
			if !g.IsNull(0) || !s.IsNull(len(rows)) {
				t.Fatalf("%v: NoRow is not NULL", rowTypes[k])
			}
		}
	})
}
