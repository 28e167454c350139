package functions

import (
	"strings"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// dateField is a part of a date.
type dateField struct {
	name                   string
	results                int // how many there are; 0: no bound
	since, usage, sql, out string
	aliases                []string
	of                     func(days int64) int32
}

// dateFields are the parts of a date that have a function of their own.
var dateFields = []dateField{
	{"dayofmonth", 31, "1.5.0", "Returns the day of the month of `date`, 1 to 31.", "SELECT dayofmonth('2009-07-30')", "30", []string{"day"},
		func(d int64) int32 { _, _, day := types.Civil(d); return int32(day) }},
	{"dayofweek", 7, "2.3.0", "Returns the day of the week of `date`: 1 is Sunday, 7 Saturday.", "SELECT dayofweek('2009-07-30')", "5", nil,
		func(d int64) int32 { return int32(types.FloorMod(d+4, 7)) + 1 }},
	{"dayofyear", 366, "1.5.0", "Returns the day of the year of `date`, 1 to 366.", "SELECT dayofyear('2016-04-09')", "100", nil, dayOfYear},
	{"month", 12, "1.5.0", "Returns the month of `date`, 1 to 12.", "SELECT month('2016-07-30')", "7", nil,
		func(d int64) int32 { _, m, _ := types.Civil(d); return int32(m) }},
	{"quarter", 4, "1.5.0", "Returns the quarter of `date`, 1 to 4.", "SELECT quarter('2016-08-31')", "3", nil,
		func(d int64) int32 { _, m, _ := types.Civil(d); return int32(m-1)/3 + 1 }},
	{"weekday", 7, "2.4.0", "Returns the day of the week of `date`: 0 is Monday, 6 Sunday.", "SELECT weekday('2009-07-30')", "3", nil,
		func(d int64) int32 { return int32(types.FloorMod(d+3, 7)) }},
	{"weekofyear", 53, "1.5.0", "Returns the ISO week of `date`, 1 to 53.", "SELECT weekofyear('2008-02-20')", "8", nil,
		func(d int64) int32 { _, w := isoWeek(d); return int32(w) }},
	{"year", 0, "1.5.0", "Returns the year of `date`.", "SELECT year('2016-07-30')", "2016", nil,
		func(d int64) int32 { y, _, _ := types.Civil(d); return int32(y) }},
}

func dayOfYear(d int64) int32 {
	y, _, _ := types.Civil(d)
	return int32(d-types.DaysOf(y, 1, 1)) + 1
}

// isoWeek is the week-based year and the week of a day: weeks begin on Monday, week 1 has the year's first Thursday.
func isoWeek(d int64) (year, week int) {
	thursday := d - types.FloorMod(d+3, 7) + 3
	year, _, _ = types.Civil(thursday)
	return year, int(thursday-types.DaysOf(year, 1, 1))/7 + 1
}

// clockField is a part of a time of day, given in microseconds.
type clockField struct {
	name            string
	results         int
	usage, sql, out string
	of              func(tod int64) int32
}

var clockFields = []clockField{
	{"hour", 24, "Returns the hour of `timestamp`, 0 to 23.", "SELECT hour('2009-07-30 12:58:59')", "12", func(t int64) int32 { return int32(t / types.MicrosPerHour) }},
	{"minute", 60, "Returns the minute of `timestamp`, 0 to 59.", "SELECT minute('2009-07-30 12:58:59')", "58", func(t int64) int32 { return int32(t / types.MicrosPerMinute % 60) }},
	{"second", 60, "Returns the second of `timestamp`, 0 to 59.", "SELECT second('2009-07-30 12:58:59')", "59", func(t int64) int32 { return int32(t / types.MicrosPerSecond % 60) }},
}

// datetimeFieldFunctions take dates and timestamps apart.
func datetimeFieldFunctions() []udfs.Def {
	var defs []udfs.Def
	for _, f := range dateFields {
		defs = append(defs, udfs.Def{
			Name: f.name, Results: f.results, Aliases: f.aliases, Group: "datetime_funcs", Since: f.since, Usage: f.name + "(date) - " + f.usage,
			Examples: example(f.sql, f.out), Traits: pure, MinArgs: 1, MaxArgs: 1,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return dateFieldBinding(ctx, args, 0, f.of)
			},
		})
	}
	for _, f := range clockFields {
		defs = append(defs, udfs.Def{
			Name: f.name, Results: f.results, Group: "datetime_funcs", Since: "1.5.0", Usage: f.name + "(timestamp) - " + f.usage,
			Examples: example(f.sql, f.out), Traits: pure, MinArgs: 1, MaxArgs: 1,
			Resolve: func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return clockBinding(ctx, args, 0, f.of)
			},
		})
	}
	return append(defs, extractDef("date_part", "3.0.0"), extractDef("datepart", "3.4.0"), extractDef("extract", "3.0.0"),
		nameDef("dayname", 7, "4.0.0", "Returns the name of the day of the week, in three letters.", "SELECT dayname(DATE '2008-02-20')", "Wed",
			func(d int64) string { return time.Weekday(types.FloorMod(d+4, 7)).String()[:3] }),
		nameDef("monthname", 12, "4.0.0", "Returns the name of the month, in three letters.", "SELECT monthname('2008-02-20')", "Feb",
			func(d int64) string { _, m, _ := types.Civil(d); return time.Month(m).String()[:3] }))
}

