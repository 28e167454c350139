package functions

import (
	"math"
	"strconv"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// secsT is the type of seconds with their fraction, as the make_ functions take them.
var secsT = types.DecimalOf(16, 6)

// makeFunctions build dates, timestamps and intervals from numbers.
func makeFunctions() []udfs.Def {
	i := types.IntType
	return []udfs.Def{
		{
			Name: "make_date", Group: "datetime_funcs", Since: "3.0.0",
			Usage:    "make_date(year, month, day) - Returns the date of the parts.",
			Examples: example("SELECT make_date(2013, 7, 15)", "2013-07-15"), Traits: partial | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{i, i, i}, Out: dateT, Nullable: false, Kernel: makeDate}},
		},
		{
			Name: "make_dt_interval", Group: "datetime_funcs", Since: "3.2.0",
			Usage:    "make_dt_interval([days[, hours[, mins[, secs]]]]) - Returns the day-time interval of the parts.",
			Examples: example("SELECT make_dt_interval(1, 12, 30, 1.001001)", "1 12:30:01.001001000"), Traits: partial, MinArgs: 0, MaxArgs: 4,
			Resolve: optionalSecs("make_dt_interval", dayTime, 3, makeDayTime),
		},
		{
			Name: "make_interval", Group: "datetime_funcs", Since: "3.0.0",
			Usage:    "make_interval([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]]) - Returns the interval of the parts.",
			Examples: example("SELECT make_interval(100, 11, 1, 1, 12, 30, 1.001001)", "100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds"),
			Traits:   partial, MinArgs: 0, MaxArgs: 7, Resolve: optionalSecs("make_interval", types.CalendarType, 6, makeInterval(raise)),
		},
		stampDef("make_timestamp", "3.0.0", timestampT, false), stampDef("make_timestamp_ltz", "3.4.0", timestampT, false),
		stampDef("make_timestamp_ntz", "3.4.0", ntzT, false),
		{
			Name: "make_ym_interval", Group: "datetime_funcs", Since: "3.2.0",
			Usage:    "make_ym_interval([years[, months]]) - Returns the year-month interval of the parts.",
			Args:     []udfs.Arg{optional("years", "", int32(0)), optional("months", "", int32(0))},
			Examples: example("SELECT make_ym_interval(1, 2)", "1-2"), Traits: partial,
			Overloads: []udfs.Overload{sig(yearMonth, func(c *udfs.Call) error {
				return MapErr2(c, func(y, m int32) (int32, error) {
					if n := int64(y)*12 + int64(m); int64(int32(n)) == n {
						return int32(n), nil
					}
					return 0, intervalTooLarge("")
				})
			}, i, i)},
		},
		{
			Name: "try_make_interval", Group: "datetime_funcs", Since: "4.0.0",
			Usage:    "try_make_interval([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]]) - Returns the interval of the parts, NULL when it is too large.",
			Examples: example("SELECT try_make_interval(2147483647)", "NULL"),
			Traits:   pure | udfs.AlwaysNullable, MinArgs: 0, MaxArgs: 7, Resolve: optionalSecs("try_make_interval", types.CalendarType, 6, makeInterval(null)),
		},
		stampDef("try_make_timestamp", "4.0.0", timestampT, true), stampDef("try_make_timestamp_ltz", "4.0.0", timestampT, true),
		stampDef("try_make_timestamp_ntz", "4.0.0", ntzT, true),
	}
}

// optionalSecs types a function of up to n ints and seconds behind them; missing parts are 0 and shown.
func optionalSecs(name string, out types.Type, n int, f func(parts []int32, secs int64) (any, error)) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		in := make([]types.Type, len(args))
		for i := range args {
			want := types.IntType
			if i == n {
				want = types.DecimalOf(18, 6)
			}
			t, err := accept(ctx, args, i, want)
			if i == n && args[i].Type.IsNumeric() {
				t, err = want, nil
			}
			if err != nil {
				return udfs.Binding{}, err
			}
			in[i] = t
		}
		b := bind(out, func(c *udfs.Call) error {
			parts := make([]int32, n)
			return live(c, func(i int) error {
				secs := int64(0)
				for k := range c.In {
					if k == n {
						secs = vec.Values[int64](c.In[k])[i]
					} else {
						parts[k] = vec.Values[int32](c.In[k])[i]
					}
				}
				x, err := f(parts, secs)
				if err == nil {
					c.Out.Set(i, x)
				}
				return err
			})
		}, in...)
		b.Pretty = func(s []string) string {
			for len(s) < n {
				s = append(s[:len(s):len(s)], "0")
			}
			if len(s) == n {
				s = append(s[:n:n], "0.000000")
			}
			return shown(name)(s)
		}
		return b, nil
	}
}

func makeDayTime(p []int32, secs int64) (any, error) {
	r := types.FromInt64(secs)
	for k, unit := range []int64{types.MicrosPerDay, types.MicrosPerHour, types.MicrosPerMinute} {
		m, _ := types.FromInt64(int64(p[k])).MulOverflow(types.FromInt64(unit))
		r = r.Add(m)
	}
	v, ok := r.Int64()
	if !ok {
		return nil, intervalTooLarge("")
	}
	return v, nil
}

func makeInterval(mode onFail) func(p []int32, secs int64) (any, error) {
	return func(p []int32, secs int64) (any, error) {
		months := int64(p[0])*12 + int64(p[1])
		days := int64(p[2])*7 + int64(p[3])
		micros := secs + int64(p[4])*types.MicrosPerHour + int64(p[5])*types.MicrosPerMinute
		if int64(int32(months)) != months || int64(int32(days)) != days {
			if mode == null {
				return nil, nil
			}
			return nil, errs.New(errs.Pos{}, "ARITHMETIC_OVERFLOW", "message", "integer overflow", "alternative", "", "config", ansiConfig)
		}
		return types.Interval{Months: int32(months), Days: int32(days), Micros: micros}, nil
	}
}

