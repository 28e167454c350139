package parquet

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/types"
)

const (
	microsPerDay   = 86_400_000_000
	julianEpochDay = 2_440_588      // Julian day number of 1970-01-01
	gregorianStart = int64(-141427) // 1582-10-15, the first day of the Gregorian calendar, in days since 1970
)

// rebase turns days and timestamps of the hybrid Julian and Gregorian calendar, which Spark 2 wrote, into those
// of the proleptic Gregorian one with the same local date and time. A nil rebase changes nothing.
type rebase struct{ zone *time.Location }

// rebaseDates is the rebase that dates and 64-bit timestamps of this file need, nil for none: decided by the
// footer as Spark decides (DataSourceUtils.datetimeRebaseSpec). A file without a version is read as it is.
func (f *File) rebaseDates() *rebase { return f.rebaseSince(3, 0, "org.apache.spark.legacyDateTime") }

func (f *File) rebase96() *rebase { return f.rebaseSince(3, 1, "org.apache.spark.legacyINT96") }

func (f *File) rebaseSince(major, minor int, legacyKey string) *rebase {
	version, ok := f.kv[sparkVersion]
	if !ok {
		return nil
	}
	parts := strings.SplitN(version, ".", 3)
	a, _ := strconv.Atoi(parts[0])
	b := 0
	if len(parts) > 1 {
		b, _ = strconv.Atoi(parts[1])
	}
	_, legacy := f.kv[legacyKey]
	if !legacy && (a > major || a == major && b >= minor) {
		return nil
	}
	rb := &rebase{zone: time.UTC}
	if z, ok := types.LoadZone(f.kv["org.apache.spark.timeZone"]); ok {
		rb.zone = z
	}
	return rb
}

func (r *rebase) days(d int32) int32 {
	if int64(d) >= gregorianStart {
		return d
	}
	return int32(julianToGregorian(int64(d)))
}

func (r *rebase) micros(t int64) int64 {
	if t >= gregorianStart*microsPerDay+microsPerDay {
		return t
	}
	local := types.ToLocal(t, r.zone)
	day := types.FloorDiv(local, microsPerDay)
	if day >= gregorianStart {
		return t
	}
	return types.FromLocal(julianToGregorian(day)*microsPerDay+types.FloorMod(local, microsPerDay), r.zone)
}

func (r *rebase) all(ts []int64) {
	if r == nil {
		return
	}
	for i, t := range ts {
		ts[i] = r.micros(t)
	}
}

// julianToGregorian gives the day that has in the proleptic Gregorian calendar the date that day d has in the
// Julian one. Days that only the Julian calendar has (29 February of 1000) become the day after.
func julianToGregorian(d int64) int64 {
	j := d + julianEpochDay
	c := j + 32082
	y := types.FloorDiv(4*c+3, 1461)
	e := c - types.FloorDiv(1461*y, 4)
	m := (5*e + 2) / 153
	day := e - (153*m+2)/5 + 1
	month := m + 3 - 12*(m/10)
	year := y - 4800 + m/10
	return types.DaysOf(int(year), int(month), 1) + day - 1
}

// int96Micros converts the 12-byte timestamps: nanoseconds of the day, then the Julian day.
func int96Micros(rb *rebase) func(dst, src []byte, n int) error {
	return func(dst, src []byte, n int) error {
		d := asInts[int64](dst)
		for i := range n {
			b := src[i*12 : i*12+12]
			nanos := int64(binary.LittleEndian.Uint64(b))
			day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - julianEpochDay
			d[i] = day*microsPerDay + types.FloorDiv(nanos, 1000)
		}
		rb.all(d[:n])
		return nil
	}
}
