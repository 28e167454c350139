package functions

import (
	"crypto/rand"
	"encoding/hex"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// sparkVersion is the version whose behaviour is followed, as its version function prints it.
const sparkVersion = "4.0.1 29434ea766b0fc3c3bf6eaadb43a8f931133649e"

func miscFunctions() []udfs.Def {
	str, long := types.StringType, types.BigIntType
	asserted := func(args []string) string {
		if len(args) == 1 {
			return "assert_true(" + args[0] + ", '" + args[0] + "' is not true!)"
		}
		return labelled("assert_true")(args)
	}
	return []udfs.Def{
		{
			Name: "assert_true", Group: "misc_funcs", Since: "2.0.0", Traits: udfs.Fallible, MinArgs: 1, MaxArgs: 2, Pretty: asserted,
			Usage:    "assert_true(expr[, message]) - Raises an error when `expr` is not true; returns NULL.",
			Examples: example("SELECT assert_true(0 < 1)", "NULL"), Resolve: resolveAssert,
		},
		contextText("current_catalog", "3.1.0", "Returns the current catalog.", "spark_catalog", func(e *udfs.Env) string { return e.Catalog }),
		contextText("current_database", "1.6.0", "Returns the current database.", "default", func(e *udfs.Env) string { return e.Database }),
		contextText("current_schema", "3.4.0", "Returns the current database.", "default", func(e *udfs.Env) string { return e.Database }),
		contextText("current_user", "3.2.0", "Returns the user who runs the query.", "", func(e *udfs.Env) string { return e.User }),
		contextText("session_user", "4.0.0", "Returns the user of the session.", "", func(e *udfs.Env) string { return e.User }),
		contextText("user", "3.4.0", "Returns the user who runs the query.", "", func(e *udfs.Env) string { return e.User }),
		contextText("version", "3.0.0", "Returns the version of Spark whose behaviour is followed.", sparkVersion, func(*udfs.Env) string { return sparkVersion }),
		{
			Name: "input_file_block_length", Group: "misc_funcs", Since: "2.2.0", Usage: "input_file_block_length() - Returns -1: rows are not told by blocks of files.",
			Examples: example("SELECT input_file_block_length()", "-1"), Overloads: []udfs.Overload{sig(long, constantLong(-1))},
		},
		{
			Name: "input_file_block_start", Group: "misc_funcs", Since: "2.2.0", Usage: "input_file_block_start() - Returns -1: rows are not told by blocks of files.",
			Examples: example("SELECT input_file_block_start()", "-1"), Overloads: []udfs.Overload{sig(long, constantLong(-1))},
		},
		{
			Name: "monotonically_increasing_id", Group: "misc_funcs", Since: "1.4.0",
			Usage:     "monotonically_increasing_id() - Returns an increasing number for each row, by the row's place in the source.",
			Examples:  example("SELECT monotonically_increasing_id()", "0"),
			Overloads: []udfs.Overload{{Out: long, New: func(*udfs.Env) (udfs.Kernel, error) { return (&rowNumbers{}).kernel, nil }}},
		},
		{
			Name: "raise_error", Group: "misc_funcs", Since: "3.1.0", Traits: udfs.Fallible,
			Usage:    "raise_error(message) - Raises an error.",
			Examples: example("SELECT if(true, 1, raise_error('never'))", "1"),
			Pretty: func(args []string) string {
				return "raise_error(USER_RAISED_EXCEPTION, map(errorMessage, " + args[0] + "))"
			},
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: types.NullType, Nullable: true, Kernel: raiseError}},
		},
		{
			Name: "spark_partition_id", Group: "misc_funcs", Since: "1.4.0",
			Usage:    "spark_partition_id() - Returns 0: rows are not bound to partitions.",
			Examples: example("SELECT spark_partition_id()", "0"), Pretty: labelled("SPARK_PARTITION_ID"),
			Overloads: []udfs.Overload{sig(types.IntType, func(c *udfs.Call) error { clear(vec.Values[int32](c.Out)); return nil })},
		},
		{
			Name: "typeof", Group: "misc_funcs", Since: "3.0.0", Traits: udfs.Deterministic, MinArgs: 1, MaxArgs: 1,
			Usage:    "typeof(expr) - Returns the name of the type of `expr`.",
			Examples: example("SELECT typeof(array(1))", "array<int>"),
			Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return bind(str, constantText(args[0].Type.String()), args[0].Type), nil
			},
		},
		{
			Name: "uuid", Group: "misc_funcs", Since: "2.3.0", MaxArgs: 1,
			Usage:    "uuid([seed]) - Returns a random UUID of version 4.",
			Examples: example("SELECT length(uuid())", "36"),
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				seed, err := seedArg(ctx, args, 0)
				return udfs.Binding{In: argTypes(args), Out: str, New: func(env *udfs.Env) (udfs.Kernel, error) { return uuidKernel(env, seed), nil }}, err
			},
		},
	}
}

