package functions

import (
	"math"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// The kernels of + and - on dates and timestamps, used by the operators and by the functions that do the
// same. at is the place of the datetime among the arguments, x that of what is added; sign is 1 or -1.

// datetimeOverflow is Spark's error for a result beyond the range of its type.
func datetimeOverflow(operation string) error {
	return errs.New(errs.Pos{}, "DATETIME_OVERFLOW", "operation", operation)
}

func asDate(days int64) (int32, error) {
	if days > math.MaxInt32 || days < math.MinInt32 {
		return 0, datetimeOverflow("the date is out of range")
	}
	return int32(days), nil
}

// addDays adds int days to a date.
func addDays(at, x int, sign int64) udfs.Kernel {
	return func(c *udfs.Call) error {
		d, n, out := vec.Values[int32](c.In[at]), vec.Values[int32](c.In[x]), vec.Values[int32](c.Out)
		return live(c, func(i int) (err error) {
			out[i], err = asDate(int64(d[i]) + sign*int64(n[i]))
			return err
		})
	}
}

// addDayInterval adds a day-time interval of whole days to a date.
func addDayInterval(at, x int, sign int64) udfs.Kernel {
	return func(c *udfs.Call) error {
		d, n, out := vec.Values[int32](c.In[at]), vec.Values[int64](c.In[x]), vec.Values[int32](c.Out)
		return live(c, func(i int) (err error) {
			out[i], err = asDate(int64(d[i]) + sign*(n[i]/types.MicrosPerDay))
			return err
		})
	}
}

// addDateMonths adds months, an int or a year-month interval, to a date.
func addDateMonths(at, x int, sign int64) udfs.Kernel {
	return func(c *udfs.Call) error {
		d, n, out := vec.Values[int32](c.In[at]), vec.Values[int32](c.In[x]), vec.Values[int32](c.Out)
		return live(c, func(i int) (err error) {
			out[i], err = asDate(types.AddMonths(int64(d[i]), sign*int64(n[i])))
			return err
		})
	}
}

// addDateCalendar adds a calendar interval without a time to a date.
func addDateCalendar(at, x int, sign int64) udfs.Kernel {
	return func(c *udfs.Call) error {
		d, n, out := vec.Values[int32](c.In[at]), vec.Values[types.Interval](c.In[x]), vec.Values[int32](c.Out)
		return live(c, func(i int) (err error) {
			iv := n[i]
			if iv.Micros != 0 && c.Env.ANSI {
				return errs.New(c.Env.Pos, "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION", "ansiConfig", ansiConfig)
			}
			days := types.AddMonths(int64(d[i]), sign*int64(iv.Months)) + sign*int64(iv.Days)
			out[i], err = asDate(days + types.FloorDiv(sign*iv.Micros, types.MicrosPerDay))
			return err
		})
	}
}

// addInterval adds an interval of any kind to a timestamp of type stamp: months and days on the clocks of
// the session, the rest as time that passes. Where the result is text, the timestamp is written out.
func addInterval(at, x int, stamp types.Type, sign int64) udfs.Kernel {
	return func(c *udfs.Call) error {
		zone := time.UTC
		if stamp.Kind() == types.Timestamp && c.Env.Zone != nil {
			zone = c.Env.Zone
		}
		in := vec.Values[int64](c.In[at])
		read := intervalReader(c.In[x])
		text := c.Out.Type.IsString()
		return live(c, func(i int) error {
			iv := read(i)
			r, ok := shift(in[i], sign*int64(iv.Months), sign*int64(iv.Days), iv.Micros, sign, zone)
			if !ok {
				return datetimeOverflow("the timestamp is out of range")
			}
			if text {
				c.Out.SetStr(i, types.FormatTimestamp(r, zone))
			} else {
				vec.Values[int64](c.Out)[i] = r
			}
			return nil
		})
	}
}

// intervalReader reads a column of intervals of any kind as calendar intervals.
func intervalReader(v *vec.Vec) func(i int) types.Interval {
	switch v.Type.Kind() {
	case types.YearMonthInterval:
		m := vec.Values[int32](v)
		return func(i int) types.Interval { return types.Interval{Months: m[i]} }
	case types.DayTimeInterval:
		u := vec.Values[int64](v)
		return func(i int) types.Interval {
			return types.Interval{Days: int32(u[i] / types.MicrosPerDay), Micros: u[i] % types.MicrosPerDay}
		}
	}
	iv := vec.Values[types.Interval](v)
	return func(i int) types.Interval { return iv[i] }
}

// shift moves an instant by months, then days, on the clocks of zone, then by sign*micros; ok is false on overflow.
func shift(ts, months, days, micros, sign int64, zone *time.Location) (int64, bool) {
	if months != 0 || days != 0 {
		local := types.ToLocal(ts, zone)
		day, tod := types.FloorDiv(local, types.MicrosPerDay), types.FloorMod(local, types.MicrosPerDay)
		if months != 0 {
			day = types.AddMonths(day, months)
		}
		day += days
		if day > 106751990 || day < -106751990 {
			return 0, false
		}
		moved := day*types.MicrosPerDay + tod
		if kept := ts + moved - local; types.ToLocal(kept, zone) == moved {
			ts = kept // of a reading that occurs twice, the one with the offset it had
		} else {
			ts = types.FromLocal(moved, zone)
		}
	}
	return addWide(ts, micros, sign)
}
