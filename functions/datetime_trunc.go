package functions

import (
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// truncLevels are the words of the levels that trunc and date_trunc know.
var truncLevels = map[string]string{
	"YEAR": "year", "YYYY": "year", "YY": "year", "QUARTER": "quarter", "MONTH": "month", "MM": "month", "MON": "month", "WEEK": "week",
	"DAY": "day", "DD": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second", "MILLISECOND": "millisecond", "MICROSECOND": "microsecond",
}

// truncDay cuts a day to a level of at least a week; ok is false for others.
func truncDay(d int64, level string) (day int64, ok bool) {
	y, m, _ := types.Civil(d)
	switch level {
	case "week":
		return d - types.FloorMod(d+3, 7), true
	case "month":
		return types.DaysOf(y, m, 1), true
	case "quarter":
		return types.DaysOf(y, (m-1)/3*3+1, 1), true
	case "year":
		return types.DaysOf(y, 1, 1), true
	}
	return d, false
}

// timeLevels are the lengths of the levels below a day.
var timeLevels = map[string]int64{"hour": types.MicrosPerHour, "minute": types.MicrosPerMinute, "second": types.MicrosPerSecond,
	"millisecond": types.MicrosPerMilli, "microsecond": 1}

func datetimeTruncFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "date_trunc", Group: "datetime_funcs", Since: "2.3.0",
			Usage:    "date_trunc(fmt, ts) - Returns `ts` cut to the unit `fmt`: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND; NULL for others.",
			Examples: example("SELECT date_trunc('HOUR', '2015-03-05T09:32:05.359')", "2015-03-05 09:00:00"),
			Traits:   pure | udfs.AlwaysNullable, MinArgs: 2, MaxArgs: 2, Resolve: dateTruncResolve,
		},
		{
			Name: "trunc", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "trunc(date, fmt) - Returns `date` cut to the unit `fmt`: YEAR, QUARTER, MONTH or WEEK; NULL for others.",
			Examples: example("SELECT trunc('2019-08-04', 'week')", "2019-07-29"), Traits: pure | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{dateT, str}, Out: dateT, Nullable: true, Kernel: func(c *udfs.Call) error {
				in, out := vec.Values[int32](c.In[0]), vec.Values[int32](c.Out)
				return live(c, func(i int) error {
					d, ok := truncDay(int64(in[i]), truncLevels[strings.ToUpper(c.In[1].Str(i))])
					if out[i] = int32(d); !ok {
						c.Out.SetNull(i)
					}
					return nil
				})
			}}},
		},
	}
}

func dateTruncResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if _, err := accept(ctx, args, 0, str); err != nil {
		return udfs.Binding{}, err
	}
	t, err := stampOf(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	return udfs.Binding{In: []types.Type{str, t}, Out: t, Nullable: true, New: func(env *udfs.Env) (udfs.Kernel, error) {
		clock := clockFor(env, t)
		last, level := "", ""
		return func(c *udfs.Call) error {
			in, out := vec.Values[int64](c.In[1]), vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				if word := c.In[0].Str(i); word != last || level == "" {
					last, level = strings.Clone(word), truncLevels[strings.ToUpper(word)]
				}
				r, ok := truncStamp(in[i], level, clock)
				if out[i] = r; !ok {
					c.Out.SetNull(i)
				}
				return nil
			})
		}, nil
	}}, nil
}

func truncStamp(ts int64, level string, clock *types.ZoneClock) (int64, bool) {
	if level == "" {
		return 0, false
	}
	if unit := timeLevels[level]; unit > 0 && unit <= types.MicrosPerSecond {
		return ts - types.FloorMod(ts, unit), true
	} else if unit > 0 { // within the same offset: zones shift by fractions of an hour too
		local := clock.Local(ts)
		return ts - types.FloorMod(local, unit), true
	}
	day := types.FloorDiv(clock.Local(ts), types.MicrosPerDay)
	if level != "day" {
		day, _ = truncDay(day, level)
	}
	return types.FromLocal(day*types.MicrosPerDay, clock.Loc), true
}
