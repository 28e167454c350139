package parquet

import (
	"sparksql/catalog"
	"sparksql/exec/vec"
)

// dynFilter applies the run-time filter of one column to batches, as long as that pays.
type dynFilter struct {
	col    int
	spec   *catalog.DynFilter
	dict   uint64 // the dictionary that known is about
	known  []bool
	seen   int64 // rows tried and rows kept
	kept   int64
	sel    []int32
	active bool
}

const (
	tryRows = 32 << 10 // rows after which a filter is judged
	payoff  = 0.75     // part of the rows kept from which on it does not pay
)

func (s *scan) dynFilters() (out []dynFilter) {
	for _, d := range s.spec.Dynamic {
		if i := s.column(d.Col.ID); i >= 0 && s.spec.Columns[i].Part < 0 {
			out = append(out, dynFilter{col: i, spec: d, active: true})
		}
	}
	return out
}

// run narrows the live rows of a batch to those that the filter lets pass.
func (d *dynFilter) run(r *reader, row int64) error {
	b := d.spec.Bounds.Load()
	if b == nil || b.Keep == nil || !d.active {
		return nil
	}
	if err := r.filter.take(r, d.col, row); err != nil {
		return err
	}
	v := r.batch.Cols[d.col]
	n := r.batch.Rows()
	if cap(d.sel) < n {
		d.sel = make([]int32, 0, vec.BatchRows)
	}
	out := d.sel[:0]
	switch {
	case v.Form == vec.Coded:
		out = d.coded(b, v, r.batch.Sel, n, out)
	default:
		out = b.Keep(v, r.batch.Sel, out)
	}
	d.sel = out
	d.seen += int64(n)
	d.kept += int64(len(out))
	if d.seen >= tryRows {
		d.active = float64(d.kept) < payoff*float64(d.seen)
		d.seen, d.kept = d.seen/2, d.kept/2
	}
	if len(out) < n {
		r.batch.Sel = out
	}
	return nil
}

// coded asks once for a whole dictionary.
func (d *dynFilter) coded(b *catalog.Bounds, v *vec.Vec, sel []int32, n int, out []int32) []int32 {
	if d.dict != v.Dict.ID {
		d.dict, d.known = v.Dict.ID, make([]bool, v.Dict.Vals.Len)
		for _, c := range b.Keep(v.Dict.Vals, nil, nil) {
			d.known[c] = true
		}
	}
	for k := range n {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if d.known[v.Codes[i]] && (v.Valid == nil || vec.Bit(v.Valid, i)) {
			out = append(out, int32(i))
		}
	}
	return out
}

// excluded tells whether a join's filter rules out a file by the values of its partition columns.
func (s *scan) excluded(file int) bool {
	for _, d := range s.spec.Dynamic {
		b := d.Bounds.Load()
		i := s.column(d.Col.ID)
		if b == nil || i < 0 || s.spec.Columns[i].Part < 0 {
			continue
		}
		x := s.spec.Files[file].Parts[s.spec.Columns[i].Part]
		if b.Empty || x == nil { // NULL never matches
			return true
		}
		if c, ok := compare(x, b.Min); ok && c < 0 {
			return true
		}
		if c, ok := compare(x, b.Max); ok && c > 0 {
			return true
		}
		if b.Keep != nil {
			v := vec.New(s.spec.Columns[i].Type, 0)
			v.Append(x)
			if len(b.Keep(v, nil, nil)) == 0 {
				return true
			}
		}
	}
	return false
}
