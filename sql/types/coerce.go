package types

// Coercion holds the implicit conversions of one mode: Spark's AnsiTypeCoercion, or with Legacy its
// TypeCoercion (spark.sql.ansi.enabled = false).
type Coercion struct{ Legacy bool }

// numericRank orders the numeric types other than decimal, narrow to wide; 0 for others.
func numericRank(t Type) int {
	switch t.Kind() {
	case TinyInt:
		return 1
	case SmallInt:
		return 2
	case Int:
		return 3
	case BigInt:
		return 4
	case Float:
		return 5
	case Double:
		return 6
	}
	return 0
}

// isAtomic tells whether t has no parts and is neither Null nor a calendar interval (Spark's AtomicType).
func isAtomic(t Type) bool {
	switch t.Kind() {
	case Null, CalendarInterval, Array, Map, Struct:
		return false
	}
	return true
}

// Tightest is the common type of a and b that loses nothing (findTightestCommonType).
func (c Coercion) Tightest(a, b Type) (Type, bool) {
	switch {
	case a == b:
		return a, true
	case a.Kind() == Null:
		return b, true
	case b.Kind() == Null:
		return a, true
	case a.IsString() && b.IsString():
		return c.strings(a, b), true
	case a.IsNumeric() && b.IsNumeric():
		return c.tightestNumeric(a, b)
	case a.IsDatetime() && b.IsDatetime():
		return widerDatetime(a, b), true
	case a.Kind() == b.Kind() && a.IsInterval():
		from, to := min(a.From(), b.From()), max(a.To(), b.To())
		if a.Kind() == YearMonthInterval {
			return YearMonthOf(from, to), true
		}
		return DayTimeOf(from, to), true
	}
	return c.nested(a, b, c.Tightest)
}

// strings is the common type of two different string types: a collated one, else the plain string.
func (c Coercion) strings(a, b Type) Type {
	if a.Kind() == String && a.Collation() != "" {
		return a
	}
	if b.Kind() == String {
		return b
	}
	return StringType
}

func (c Coercion) tightestNumeric(a, b Type) (Type, bool) {
	if a.Kind() == Decimal || b.Kind() == Decimal {
		switch {
		case a.Kind() == Decimal && b.IsIntegral() && a.WiderThan(b):
			return a, true
		case b.Kind() == Decimal && a.IsIntegral() && b.WiderThan(a):
			return b, true
		}
		return Type{}, false
	}
	wide := a
	if numericRank(b) > numericRank(a) {
		wide = b
	}
	if wide.Kind() == Float && !c.Legacy {
		return DoubleType, true // an integer does not fit a float; equal types were handled before
	}
	return wide, true
}

func widerDatetime(a, b Type) Type {
	if a.Kind() == Timestamp || b.Kind() == Timestamp {
		return TimestampType
	}
	return TimestampNTZType
}

// nested combines arrays, maps and structs by their parts.
func (c Coercion) nested(a, b Type, part func(a, b Type) (Type, bool)) (Type, bool) {
	if a.Kind() != b.Kind() {
		return Type{}, false
	}
	switch a.Kind() {
	case Array:
		e, ok := part(a.Elem(), b.Elem())
		if !ok {
			return Type{}, false
		}
		return ArrayOf(e, a.ContainsNull() || b.ContainsNull() || ForcesNull(a.Elem(), e) || ForcesNull(b.Elem(), e)), true
	case Map:
		k, ok := part(a.Key(), b.Key())
		if !ok || ForcesNull(a.Key(), k) || ForcesNull(b.Key(), k) {
			return Type{}, false
		}
		v, ok := part(a.Elem(), b.Elem())
		if !ok {
			return Type{}, false
		}
		return MapOf(k, v, a.ContainsNull() || b.ContainsNull() || ForcesNull(a.Elem(), v) || ForcesNull(b.Elem(), v)), true
	case Struct:
		return c.structs(a, b, part)
	}
	return Type{}, false
}

func (c Coercion) structs(a, b Type, part func(a, b Type) (Type, bool)) (Type, bool) {
	fa, fb := a.Fields(), b.Fields()
	if len(fa) != len(fb) {
		return Type{}, false
	}
	out := make([]Field, len(fa))
	for i := range fa {
		if !equalFold(fa[i].Name, fb[i].Name) {
			return Type{}, false
		}
		t, ok := part(fa[i].Type, fb[i].Type)
		if !ok {
			return Type{}, false
		}
		out[i] = Field{Name: fa[i].Name, Type: t, Nullable: fa[i].Nullable || fb[i].Nullable ||
			ForcesNull(fa[i].Type, t) || ForcesNull(fb[i].Type, t)}
	}
	return StructOf(out...), true
}

// widerDecimal combines a decimal with another numeric type (findWiderTypeForDecimal).
func widerDecimal(a, b Type) (Type, bool) {
	if a.Kind() != Decimal {
		a, b = b, a
	}
	if a.Kind() != Decimal || !b.IsNumeric() {
		return Type{}, false
	}
	if b.Kind() == Float || b.Kind() == Double {
		return DoubleType, true
	}
	d, _ := DecimalFor(b)
	return WiderDecimal(a, d), true
}

