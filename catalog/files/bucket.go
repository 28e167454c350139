package files

import (
	"path/filepath"
	"strconv"
	"strings"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/functions"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// bucketOf reads the bucket from the name of a file that Spark or we wrote: part-00000-UUID_00003.c000.snappy.parquet.
func bucketOf(path string) (int, bool) {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	_, digits, ok := strings.Cut(name, "_")
	if !ok || len(digits) != 5 {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil
}

// pruneBuckets drops the files of buckets that no row can be in which a filter lets through: those of other values of
// the one bucket column than it is compared to. A table with a file of no bucket is read whole.
func (t *Table) pruneBuckets(spec *catalog.FileScan) {
	if t.spec.Buckets == 0 || len(t.spec.BucketBy) != 1 || len(spec.Filters) == 0 {
		return
	}
	col := -1
	for i, c := range spec.Columns {
		if i < len(spec.Cols) && c.Part < 0 && strings.EqualFold(c.Name, t.spec.BucketBy[0]) {
			col = i
		}
	}
	if col < 0 {
		return
	}
	want := (*bucketSet)(nil)
	for _, f := range spec.Filters {
		b := bucketsOf(f, spec.Cols[col].ID, spec.Columns[col].Type, t.spec.Buckets)
		want = want.and(b)
	}
	if want == nil {
		return
	}
	var kept []catalog.File
	for _, f := range spec.Files {
		n, ok := bucketOf(f.Path)
		if !ok {
			return
		}
		if (*want)[n] {
			kept = append(kept, f)
		}
	}
	pruned := int64(len(spec.Files) - len(kept))
	spec.Stats.FilesPruned.Add(pruned)
	spec.Stats.Files.Add(pruned)
	spec.Files = kept
}

// bucketSet is the buckets that rows can be in; nil: any.
type bucketSet map[int]bool

func (a *bucketSet) and(b *bucketSet) *bucketSet {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		return a
	}
	out := bucketSet{}
	for n := range *a {
		if (*b)[n] {
			out[n] = true
		}
	}
	return &out
}

func (a *bucketSet) or(b *bucketSet) *bucketSet {
	if a == nil || b == nil {
		return nil
	}
	out := bucketSet{}
	for _, s := range []bucketSet{*a, *b} {
		for n := range s {
			out[n] = true
		}
	}
	return &out
}

// bucketsOf are the buckets of the rows for which a filter can be true.
func bucketsOf(e expr.Expr, col expr.ID, t types.Type, n int) *bucketSet {
	c, ok := e.(*expr.Call)
	if !ok || c.Def == nil {
		return nil
	}
	isCol := func(e expr.Expr) bool {
		x, ok := e.(*expr.Column)
		return ok && x.ID == col
	}
	switch c.Def.Name {
	case "and":
		out := (*bucketSet)(nil)
		for _, a := range c.Args {
			out = out.and(bucketsOf(a, col, t, n))
		}
		return out
	case "or":
		out := &bucketSet{}
		for _, a := range c.Args {
			out = out.or(bucketsOf(a, col, t, n))
		}
		return out
	case "=", "<=>":
		nulls := c.Def.Name == "<=>"
		if isCol(c.Args[0]) {
			return bucketsOfValues(c.Args[1:], t, n, nulls)
		}
		if isCol(c.Args[1]) {
			return bucketsOfValues(c.Args[:1], t, n, nulls)
		}
	case "in":
		if isCol(c.Args[0]) {
			return bucketsOfValues(c.Args[1:], t, n, false)
		}
	case "isnull":
		if isCol(c.Args[0]) {
			return bucketsOfValues([]expr.Expr{&expr.Literal{Typ: t}}, t, n, true)
		}
	}
	return nil
}

// bucketsOfValues are the buckets of constants of the column's type, of NULLs where they match at all; nil when one is
// no constant.
func bucketsOfValues(values []expr.Expr, t types.Type, n int, nulls bool) *bucketSet {
	v := vec.New(t, 0)
	for _, e := range values {
		l, ok := e.(*expr.Literal)
		switch {
		case !ok || l.Value != nil && l.Typ.Kind() != t.Kind() && !(l.Typ.IsString() && t.IsString()):
			return nil
		case l.Value != nil || nulls:
			v.Append(l.Value)
		}
	}
	out := bucketSet{}
	for _, h := range bucketHashes([]*vec.Vec{v}, v.Len, n, nil) {
		out[int(h)] = true
	}
	return &out
}

// bucketHashes gives Spark's bucket of each row: pmod(hash(columns), n); h is used again.
func bucketHashes(cols []*vec.Vec, rows, n int, h []int32) []int32 {
	if cap(h) < rows {
		h = make([]int32, rows)
	}
	h = h[:rows]
	for i := range h {
		h[i] = 42
	}
	for _, c := range cols {
		functions.Murmur3(c, rows, h)
	}
	for i := range h {
		h[i] = (h[i]%int32(n) + int32(n)) % int32(n)
	}
	return h
}