// fieldError says that a part of a date or time is out of its range.
func fieldError(field, valid string, v int) error {
	return errs.New(errs.Pos{}, "DATETIME_FIELD_OUT_OF_BOUNDS", "ansiConfig", ansiConfig,
		"rangeMessage", "Invalid value for "+field+" (valid values "+valid+"): "+strconv.Itoa(v))
}

// checkDate gives the day of the parts.
func checkDate(y, m, d int) (int64, error) {
	switch {
	case y > 999999999 || y < -999999999:
		return 0, fieldError("Year", "-999999999 - 999999999", y)
	case m < 1 || m > 12:
		return 0, fieldError("MonthOfYear", "1 - 12", m)
	case d < 1 || d > 31:
		return 0, fieldError("DayOfMonth", "1 - 28/31", d)
	case d > types.DaysInMonth(y, m):
		text := "Invalid date '" + time.Month(m).String() + " " + strconv.Itoa(d) + "'"
		if m == 2 && d == 29 {
			text = "Invalid date 'February 29' as '" + strconv.Itoa(y) + "' is not a leap year"
		}
		return 0, errs.New(errs.Pos{}, "DATETIME_FIELD_OUT_OF_BOUNDS", "ansiConfig", ansiConfig, "rangeMessage", text)
	}
	return types.DaysOf(y, m, d), nil
}

func makeDate(c *udfs.Call) error {
	y, m, d, out := vec.Values[int32](c.In[0]), vec.Values[int32](c.In[1]), vec.Values[int32](c.In[2]), vec.Values[int32](c.Out)
	return live(c, func(i int) error {
		day, err := checkDate(int(y[i]), int(m[i]), int(d[i]))
		if err == nil && (day > math.MaxInt32 || day < math.MinInt32) {
			err = datetimeOverflow("the date is out of range")
		}
		if out[i] = int32(day); err != nil && !c.Env.ANSI {
			c.Out.SetNull(i)
			return nil
		}
		return err
	})
}

func stampDef(name, since string, t types.Type, try bool) udfs.Def {
	usage := name + "(year, month, day, hour, min, sec[, timezone]) - Returns the timestamp of the parts"
	if t == ntzT {
		usage = name + "(year, month, day, hour, min, sec) - Returns the timestamp of the parts"
	}
	d := udfs.Def{Name: name, Group: "datetime_funcs", Since: since, Usage: usage + ".", Traits: partial, MinArgs: 6, MaxArgs: 7,
		Examples: example("SELECT "+name+"(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887"),
		Resolve:  stampResolve(t, try)}
	if t == ntzT {
		d.MaxArgs = 6
	}
	if try {
		d.Usage, d.Traits = usage+", NULL when they are none.", pure|udfs.AlwaysNullable
	}
	return d
}

func stampResolve(t types.Type, try bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t := t
		if ctx.Name == "make_timestamp" || ctx.Name == "try_make_timestamp" {
			t = defaultStamp(ctx.Env)
		}
		in := repeated(types.IntType, len(args))
		in[5] = secsT
		if len(args) == 7 {
			in[6] = str
		}
		for i := range args {
			if _, err := accept(ctx, args, i, in[i]); err != nil && !(i == 5 && args[i].Type.IsNumeric()) {
				return udfs.Binding{}, err
			}
		}
		b := bind(t, func(c *udfs.Call) error {
			out := vec.Values[int64](c.Out)
			return live(c, func(i int) (err error) {
				if out[i], err = makeStamp(c, i, t); err != nil && (try || !c.Env.ANSI) {
					c.Out.SetNull(i)
					return nil
				}
				return err
			})
		}, in...)
		b.Nullable = try || !ctx.Env.ANSI
		return b, nil
	}
}

// makeStamp builds the timestamp of row i; 60 seconds without a fraction are the next minute.
func makeStamp(c *udfs.Call, i int, t types.Type) (int64, error) {
	part := func(k int) int { return int(vec.Values[int32](c.In[k])[i]) }
	micros := vec.Values[int64](c.In[5])[i]
	sec, frac := micros/types.MicrosPerSecond, micros%types.MicrosPerSecond
	day, err := checkDate(part(0), part(1), part(2))
	if err != nil {
		return 0, err
	}
	h, m := part(3), part(4)
	switch {
	case h < 0 || h > 23:
		return 0, fieldError("HourOfDay", "0 - 23", h)
	case m < 0 || m > 59:
		return 0, fieldError("MinuteOfHour", "0 - 59", m)
	case sec == 60 && frac != 0:
		text := types.FromInt64(micros).DecimalString(6)
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
		return 0, errs.New(c.Env.Pos, "INVALID_FRACTION_OF_SECOND", "secAndMicros", text)
	case micros < 0 || sec > 60:
		return 0, fieldError("SecondOfMinute", "0 - 59", int(sec))
	}
	if day > 106751990 || day < -106751990 {
		return 0, datetimeOverflow("the timestamp is out of range")
	}
	local := day*types.MicrosPerDay + int64(h)*types.MicrosPerHour + int64(m)*types.MicrosPerMinute + micros
	zone := time.UTC
	if t == timestampT {
		if zone = c.Env.Zone; len(c.In) == 7 {
			var ok bool
			if zone, ok = types.LoadZone(c.In[6].Str(i)); !ok {
				return 0, badZone(c.In[6].Str(i))
			}
		}
	}
	return types.FromLocal(local, zone), nil
}

func badZone(name string) error { return errs.New(errs.Pos{}, "INVALID_TIMEZONE", "timeZone", name) }
