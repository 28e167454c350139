package types

// CastMode says how a cast meets values that do not fit.
type CastMode uint8

const (
	AnsiCast   CastMode = iota // an error
	LegacyCast                 // NULL, or wrapped around
	TryCast                    // NULL; the types of AnsiCast
)

// CanCast tells whether values of from can be cast to to at all.
func CanCast(from, to Type, m CastMode) bool {
	if SameType(from, to) || from.Kind() == Null {
		return true
	}
	switch from.Kind() {
	case Array, Map, Struct:
		if from.Kind() == to.Kind() {
			return canCastNested(from, to, m)
		}
		return to.IsString()
	}
	if to.IsString() {
		return true
	}
	switch to.Kind() {
	case Binary:
		return from.IsString() || m == LegacyCast && from.IsIntegral()
	case Boolean:
		return from.IsString() || from.IsNumeric() ||
			m == LegacyCast && (from.Kind() == Date || from.Kind() == Timestamp)
	case Date:
		return from.IsString() || from.IsDatetime()
	case Timestamp:
		return from.IsString() || from.IsDatetime() || from.IsNumeric() || m == LegacyCast && from.Kind() == Boolean
	case TimestampNTZ:
		return from.IsString() || from.IsDatetime()
	case CalendarInterval:
		return from.IsString()
	case YearMonthInterval, DayTimeInterval:
		return from.IsString() || from.Kind() == to.Kind() ||
			from.IsIntegral() || from.Kind() == Decimal
	}
	if !to.IsNumeric() {
		return false
	}
	switch {
	case from.IsString(), from.IsNumeric(), from.Kind() == Boolean, from.Kind() == Timestamp:
		return true
	case from.Kind() == Date:
		return m == LegacyCast
	case from.IsInterval():
		return to.IsIntegral() || to.Kind() == Decimal
	}
	return false
}

func canCastNested(from, to Type, m CastMode) bool {
	switch from.Kind() {
	case Array:
		return CanCast(from.Elem(), to.Elem(), m) && nullsFit(from.Elem(), to.Elem(), from.ContainsNull(), to.ContainsNull(), m)
	case Map:
		return CanCast(from.Key(), to.Key(), m) && !forces(from.Key(), to.Key(), m) && CanCast(from.Elem(), to.Elem(), m) &&
			nullsFit(from.Elem(), to.Elem(), from.ContainsNull(), to.ContainsNull(), m)
	}
	ff, tf := from.Fields(), to.Fields()
	if len(ff) != len(tf) {
		return false
	}
	for i := range ff {
		if !CanCast(ff[i].Type, tf[i].Type, m) || !nullsFit(ff[i].Type, tf[i].Type, ff[i].Nullable, tf[i].Nullable, m) {
			return false
		}
	}
	return true
}

// nullsFit: a part that may become NULL needs a place that allows it.
func nullsFit(from, to Type, fromNull, toNull bool, m CastMode) bool {
	return toNull || !fromNull && !forces(from, to, m)
}

func forces(from, to Type, m CastMode) bool { return m != AnsiCast && ForcesNull(from, to) }

// ForcesNull tells whether a non-ANSI cast may give NULL for a value that is not (Cast.forceNullable).
func ForcesNull(from, to Type) bool {
	switch {
	case SameType(from, to), from.Kind() == Null: // of Null: the elements of an empty array or map
		return false
	case from.IsString():
		return !to.IsString() && to.Kind() != Binary
	case to.IsString():
		return false
	case from.Kind() == Timestamp && (to.Kind() == TinyInt || to.Kind() == SmallInt || to.Kind() == Int):
		return true
	case from.Kind() == Float || from.Kind() == Double:
		return to.Kind() == Timestamp || to.Kind() == Decimal
	case from.Kind() == Date && to.Kind() != Timestamp && to.Kind() != TimestampNTZ:
		return true
	case to.Kind() == Decimal:
		return from.IsNumeric() && !to.WiderThan(from)
	}
	return to.Kind() == CalendarInterval || to.Kind() == Date && !from.IsDatetime()
}

// CanStoreAssign tells whether a value of from may be stored in a column of type to under the ANSI policy.
func CanStoreAssign(from, to Type) bool {
	switch {
	case SameType(from, to), from.Kind() == Null:
		return true
	case from.IsNumeric() && to.IsNumeric():
		return true
	case (isAtomic(from) || from.Kind() == CalendarInterval) && to.IsString():
		return true
	case from.IsDatetime() && to.IsDatetime():
		return true
	case from.IsInterval() && from.Kind() == to.Kind():
		return true
	case from.Kind() != to.Kind():
		return false
	}
	switch from.Kind() {
	case Array:
		return CanStoreAssign(from.Elem(), to.Elem()) && (to.ContainsNull() || !from.ContainsNull())
	case Map:
		return CanStoreAssign(from.Key(), to.Key()) && CanStoreAssign(from.Elem(), to.Elem()) && (to.ContainsNull() || !from.ContainsNull())
	case Struct:
		ff, tf := from.Fields(), to.Fields()
		if len(ff) != len(tf) {
			return false
		}
		for i := range ff {
			if !CanStoreAssign(ff[i].Type, tf[i].Type) || ff[i].Nullable && !tf[i].Nullable {
				return false
			}
		}
		return true
	}
	return false
}

// CanUpCast tells whether every value of from has a value of to, without loss (Cast.canUpCast).
func CanUpCast(from, to Type) bool {
	switch {
	case SameType(from, to), from.Kind() == Null:
		return true
	case from.IsNumeric() && to.IsNumeric():
		if to.Kind() == Decimal {
			return to.WiderThan(from)
		}
		if from.Kind() == Decimal {
			return false
		}
		return numericRank(from) <= numericRank(to)
	case from.Kind() == Date && to.IsDatetime(), from.IsDatetime() && from.Kind() != Date && to.IsDatetime() && to.Kind() != Date:
		return true
	case isAtomic(from) && from.Kind() != Binary && to.IsString():
		return true
	case from.IsInterval() && from.Kind() == to.Kind():
		return true
	case from.Kind() == Array && to.Kind() == Array:
		return CanUpCast(from.Elem(), to.Elem())
	case from.Kind() == Map && to.Kind() == Map:
		return CanUpCast(from.Key(), to.Key()) && CanUpCast(from.Elem(), to.Elem())
	}
	return false
}
