package exec

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// packable tells whether values of these types fit one 64-bit word in which equal words are equal keys.
func packable(ts []types.Type) bool {
	bits := 0
	for _, t := range ts {
		switch t.Kind() {
		case types.Float, types.Double: // -0.0 = 0.0 and NaN = NaN
			return false
		}
		w := t.Width()
		if w == 0 || w > 8 {
			return false
		}
		bits += 8 * w
	}
	return bits > 0 && bits <= 64
}

// packKeys packs columns of any form, row by row, into out; rows outside sel (nil: all) are left alone. A single
// column is sign-extended, so that its order is kept. Rows with a NULL in any column hold anything.
func packKeys(cols []*vec.Vec, sel []int32, n int, out []uint64) {
	for k, v := range cols {
		w := v.Type.Width()
		shift, mask := uint(8*w), ^uint64(0)
		if len(cols) > 1 {
			mask = ^uint64(0) >> (64 - shift)
		}
		if k == 0 {
			shift = 0
			for i := range n {
				out[i] = 0
			}
		}
		src := v
		if v.Form == vec.Coded {
			src = v.Dict.Vals
		}
		switch w {
		case 1:
			packColumn(vec.Values[int8](src), v, sel, n, out, shift, mask)
		case 2:
			packColumn(vec.Values[int16](src), v, sel, n, out, shift, mask)
		case 4:
			packColumn(vec.Values[int32](src), v, sel, n, out, shift, mask)
		case 8:
			packColumn(vec.Values[int64](src), v, sel, n, out, shift, mask)
		}
	}
}

func packColumn[T int8 | int16 | int32 | int64](src []T, v *vec.Vec, sel []int32, n int, out []uint64, shift uint, mask uint64) {
	if len(src) == 0 {
		return
	}
	switch {
	case v.Form == vec.Const:
		x := uint64(int64(src[0])) & mask
		for i := range out[:n] {
			out[i] = out[i]<<shift | x
		}
	case v.Form == vec.Coded && sel == nil:
		for i, c := range v.Codes[:n] {
			out[i] = out[i]<<shift | uint64(int64(src[c]))&mask
		}
	case v.Form == vec.Coded:
		for _, i := range sel {
			out[i] = out[i]<<shift | uint64(int64(src[v.Codes[i]]))&mask
		}
	case sel == nil:
		for i, x := range src[:n] {
			out[i] = out[i]<<shift | uint64(int64(x))&mask
		}
	default:
		for _, i := range sel {
			out[i] = out[i]<<shift | uint64(int64(src[i]))&mask
		}
	}
}

// mixKey spreads a packed key over 64 bits.
func mixKey(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// mayNull tells whether a column may hold NULLs.
func mayNull(v *vec.Vec) bool {
	return v.Valid != nil || v.Type.Kind() == types.Null || v.Form == vec.Coded && v.Dict.Vals.Valid != nil
}

// withoutNulls appends to out the rows of sel (nil: 0..n-1) in which no column, but those that are null-safe, is
// NULL. It returns sel itself when that are all.
func withoutNulls(cols []*vec.Vec, nullSafe []bool, sel []int32, n int, out []int32) []int32 {
	for k, v := range cols {
		if nullSafe[k] || !mayNull(v) {
			continue
		}
		if out == nil {
			out = make([]int32, 0, n)
		}
		kept := out[:0]
		if sel == nil {
			for i := range n {
				if !v.IsNull(i) {
					kept = append(kept, int32(i))
				}
			}
		} else {
			for _, i := range sel {
				if !v.IsNull(int(i)) {
					kept = append(kept, i)
				}
			}
		}
		sel, out = kept, kept
	}
	return sel
}

// hashKeys folds the columns' values into out, row by row; rows outside live (nil: all) are left alone. tmp is scratch.
func hashKeys(cols []*vec.Vec, live []int32, n int, out, tmp []uint64) {
	if live == nil {
		clear(out[:n])
		for _, v := range cols {
			vec.Hash(v, nil, n, out)
		}
		return
	}
	tmp = tmp[:len(live)]
	clear(tmp)
	for _, v := range cols {
		vec.Hash(v, live, n, tmp)
	}
	for k, i := range live {
		out[i] = tmp[k]
	}
}