// PromoteString is the type in which a string meets another type; ok is false when neither or both are
// strings or there is none. In ANSI mode strings become numbers; in legacy mode others become strings.
func (c Coercion) PromoteString(a, b Type) (Type, bool) {
	if !a.IsString() {
		a, b = b, a
	}
	if !a.IsString() || b.IsString() {
		return Type{}, false
	}
	if c.Legacy {
		if isAtomic(b) && b.Kind() != Binary && b.Kind() != Boolean {
			return a, true
		}
		return Type{}, false
	}
	switch {
	case b.IsIntegral():
		return BigIntType, true
	case b.IsFractional():
		return DoubleType, true
	case b.Kind() == Null:
		return a, true
	case b.IsInterval():
		return Type{}, false
	case isAtomic(b):
		return b, true
	}
	return Type{}, false
}

// WiderExact is the common type without turning strings into others or others into strings
// (findWiderTypeWithoutStringPromotionForTwo).
func (c Coercion) WiderExact(a, b Type) (Type, bool) {
	if t, ok := c.Tightest(a, b); ok {
		return t, true
	}
	if t, ok := widerDecimal(a, b); ok {
		return t, true
	}
	return c.nested(a, b, c.WiderExact)
}

// Wider is the common type of a and b (findWiderTypeForTwo).
func (c Coercion) Wider(a, b Type) (Type, bool) {
	if t, ok := c.Tightest(a, b); ok {
		return t, true
	}
	if t, ok := widerDecimal(a, b); ok {
		return t, true
	}
	if t, ok := c.PromoteString(a, b); ok {
		return t, true
	}
	return c.nested(a, b, c.Wider)
}

// Common is the least common type of several (findWiderCommonType); of none it is Null.
func (c Coercion) Common(ts ...Type) (Type, bool) { return fold(c.ordered(ts), c.Wider) }

// CommonExact is Common without promotion of strings.
func (c Coercion) CommonExact(ts ...Type) (Type, bool) { return fold(ts, c.WiderExact) }

// ordered puts strings first in legacy mode, so that promotion does not depend on the order.
func (c Coercion) ordered(ts []Type) []Type {
	if !c.Legacy {
		return ts
	}
	var first, rest []Type
	for _, t := range ts {
		if hasString(t) {
			first = append(first, t)
		} else {
			rest = append(rest, t)
		}
	}
	return append(first, rest...)
}

func hasString(t Type) bool {
	if t.Kind() == Array {
		return hasString(t.Elem())
	}
	return t.IsString()
}

func fold(ts []Type, f func(a, b Type) (Type, bool)) (Type, bool) {
	var t Type
	for _, x := range ts {
		var ok bool
		if t, ok = f(t, x); !ok {
			return Type{}, false
		}
	}
	return t, true
}

// Comparison is the type in which a and b are compared by =, < and their like.
func (c Coercion) Comparison(a, b Type) (Type, bool) {
	if c.Legacy {
		s, o := a, b
		if !s.IsString() {
			s, o = o, s
		}
		if s.IsString() && !o.IsString() {
			switch {
			case o.Kind() == Null:
				return s, true
			case o.Kind() == Decimal:
				return DoubleType, true
			case o.IsInterval() || !isAtomic(o):
				return Type{}, false
			}
			return o, true
		}
	}
	if a.Kind() == Boolean && b.IsNumeric() || b.Kind() == Boolean && a.IsNumeric() {
		if c.Legacy {
			return BooleanType, true
		}
		return Type{}, false
	}
	if t, ok := c.Tightest(a, b); ok {
		return t, true
	}
	if t, ok := widerDecimal(a, b); ok {
		return t, true
	}
	if !c.Legacy {
		if t, ok := c.PromoteString(a, b); ok {
			return t, true
		}
	}
	return c.nested(a, b, c.Wider)
}

// Implicit tells whether an argument of type from is accepted where a function wants to.
func (c Coercion) Implicit(from, to Type) bool {
	switch {
	case SameType(from, to), from.Kind() == Null:
		return true
	case from.IsString() && to.IsString():
		return true
	}
	if c.Legacy {
		return c.implicitLegacy(from, to)
	}
	switch {
	case from.IsFractional() && to.IsIntegral():
		return false
	case from.IsString() && isAtomic(to) && to.Kind() != Variant:
		return true
	}
	return CanStoreAssign(from, to)
}

func (c Coercion) implicitLegacy(from, to Type) bool {
	switch {
	case from.IsString() && (to.IsNumeric() || to.IsDatetime() || to.Kind() == Binary):
		return true
	case from.IsDatetime() && to.IsDatetime():
		return true
	case from.IsNumeric() && to.IsNumeric():
		return true
	case isAtomic(from) && to.IsString():
		return true
	case from.Kind() == Array && to.Kind() == Array:
		return (to.ContainsNull() || !from.ContainsNull()) && c.Implicit(from.Elem(), to.Elem())
	case from.Kind() == Map && to.Kind() == Map:
		return c.Implicit(from.Key(), to.Key()) && c.Implicit(from.Elem(), to.Elem())
	}
	return false
}

// equalFold compares names as Spark's resolver does by default, ignoring case.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if 'A' <= x && x <= 'Z' {
			x += 'a' - 'A'
		}
		if 'A' <= y && y <= 'Z' {
			y += 'a' - 'A'
		}
		if x != y {
			return false
		}
	}
	return true
}
