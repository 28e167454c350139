package functions

import (
	"math"
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// shown is a Pretty that shows a function under one name, whatever it was called by.
func shown(name string) func([]string) string {
	return func(args []string) string { return name + "(" + strings.Join(args, ", ") + ")" }
}

// datetimeAddFunctions move dates and timestamps and measure what lies between them.
func datetimeAddFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "add_months", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "add_months(start_date, num_months) - Returns the date `num_months` later; a day that the month lacks becomes its last.",
			Examples: example("SELECT add_months('2016-08-31', 1)", "2016-09-30"), Traits: partial,
			Overloads: []udfs.Overload{sig(dateT, addDateMonths(0, 1, 1), dateT, types.IntType)},
		},
		{
			Name: "date_add", Aliases: []string{"dateadd"}, Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "date_add(start_date, num_days) - Returns the date `num_days` later.",
			Examples: example("SELECT date_add('2016-07-30', 1)", "2016-07-31"), Traits: partial, MinArgs: 2, MaxArgs: 3,
			Resolve: daysResolve(1), Pretty: shown("date_add"),
		},
		{
			Name: "date_sub", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "date_sub(start_date, num_days) - Returns the date `num_days` earlier.",
			Examples: example("SELECT date_sub('2016-07-30', 1)", "2016-07-29"), Traits: partial, MinArgs: 2, MaxArgs: 2,
			Resolve: daysResolve(-1),
		},
		{
			Name: "datediff", Aliases: []string{"date_diff"}, Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "datediff(endDate, startDate) - Returns the number of days from `startDate` to `endDate`.",
			Examples: example("SELECT datediff('2009-07-31', '2009-07-30')", "1"), Traits: pure, MinArgs: 2, MaxArgs: 3,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				if err := noQuotedUnit(ctx, args); err != nil {
					return udfs.Binding{}, err
				}
				for i := range 2 {
					if _, err := accept(ctx, args, i, dateT); err != nil {
						return udfs.Binding{}, err
					}
				}
				return bind(types.IntType, func(c *udfs.Call) error {
					return Map2(c, func(a, b int32) int32 { return a - b })
				}, dateT, dateT), nil
			},
		},
		{
			Name: "last_day", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "last_day(date) - Returns the last day of the month of `date`.",
			Examples: example("SELECT last_day('2009-01-12')", "2009-01-31"), Traits: pure,
			Overloads: []udfs.Overload{sig(dateT, func(c *udfs.Call) error {
				return Map1(c, func(d int32) int32 {
					y, m, _ := types.Civil(int64(d))
					return int32(types.DaysOf(y, m, types.DaysInMonth(y, m)))
				})
			}, dateT)},
		},
		{
			Name: "months_between", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "months_between(timestamp1, timestamp2[, roundOff]) - Returns the months from `timestamp2` to `timestamp1`: whole where both have the same day of the month or its last, else with a fraction of 31 days; rounded to 8 digits unless `roundOff` is false.",
			Args:     []udfs.Arg{param("timestamp1", "end"), param("timestamp2", "start"), optional("roundOff", "to 8 digits", true)},
			Examples: example("SELECT months_between('1997-02-28 10:30:00', '1996-10-30')", "3.94959677"), Traits: pure,
			Overloads: []udfs.Overload{{In: []types.Type{timestampT, timestampT, types.BooleanType}, Out: types.DoubleType,
				New: func(env *udfs.Env) (udfs.Kernel, error) {
					a, b := clockFor(env, timestampT), clockFor(env, timestampT)
					return func(c *udfs.Call) error {
						x, y, round, out := vec.Values[int64](c.In[0]), vec.Values[int64](c.In[1]), vec.Values[bool](c.In[2]), vec.Values[float64](c.Out)
						return live(c, func(i int) error {
							out[i] = monthsBetween(a.Local(x[i]), b.Local(y[i]), round[i])
							return nil
						})
					}, nil
				}}},
		},
		{
			Name: "next_day", Group: "datetime_funcs", Since: "1.5.0",
			Usage:    "next_day(start_date, day_of_week) - Returns the first date later than `start_date` that is the named day of the week.",
			Examples: example("SELECT next_day('2015-01-14', 'TU')", "2015-01-20"), Traits: partial | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{dateT, str}, Out: dateT, Nullable: true, Kernel: nextDay}},
		},
		{
			Name: "timestampadd", Group: "datetime_funcs", Since: "3.3.0",
			Usage:    "timestampadd(unit, quantity, timestamp) - Returns `timestamp` moved by a quantity of units of time.",
			Examples: example("SELECT timestampadd(HOUR, 8, TIMESTAMP_NTZ '2022-02-11 20:30:00')", "2022-02-12 04:30:00"),
			Traits:   partial, MinArgs: 3, MaxArgs: 3, Resolve: timestampAdd,
		},
		{
			Name: "timestampdiff", Group: "datetime_funcs", Since: "3.3.0",
			Usage:    "timestampdiff(unit, start, end) - Returns the number of whole units of time from `start` to `end`.",
			Examples: example("SELECT timestampdiff(HOUR, TIMESTAMP_NTZ '2022-02-11 20:30:00', TIMESTAMP_NTZ '2022-02-12 04:30:00')", "8"),
			Traits:   partial, MinArgs: 3, MaxArgs: 3, Resolve: timestampDiff,
		},
	}
}

