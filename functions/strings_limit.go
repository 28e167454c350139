package functions

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// limitFunctions are what char(n) and varchar(n) ask of values that are written to columns and read from them. The second
// argument is the column's type as declared: within arrays, maps and structs every char and varchar counts.
func limitFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "read_side_padding", Operator: true, Group: "string_funcs", Since: "3.4.0",
			Usage:  "read_side_padding(value, type) - Returns `value` with its texts of `char(n)` filled up with blanks to `n` characters.",
			Traits: pure, MinArgs: 2, MaxArgs: 2, Resolve: limitResolve(padText),
		},
		{
			Name: "write_side_check", Operator: true, Group: "string_funcs", Since: "3.1.0",
			Usage:  "write_side_check(value, type) - Returns `value` with its texts of `char(n)` and `varchar(n)` fitted to their length: blanks at the end beyond `n` characters go, any other text beyond is an error; `char(n)` is filled up with blanks.",
			Traits: pure | udfs.Fallible, MinArgs: 2, MaxArgs: 2, Resolve: limitResolve(fitText),
		},
	}
}

// fit makes a text, whose bytes it may not change, one of a char or varchar type. More room for it is in buf.
type fit func(s, buf []byte, t types.Type) ([]byte, error)

func limitResolve(f fit) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := schemaOf(ctx, args[1])
		if err != nil {
			return udfs.Binding{}, err
		}
		k := func(c *udfs.Call) error {
			var buf []byte
			return c.Each(func(i int) error {
				s, err := f(c.In[0].Bytes(i), buf[:0], t)
				if err == nil {
					c.Out.SetBytes(i, s)
				}
				return err
			})
		}
		if t.IsNested() {
			k = boxed(func(a []any) (any, error) { return fitWithin(f, a[0], t) })
		}
		return bind(args[0].Type, k, argTypes(args)...), nil
	}
}

// fitText follows Spark's CharVarcharCodegenUtils: charTypeWriteSideCheck and varcharTypeWriteSideCheck.
func fitText(s, buf []byte, t types.Type) ([]byte, error) {
	over := utf8.RuneCount(s) - t.Length()
	switch {
	case over > 0:
		if len(s)-len(bytes.TrimRight(s, " ")) < over {
			return nil, errs.New(errs.Pos{}, "EXCEED_LIMIT_LENGTH", "limit", strconv.Itoa(t.Length()))
		}
		return s[:len(s)-over], nil
	case t.Kind() == types.Char:
		return padText(s, buf, t)
	}
	return s, nil
}

// padText leaves texts that are long enough, and those of varchar, as they are.
func padText(s, buf []byte, t types.Type) ([]byte, error) {
	short := t.Length() - utf8.RuneCount(s)
	if t.Kind() != types.Char || short <= 0 {
		return s, nil
	}
	buf = append(buf, s...)
	for range short {
		buf = append(buf, ' ')
	}
	return buf, nil
}

// fitWithin fits the texts within a value in Go form; its type is t as declared.
func fitWithin(f fit, v any, t types.Type) (any, error) {
	var err error
	switch x := v.(type) {
	case string:
		if t.Kind() != types.Char && t.Kind() != types.Varchar {
			return v, nil
		}
		s, err := f([]byte(x), nil, t)
		return string(s), err
	case []any:
		out := make([]any, len(x))
		for i := range x {
			if out[i], err = fitWithin(f, x[i], memberType(t, i)); err != nil {
				return nil, err
			}
		}
		return out, nil
	case types.MapValue:
		return fitMap(f, x, t)
	}
	return v, nil
}

// memberType is the type of member i of a struct or array.
func memberType(t types.Type, i int) types.Type {
	if t.Kind() == types.Struct {
		return t.Fields()[i].Type
	}
	return t.Elem()
}

// fitMap refuses keys that differ by blanks at their end only.
func fitMap(f fit, m types.MapValue, t types.Type) (any, error) {
	keys, err := fitWithin(f, m.Keys, types.ArrayOf(t.Key(), false))
	if err != nil {
		return nil, err
	}
	vals, err := fitWithin(f, m.Vals, types.ArrayOf(t.Elem(), true))
	if err != nil {
		return nil, err
	}
	out := types.MapValue{Keys: keys.([]any), Vals: vals.([]any)}
	seen := map[string]bool{}
	for _, k := range out.Keys {
		s, ok := k.(string)
		if ok && seen[s] {
			return nil, errs.New(errs.Pos{}, "DUPLICATED_MAP_KEY", "key", s, "mapKeyDedupPolicy", `"spark.sql.mapKeyDedupPolicy"`)
		}
		seen[s] = ok
	}
	return out, nil
}
