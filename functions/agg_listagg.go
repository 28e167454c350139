package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func listaggDef() udfs.Def {
	return udfs.Def{
		Name: "listagg", Aliases: []string{"string_agg"}, Group: "agg_funcs", Since: "4.0.0",
		Usage:    "listagg(expr[, delimiter])[ WITHIN GROUP (ORDER BY key)] - Joins the values of `expr` that are not NULL, with `delimiter` between them; NULL when there are none.",
		Examples: []udfs.Example{{SQL: "SELECT listagg(c, ', ') FROM VALUES ('a'), (NULL), ('b') AS t(c)", Out: "a, b"}},
		Traits:   udfs.Deterministic | udfs.OrderSensitive, MinArgs: 1, MaxArgs: 2,
		Resolve: bindListagg,
	}
}

func bindListagg(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.Kind() == types.Binary || t.IsString():
	case t.IsNested() || t.Kind() == types.Variant:
		return udfs.Binding{}, unexpected(ctx, args, 0, `("STRING" or "BINARY")`)
	default:
		t = types.StringType
	}
	in, delim := []types.Type{t}, ""
	if len(args) == 2 {
		if !args[1].Const {
			return udfs.Binding{}, notConstant(ctx, args[1], "delimiter", typeParam(args[1].Type))
		}
		switch d := args[1].Value.(type) {
		case string:
			delim = d
		case []byte:
			delim = string(d)
		case nil:
		default:
			return udfs.Binding{}, unexpected(ctx, args, 1, `("STRING" or "BINARY")`)
		}
		in = append(in, t)
	}
	b := aggregate(in, t, collectState(t), func(*udfs.Env) udfs.Accumulator {
		return &joined{collect: collect{vals: vec.New(t, 0)}, delim: delim}
	})
	b.Pretty = func(args []string) string {
		if len(args) == 1 {
			return ctx.Name + "(" + args[0] + ", NULL)"
		}
		return ctx.Name + "(" + args[0] + ", " + args[1] + ")"
	}
	return b, nil
}

// joined is a collect whose result is one text.
type joined struct {
	collect
	delim string
	text  []byte
}

func (a *joined) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		row := out.Extend(1)
		if a.count[g] == 0 {
			out.SetNull(row)
			continue
		}
		a.text = a.text[:0]
		for n, e := range a.order(g) {
			if n > 0 {
				a.text = append(a.text, a.delim...)
			}
			a.text = append(a.text, a.vals.Bytes(int(e))...)
		}
		out.SetBytes(row, a.text)
	}
	return nil
}
