package udfstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// query calls a function over rows of arguments.
func query(d *udfs.Def, o *udfs.Overload, args int, rows []string) string {
	names := make([]string, args)
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	from := "(SELECT 1) AS t"
	if args > 0 {
		from = "VALUES " + strings.Join(rows, ", ") + " AS t(" + strings.Join(names, ", ") + ")"
	}
	call := d.Name + "(" + strings.Join(names, ", ") + ")"
	if o.Table != nil { // perhaps without an end
		return "SELECT w.* FROM " + from + " LATERAL VIEW " + call + " w LIMIT 5000"
	}
	return "SELECT " + call + " FROM " + from
}

// generator makes up values, as SQL text.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

func (g generator) row(in []types.Type) string {
	vals := make([]string, len(in))
	for i, t := range in {
		vals[i] = "CAST(" + g.value(t, 0) + " AS " + t.SQL() + ")"
	}
	return "(" + strings.Join(vals, ", ") + ")"
}

// value is a value of type t, an eighth of them NULL; deep is the number of values that it lies in.
func (g generator) value(t types.Type, deep int) string {
	if g.IntN(8) == 0 {
		return "NULL"
	}
	switch t.Kind() {
	case types.Array:
		return "array(" + g.list(deep, func() string { return g.typed(t.Elem(), deep+1) }) + ")"
	case types.Map:
		n := 0
		return "map(" + g.list(deep, func() string {
			n++
			return g.key(t.Key(), n) + ", " + g.typed(t.Elem(), deep+1)
		}) + ")"
	case types.Struct:
		parts := make([]string, len(t.Fields()))
		for i, f := range t.Fields() {
			parts[i] = quoted(f.Name) + ", " + g.typed(f.Type, deep+1)
		}
		return "named_struct(" + strings.Join(parts, ", ") + ")"
	case types.String, types.Char, types.Varchar:
		return fmt.Sprintf("CAST(X'%X' AS STRING)", g.text())
	case types.Binary:
		return fmt.Sprintf("X'%X'", g.text())
	}
	return quoted(g.scalar(t))
}

func (g generator) typed(t types.Type, deep int) string {
	return "CAST(" + g.value(t, deep) + " AS " + t.SQL() + ")"
}

// key is the n-th key of a map: no two are alike.
func (g generator) key(t types.Type, n int) string {
	if t.Kind() == types.String {
		return fmt.Sprintf("CAST(X'%X' AS STRING)", strconv.Itoa(n)+g.text())
	}
	return "CAST(" + strconv.Itoa(n) + " AS " + t.SQL() + ")"
}

func (g generator) list(deep int, f func() string) string {
	parts := make([]string, g.IntN(7)>>deep)
	for i := range parts {
		parts[i] = f()
	}
	return strings.Join(parts, ", ")
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `\'`) + "'" }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

// scalar is a value as text that can be cast to t: half of them ordinary, half at the ends.
func (g generator) scalar(t types.Type) string {
	plain := g.IntN(2) == 0
	whole := func(bits int) string {
		if plain {
			return strconv.Itoa(g.IntN(200) - 100)
		}
		return strconv.FormatInt(pick(g, int64(-1)<<(bits-1), math.MaxInt64>>(64-bits), 0, 1, -1), 10)
	}
	switch t.Kind() {
	case types.Boolean:
		return strconv.FormatBool(plain)
	case types.TinyInt:
		return whole(8)
	case types.SmallInt:
		return whole(16)
	case types.Int:
		return whole(32)
	case types.BigInt:
		return whole(64)
	case types.Float, types.Double:
		if plain {
			return strconv.FormatFloat(g.NormFloat64()*1000, 'g', -1, 64)
		}
		return pick(g, "NaN", "Infinity", "-Infinity", "0.0", "-0.0", "1e308", "4.9e-324", strconv.FormatFloat(math.MaxFloat32, 'g', -1, 64))
	case types.Decimal:
		if plain {
			return "1"[:min(1, t.Precision()-t.Scale())] + "." + strings.Repeat("5", t.Scale())
		}
		return pick(g, "0", "-"+strings.Repeat("9", t.Precision()-t.Scale())+"."+strings.Repeat("9", t.Scale()))
	case types.Date:
		return pick(g, "1970-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "1582-10-04")
	case types.Timestamp, types.TimestampNTZ:
		return pick(g, "1970-01-01 00:00:00", "2024-02-29 23:59:59.999999", "0001-01-01 00:00:00", "9999-12-31 23:59:59")
	}
	return "0"
}

// text is a text, ordinary or with what is odd in texts, or bytes that are none.
func (g generator) text() string {
	const words = "hello World 42 -7.5 {\"a\": [1, null]} <b> ' \" \\ % _ ÄÖÜ ß 食品 İ ﬁ \u200b \t \n true NaN 2024-01-31"
	switch g.IntN(6) {
	case 0:
		return ""
	case 1:
		return strings.Repeat(" ", g.IntN(4)) + strings.Repeat("x", g.IntN(300))
	case 2:
		b := make([]byte, g.IntN(20))
		for i := range b {
			b[i] = byte(g.Uint32())
		}
		return string(b)
	}
	list := strings.Split(words, " ")
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(pick(g, list...) + strings.Repeat(" ", g.IntN(3)))
	}
	return b.String()
}
