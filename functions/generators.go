package functions

import (
	"strconv"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// generatorFunctions make rows of arrays, maps and lists of values. The _outer names keep a row for an
// input that gives none; that is the plan's doing.
func generatorFunctions() []udfs.Def {
	def := func(name, since, params, usage, sql, out string, outer bool, resolve func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error)) udfs.Def {
		d := udfs.Def{Name: name, Group: "generator_funcs", Since: since, Usage: name + "(" + params + ") - " + usage, Examples: example(sql, out),
			Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1, Args: []udfs.Arg{param("collection", "array or map")}, Resolve: resolve}
		if outer {
			d.Aliases = []string{name + "_outer"}
		}
		return d
	}
	stack := def("stack", "2.0.0", "n, expr1, ..., exprk", "Spreads the values over `n` rows.", "SELECT stack(2, 1, 2, 3)", "1\t2\n3\tNULL", false, stackResolve)
	stack.MinArgs, stack.MaxArgs, stack.Args = 2, -1, nil
	inline := def("inline", "2.0.0", "expr", "Makes a row of every struct of an array.", "SELECT inline(array(struct(1, 'a'), struct(2, 'b')))", "1\ta\n2\tb", true, inlineResolve)
	inline.Args = []udfs.Arg{param("input", "array of structs")}
	return []udfs.Def{
		def("explode", "1.0.0", "expr", "Makes a row of every element of an array or entry of a map.", "SELECT explode(array(10, 20))", "10\n20", true, explodeResolve(false)),
		inline,
		def("posexplode", "2.0.0", "expr", "Is explode, with the place from 0 before it.", "SELECT posexplode(array(10, 20))", "0\t10\n1\t20", true, explodeResolve(true)),
		stack,
	}
}

// table binds a generator whose output columns are fields.
func table(fields []types.Field, f func(*udfs.Env) udfs.TableFunc, in ...types.Type) udfs.Binding {
	return udfs.Binding{In: in, Out: types.StructOf(fields...), Table: func(env *udfs.Env) (udfs.TableFunc, error) { return f(env), nil }}
}

func explodeResolve(pos bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := args[0].Type
		var fields []types.Field
		if pos {
			fields = append(fields, types.Field{Name: "pos", Type: types.IntType})
		}
		switch t.Kind() {
		case types.Array:
			fields = append(fields, types.Field{Name: "col", Type: t.Elem(), Nullable: t.ContainsNull()})
		case types.Map:
			fields = append(fields, types.Field{Name: "key", Type: t.Key()}, types.Field{Name: "value", Type: t.Elem(), Nullable: t.ContainsNull()})
		default:
			return udfs.Binding{}, unexpected(ctx, args, 0, `("ARRAY" or "MAP")`)
		}
		return table(fields, func(*udfs.Env) udfs.TableFunc { return &explode{pos: pos} }, t), nil
	}
}

// explode puts out the elements of one column, a few thousand at a time.
type explode struct {
	pos      bool
	at, rows []int32
	places   *vec.Vec
}

