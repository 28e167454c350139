package functions

import (
	"math"
	"math/big"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

var (
	oneDay     = types.DayTimeOf(types.DayField, types.DayField)
	dayTime    = types.DayTimeOf(types.DayField, types.SecondField)
	yearMonth  = types.YearMonthOf(types.YearField, types.MonthField)
	dateT      = types.DateType
	timestampT = types.TimestampType
	ntzT       = types.TimestampNTZType
)

// datetimeArithmetic types + - * / on dates, timestamps and intervals.
func datetimeArithmetic(ctx *udfs.ResolveCtx, op arithmetic, args []udfs.ArgInfo, try bool) (udfs.Binding, error) {
	d := datetimeOp{ctx: ctx, op: op, args: args, try: try, a: args[0].Type, b: args[1].Type}
	var b udfs.Binding
	var err error
	switch op.name {
	case "+":
		b, err = d.add()
	case "-":
		b, err = d.subtract()
	case "*", "/":
		b, err = d.scale()
	default:
		err = d.refuse()
	}
	if err == nil && try {
		b = nullOnError(b)
	}
	return b, err
}

// nullOnError makes the kernel of a try_ function: a row that fails is NULL.
func nullOnError(b udfs.Binding) udfs.Binding {
	inner := b.New
	b.Nullable = true
	b.New = func(env *udfs.Env) (udfs.Kernel, error) {
		k, err := inner(env)
		if err != nil {
			return nil, err
		}
		one := make([]int32, 1)
		return func(c *udfs.Call) error {
			return c.Each(func(i int) error {
				sub := *c
				one[0], sub.Sel = int32(i), one
				if err := k(&sub); err != nil {
					c.Out.SetNull(i)
				}
				return nil
			})
		}, nil
	}
	return b
}

type datetimeOp struct {
	ctx  *udfs.ResolveCtx
	op   arithmetic
	args []udfs.ArgInfo
	try  bool
	a, b types.Type
}

func isDayTime(t types.Type) bool   { return t.Kind() == types.DayTimeInterval }
func isYearMonth(t types.Type) bool { return t.Kind() == types.YearMonthInterval }
func isCalendar(t types.Type) bool  { return t.Kind() == types.CalendarInterval }
func isStamp(t types.Type) bool {
	return t.Kind() == types.Timestamp || t.Kind() == types.TimestampNTZ
}

func (d *datetimeOp) refuse() error {
	if d.op.name == "-" {
		for i, t := range []types.Type{d.a, d.b} {
			if other := [...]types.Type{d.b, d.a}[i]; t.IsNumeric() && other.IsDatetime() {
				return unexpected(d.ctx, d.args, i, `"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"`)
			}
		}
	}
	names := map[string]string{"+": "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")"}
	names["-"], names["*"], names["/"], names["%"], names["div"] = names["+"], `"NUMERIC"`, `("DOUBLE" or "DECIMAL")`, `"NUMERIC"`, `("BIGINT" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`
	if t, ok := coercion(d.ctx.Env).PromoteString(d.a, d.b); ok && d.ctx.Env.ANSI {
		d.a, d.b = t, t
	}
	if types.SameType(d.a, d.b) {
		return mismatch(d.ctx, "BINARY_OP_WRONG_TYPE", "inputType", names[d.op.name], "actualDataType", typeParam(d.a))
	}
	return mismatch(d.ctx, "BINARY_OP_DIFF_TYPES", "left", typeParam(d.a), "right", typeParam(d.b))
}

func isNullArg(t types.Type) bool { return t.Kind() == types.Null }

func (d *datetimeOp) add() (udfs.Binding, error) {
	a, b := d.a, d.b
	switch {
	case isYearMonth(a) && (isYearMonth(b) || isNullArg(b)), isYearMonth(b) && isNullArg(a),
		isDayTime(a) && (isDayTime(b) || isNullArg(b)), isDayTime(b) && isNullArg(a),
		isCalendar(a) && (isCalendar(b) || isNullArg(b)), isCalendar(b) && isNullArg(a):
		return d.intervals(1), nil
	case a.Kind() == types.Date || b.Kind() == types.Date:
		return d.addToDate()
	case isStamp(a) && (isYearMonth(b) || isCalendar(b) || isDayTime(b)), a.IsString() && !isYearMonth(b):
		return d.addToStamp(false, 1)
	case isStamp(b) && (isYearMonth(a) || isCalendar(a) || isDayTime(a)), b.IsString() && !isYearMonth(a):
		return d.addToStamp(true, 1)
	case isCalendar(b) || isDayTime(b):
		return udfs.Binding{}, d.noStamp(0, d.args[0].SQL+" + "+d.args[1].SQL)
	case isCalendar(a) || isDayTime(a):
		return udfs.Binding{}, d.noStamp(1, d.args[1].SQL+" + "+d.args[0].SQL)
	}
	return udfs.Binding{}, d.refuse()
}

// noStamp says that an interval is added to something that is no timestamp.
func (d *datetimeOp) noStamp(at int, text string) error {
	return errs.New(d.ctx.Env.Pos, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "sqlExpr", quoted(text), "paramIndex", "first",
		"requiredType", `"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"`, "inputSql", quoted(d.args[at].SQL), "inputType", typeParam(d.args[at].Type))
}

// addToDate types date + x and x + date.
func (d *datetimeOp) addToDate() (udfs.Binding, error) {
	date, x := 0, 1
	if d.a.Kind() != types.Date {
		date, x = 1, 0
	}
	swap, t := date == 1, d.args[x].Type
	switch {
	case isDayTime(t) && t.From() == types.DayField && t.To() == types.DayField:
		b := d.binding(swap, dateT, dateT, oneDay, addDayInterval(date, x, 1))
		b.Pretty = func(s []string) string { return "date_add(" + s[date] + ", extractansiintervaldays(" + s[x] + "))" }
		return b, nil
	case isDayTime(t):
		return d.addToStamp(swap, 1)
	case isYearMonth(t):
		b := d.binding(swap, dateT, dateT, t, addDateMonths(date, x, 1))
		b.Pretty = func(s []string) string { return s[date] + " + " + s[x] }
		return b, nil
	case isCalendar(t):
		b := d.binding(swap, dateT, dateT, t, addDateCalendar(date, x, 1))
		b.Pretty = func(s []string) string { return s[date] + " + " + s[x] }
		return b, nil
	}
	if k := t.Kind(); k != types.Int && k != types.SmallInt && k != types.TinyInt && k != types.Null {
		return udfs.Binding{}, d.noDays("date_add", swap)
	}
	b := d.binding(swap, dateT, dateT, types.IntType, addDays(date, x, 1))
	b.Pretty = func(s []string) string { return "date_add(" + s[date] + ", " + s[x] + ")" }
	return b, nil
}

// noDays says that what is added to a date is no number of days.
func (d *datetimeOp) noDays(function string, swap bool) error {
	l, r := d.args[0], d.args[1]
	if swap && !l.Type.IsString() {
		l, r = r, l
	}
	t := r.Type
	if t.IsString() {
		t = dateT
	}
	return errs.New(d.ctx.Env.Pos, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "sqlExpr", quoted(function+"("+l.SQL+", "+r.SQL+")"),
		"paramIndex", "second", "requiredType", `("INT" or "SMALLINT" or "TINYINT")`, "inputSql", quoted(r.SQL), "inputType", typeParam(t))
}

// binding orders the argument types as written; swap says that the datetime stands second.
func (d *datetimeOp) binding(swap bool, out, date, x types.Type, k udfs.Kernel) udfs.Binding {
	if swap {
		date, x = x, date
	}
	return bind(out, k, date, x)
}

// addToStamp types timestamp (or text, or a date) + interval, and - with sign -1.
func (d *datetimeOp) addToStamp(swap bool, sign int64) (udfs.Binding, error) {
	at, x := 0, 1
	if swap {
		at, x = 1, 0
	}
	t, iv := d.args[at].Type, d.args[x].Type
	stamp, out := t, t
	switch {
	case t.Kind() == types.Date:
		stamp, out = timestampT, timestampT
	case !isStamp(t):
		stamp = timestampT
	}
	if !isDayTime(iv) && !isYearMonth(iv) && !isCalendar(iv) {
		return udfs.Binding{}, d.refuse()
	}
	if isDayTime(iv) {
		iv = dayTime
	}
	b := d.binding(swap, out, stamp, iv, addInterval(at, x, stamp, sign))
	b.Pretty = func(s []string) string {
		if sign < 0 {
			return s[at] + " - " + s[x]
		}
		return s[at] + " + " + s[x]
	}
	return b, nil
}

func (d *datetimeOp) subtract() (udfs.Binding, error) {
	a, b := d.a, d.b
	switch {
	case isYearMonth(a) && (isYearMonth(b) || isNullArg(b)), isYearMonth(b) && isNullArg(a),
		isDayTime(a) && (isDayTime(b) || isNullArg(b)), isDayTime(b) && isNullArg(a),
		isCalendar(a) && (isCalendar(b) || isNullArg(b)), isCalendar(b) && isNullArg(a):
		return d.intervals(-1), nil
	case !d.ctx.Env.ANSI && (isStamp(a) && b.IsString() || isStamp(b) && a.IsString()):
		return udfs.Binding{}, d.noStamp(boolInt(b.IsString()), d.args[0].SQL+" - "+d.args[1].SQL)
	case isStamp(a) && (b.IsDatetime() || b.IsString()), isStamp(b) && (a.IsDatetime() || a.IsString() || isNullArg(a)), isStamp(a) && isNullArg(b):
		return d.subtractStamps(), nil
	case isStamp(a) && (isYearMonth(b) || isDayTime(b) || isCalendar(b)), a.IsString() && (isDayTime(b) || isCalendar(b)):
		return d.addToStamp(false, -1)
	case a.Kind() == types.Date:
		return d.subtractFromDate()
	case b.Kind() == types.Date && (a.IsString() || isNullArg(a)):
		return d.subtractDates(), nil
	case isCalendar(b) || isDayTime(b):
		return udfs.Binding{}, d.noStamp(0, d.args[0].SQL+" + (- "+d.args[1].SQL+")")
	}
	return udfs.Binding{}, d.refuse()
}

func (d *datetimeOp) subtractFromDate() (udfs.Binding, error) {
	t := d.b
	show := func(s []string) string { return s[0] + " - " + s[1] }
	switch {
	case t.IsString() && !d.ctx.Env.ANSI:
		return udfs.Binding{}, d.noDays("date_sub", false)
	case t.Kind() == types.Date || t.IsString():
		return d.subtractDates(), nil
	case isDayTime(t) && t.From() == types.DayField && t.To() == types.DayField:
		b := bind(dateT, addDayInterval(0, 1, -1), dateT, oneDay)
		b.Pretty = func(s []string) string { return "date_add(" + s[0] + ", (- extractansiintervaldays(" + s[1] + ")))" }
		return b, nil
	case isDayTime(t):
		return d.addToStamp(false, -1)
	case isYearMonth(t):
		b := bind(dateT, addDateMonths(0, 1, -1), dateT, t)
		b.Pretty = show
		return b, nil
	case isCalendar(t):
		b := bind(dateT, addDateCalendar(0, 1, -1), dateT, t)
		b.Pretty = show
		return b, nil
	}
	if k := t.Kind(); k != types.Int && k != types.SmallInt && k != types.TinyInt && k != types.Null {
		return udfs.Binding{}, d.noDays("date_sub", false)
	}
	b := bind(dateT, addDays(0, 1, -1), dateT, types.IntType)
	b.Pretty = func(s []string) string { return "date_sub(" + s[0] + ", " + s[1] + ")" }
	return b, nil
}

func (d *datetimeOp) subtractDates() udfs.Binding {
	if d.oldIntervals() {
		return bind(types.CalendarType, func(c *udfs.Call) error {
			return Map2(c, func(a, b int32) types.Interval {
				months := wholeMonths(int64(b)*types.MicrosPerDay, int64(a)*types.MicrosPerDay)
				return types.Interval{Months: int32(months), Days: a - int32(types.AddMonths(int64(b), months))}
			})
		}, dateT, dateT)
	}
	return bind(oneDay, func(c *udfs.Call) error {
		return Map2(c, func(a, b int32) int64 { return (int64(a) - int64(b)) * types.MicrosPerDay })
	}, dateT, dateT)
}

// oldIntervals tells whether differences are calendar intervals, as before Spark 3.2.
func (d *datetimeOp) oldIntervals() bool {
	return d.ctx.Env.Conf != nil && d.ctx.Env.Conf("spark.sql.legacy.interval.enabled") == "true"
}

// subtractStamps is the time between two timestamps on the session's clocks.
func (d *datetimeOp) subtractStamps() udfs.Binding {
	t := timestampT
	if d.a.Kind() == types.TimestampNTZ && d.b.Kind() != types.Timestamp || d.b.Kind() == types.TimestampNTZ && d.a.Kind() != types.Timestamp {
		t = ntzT
	}
	if d.oldIntervals() {
		return bind(types.CalendarType, func(c *udfs.Call) error {
			return Map2(c, func(x, y int64) types.Interval { return types.Interval{Micros: x - y} })
		}, t, t)
	}
	return udfs.Binding{In: []types.Type{t, t}, Out: dayTime, New: func(env *udfs.Env) (udfs.Kernel, error) {
		a, b := clockFor(env, t), clockFor(env, t)
		return func(c *udfs.Call) error {
			return Map2(c, func(x, y int64) int64 { return a.Local(x) - b.Local(y) })
		}, nil
	}}
}

// clockFor is the clock on which timestamps of type t are read: the session's, or none of its own.
func clockFor(env *udfs.Env, t types.Type) *types.ZoneClock {
	if t.Kind() == types.TimestampNTZ || env == nil {
		return &types.ZoneClock{Loc: time.UTC}
	}
	return &types.ZoneClock{Loc: env.Zone}
}

func intervalTooLarge(function string) error {
	if function == "" {
		return errs.New(errs.Pos{}, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION")
	}
	return errs.New(errs.Pos{}, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "functionName", routine(function))
}

// intervals types the sum or difference of two intervals of one kind.
func (d *datetimeOp) intervals(sign int64) udfs.Binding {
	t := d.a
	if isNullArg(t) {
		t = d.b
	} else if !isNullArg(d.b) {
		t, _ = types.Coercion{}.Tightest(d.a, d.b)
	}
	try := d.op.try
	var k udfs.Kernel
	switch {
	case isYearMonth(t):
		k = func(c *udfs.Call) error {
			return MapErr2(c, func(a, b int32) (int32, error) {
				r := int64(a) + sign*int64(b)
				if r > math.MaxInt32 || r < math.MinInt32 {
					return 0, intervalTooLarge(try)
				}
				return int32(r), nil
			})
		}
	case isDayTime(t):
		k = func(c *udfs.Call) error {
			return MapErr2(c, func(a, b int64) (int64, error) {
				r, ok := addWide(a, b, sign)
				if !ok {
					return 0, intervalTooLarge(try)
				}
				return r, nil
			})
		}
	default:
		k = func(c *udfs.Call) error {
			return MapErr2(c, func(a, b types.Interval) (types.Interval, error) {
				m, n := int64(a.Months)+sign*int64(b.Months), int64(a.Days)+sign*int64(b.Days)
				u, ok := addWide(a.Micros, b.Micros, sign)
				if !ok || int64(int32(m)) != m || int64(int32(n)) != n {
					return a, intervalTooLarge(try)
				}
				return types.Interval{Months: int32(m), Days: int32(n), Micros: u}, nil
			})
		}
	}
	return bind(t, k, t, t)
}

// addWide is a + sign*b, and whether it fits.
func addWide(a, b, sign int64) (int64, bool) {
	x, y := types.FromInt64(a), types.FromInt64(b)
	if sign < 0 {
		y = y.Neg()
	}
	return x.Add(y).Int64()
}

// scale types interval * number, number * interval and interval / number.
func (d *datetimeOp) scale() (udfs.Binding, error) {
	iv, n := 0, 1
	if !d.a.IsInterval() && !isCalendar(d.a) && d.op.name == "*" {
		iv, n = 1, 0
	}
	t, num := d.args[iv].Type, d.args[n].Type
	if !t.IsInterval() && !isCalendar(t) || !num.IsNumeric() && !num.IsString() && !isNullArg(num) {
		return udfs.Binding{}, d.refuse()
	}
	if num.IsString() || isNullArg(num) || isCalendar(t) {
		num = types.DoubleType
	}
	divide := d.op.name == "/"
	out, k := t, scaleKernel(iv, n, t, num, divide, d.op.try)
	switch {
	case isYearMonth(t):
		out = yearMonth
	case isDayTime(t):
		out = dayTime
	}
	b := d.binding(iv == 1, out, t, num, k)
	name := "multiply_interval"
	if divide {
		name = "divide_interval"
	}
	b.Pretty = func(s []string) string {
		if isCalendar(t) {
			return name + "(" + s[iv] + ", " + s[n] + ")"
		}
		return "(" + s[iv] + " " + d.op.name + " " + s[n] + ")"
	}
	return b, nil
}

func scaleKernel(iv, n int, t, num types.Type, divide bool, try string) udfs.Kernel {
	return func(c *udfs.Call) error {
		return live(c, func(i int) error {
			by, exact := ratOf(c.In[n], i)
			if divide {
				if by == nil && exact == 0 || by != nil && by.Sign() == 0 {
					return errs.New(c.Env.Pos, "INTERVAL_DIVIDED_BY_ZERO")
				}
			}
			if isCalendar(t) {
				r, ok := scaleCalendar(vec.Values[types.Interval](c.In[iv])[i], exact, divide)
				vec.Values[types.Interval](c.Out)[i] = r
				if !ok {
					return intervalTooLarge(try)
				}
				return nil
			}
			if by == nil { // NaN and infinities
				return intervalTooLarge("")
			}
			x := new(big.Rat)
			if isYearMonth(t) {
				x.SetInt64(int64(vec.Values[int32](c.In[iv])[i]))
			} else {
				x.SetInt64(vec.Values[int64](c.In[iv])[i])
			}
			if divide {
				x.Quo(x, by)
			} else {
				x.Mul(x, by)
			}
			r := roundHalfUp(x)
			if isYearMonth(t) {
				if !r.IsInt64() || int64(int32(r.Int64())) != r.Int64() {
					return intervalTooLarge(try)
				}
				vec.Values[int32](c.Out)[i] = int32(r.Int64())
				return nil
			}
			if !r.IsInt64() {
				return intervalTooLarge(try)
			}
			vec.Values[int64](c.Out)[i] = r.Int64()
			return nil
		})
	}
}

// ratOf is a number of any type as a fraction, nil when it is not finite, and as a double.
func ratOf(v *vec.Vec, i int) (*big.Rat, float64) {
	switch x := v.Value(i).(type) {
	case int8:
		return new(big.Rat).SetInt64(int64(x)), float64(x)
	case int16:
		return new(big.Rat).SetInt64(int64(x)), float64(x)
	case int32:
		return new(big.Rat).SetInt64(int64(x)), float64(x)
	case int64:
		return new(big.Rat).SetInt64(x), float64(x)
	case float32:
		return new(big.Rat).SetFloat64(float64(x)), float64(x)
	case float64:
		return new(big.Rat).SetFloat64(x), x
	case types.Int128:
		r := new(big.Rat).SetFrac(x.Big(), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Type.Scale())), nil))
		f, _ := r.Float64()
		return r, f
	}
	return nil, math.NaN()
}

// roundHalfUp rounds to the nearest integer, halves away from zero.
func roundHalfUp(x *big.Rat) *big.Int {
	n := new(big.Int).Abs(x.Num())
	n.Mul(n, big.NewInt(2)).Add(n, x.Denom())
	n.Quo(n, new(big.Int).Mul(x.Denom(), big.NewInt(2)))
	if x.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

// scaleCalendar multiplies or divides a calendar interval; fractions of days go to the time.
func scaleCalendar(iv types.Interval, by float64, divide bool) (types.Interval, bool) {
	f := func(x float64) float64 {
		if divide {
			return x / by
		}
		return x * by
	}
	months := math.Trunc(f(float64(iv.Months)))
	days := f(float64(iv.Days))
	whole := math.Trunc(days)
	micros := math.RoundToEven(f(float64(iv.Micros)) + (days-whole)*types.MicrosPerDay)
	if math.Abs(months) > math.MaxInt32 || math.Abs(whole) > math.MaxInt32 || !(math.Abs(micros) < math.MaxInt64) {
		return iv, false
	}
	return types.Interval{Months: int32(months), Days: int32(whole), Micros: int64(micros)}, true
}
