package types

// Values in Go form, as literals, partition values, statistics and UDF errors carry them:
//
//	Null              nil
//	Boolean           bool
//	TinyInt..BigInt   int8, int16, int32, int64
//	Float, Double     float32, float64
//	Decimal           Int128 (unscaled)
//	String kinds      string
//	Binary            []byte
//	Date              int32 (days)        YearMonthInterval int32 (months)
//	Timestamp, NTZ    int64 (micros)      DayTimeInterval   int64 (micros)
//	CalendarInterval  Interval
//	Array             []any               Struct            []any (by field)
//	Map               MapValue
type (
	// Interval is a calendar interval.
	Interval struct {
		Months, Days int32
		Micros       int64
	}
	// MapValue is a map in its own order; Keys and Vals have the same length.
	MapValue struct{ Keys, Vals []any }
)
