package parse

import (
	"strconv"

	"sparksql/sql/types"
)

// simpleTypes are the type names without parameters.
var simpleTypes = map[string]types.Type{
	"BOOLEAN": types.BooleanType, "TINYINT": types.TinyIntType, "BYTE": types.TinyIntType, "SMALLINT": types.SmallIntType,
	"SHORT": types.SmallIntType, "INT": types.IntType, "INTEGER": types.IntType, "BIGINT": types.BigIntType, "LONG": types.BigIntType,
	"FLOAT": types.FloatType, "REAL": types.FloatType, "DOUBLE": types.DoubleType, "DATE": types.DateType,
	"TIMESTAMP": types.TimestampType, "TIMESTAMP_LTZ": types.TimestampType, "TIMESTAMP_NTZ": types.TimestampNTZType,
	"STRING": types.StringType, "BINARY": types.BinaryType, "VOID": types.NullType, "VARIANT": types.VariantType,
}

// dataType reads a type.
func (p *front) dataType() types.Type {
	p.enter()
	defer p.leave()
	t := p.tok()
	if !p.isName(0) {
		p.unexpected("")
	}
	s := p.start()
	p.i++
	switch t.word {
	case "ARRAY", "MAP", "STRUCT":
		return p.nestedType(t.word, s)
	case "INTERVAL":
		return p.intervalType()
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimalType(s)
	case "CHAR", "CHARACTER", "VARCHAR":
		return p.charType(t.word, s)
	}
	ty, ok := simpleTypes[t.word]
	if !ok || t.kind == kQuoted || p.tok().op == "(" {
		p.unknownType(s)
	}
	switch {
	case t.word == "STRING" && p.is("COLLATE"):
		p.i++
		name := p.multipart()
		return types.CollatedString(name[len(name)-1])
	case t.word == "TIMESTAMP" && p.eat("WITHOUT", "TIME", "ZONE"):
		if p.opts.TimestampNTZ {
			return types.TimestampNTZType
		}
		return types.TimestampNTZType
	case t.word == "TIMESTAMP" && (p.eat("WITH", "LOCAL", "TIME", "ZONE") || p.eat("WITH", "TIME", "ZONE")):
		return ty
	case t.word == "TIMESTAMP" && p.opts.TimestampNTZ:
		return types.TimestampNTZType
	}
	return ty
}

// unknownType refuses a name with its parameters.
func (p *front) unknownType(s int) {
	if p.eatOp("(") {
		for p.tok().kind == kNumber {
			p.i++
			p.eatOp(",")
		}
		p.needOp(")")
	}
	if p.typeAlone && !p.atEnd() {
		p.extra()
	}
	at := p.since(s)
	p.fail(at, "UNSUPPORTED_DATATYPE", "typeName", `"`+upper(at.Fragment())+`"`)
}

func (p *front) typeSizes() []int {
	if !p.eatOp("(") {
		return nil
	}
	var out []int
	for {
		out = append(out, p.integer())
		if !p.eatOp(",") {
			break
		}
	}
	p.needOp(")")
	return out
}

func (p *front) decimalType(s int) types.Type {
	sizes := p.typeSizes()
	switch len(sizes) {
	case 0:
		return types.DecimalOf(10, 0)
	case 1:
		sizes = append(sizes, 0)
	case 2:
	default:
		at := p.since(s)
		p.fail(at, "UNSUPPORTED_DATATYPE", "typeName", `"`+upper(at.Fragment())+`"`)
	}
	prec, scale := sizes[0], sizes[1]
	switch {
	case prec > types.MaxPrecision:
		p.fail(p.since(s), "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "precision", itoa(prec), "maxPrecision", itoa(types.MaxPrecision))
	case scale > prec:
		p.fail(p.since(s), "INVALID_DECIMAL_SCALE", "scale", itoa(scale), "precision", itoa(prec))
	case prec < 1:
		at := p.since(s)
		p.fail(at, "UNSUPPORTED_DATATYPE", "typeName", `"`+upper(at.Fragment())+`"`)
	}
	return types.DecimalOf(prec, scale)
}

func (p *front) charType(word string, s int) types.Type {
	sizes := p.typeSizes()
	if len(sizes) != 1 {
		at := p.since(s)
		p.fail(at, "DATATYPE_MISSING_SIZE", "type", `"`+upper(at.Fragment())+`"`)
	}
	if word == "VARCHAR" {
		return types.VarcharOf(sizes[0])
	}
	return types.CharOf(sizes[0])
}

func (p *front) intervalType() types.Type {
	yearMonth := map[string]int{"YEAR": types.YearField, "MONTH": types.MonthField}
	dayTime := map[string]int{"DAY": types.DayField, "HOUR": types.HourField, "MINUTE": types.MinuteField, "SECOND": types.SecondField}
	from := p.tok()
	fields, of := yearMonth, types.YearMonthOf
	first, ok := fields[from.word]
	if !ok {
		fields, of = dayTime, types.DayTimeOf
		if first, ok = fields[from.word]; !ok {
			return types.CalendarType
		}
	}
	s := p.start()
	p.i++
	if !p.is("TO") {
		return of(first, first)
	}
	p.i++
	last, ok := fields[p.tok().word]
	to := p.tok()
	p.i++
	if !ok || last <= first {
		at := p.since(s)
		p.fail(at, "PARSE_SYNTAX_ERROR", "error", "'"+p.textOf(to)+"'", "hint", "")
	}
	return of(first, last)
}

// closeAngle reads a > that may be the first half of >> or >=.
func (p *front) closeAngle() {
	t := p.tok()
	switch t.op {
	case ">":
		p.i++
	case ">>", ">>>", ">=":
		t.op, t.start = t.op[1:], t.start+1
	default:
		p.unexpected("")
	}
}

func (p *front) nestedType(word string, s int) types.Type {
	if word == "STRUCT" && p.eatOp("<>") {
		return types.StructOf()
	}
	if !p.eatOp("<") {
		if p.tok().op == "(" {
			p.unexpected("")
		}
		p.fail(p.since(s), "INCOMPLETE_TYPE_DEFINITION."+word, "elementType", "<INT>")
	}
	switch word {
	case "ARRAY":
		elem := p.dataType()
		p.closeAngle()
		return types.ArrayOf(elem, true)
	case "MAP":
		key := p.dataType()
		p.needOp(",")
		val := p.dataType()
		p.closeAngle()
		return types.MapOf(key, val, true)
	}
	var fields []types.Field
	for p.tok().op != ">" && p.tok().op != ">>" && p.tok().op != ">>>" {
		if len(fields) > 0 {
			p.needOp(",")
		}
		fields = append(fields, p.field(true))
	}
	p.closeAngle()
	return types.StructOf(fields...)
}

// field reads name type [NOT NULL] [COMMENT 'x']; in STRUCT<...> a colon may follow the name.
func (p *front) field(inStruct bool) types.Field {
	f := types.Field{Nullable: true}
	f.Name = p.strictName()
	if inStruct {
		p.eatOp(":")
	}
	f.Type = p.dataType()
	if p.eat("NOT", "NULL") {
		f.Nullable = false
	}
	if p.eat("COMMENT") {
		f.Comment = p.stringLit()
	}
	return f
}

func (p *front) schema() *types.Schema {
	out := &types.Schema{Fields: []types.Field{p.field(false)}}
	for p.eatOp(",") {
		out.Fields = append(out.Fields, p.field(false))
	}
	return out
}

// atoi32 reads a number of at most 32 bits.
func atoi32(s string) (int32, bool) {
	n, err := strconv.ParseInt(s, 10, 32)
	return int32(n), err == nil
}
