package functions

import (
	"errors"
	"strings"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

const defaultPattern = "yyyy-MM-dd HH:mm:ss"

// datetimeTextFunctions write dates and timestamps by patterns and read them.
func datetimeTextFunctions() []udfs.Def {
	read := func(name string, aliases []string, since, usage, sql, out string, t types.Type, try bool) udfs.Def {
		d := udfs.Def{Name: name, Aliases: aliases, Group: "datetime_funcs", Since: since, Usage: name + usage, Examples: example(sql, out),
			Traits: partial, MinArgs: 1, MaxArgs: 2, Resolve: readResolve(t, try)}
		if try {
			d.Traits |= udfs.AlwaysNullable
		}
		return d
	}
	unix := func(name, since string, least int) udfs.Def {
		return udfs.Def{Name: name, Group: "datetime_funcs", Since: since,
			Usage:    name + "([timeExp[, fmt]]) - Returns the seconds since 1970-01-01 00:00 UTC of a time, or of text in the form `fmt`.",
			Examples: example("SELECT "+name+"('2016-04-08', 'yyyy-MM-dd') = unix_seconds(TIMESTAMP '2016-04-08')", "true"),
			Traits:   partial, MinArgs: least, MaxArgs: 2, Resolve: unixResolve, Args: []udfs.Arg{param("timeExp", "time or text"), optional("fmt", "pattern", defaultPattern)}}
	}
	unixNow := unix("unix_timestamp", "1.5.0", 0)
	unixNow.Args = nil
	unixNow.Pretty = func(args []string) string {
		switch len(args) {
		case 0:
			args = []string{"current_timestamp()", defaultPattern}
		case 1:
			args = append(args[:1:1], defaultPattern)
		}
		return shown("unix_timestamp")(args)
	}
	return []udfs.Def{
		{
			Name: "date_format", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "date_format(timestamp, fmt) - Returns `timestamp` as text in the form of the pattern `fmt`.",
			Examples: example("SELECT date_format('2016-04-08', 'y')", "2016"), Traits: partial, MinArgs: 2, MaxArgs: 2,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				t, err := stampOf(ctx, args, 0)
				if err != nil {
					return udfs.Binding{}, err
				}
				if _, err := accept(ctx, args, 1, str); err != nil {
					return udfs.Binding{}, err
				}
				return formatBinding(t), nil
			},
		},
		{
			Name: "from_unixtime", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "from_unixtime(unix_time[, fmt]) - Returns the time that many seconds after 1970-01-01 00:00 UTC as text in the form `fmt`.",
			Args:     []udfs.Arg{param("unix_time", "seconds"), optional("fmt", "pattern", defaultPattern)},
			Examples: example("SELECT from_unixtime(unix_timestamp('2016-04-08', 'yyyy-MM-dd'), 'yyyy')", "2016"), Traits: partial,
			Overloads: []udfs.Overload{{In: []types.Type{types.BigIntType, str}, Out: str, New: func(env *udfs.Env) (udfs.Kernel, error) {
				f := &formatter{use: forWriting}
				return func(c *udfs.Call) error {
					secs := vec.Values[int64](c.In[0])
					return f.format(c, env.Zone, env.ZoneName, func(i int) int64 { return secs[i] * types.MicrosPerSecond })
				}, nil
			}}},
		},
		read("to_date", nil, "1.5.0", "(date_str[, fmt]) - Returns text in the form `fmt` as a date; without a form, as a cast.", "SELECT to_date('2016-12-31', 'yyyy-MM-dd')", "2016-12-31", dateT, false),
		read("to_timestamp", nil, "2.2.0", "(timestamp_str[, fmt]) - Returns text in the form `fmt` as a timestamp; without a form, as a cast.", "SELECT to_timestamp('2016-12-31', 'yyyy-MM-dd')", "2016-12-31 00:00:00", timestampT, false),
		read("to_timestamp_ltz", nil, "3.4.0", "(timestamp_str[, fmt]) - Returns text in the form `fmt` as a timestamp with the session's time zone.", "SELECT to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd')", "2016-12-31 00:00:00", timestampT, false),
		read("to_timestamp_ntz", nil, "3.4.0", "(timestamp_str[, fmt]) - Returns text in the form `fmt` as a timestamp without time zone.", "SELECT to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')", "2016-12-31 00:00:00", ntzT, false),
		unix("to_unix_timestamp", "1.6.0", 1),
		read("try_to_date", nil, "4.0.0", "(date_str[, fmt]) - Returns text in the form `fmt` as a date, NULL when it is none.", "SELECT try_to_date('foo', 'yyyy-MM-dd')", "NULL", dateT, true),
		read("try_to_timestamp", nil, "3.5.0", "(timestamp_str[, fmt]) - Returns text in the form `fmt` as a timestamp, NULL when it is none.", "SELECT try_to_timestamp('foo', 'yyyy-MM-dd')", "NULL", timestampT, true),
		unixNow,
	}
}