// noQuotedUnit refuses a call with three arguments, whose unit was written as a string.
func noQuotedUnit(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) error {
	if len(args) < 3 {
		return nil
	}
	return errs.New(ctx.Env.Pos, "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "functionName", routine(ctx.Name), "parameter", "`unit`", "invalidValue", "'"+args[0].SQL+"'")
}

func daysResolve(sign int64) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		if err := noQuotedUnit(ctx, args); err != nil {
			return udfs.Binding{}, err
		}
		if _, err := accept(ctx, args, 0, dateT); err != nil {
			return udfs.Binding{}, err
		}
		if args[1].Type.IsString() && !ctx.Env.ANSI {
			if !args[1].Const {
				return udfs.Binding{}, unexpected(ctx, args, 1, `("INT" or "SMALLINT" or "TINYINT")`)
			}
			if s, ok := args[1].Value.(string); ok {
				if _, err := strconv.ParseInt(types.TrimSpaceControl(s), 10, 32); err != nil {
					return udfs.Binding{}, errs.New(ctx.Env.Pos, "SECOND_FUNCTION_ARGUMENT_NOT_INTEGER", "functionName", ctx.Name)
				}
			}
		}
		switch k := args[1].Type.Kind(); {
		case k == types.Int || k == types.SmallInt || k == types.TinyInt || k == types.Null || args[1].Type.IsString():
		default:
			return udfs.Binding{}, unexpected(ctx, args, 1, `("INT" or "SMALLINT" or "TINYINT")`)
		}
		return bind(dateT, addDays(0, 1, sign), dateT, types.IntType), nil
	}
}

func monthsBetween(a, b int64, round bool) float64 {
	da, db := types.FloorDiv(a, types.MicrosPerDay), types.FloorDiv(b, types.MicrosPerDay)
	ya, ma, dayA := types.Civil(da)
	yb, mb, dayB := types.Civil(db)
	months := float64((ya-yb)*12 + ma - mb)
	if dayA == dayB || dayA == types.DaysInMonth(ya, ma) && dayB == types.DaysInMonth(yb, mb) {
		return months
	}
	secs := types.FloorMod(a, types.MicrosPerDay)/types.MicrosPerSecond - types.FloorMod(b, types.MicrosPerDay)/types.MicrosPerSecond +
		int64(dayA-dayB)*86400
	diff := months + float64(secs)/(31*86400)
	if round {
		return math.Floor(diff*1e8+0.5) / 1e8
	}
	return diff
}

// weekdays are the names of days, by the day of 1970-01-01 (a Thursday) from 0.
var weekdays = map[string]int64{
	"TH": 0, "THU": 0, "THURSDAY": 0, "FR": 1, "FRI": 1, "FRIDAY": 1, "SA": 2, "SAT": 2, "SATURDAY": 2, "SU": 3, "SUN": 3, "SUNDAY": 3,
	"MO": 4, "MON": 4, "MONDAY": 4, "TU": 5, "TUE": 5, "TUESDAY": 5, "WE": 6, "WED": 6, "WEDNESDAY": 6,
}

func nextDay(c *udfs.Call) error {
	d, out := vec.Values[int32](c.In[0]), vec.Values[int32](c.Out)
	return live(c, func(i int) error {
		w, ok := weekdays[strings.ToUpper(strings.TrimSpace(c.In[1].Str(i)))]
		switch {
		case ok:
			out[i] = int32(int64(d[i]) + 1 + types.FloorMod(w-1-int64(d[i]), 7))
		case c.Env.ANSI:
			return errs.New(c.Env.Pos, "ILLEGAL_DAY_OF_WEEK", "string", c.In[1].Str(i))
		default:
			c.Out.SetNull(i)
		}
		return nil
	})
}

