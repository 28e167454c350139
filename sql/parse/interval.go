package parse

import (
	"errors"
	"strings"

	"sparksql/sql/types"
)

// interval reads an INTERVAL literal with units; false: the word is something else here.
func (p *front) interval() bool {
	s := p.start()
	n := 1
	if op := p.opAt(1); op == "-" || op == "+" {
		n = 2
	}
	if k := p.peek(n).kind; k != kString && k != kNumber {
		return false
	}
	switch word := p.wordAt(n + 1); {
	case unitWords()[word] && p.wordAt(n+2) == "TO" && p.isName(n+3):
		p.i++
		p.unitToUnit(s)
	case unitWords()[word]:
		p.i++
		p.multiUnits(s)
	case n == 1 && p.peek(1).kind == kString:
		p.typedLiteral()
	case p.peek(n+1).kind == kWord && word == "" && n == 1 && p.peek(1).kind == kNumber:
		p.i += 2
		p.unexpected("")
	default:
		return false
	}
	return true
}

// intervalValue reads [+-] number or string, with the sign applied to the text.
func (p *front) intervalValue() string {
	sign := ""
	if p.tok().op == "-" || p.tok().op == "+" {
		sign = p.tok().op
		p.i++
	}
	t := p.tok()
	p.i++
	if t.kind == kNumber {
		return sign + p.textOf(t)
	}
	v := unquote(p.textOf(t))
	for _, r := range v {
		if r|0x20 >= 'a' && r|0x20 <= 'z' && !p.is("TO") {
			if !unitWords()[p.tok().word] || p.wordAt(1) != "TO" {
				p.fail(p.since(t.start), "_LEGACY_ERROR_TEMP_0026", "value", v)
			}
		}
	}
	switch {
	case sign != "-":
		return v
	case strings.HasPrefix(v, "-"):
		return v[1:]
	case strings.HasPrefix(v, "+"):
		return "-" + v[1:]
	}
	return "-" + v
}

// multiUnits reads 1 DAY '2' HOURS ...; the first value stands next.
func (p *front) multiUnits(s int) {
	text := ""
	for {
		n := 0
		if op := p.tok().op; op == "-" || op == "+" {
			n = 1
		}
		if k := p.peek(n).kind; k != kString && k != kNumber || !unitWords()[p.wordAt(n+1)] {
			break
		}
		if p.wordAt(n+2) == "TO" && p.isName(n+3) {
			p.fail(p.at(s, p.peek(n+3).end), "_LEGACY_ERROR_TEMP_0024")
		}
		text += " " + p.intervalValue() + " " + lower(p.textOf(p.tok()))
		p.i++
	}
	p.intervalLiteral(s, text)
}

// intervalLiteral writes the value of text, whose units give the type.
func (p *front) intervalLiteral(s int, text string) {
	iv, seen, err := types.ParseInterval(text)
	if err != nil {
		p.badInterval(s, err)
	}
	t, ok := seen.ANSI()
	if !ok {
		p.fail(p.since(s), "_LEGACY_ERROR_TEMP_0029", "literal", p.since(s).Fragment())
	}
	v, ok := iv.Value(t)
	if !ok {
		p.fail(p.since(s), "INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION", "input", text)
	}
	p.literal(t, v, s)
}

// badInterval reports what the reader of interval text found.
func (p *front) badInterval(s int, err error) {
	var ie *types.IntervalError
	if errors.As(err, &ie) {
		p.fail(p.since(s), "INVALID_INTERVAL_FORMAT."+ie.Sub, ie.Args...)
	}
	panic(bail{err})
}

// unitToUnit reads '1-2' YEAR TO MONTH and the like; the value stands next.
func (p *front) unitToUnit(s int) {
	isString := p.tok().kind == kString || p.peek(1).kind == kString
	if !isString {
		p.fail(p.pos(), "_LEGACY_ERROR_TEMP_0027")
	}
	text := p.intervalValue()
	from, to := strings.TrimSuffix(p.tok().word, "S"), strings.TrimSuffix(upper(p.nameAt(2)), "S")
	if to == "" || !unitWords()[upper(p.nameAt(2))] {
		p.i += 2
		p.unexpected("")
	}
	p.i += 3
	if k := p.tok().kind; (k == kString || k == kNumber) && unitWords()[p.wordAt(1)] {
		p.fail(p.at(s, p.peek(1).end), "_LEGACY_ERROR_TEMP_0024")
	}
	fields := []string{"DAY", "HOUR", "MINUTE", "SECOND"}
	f, t := index(fields, from), index(fields, to)
	switch {
	case from == "YEAR" && to == "MONTH":
		ty := types.YearMonthOf(types.YearField, types.MonthField)
		v, err := types.ParseYearMonth(text, ty)
		if err != nil {
			p.badInterval(s, err)
		}
		p.literal(ty, v, s)
	case f >= 0 && f < t:
		ty := types.DayTimeOf(types.DayField+f, types.DayField+t)
		v, err := types.ParseDayTime(text, ty)
		if err != nil {
			p.badInterval(s, err)
		}
		p.literal(ty, v, s)
	default:
		p.fail(p.since(s), "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION", "input", text, "from", lower(from), "to", lower(to))
	}
}

func index(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