// formatter keeps the last pattern of a column of patterns compiled, and the zone's current rule.
type formatter struct {
	use   patternUse
	text  string
	last  *pattern
	clock types.ZoneClock
}

func (f *formatter) pattern(text string) (*pattern, error) {
	if f.last == nil || f.text != text {
		p, err := compilePattern(strings.Clone(text), f.use)
		if err != nil {
			return nil, err
		}
		f.text, f.last = p.text, p
	}
	return f.last, nil
}

// format writes the instants of the live rows by the patterns of argument 1.
func (f *formatter) format(c *udfs.Call, zone *time.Location, zoneName string, at func(i int) int64) error {
	var buf []byte
	f.clock.Loc = zone
	return live(c, func(i int) error {
		p, err := f.pattern(c.In[1].Str(i))
		if err != nil {
			return err
		}
		micros := at(i)
		m := momentOf(micros, f.clock.Local(micros), zone, zoneName)
		buf = p.write(buf[:0], &m)
		c.Out.SetBytes(i, buf)
		return nil
	})
}

func formatBinding(t types.Type) udfs.Binding {
	return udfs.Binding{In: []types.Type{t, str}, Out: str, New: func(env *udfs.Env) (udfs.Kernel, error) {
		f := &formatter{use: forWriting}
		zone, name := env.Zone, env.ZoneName
		if t == ntzT {
			zone, name = time.UTC, "Z"
		}
		return func(c *udfs.Call) error {
			in := vec.Values[int64](c.In[0])
			return f.format(c, zone, name, func(i int) int64 { return in[i] })
		}, nil
	}}
}

// cannotParse wraps the reason why text is no timestamp.
func cannotParse(err error) error {
	var r *readError
	if errors.As(err, &r) {
		return errs.New(errs.Pos{}, "CANNOT_PARSE_TIMESTAMP", "func", "`try_to_timestamp`", "message", r.msg)
	}
	return err
}

// readStamp reads text by a pattern as a value of type t: days, or microseconds.
func (p *pattern) readStamp(s string, t types.Type, zone *time.Location) (int64, error) {
	day, tod, z, err := p.read(s)
	if err != nil {
		return 0, err
	}
	if t == dateT {
		return day, nil
	}
	if day > 106751990 || day < -106751990 {
		return 0, &readError{"Text '" + s + "' is out of range"}
	}
	local := day*types.MicrosPerDay + tod
	switch {
	case t == ntzT:
		return local, nil
	case z != nil:
		zone = z
	}
	return types.FromLocal(local, zone), nil
}

// defaultStamp is the type that TIMESTAMP stands for.
func defaultStamp(env *udfs.Env) types.Type {
	if env.Conf != nil && env.Conf("spark.sql.timestampType") == "TIMESTAMP_NTZ" {
		return ntzT
	}
	return timestampT
}