// timeUnits are the units of timestampadd and timestampdiff: months, days or microseconds each.
var timeUnits = map[string]types.Interval{
	"YEAR": {Months: 12}, "QUARTER": {Months: 3}, "MONTH": {Months: 1}, "WEEK": {Days: 7}, "DAY": {Days: 1}, "DAYOFYEAR": {Days: 1},
	"HOUR": {Micros: types.MicrosPerHour}, "MINUTE": {Micros: types.MicrosPerMinute}, "SECOND": {Micros: types.MicrosPerSecond},
	"MILLISECOND": {Micros: types.MicrosPerMilli}, "MICROSECOND": {Micros: 1},
}

// unitOf reads the unit, which the parser gives as a string constant.
func unitOf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (types.Interval, error) {
	word, _ := args[0].Value.(string)
	u, ok := timeUnits[strings.ToUpper(word)]
	if !ok {
		return u, errs.New(ctx.Env.Pos, "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "functionName", routine(ctx.Name), "parameter", "`unit`", "invalidValue", "'"+args[0].SQL+"'")
	}
	return u, nil
}

func timestampAdd(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	unit, err := unitOf(ctx, args)
	if err != nil {
		return udfs.Binding{}, err
	}
	t, err := stampOf(ctx, args, 2)
	if err != nil {
		return udfs.Binding{}, err
	}
	q, err := accept(ctx, args, 1, types.BigIntType)
	if err != nil {
		return udfs.Binding{}, err
	}
	word := strings.ToUpper(args[0].Value.(string))
	return udfs.Binding{In: []types.Type{str, q, t}, Out: t, New: func(env *udfs.Env) (udfs.Kernel, error) {
		zone := clockFor(env, t).Loc
		return func(c *udfs.Call) error {
			n, ts, out := vec.Values[int64](c.In[1]), vec.Values[int64](c.In[2]), vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				micros, fits := types.FromInt64(n[i]).MulOverflow(types.FromInt64(unit.Micros))
				u, ok := micros.Int64()
				var r int64
				const limit = 1 << 40
				if ok && fits && n[i] < limit && n[i] > -limit || unit.Micros == 1 {
					r, ok = shift(ts[i], n[i]*int64(unit.Months), n[i]*int64(unit.Days), u, 1, zone)
				} else if unit.Micros == 0 {
					ok = false
				} else if ok {
					r, ok = shift(ts[i], 0, 0, u, 1, zone)
				}
				if !ok {
					return errs.New(c.Env.Pos, "DATETIME_OVERFLOW", "operation", "add "+strconv.FormatInt(n[i], 10)+" "+quoted(word)+" to a timestamp")
				}
				out[i] = r
				return nil
			})
		}, nil
	}}, nil
}

func timestampDiff(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	unit, err := unitOf(ctx, args)
	if err != nil {
		return udfs.Binding{}, err
	}
	t := timestampT
	if args[1].Type.Kind() == types.TimestampNTZ && args[2].Type.Kind() == types.TimestampNTZ {
		t = ntzT
	}
	for i := 1; i <= 2; i++ {
		if _, err := accept(ctx, args, i, t); err != nil {
			return udfs.Binding{}, err
		}
	}
	return udfs.Binding{In: []types.Type{str, t, t}, Out: types.BigIntType, New: func(env *udfs.Env) (udfs.Kernel, error) {
		a, b := clockFor(env, t), clockFor(env, t)
		return func(c *udfs.Call) error {
			from, to, out := vec.Values[int64](c.In[1]), vec.Values[int64](c.In[2]), vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				if x, y := a.Local(from[i]), b.Local(to[i]); unit.Months > 0 {
					out[i] = wholeMonths(x, y) / int64(unit.Months)
				} else {
					step := unit.Micros + int64(unit.Days)*types.MicrosPerDay
					out[i] = (y - x) / step
				}
				return nil
			})
		}, nil
	}}, nil
}

// wholeMonths is the number of months that fit between two local timestamps, negative backwards.
func wholeMonths(a, b int64) int64 {
	if b < a {
		return -wholeMonths(b, a)
	}
	da, db := types.FloorDiv(a, types.MicrosPerDay), types.FloorDiv(b, types.MicrosPerDay)
	ya, ma, dayA := types.Civil(da)
	yb, mb, dayB := types.Civil(db)
	n := int64(yb-ya)*12 + int64(mb-ma)
	if dayB < dayA || dayB == dayA && types.FloorMod(b, types.MicrosPerDay) < types.FloorMod(a, types.MicrosPerDay) {
		n--
	}
	return n
}