func nameDef(name string, results int, since, usage, sql, out string, f func(d int64) string) udfs.Def {
	return udfs.Def{Name: name, Results: results, Group: "datetime_funcs", Since: since, Usage: name + "(date) - " + usage, Examples: example(sql, out), Traits: pure,
		Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
			return StrFrom1(c, func(d int32) string { return f(int64(d)) })
		}, dateT)}}
}

// dateFieldBinding reads a part of the date of argument at: of a timestamp, without a cast before it.
func dateFieldBinding(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, at int, of func(days int64) int32) (udfs.Binding, error) {
	if t := args[at].Type; isStamp(t) {
		return udfs.Binding{In: prefixTypes(args, at, t), Out: types.IntType, New: func(env *udfs.Env) (udfs.Kernel, error) {
			clock := clockFor(env, t)
			return func(c *udfs.Call) error {
				in, out := vec.Values[int64](c.In[at]), vec.Values[int32](c.Out)
				return live(c, func(i int) error {
					out[i] = of(types.FloorDiv(clock.Local(in[i]), types.MicrosPerDay))
					return nil
				})
			}, nil
		}}, nil
	}
	if _, err := accept(ctx, args, at, dateT); err != nil {
		return udfs.Binding{}, err
	}
	return bind(types.IntType, func(c *udfs.Call) error {
		in, out := vec.Values[int32](c.In[at]), vec.Values[int32](c.Out)
		return live(c, func(i int) error {
			out[i] = of(int64(in[i]))
			return nil
		})
	}, prefixTypes(args, at, dateT)...), nil
}

// prefixTypes are the arguments' own types before place at, which has type t.
func prefixTypes(args []udfs.ArgInfo, at int, t types.Type) []types.Type {
	return append(argTypes(args[:at]), t)
}

// stampOf is the timestamp type that argument at has or is cast to.
func stampOf(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, at int) (types.Type, error) {
	return accept(ctx, args, at, timestampT, ntzT)
}

func clockBinding(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, at int, of func(tod int64) int32) (udfs.Binding, error) {
	t, err := stampOf(ctx, args, at)
	if err != nil {
		return udfs.Binding{}, err
	}
	return udfs.Binding{In: prefixTypes(args, at, t), Out: types.IntType, New: func(env *udfs.Env) (udfs.Kernel, error) {
		clock := clockFor(env, t)
		return func(c *udfs.Call) error {
			in, out := vec.Values[int64](c.In[at]), vec.Values[int32](c.Out)
			return live(c, func(i int) error {
				out[i] = of(types.FloorMod(clock.Local(in[i]), types.MicrosPerDay))
				return nil
			})
		}, nil
	}}, nil
}

// extractFields maps the words for a part to the function that reads it.
var extractFields = map[string][]string{
	"year": {"YEAR", "Y", "YEARS", "YR", "YRS"}, "yearofweek": {"YEAROFWEEK"}, "quarter": {"QUARTER", "QTR"},
	"month": {"MONTH", "MON", "MONS", "MONTHS"}, "weekofyear": {"WEEK", "W", "WEEKS"}, "dayofmonth": {"DAY", "D", "DAYS"},
	"dayofweek": {"DAYOFWEEK", "DOW"}, "dayofweek_iso": {"DAYOFWEEK_ISO", "DOW_ISO"}, "dayofyear": {"DOY"},
	"hour": {"HOUR", "H", "HOURS", "HR", "HRS"}, "minute": {"MINUTE", "M", "MIN", "MINS", "MINUTES"},
	"second": {"SECOND", "S", "SEC", "SECONDS", "SECS"},
}

func extractDef(name, since string) udfs.Def {
	return udfs.Def{
		Name: name, Group: "datetime_funcs", Since: since,
		Usage:    name + "(field, source) - Returns the part `field` of a date, a timestamp or an interval: YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DOY, HOUR, MINUTE, SECOND and others.",
		Examples: example("SELECT "+strings.Replace(name+"('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')", "extract('YEAR', ", "extract(YEAR FROM ", 1), "2019"),
		Traits:   pure, MinArgs: 2, MaxArgs: 2, Resolve: extractResolve,
		Pretty: func(args []string) string {
			if name == "extract" {
				return "extract(" + args[0] + " FROM " + args[1] + ")"
			}
			return name + "(" + args[0] + ", " + args[1] + ")"
		},
	}
}

func extractResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if !args[0].Const {
		return udfs.Binding{}, errs.New(ctx.Env.Pos, "NON_FOLDABLE_ARGUMENT", "funcName", routine(ctx.Name), "paramName", "`field`", "paramType", `"STRING"`)
	}
	word, ok := args[0].Value.(string)
	if !ok {
		return nullable(bind(types.DoubleType, func(c *udfs.Call) error {
			return c.Each(func(i int) error { c.Out.SetNull(i); return nil })
		}, argTypes(args)...)), nil
	}
	src := args[1].Type
	field := ""
	for f, words := range extractFields {
		for _, w := range words {
			if strings.EqualFold(w, word) {
				field = f
			}
		}
	}
	var b udfs.Binding
	var err error
	switch {
	case src.IsInterval() || isCalendar(src):
		b, ok = intervalField(field, src)
	case field == "hour" || field == "minute":
		b, err = clockBinding(ctx, args, 1, clockFields[boolInt(field == "minute")].of)
	case field == "second":
		b, err = secondsBinding(ctx, args)
	case field == "yearofweek":
		b, err = dateFieldBinding(ctx, args, 1, func(d int64) int32 { y, _ := isoWeek(d); return int32(y) })
	case field == "dayofweek_iso":
		b, err = dateFieldBinding(ctx, args, 1, func(d int64) int32 { return int32(types.FloorMod(d+3, 7)) + 1 })
	default:
		ok = false
		for _, f := range dateFields {
			if f.name == field {
				ok = true
				b, err = dateFieldBinding(ctx, args, 1, f.of)
			}
		}
	}
	if !ok {
		return b, errs.New(ctx.Env.Pos, "INVALID_EXTRACT_FIELD", "field", routine(word), "expr", quoted(args[1].SQL))
	}
	return b, err
}

var secondT = types.DecimalOf(8, 6)

// secondsBinding is the second with its fraction, decimal(8,6).
func secondsBinding(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := stampOf(ctx, args, 1)
	if err != nil {
		return udfs.Binding{}, err
	}
	return udfs.Binding{In: []types.Type{args[0].Type, t}, Out: secondT, New: func(env *udfs.Env) (udfs.Kernel, error) {
		clock := clockFor(env, t)
		return func(c *udfs.Call) error {
			in, out := vec.Values[int64](c.In[1]), vec.Values[int64](c.Out)
			return live(c, func(i int) error {
				out[i] = types.FloorMod(clock.Local(in[i]), types.MicrosPerMinute)
				return nil
			})
		}, nil
	}}, nil
}

// intervalField reads a part of an interval; ok is false for parts that its kind has not.
func intervalField(field string, t types.Type) (udfs.Binding, bool) {
	in := []types.Type{str, t}
	part := func(out types.Type, f func(iv types.Interval) int64) (udfs.Binding, bool) {
		return bind(out, func(c *udfs.Call) error {
			read := wholeIntervalReader(c.In[1])
			return live(c, func(i int) error {
				setInteger(c.Out, i, f(read(i)))
				return nil
			})
		}, in...), true
	}
	ym, dt, cal := isYearMonth(t), isDayTime(t), isCalendar(t)
	has := func(f int) bool { return cal || t.From() <= f && f <= t.To() }
	switch {
	case field == "year" && (ym || cal) && has(types.YearField):
		return part(types.IntType, func(iv types.Interval) int64 { return int64(iv.Months / 12) })
	case field == "month" && (ym || cal) && has(types.MonthField):
		return part(types.TinyIntType, func(iv types.Interval) int64 { return int64(iv.Months % 12) })
	case field == "dayofmonth" && (dt || cal) && has(types.DayField):
		return part(types.IntType, func(iv types.Interval) int64 {
			if dt {
				return iv.Micros / types.MicrosPerDay
			}
			return int64(iv.Days)
		})
	case field == "hour" && (dt || cal) && has(types.HourField):
		if cal {
			return part(types.BigIntType, func(iv types.Interval) int64 { return iv.Micros / types.MicrosPerHour })
		}
		return part(types.TinyIntType, func(iv types.Interval) int64 { return iv.Micros % types.MicrosPerDay / types.MicrosPerHour })
	case field == "minute" && (dt || cal) && has(types.MinuteField):
		return part(types.TinyIntType, func(iv types.Interval) int64 { return iv.Micros % types.MicrosPerHour / types.MicrosPerMinute })
	case field == "second" && (dt || cal) && has(types.SecondField):
		return part(secondT, func(iv types.Interval) int64 { return iv.Micros % types.MicrosPerMinute })
	}
	return udfs.Binding{}, false
}

// wholeIntervalReader reads intervals with the days of day-time intervals left in their microseconds.
func wholeIntervalReader(v *vec.Vec) func(i int) types.Interval {
	if v.Type.Kind() == types.DayTimeInterval {
		u := vec.Values[int64](v)
		return func(i int) types.Interval { return types.Interval{Micros: u[i]} }
	}
	return intervalReader(v)
}

// setInteger stores x in a column of any integral type, or unscaled in a narrow decimal.
func setInteger(v *vec.Vec, i int, x int64) {
	switch v.Type.Width() {
	case 1:
		vec.Values[int8](v)[i] = int8(x)
	case 2:
		vec.Values[int16](v)[i] = int16(x)
	case 4:
		vec.Values[int32](v)[i] = int32(x)
	default:
		vec.Values[int64](v)[i] = x
	}
}
