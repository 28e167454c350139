package functions

import (
	"math"
	"strings"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// nowFunctions give the statement's time and convert between time zones and numbers of seconds.
func nowFunctions() []udfs.Def {
	big := types.BigIntType
	fill := func(name string, aliases []string, since, usage, sql string, out types.Type, value func(*udfs.Env) any) udfs.Def {
		return udfs.Def{Name: name, Aliases: aliases, Group: "datetime_funcs", Since: since, Usage: name + "() - " + usage,
			Examples: example(sql, "true"), Traits: pure,
			Overloads: []udfs.Overload{{Out: out, New: func(env *udfs.Env) (udfs.Kernel, error) {
				x := value(env)
				return func(c *udfs.Call) error {
					return c.Each(func(i int) error { c.Out.Set(i, x); return nil })
				}, nil
			}}}}
	}
	toStamp := func(name, since, unit, sql, out string, perUnit int64) udfs.Def {
		return udfs.Def{Name: name, Group: "datetime_funcs", Since: since, Usage: name + "(n) - Returns the timestamp `n` " + unit + " after 1970-01-01 00:00 UTC.",
			Examples: example(sql, out), Traits: partial,
			Overloads: []udfs.Overload{sig(timestampT, func(c *udfs.Call) error {
				return MapErr1(c, func(n int64) (int64, error) {
					p, _ := types.FromInt64(n).MulOverflow(types.FromInt64(perUnit))
					r, ok := p.Int64()
					if !ok {
						return 0, overflow("long overflow", "")
					}
					return r, nil
				})
			}, big)}}
	}
	fromStamp := func(name, unit, sql, out string, perUnit int64) udfs.Def {
		return udfs.Def{Name: name, Group: "datetime_funcs", Since: "3.1.0", Usage: name + "(timestamp) - Returns the " + unit + " since 1970-01-01 00:00 UTC, whole.",
			Examples: example(sql, out), Traits: pure,
			Overloads: []udfs.Overload{sig(big, func(c *udfs.Call) error {
				return Map1(c, func(n int64) int64 { return types.FloorDiv(n, perUnit) })
			}, timestampT)}}
	}
	seconds := toStamp("timestamp_seconds", "3.1.0", "seconds", "SELECT timestamp_seconds(1.23) = TIMESTAMP '1970-01-01 00:00:01.23Z'", "true", types.MicrosPerSecond)
	seconds.Overloads, seconds.MinArgs, seconds.MaxArgs, seconds.Resolve = nil, 1, 1, secondsResolve
	return []udfs.Def{
		{
			Name: "convert_timezone", Group: "datetime_funcs", Since: "3.4.0",
			Usage:    "convert_timezone([sourceTz, ]targetTz, sourceTs) - Returns a timestamp without time zone, read on the clocks of `sourceTz`, on those of `targetTz`.",
			Examples: example("SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', TIMESTAMP_NTZ '2021-12-06 00:00:00')", "2021-12-05 15:00:00"),
			Traits:   partial,
			Overloads: []udfs.Overload{
				sig(ntzT, func(c *udfs.Call) error {
					return convertZone(c, c.In[1], func(int) (*time.Location, error) { return c.Env.Zone, nil }, zoneIn(c.In[0]))
				}, str, ntzT),
				sig(ntzT, func(c *udfs.Call) error { return convertZone(c, c.In[2], zoneIn(c.In[0]), zoneIn(c.In[1])) }, str, str, ntzT),
			},
			Pretty: func(args []string) string {
				if len(args) == 2 {
					args = append([]string{"current_timezone()"}, args...)
				}
				return "convert_timezone(" + strings.Join(args, ", ") + ")"
			},
		},
		fill("current_date", []string{"curdate"}, "1.5.0", "Returns the date at the start of the statement.", "SELECT current_date() = date(now())", dateT,
			func(e *udfs.Env) any { return int32(types.FloorDiv(types.ToLocal(e.Now, e.Zone), types.MicrosPerDay)) }),
		fill("current_timestamp", []string{"now"}, "1.5.0", "Returns the time at the start of the statement.", "SELECT current_timestamp() = now()", timestampT,
			func(e *udfs.Env) any { return e.Now }),
		fill("current_timezone", nil, "3.1.0", "Returns the name of the session's time zone.", "SELECT length(current_timezone()) > 0", str,
			func(e *udfs.Env) any { return e.ZoneName }),
		{
			Name: "date_from_unix_date", Group: "datetime_funcs", Since: "3.1.0",
			Usage:    "date_from_unix_date(days) - Returns the date `days` after 1970-01-01.",
			Examples: example("SELECT date_from_unix_date(1)", "1970-01-02"), Traits: pure,
			Overloads: []udfs.Overload{sig(dateT, func(c *udfs.Call) error { return Map1(c, func(d int32) int32 { return d }) }, types.IntType)},
		},
		zoneShift("from_utc_timestamp", "Reads `timestamp` as of UTC and returns it on the clocks of `timezone`.", "SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')", "2016-08-31 09:00:00", false),
		fill("localtimestamp", nil, "3.4.0", "Returns the time at the start of the statement on the session's clocks.", "SELECT localtimestamp() = localtimestamp()", ntzT,
			func(e *udfs.Env) any { return types.ToLocal(e.Now, e.Zone) }),
		toStamp("timestamp_micros", "3.1.0", "microseconds", "SELECT timestamp_micros(1230219000123123) = TIMESTAMP '2008-12-25 15:30:00.123123Z'", "true", 1),
		toStamp("timestamp_millis", "3.1.0", "milliseconds", "SELECT timestamp_millis(1230219000123) = TIMESTAMP '2008-12-25 15:30:00.123Z'", "true", types.MicrosPerMilli),
		seconds,
		zoneShift("to_utc_timestamp", "Reads `timestamp` on the clocks of `timezone` and returns it as of UTC.", "SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')", "2016-08-30 15:00:00", true),
		{
			Name: "unix_date", Group: "datetime_funcs", Since: "3.1.0",
			Usage:    "unix_date(date) - Returns the days since 1970-01-01.",
			Examples: example("SELECT unix_date(DATE('1970-01-02'))", "1"), Traits: pure,
			Overloads: []udfs.Overload{sig(types.IntType, func(c *udfs.Call) error { return Map1(c, func(d int32) int32 { return d }) }, dateT)},
		},
		fromStamp("unix_micros", "microseconds", "SELECT unix_micros(TIMESTAMP('1970-01-01 00:00:01Z'))", "1000000", 1),
		fromStamp("unix_millis", "milliseconds", "SELECT unix_millis(TIMESTAMP('1970-01-01 00:00:01Z'))", "1000", types.MicrosPerMilli),
		fromStamp("unix_seconds", "seconds", "SELECT unix_seconds(TIMESTAMP('1970-01-01 00:00:01Z'))", "1", types.MicrosPerSecond),
	}
}

// zoneIn reads the zone that a column names, remembering the last.
func zoneIn(v *vec.Vec) func(i int) (*time.Location, error) {
	name, zone := "", (*time.Location)(nil)
	return func(i int) (*time.Location, error) {
		if s := v.Str(i); zone == nil || s != name {
			z, ok := types.LoadZone(s)
			if !ok {
				return nil, badZone(strings.Clone(s))
			}
			name, zone = strings.Clone(s), z
		}
		return zone, nil
	}
}

func convertZone(c *udfs.Call, ts *vec.Vec, from, to func(i int) (*time.Location, error)) error {
	in, out := vec.Values[int64](ts), vec.Values[int64](c.Out)
	return live(c, func(i int) error {
		a, err := from(i)
		if err != nil {
			return err
		}
		b, err := to(i)
		if err != nil {
			return err
		}
		out[i] = types.ToLocal(types.FromLocal(in[i], a), b)
		return nil
	})
}

func zoneShift(name, usage, sql, out string, toUTC bool) udfs.Def {
	return udfs.Def{Name: name, Group: "datetime_funcs", Since: "1.5.0", Usage: name + "(timestamp, timezone) - " + usage, Examples: example(sql, out), Traits: partial,
		Overloads: []udfs.Overload{sig(timestampT, func(c *udfs.Call) error {
			in, res, zone := vec.Values[int64](c.In[0]), vec.Values[int64](c.Out), zoneIn(c.In[1])
			return live(c, func(i int) error {
				z, err := zone(i)
				if err != nil {
					return err
				}
				if toUTC {
					res[i] = types.FromLocal(in[i], z)
				} else {
					res[i] = types.ToLocal(in[i], z)
				}
				return nil
			})
		}, timestampT, str)}}
}

// secondsResolve types timestamp_seconds: integers, decimals (of at most six digits behind the point) and
// floating-point numbers, of which NaN and infinities give NULL.
func secondsResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t := args[0].Type
	switch {
	case t.IsIntegral() || t.Kind() == types.Null:
		return bind(timestampT, func(c *udfs.Call) error {
			return MapErr1(c, func(n int64) (int64, error) {
				if n > math.MaxInt64/types.MicrosPerSecond || n < math.MinInt64/types.MicrosPerSecond {
					return 0, overflow("long overflow", "")
				}
				return n * types.MicrosPerSecond, nil
			})
		}, types.BigIntType), nil
	case t.Kind() == types.Decimal:
		return bind(timestampT, func(c *udfs.Call) error {
			out := vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				v := c.In[0].Decimal(i)
				r, ok := v.Rescale(t.Scale(), 6)
				if back, _ := r.Rescale(6, max(t.Scale(), 6)); ok && t.Scale() > 6 && back.Cmp(v) != 0 {
					return overflow("Rounding necessary", "")
				}
				n, fits := r.Int64()
				if out[i] = n; !ok || !fits {
					return overflow("Overflow", "")
				}
				return nil
			})
		}, t), nil
	case t.Kind() == types.Float || t.Kind() == types.Double:
		return nullable(bind(timestampT, func(c *udfs.Call) error {
			return MapNull1(c, func(x float64) (int64, bool) {
				return int64(x * types.MicrosPerSecond), !math.IsNaN(x) && !math.IsInf(x, 0)
			})
		}, types.DoubleType)), nil
	}
	return udfs.Binding{}, unexpected(ctx, args, 0, `"NUMERIC"`)
}
