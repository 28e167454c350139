package parquet

import (
	"math"
	"sort"

	"github.com/parquet-go/parquet-go/format"

	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// pruner decides from statistics which rows cannot match.
type pruner struct {
	s     *scan
	preds []pred
}

// pred is a filter as far as bounds can decide it.
type pred interface {
	// none tells whether no row can match, given the bounds of a column's values.
	none(bounds func(col int) *extent) bool
}

// extent are the bounds of one column over some rows.
type extent struct {
	lo, hi any // Go form; nil: not known
	nulls  int64
	rows   int64 // nulls == rows: only NULLs; -1: not known
}

// opPred compares a column with constants; the list of an IN, else one value.
type opPred struct {
	col  int
	op   string
	vals []any
}

type andPred []pred
type orPred []pred

func (p andPred) none(b func(int) *extent) bool {
	for _, q := range p {
		if q.none(b) {
			return true
		}
	}
	return false
}

func (p orPred) none(b func(int) *extent) bool {
	for _, q := range p {
		if !q.none(b) {
			return false
		}
	}
	return true
}

func (p *opPred) none(b func(int) *extent) bool {
	s := b(p.col)
	if s == nil {
		return false
	}
	onlyNull := s.rows >= 0 && s.nulls == s.rows
	if p.op == "isnull" {
		return s.nulls == 0
	}
	if onlyNull {
		return true
	}
	if p.op == "isnotnull" {
		return false
	}
	for _, v := range p.vals {
		if s.may(p.op, v) {
			return false
		}
	}
	return true
}

// may tells whether a value within the bounds can stand in the relation to v. A NaN, greater than everything, may
// be missing from the bounds of floating-point numbers.
func (s *extent) may(op string, v any) bool {
	if isNaN(v) || isNaN(s.lo) || isNaN(s.hi) {
		return true
	}
	below := func(strict bool) bool { // some value below v (or equal)
		c, ok := compare(s.lo, v)
		return !ok || c < 0 || c == 0 && !strict
	}
	above := func(strict bool) bool {
		switch v.(type) {
		case float32, float64:
			if op != "=" && op != "in" && op != "<=>" {
				return true
			}
		}
		c, ok := compare(s.hi, v)
		return !ok || c > 0 || c == 0 && !strict
	}
	switch op {
	case "=", "in", "<=>":
		return below(false) && above(false)
	case "<":
		return below(true)
	case "<=":
		return below(false)
	case ">":
		return above(true)
	case ">=":
		return above(false)
	}
	return true
}

func isNaN(x any) bool {
	switch x := x.(type) {
	case float32:
		return x != x
	case float64:
		return x != x
	}
	return false
}

// compare orders two values in Go form; ok is false when they are not of one kind, or unknown.
func compare(a, b any) (c int, ok bool) {
	switch a := a.(type) {
	case bool:
		b, ok := b.(bool)
		return order(btoi(a), btoi(b)), ok
	case int8:
		b, ok := b.(int8)
		return order(a, b), ok
	case int16:
		b, ok := b.(int16)
		return order(a, b), ok
	case int32:
		b, ok := b.(int32)
		return order(a, b), ok
	case int64:
		b, ok := b.(int64)
		return order(a, b), ok
	case float32:
		b, ok := b.(float32)
		return order(a, b), ok
	case float64:
		b, ok := b.(float64)
		return order(a, b), ok
	case string:
		b, ok := b.(string)
		return order(a, b), ok
	case []byte:
		b, ok := b.([]byte)
		return order(string(a), string(b)), ok
	case types.Int128:
		b, ok := b.(types.Int128)
		return a.Cmp(b), ok
	}
	return 0, false
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func order[T int | int8 | int16 | int32 | int64 | float32 | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// newPruner takes from the filters what bounds can decide.
func (s *scan) newPruner() *pruner {
	p := &pruner{s: s}
	at := map[expr.ID]int{}
	for i, c := range s.spec.Cols {
		at[c.ID] = i
	}
	for _, f := range s.spec.Filters {
		if q := predOf(f, at); q != nil {
			p.preds = append(p.preds, q)
		}
	}
	return p
}

var mirrored = map[string]string{"=": "=", "<=>": "<=>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// predOf turns a filter into a pred; nil when bounds say nothing about it.
func predOf(e expr.Expr, at map[expr.ID]int) pred {
	c, ok := e.(*expr.Call)
	if !ok || c.Def == nil {
		return nil
	}
	switch c.Def.Name {
	case "and", "or":
		var kids []pred
		for _, a := range c.Args {
			q := predOf(a, at)
			if q == nil && c.Def.Name == "or" {
				return nil
			}
			if q != nil {
				kids = append(kids, q)
			}
		}
		if c.Def.Name == "or" {
			return orPred(kids)
		}
		return andPred(kids)
	case "isnull", "isnotnull":
		if i, ok := columnAt(c.Args[0], at); ok {
			return &opPred{col: i, op: c.Def.Name}
		}
	case "in":
		if i, ok := columnAt(c.Args[0], at); ok {
			vals, ok := literals(c.Args[1:])
			if ok && len(vals) > 0 && len(vals) <= 1000 {
				return &opPred{i, "in", vals}
			}
		}
	}
	back, known := mirrored[c.Def.Name]
	if !known || len(c.Args) != 2 {
		return nil
	}
	if i, ok := columnAt(c.Args[0], at); ok {
		if vals, ok := literals(c.Args[1:]); ok && len(vals) == 1 {
			return &opPred{i, c.Def.Name, vals}
		}
	} else if i, ok := columnAt(c.Args[1], at); ok {
		if vals, ok := literals(c.Args[:1]); ok && len(vals) == 1 {
			return &opPred{i, back, vals}
		}
	}
	return nil
}

func columnAt(e expr.Expr, at map[expr.ID]int) (int, bool) {
	c, ok := e.(*expr.Column)
	if !ok || c.Col.Type.Collation() != "" {
		return 0, false
	}
	i, ok := at[c.ID]
	return i, ok
}

// literals gives constants without the NULLs, which match nothing.
func literals(es []expr.Expr) (vals []any, ok bool) {
	for _, e := range es {
		l, ok := e.(*expr.Literal)
		if !ok {
			return nil, false
		}
		if l.Value != nil {
			vals = append(vals, l.Value)
		}
	}
	return vals, true
}

// group tells whether no row of row group g can match.
func (p *pruner) group(f *cached, g int) bool {
	rg := &f.Meta.RowGroups[g]
	bounds := func(col int) *extent {
		leaf, t := p.leaf(f, col)
		if leaf == nil {
			return nil
		}
		return groupBounds(f, rg, leaf, t)
	}
	for _, q := range p.preds {
		if q.none(bounds) {
			return true
		}
	}
	for _, d := range p.dynamic() {
		if d.none(bounds) {
			return true
		}
	}
	return false
}

// leaf is the leaf of a plain column of the scan; nil for others.
func (p *pruner) leaf(f *cached, col int) (*Node, types.Type) {
	c := p.s.spec.Columns[col]
	if c.Part >= 0 {
		return nil, c.Type
	}
	n, ambiguous := f.Root.kid(c.Name)
	if n == nil || ambiguous || n.Kids != nil || n.RepLvl > 0 {
		return nil, c.Type
	}
	return n, c.Type
}

// dynamic turns the bounds that joins have set by now into preds.
func (p *pruner) dynamic() []pred {
	var out []pred
	for _, d := range p.s.spec.Dynamic {
		b := d.Bounds.Load()
		col := p.s.column(d.Col.ID)
		if b == nil || col < 0 {
			continue
		}
		if b.Empty {
			out = append(out, orPred{})
			continue
		}
		if b.Min != nil {
			out = append(out, &opPred{col, ">=", []any{b.Min}})
		}
		if b.Max != nil {
			out = append(out, &opPred{col, "<=", []any{b.Max}})
		}
	}
	return out
}

func (s *scan) column(id expr.ID) int {
	for i, c := range s.spec.Cols {
		if c.ID == id && i < len(s.spec.Columns) {
			return i
		}
	}
	return -1
}

// skips are the row ranges of a split that need not be read.
type skips struct {
	all    bool
	ranges []rowRange // ascending, apart
}

type rowRange struct{ from, to int64 }

// pages finds what the bounds of pages rule out in a split.
func (p *pruner) pages(r *reader, sp split) skips {
	f := p.s.files[sp.file]
	dyn := p.dynamic()
	if len(dyn) > 0 && p.group(f, sp.group) {
		return skips{all: true}
	}
	var out []rowRange
	for _, q := range append(flatten(p.preds), flatten(dyn)...) {
		op, ok := q.(*opPred)
		if !ok {
			continue
		}
		leaf, t := p.leaf(f, op.col)
		if leaf == nil {
			continue
		}
		out = append(out, p.pageRanges(r, f, sp, leaf, t, op)...)
	}
	return skips{ranges: merge(out)}
}

// flatten gives the conjuncts of preds.
func flatten(ps []pred) []pred {
	var out []pred
	for _, q := range ps {
		if and, ok := q.(andPred); ok {
			out = append(out, flatten(and)...)
		} else {
			out = append(out, q)
		}
	}
	return out
}

func (p *pruner) pageRanges(r *reader, f *cached, sp split, leaf *Node, t types.Type, op *opPred) (out []rowRange) {
	idx := f.index(r.fd, sp.group).offsets[leaf.Leaf]
	if idx == nil {
		return nil
	}
	ci := f.columnIndex(r.fd, sp.group, leaf.Leaf)
	if ci == nil {
		return nil
	}
	rows := f.Meta.RowGroups[sp.group].NumRows
	locs := idx.PageLocations
	first := sort.Search(len(locs), func(i int) bool { return locs[i].FirstRowIndex > sp.from }) - 1
	for i := max(first, 0); i < len(locs) && locs[i].FirstRowIndex < sp.to; i++ {
		end := rows
		if i+1 < len(locs) {
			end = locs[i+1].FirstRowIndex
		}
		b := pageBounds(f, ci, i, end-locs[i].FirstRowIndex, leaf, t)
		if b != nil && op.none(func(int) *extent { return b }) {
			out = append(out, rowRange{locs[i].FirstRowIndex, end})
			p.s.spec.Stats.PagesPruned.Add(1)
		}
	}
	return out
}

func merge(rs []rowRange) []rowRange {
	sort.Slice(rs, func(i, j int) bool { return rs[i].from < rs[j].from })
	var out []rowRange
	for _, r := range rs {
		if n := len(out); n > 0 && r.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, r.to)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// from tells whether row lies in a range to skip, and where that ends.
func (s skips) from(row int64) (to int64, ok bool) {
	for _, x := range s.ranges {
		if x.from <= row && row < x.to {
			return x.to, true
		}
	}
	return 0, false
}

// until is where the next range to skip begins.
func (s skips) until(row int64) int64 {
	for _, x := range s.ranges {
		if x.from > row {
			return x.from
		}
	}
	return math.MaxInt64
}

// groupBounds are the bounds that a row group's statistics give.
func groupBounds(f *cached, rg *format.RowGroup, leaf *Node, t types.Type) *extent {
	st := &rg.Columns[leaf.Leaf].MetaData.Statistics
	lo, hi := st.MinValue, st.MaxValue
	if lo == nil && hi == nil && leaf.Phys != format.ByteArray && leaf.Phys != format.FixedLenByteArray {
		lo, hi = st.Min, st.Max
	}
	out := &extent{rows: -1, nulls: -1}
	out.lo, out.hi = statValue(f.File, leaf, t, lo), statValue(f.File, leaf, t, hi)
	if st.NullCount > 0 || out.lo != nil {
		// A count of none is believed only beside bounds: it also stands for one that is not there.
		out.nulls, out.rows = st.NullCount, rg.NumRows
	}
	if leaf.Def == 0 {
		out.nulls, out.rows = 0, rg.NumRows
	}
	return out
}

func pageBounds(f *cached, ci *format.ColumnIndex, i int, rows int64, leaf *Node, t types.Type) *extent {
	if i >= len(ci.NullPages) || i >= len(ci.MinValues) || i >= len(ci.MaxValues) {
		return nil
	}
	out := &extent{rows: rows, nulls: -1}
	if i < len(ci.NullCounts) {
		out.nulls = ci.NullCounts[i]
	}
	if ci.NullPages[i] {
		out.nulls = rows
		return out
	}
	out.lo, out.hi = statValue(f.File, leaf, t, ci.MinValues[i]), statValue(f.File, leaf, t, ci.MaxValues[i])
	return out
}