// readResolve types to_date and to_timestamp: without a pattern they are casts, as for values that are no text.
func readResolve(t types.Type, try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := t
		if ctx.Name == "to_timestamp" || ctx.Name == "try_to_timestamp" {
			t = defaultStamp(ctx.Env)
		}
		from := args[0].Type
		if len(args) == 2 {
			if _, err := accept(ctx, args, 1, str); err != nil {
				return udfs.Binding{}, err
			}
		}
		switch {
		case !from.IsString() && (from.IsDatetime() || from.Kind() == types.Null || t != dateT && (from.IsNumeric() || from.Kind() == types.Boolean)),
			len(args) == 1 && from.IsString() && !try:
			in := argTypes(args)
			in[0] = t
			return bind(t, identity, in...), nil
		case !from.IsString():
			required := `("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")`
			return udfs.Binding{}, unexpected(ctx, args, 0, required)
		}
		in := repeated(str, len(args))
		b := udfs.Binding{In: in, Out: t, Nullable: try || !ctx.Env.ANSI, New: func(env *udfs.Env) (udfs.Kernel, error) {
			f := &formatter{use: forReading}
			lenient := try || !env.ANSI
			return func(c *udfs.Call) error {
				return live(c, func(i int) error {
					v, err := readRow(c, i, t, f)
					var r *readError
					if lenient && errors.As(err, &r) {
						c.Out.SetNull(i)
						return nil
					}
					if err == nil {
						setInteger(c.Out, i, v)
					}
					return cannotParse(err)
				})
			}, nil
		}}
		return b, nil
	}
}

// readRow reads row i by its pattern, or as a cast does where there is none.
func readRow(c *udfs.Call, i int, t types.Type, f *formatter) (int64, error) {
	s := c.In[0].Str(i)
	if len(c.In) == 2 {
		p, err := f.pattern(c.In[1].Str(i))
		if err != nil {
			return 0, err
		}
		return p.readStamp(s, t, c.Env.Zone)
	}
	var v int64
	var ok bool
	switch t {
	case dateT:
		var d int32
		d, ok = types.ParseDate(s)
		v = int64(d)
	case ntzT:
		v, ok = types.ParseTimestampNTZ(s, true)
	default:
		v, ok = types.ParseTimestamp(s, c.Env.Zone, c.Env.Now)
	}
	if !ok {
		return 0, &readError{"not a time"}
	}
	return v, nil
}

// identity passes its first argument on, which analysis has cast.
func identity(c *udfs.Call) error {
	if c.Out.Type.Width() == 4 {
		return Map1(c, func(x int32) int32 { return x })
	}
	return Map1(c, func(x int64) int64 { return x })
}

// unixResolve types unix_timestamp: of nothing it is the statement's time.
func unixResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 0 {
		return udfs.Binding{Out: types.BigIntType, New: func(env *udfs.Env) (udfs.Kernel, error) {
			now := types.FloorDiv(env.Now, types.MicrosPerSecond)
			return func(c *udfs.Call) error {
				out := vec.Values[int64](c.Out)
				return c.Each(func(i int) error { out[i] = now; return nil })
			}, nil
		}}, nil
	}
	in := argTypes(args)
	if len(args) == 2 {
		if _, err := accept(ctx, args, 1, str); err != nil {
			return udfs.Binding{}, err
		}
		in[1] = str
	}
	switch t := args[0].Type; {
	case t.Kind() == types.Null, t.IsDatetime():
		in[0] = timestampT
		return bind(types.BigIntType, func(c *udfs.Call) error {
			return Map1(c, func(n int64) int64 { return types.FloorDiv(n, types.MicrosPerSecond) })
		}, in...), nil
	case !t.IsString():
		return udfs.Binding{}, unexpected(ctx, args, 0, `("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")`)
	}
	in[0] = str
	return udfs.Binding{In: in, Out: types.BigIntType, Nullable: !ctx.Env.ANSI, New: func(env *udfs.Env) (udfs.Kernel, error) {
		f := &formatter{use: forReading}
		return func(c *udfs.Call) error {
			out := vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				text := defaultPattern
				if len(c.In) == 2 {
					text = c.In[1].Str(i)
				}
				p, err := f.pattern(text)
				if err != nil {
					return err
				}
				v, err := p.readStamp(c.In[0].Str(i), timestampT, env.Zone)
				if err != nil && !env.ANSI {
					c.Out.SetNull(i)
					return nil
				}
				out[i] = types.FloorDiv(v, types.MicrosPerSecond)
				return cannotParse(err)
			})
		}, nil
	}}, nil
}