func constantText(s string) udfs.Kernel {
	return func(c *udfs.Call) error {
		return c.Each(func(i int) error { c.Out.SetStr(i, s); return nil })
	}
}

func constantLong(x int64) udfs.Kernel {
	return func(c *udfs.Call) error { fill(vec.Values[int64](c.Out), x); return nil }
}

// contextText is a function without arguments that gives a text of the session.
func contextText(name, since, usage, out string, f func(*udfs.Env) string) udfs.Def {
	d := udfs.Def{
		Name: name, Group: "misc_funcs", Since: since, Traits: udfs.Deterministic, Usage: name + "() - " + usage,
		Examples:  example("SELECT "+name+"()", out),
		Overloads: []udfs.Overload{{Out: types.StringType, New: func(env *udfs.Env) (udfs.Kernel, error) { return constantText(f(env)), nil }}},
	}
	if name == "current_database" {
		d.Pretty = labelled("current_schema")
	}
	if out == "" {
		d.Examples = example("SELECT length("+name+"()) > 0", "true")
	}
	return d
}

func resolveAssert(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, types.BooleanType); err != nil {
		return udfs.Binding{}, err
	}
	in, text := []types.Type{types.BooleanType}, "'"+args[0].SQL+"' is not true!"
	if len(args) == 2 {
		if _, err := accept(ctx, args, 1, types.StringType); err != nil {
			return udfs.Binding{}, err
		}
		in = append(in, types.StringType)
	}
	return nullable(bind(types.NullType, func(c *udfs.Call) error {
		v := vec.Values[bool](c.In[0])
		return c.Each(func(i int) error {
			if !c.In[0].IsNull(i) && v[i] {
				return nil
			}
			m := text
			if len(c.In) == 2 {
				if m = "null"; !c.In[1].IsNull(i) {
					m = string(c.In[1].Bytes(i))
				}
			}
			return errs.New(c.Env.Pos, "USER_RAISED_EXCEPTION", "errorMessage", m)
		})
	}, in...)), nil
}

func raiseError(c *udfs.Call) error {
	return c.Each(func(i int) error {
		m := "null"
		if !c.In[0].IsNull(i) {
			m = string(c.In[0].Bytes(i))
		}
		return errs.New(c.Env.Pos, "USER_RAISED_EXCEPTION", "errorMessage", m)
	})
}

// rowNumbers numbers the rows by their place in the source; batches of one place go on where the last one ended.
type rowNumbers struct {
	seq, next uint64
	started   bool
}

func (r *rowNumbers) kernel(c *udfs.Call) error {
	if !r.started || c.Seq != r.seq {
		r.started, r.seq, r.next = true, c.Seq, c.Seq
	}
	out := vec.Values[int64](c.Out)
	return c.Each(func(i int) error {
		out[i] = int64(r.next)
		r.next++
		return nil
	})
}

func uuidKernel(env *udfs.Env, seed *int64) udfs.Kernel {
	var s *stream
	if seed != nil {
		s = newStream(env, seed)
	}
	return func(c *udfs.Call) error {
		if s != nil {
			s.at(c, 16)
		}
		var b [16]byte
		var text [36]byte
		return c.Each(func(i int) error {
			if s != nil {
				for k := range b {
					b[k] = byte(s.next(8))
				}
			} else if _, err := rand.Read(b[:]); err != nil {
				return errs.Internal("uuid: %v", err)
			}
			b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
			at := 0
			for k, x := range [...]int{4, 6, 8, 10, 16} {
				from := [...]int{0, 4, 6, 8, 10}[k]
				if k > 0 {
					text[at] = '-'
					at++
				}
				at += hex.Encode(text[at:], b[from:x])
			}
			c.Out.SetBytes(i, text[:])
			return nil
		})
	}
}