func (e *explode) Eval(c *udfs.Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	v := c.In[0]
	if v.Type.Kind() == types.Null {
		return nil
	}
	if e.places == nil {
		e.places = vec.New(types.IntType, 0)
	}
	var start []int32
	flush := func() error {
		if len(e.at) == 0 {
			return nil
		}
		var cols []*vec.Vec
		if e.pos {
			e.places.Reset(len(e.at))
			p := vec.Values[int32](e.places)
			for k := range e.at {
				p[k] = e.at[k] - start[k]
			}
			cols = append(cols, e.places)
		}
		for _, kid := range v.Kids {
			cols = append(cols, chosen(kid, e.at))
		}
		err := emit(e.rows, cols)
		e.at, e.rows, start = e.at[:0], e.rows[:0], start[:0]
		return err
	}
	e.at, e.rows = e.at[:0], e.rows[:0]
	err := c.Each(func(i int) error {
		if v.IsNull(i) {
			return nil
		}
		lo, hi := v.Range(i)
		for k := lo; k < hi; k++ {
			e.at, e.rows, start = append(e.at, int32(k)), append(e.rows, int32(i)), append(start, int32(lo))
			if len(e.at) == vec.BatchRows {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

func inlineResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	if t.Kind() != types.Array || t.Elem().Kind() != types.Struct {
		return udfs.Binding{}, unexpected(ctx, args, 0, `"ARRAY<STRUCT>"`)
	}
	fields := append([]types.Field(nil), t.Elem().Fields()...)
	for i := range fields {
		fields[i].Nullable = fields[i].Nullable || t.ContainsNull()
	}
	return table(fields, func(*udfs.Env) udfs.TableFunc { return inline{} }, t), nil
}

type inline struct{}

func (inline) Eval(c *udfs.Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	v := c.In[0]
	var at, rows []int32
	_ = c.Each(func(i int) error {
		if !v.IsNull(i) {
			lo, hi := v.Range(i)
			for k := lo; k < hi; k++ {
				at, rows = append(at, int32(k)), append(rows, int32(i))
			}
		}
		return nil
	})
	if len(at) == 0 {
		return nil
	}
	s := chosen(v.Kids[0], at)
	cols := make([]*vec.Vec, len(s.Kids))
	for f, kid := range s.Kids {
		cols[f] = kid
		for k := range at {
			if s.IsNull(k) {
				kid.SetNull(k)
			}
		}
	}
	return emit(rows, cols)
}

// stackResolve types stack: the values fill the rows from left to right; missing ones are NULL.
func stackResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if args[0].Type.Kind() != types.Int && args[0].Type.Kind() != types.Null {
		if _, err := accept(ctx, args, 0, types.IntType); err != nil {
			return udfs.Binding{}, err
		}
	}
	if !args[0].Const {
		return udfs.Binding{}, mismatch(ctx, "NON_FOLDABLE_INPUT", "inputName", "`n`", "inputType", `"INT"`, "inputExpr", quoted(args[0].SQL))
	}
	if args[0].Value == nil {
		return udfs.Binding{}, mismatch(ctx, "UNEXPECTED_NULL", "exprName", "n")
	}
	n := int(toInt64(args[0].Value))
	if n < 1 {
		return udfs.Binding{}, mismatch(ctx, "VALUE_OUT_OF_RANGE", "exprName", "n", "valueRange", "(0, 2147483647]", "currentValue", strconv.Itoa(n))
	}
	width := (len(args) - 1 + n - 1) / n
	fields := make([]types.Field, width)
	in := argTypes(args)
	in[0] = types.IntType
	for f := range fields {
		fields[f] = types.Field{Name: "col" + strconv.Itoa(f), Nullable: true}
		for k := 1 + f; k < len(args); k += width {
			t, ok := coercion(ctx.Env).Tightest(fields[f].Type, args[k].Type)
			if !ok {
				return udfs.Binding{}, mismatch(ctx, "STACK_COLUMN_DIFF_TYPES", "columnIndex", strconv.Itoa(f), "leftParamIndex", strconv.Itoa(f+1), "leftType", typeParam(fields[f].Type),
					"rightParamIndex", strconv.Itoa(k), "rightType", typeParam(args[k].Type))
			}
			fields[f].Type = t
		}
		for k := 1 + f; k < len(args); k += width {
			in[k] = fields[f].Type
		}
	}
	return table(fields, func(*udfs.Env) udfs.TableFunc { return stacked{n: n, width: width, fields: fields} }, in...), nil
}

type stacked struct {
	n, width int
	fields   []types.Field
}

func (s stacked) Eval(c *udfs.Call, emit func(rows []int32, cols []*vec.Vec) error) error {
	var rows []int32
	cols := make([]*vec.Vec, s.width)
	for f := range cols {
		cols[f] = vec.New(s.fields[f].Type, 0)
	}
	_ = c.Each(func(i int) error {
		for r := range s.n {
			rows = append(rows, int32(i))
			for f, col := range cols {
				if k := 1 + r*s.width + f; k < len(c.In) {
					appendRow(col, c.In[k], i)
				} else {
					col.Append(nil)
				}
			}
		}
		return nil
	})
	return emit(rows, cols)
}
