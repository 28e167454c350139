package functions

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// maxArray is the largest number of elements that a function makes.
const maxArray = 1 << 26

// tooLong says that an array would have more elements than that.
func tooLong(function string, n uint64) error {
	return errs.New(errs.Pos{}, "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION", "functionName", routine(function),
		"numberOfElements", strconv.FormatUint(n, 10), "maxRoundedArrayLength", strconv.Itoa(maxArray))
}

// sequenceResolve types sequence: integers, or dates and timestamps with an interval as the step.
func sequenceResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	bad := func() error {
		return mismatch(ctx, "SEQUENCE_WRONG_INPUT_TYPES", "functionName", routine(ctx.Name), "startType", `("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")`,
			"stepType", `("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")`, "otherStartType", `"INTEGRAL"`)
	}
	t, ok := coercion(ctx.Env).WiderExact(args[0].Type, args[1].Type)
	if !ok {
		return udfs.Binding{}, bad()
	}
	in := []types.Type{t, t}
	switch {
	case t.IsIntegral():
		if len(args) == 3 {
			w, ok := coercion(ctx.Env).WiderExact(t, args[2].Type)
			if !ok || !w.IsIntegral() {
				return udfs.Binding{}, bad()
			}
			t = w
			in = []types.Type{t, t, t}
		}
	case t.IsDatetime():
		if len(args) == 3 {
			s := args[2].Type
			if !s.IsInterval() && !isCalendar(s) && s.Kind() != types.Null && !s.IsString() {
				return udfs.Binding{}, bad()
			}
			if !s.IsInterval() {
				s = types.CalendarType
			}
			in = append(in, s)
		}
	case t.Kind() == types.Null:
		return nullable(bind(types.ArrayOf(types.NullType, true), func(c *udfs.Call) error { return liveRows(c, func(i int) error { c.Out.SetNull(i); return nil }) }, argTypes(args)...)), nil
	default:
		return udfs.Binding{}, bad()
	}
	return udfs.Binding{In: in, Out: types.ArrayOf(t, false), New: func(env *udfs.Env) (udfs.Kernel, error) {
		zone := clockFor(env, t).Loc
		if t == dateT {
			zone = time.UTC
		}
		return boxed(func(a []any) (any, error) {
			if t.IsIntegral() {
				return integerSequence(a)
			}
			return timeSequence(a, zone)
		}), nil
	}}, nil
}

func badSequence(start, stop, step string) error {
	return errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.SEQUENCE", "start", start, "stop", stop, "step", step)
}

func integerSequence(a []any) (any, error) {
	start, stop := toInt64(a[0]), toInt64(a[1])
	step := int64(1)
	switch {
	case len(a) == 3:
		step = toInt64(a[2])
	case stop < start:
		step = -1
	}
	if step == 0 && start != stop || step > 0 && start > stop || step < 0 && start < stop {
		return nil, badSequence(strconv.FormatInt(start, 10), strconv.FormatInt(stop, 10), strconv.FormatInt(step, 10))
	}
	n := uint64(1)
	if step > 0 {
		n += (uint64(stop) - uint64(start)) / uint64(step)
	} else if step < 0 {
		n += (uint64(start) - uint64(stop)) / uint64(-step)
	}
	if n > maxArray {
		return nil, errs.New(errs.Pos{}, "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "functionName", "`sequence`", "parameter", "`length`",
			"numberOfElements", strconv.FormatUint(n, 10), "maxRoundedArrayLength", strconv.Itoa(maxArray))
	}
	out := make([]any, n)
	for i := range out {
		out[i] = likeInt(a[0], start+int64(i)*step)
	}
	return out, nil
}

func toInt64(x any) int64 {
	switch x := x.(type) {
	case int8:
		return int64(x)
	case int16:
		return int64(x)
	case int32:
		return int64(x)
	case int64:
		return x
	}
	return 0
}

// likeInt is v as an integer of the type of x.
func likeInt(x any, v int64) any {
	switch x.(type) {
	case int8:
		return int8(v)
	case int16:
		return int16(v)
	case int32:
		return int32(v)
	}
	return v
}

// timeSequence steps from a date or timestamp by an interval; each element is counted from the start, so that
// ends of months do not creep.
func timeSequence(a []any, zone *time.Location) (any, error) {
	_, isDate := a[0].(int32)
	start, stop := toInt64(a[0]), toInt64(a[1])
	if isDate {
		start, stop = start*types.MicrosPerDay, stop*types.MicrosPerDay
	}
	step := types.Interval{Days: 1}
	if stop < start {
		step.Days = -1
	}
	if len(a) == 3 {
		switch x := a[2].(type) {
		case int32:
			step = types.Interval{Months: x}
		case int64:
			step = types.Interval{Days: int32(x / types.MicrosPerDay), Micros: x % types.MicrosPerDay}
		case types.Interval:
			step = x
		}
	}
	length := int64(step.Months)*28*types.MicrosPerDay + int64(step.Days)*types.MicrosPerDay + step.Micros
	if length == 0 && start != stop || length > 0 && start > stop || length < 0 && start < stop {
		return nil, badSequence(strconv.FormatInt(start, 10), strconv.FormatInt(stop, 10), step.String())
	}
	var out []any
	for n := int64(0); ; n++ {
		micros, _ := types.FromInt64(step.Micros).MulOverflow(types.FromInt64(n))
		m, fits := micros.Int64()
		t, ok := shift(start, n*int64(step.Months), n*int64(step.Days), m, 1, zone)
		if !ok || !fits || length > 0 && t > stop || length < 0 && t < stop {
			break
		}
		if isDate {
			out = append(out, int32(types.FloorDiv(t, types.MicrosPerDay)))
		} else {
			out = append(out, t)
		}
		if length == 0 {
			break
		}
		if len(out) > maxArray {
			return nil, tooLong("sequence", uint64(len(out)))
		}
	}
	return out, nil
}

func shuffleResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := arrayOf(ctx, args, 0)
	if err != nil {
		return udfs.Binding{}, err
	}
	in := []types.Type{t}
	if len(args) == 2 {
		in = append(in, types.BigIntType)
	}
	return udfs.Binding{In: in, Out: t, New: func(env *udfs.Env) (udfs.Kernel, error) {
		seed := uint64(env.Seed)
		if len(args) == 2 {
			seed = uint64(toInt64(args[1].Value))
		}
		r := rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15))
		return boxed(func(a []any) (any, error) {
			list := slices.Clone(a[0].([]any))
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			return list, nil
		}), nil
	}}, nil
}
