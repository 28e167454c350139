package parquet

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"sparksql/sql/types"
)

// ParseJSON reads a type in Spark's JSON form, as it stands in footers.
func ParseJSON(text string) (types.Type, error) {
	var raw json.RawMessage
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return types.Type{}, err
	}
	return parseJSON(raw, 0)
}

type jsonType struct {
	Type         string          `json:"type"`
	Fields       []jsonField     `json:"fields"`
	ElementType  json.RawMessage `json:"elementType"`
	ContainsNull bool            `json:"containsNull"`
	KeyType      json.RawMessage `json:"keyType"`
	ValueType    json.RawMessage `json:"valueType"`
	ValueNull    bool            `json:"valueContainsNull"`
	SQLType      json.RawMessage `json:"sqlType"`
}

type jsonField struct {
	Name     string                     `json:"name"`
	Type     json.RawMessage            `json:"type"`
	Nullable bool                       `json:"nullable"`
	Metadata map[string]json.RawMessage `json:"metadata"`
}

func parseJSON(raw json.RawMessage, depth int) (types.Type, error) {
	if depth > maxDepth {
		return types.Type{}, corruptf("the stored schema is nested too deeply")
	}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return simpleType(name)
	}
	var t jsonType
	if err := json.Unmarshal(raw, &t); err != nil {
		return types.Type{}, err
	}
	switch t.Type {
	case "struct":
		fields := make([]types.Field, 0, len(t.Fields))
		for _, f := range t.Fields {
			ft, err := parseJSON(f.Type, depth+1)
			if err != nil {
				return types.Type{}, err
			}
			field := types.Field{Name: f.Name, Type: ft, Nullable: f.Nullable}
			if c, ok := f.Metadata["comment"]; ok {
				_ = json.Unmarshal(c, &field.Comment) // a comment that is no text is no comment
			}
			fields = append(fields, field)
		}
		return types.StructOf(fields...), nil
	case "array":
		e, err := parseJSON(t.ElementType, depth+1)
		if err != nil {
			return types.Type{}, err
		}
		return types.ArrayOf(e, t.ContainsNull), nil
	case "map":
		k, err := parseJSON(t.KeyType, depth+1)
		if err != nil {
			return types.Type{}, err
		}
		v, err := parseJSON(t.ValueType, depth+1)
		if err != nil {
			return types.Type{}, err
		}
		return types.MapOf(k, v, t.ValueNull), nil
	case "udt":
		return parseJSON(t.SQLType, depth+1)
	}
	return types.Type{}, corruptf("the stored schema has the unknown type %s", t.Type)
}

func simpleType(name string) (types.Type, error) {
	if t, ok := types.BasicNamed(name); ok {
		return t, nil
	}
	switch name {
	case "null":
		return types.NullType, nil
	case "decimal":
		return types.DecimalOf(10, 0), nil
	}
	head, args, _ := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	switch head {
	case "decimal":
		p, s, _ := strings.Cut(args, ",")
		pn, err1 := strconv.Atoi(strings.TrimSpace(p))
		sn, err2 := strconv.Atoi(strings.TrimSpace(s))
		if err1 == nil && err2 == nil && pn >= 1 && pn <= types.MaxPrecision && sn >= 0 && sn <= pn {
			return types.DecimalOf(pn, sn), nil
		}
	case "char", "varchar":
		return types.StringType, nil
	}
	if strings.HasPrefix(name, "string collate ") {
		return types.CollatedString(strings.TrimPrefix(name, "string collate ")), nil
	}
	if rest, ok := strings.CutPrefix(name, "interval "); ok {
		return intervalType(rest)
	}
	return types.Type{}, corruptf("the stored schema has the unknown type %s", name)
}

func intervalType(fields string) (types.Type, error) {
	from, to, two := strings.Cut(fields, " to ")
	if !two {
		to = from
	}
	ym := map[string]int{"year": types.YearField, "month": types.MonthField}
	dt := map[string]int{"day": types.DayField, "hour": types.HourField, "minute": types.MinuteField, "second": types.SecondField}
	if a, ok := ym[from]; ok {
		if b, ok := ym[to]; ok && a <= b {
			return types.YearMonthOf(a, b), nil
		}
	}
	if a, ok := dt[from]; ok {
		if b, ok := dt[to]; ok && a <= b {
			return types.DayTimeOf(a, b), nil
		}
	}
	return types.Type{}, corruptf("the stored schema has the unknown type interval %s", fields)
}

// JSON writes a type in Spark's JSON form.
func JSON(t types.Type) string {
	var b bytes.Buffer
	writeJSON(&b, t)
	return b.String()
}

func writeJSON(b *bytes.Buffer, t types.Type) {
	switch t.Kind() {
	case types.Struct:
		b.WriteString(`{"type":"struct","fields":[`)
		for i, f := range t.Fields() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`{"name":` + quoteJSON(f.Name) + `,"type":`)
			writeJSON(b, f.Type)
			b.WriteString(`,"nullable":` + strconv.FormatBool(f.Nullable) + `,"metadata":{`)
			sep := ""
			if k := f.Type.Kind(); k == types.Char || k == types.Varchar {
				b.WriteString(`"__CHAR_VARCHAR_TYPE_STRING":` + quoteJSON(f.Type.String()))
				sep = ","
			}
			if f.Comment != "" {
				b.WriteString(sep + `"comment":` + quoteJSON(f.Comment))
			}
			b.WriteString("}}")
		}
		b.WriteString("]}")
	case types.Array:
		b.WriteString(`{"type":"array","elementType":`)
		writeJSON(b, t.Elem())
		b.WriteString(`,"containsNull":` + strconv.FormatBool(t.ContainsNull()) + "}")
	case types.Map:
		b.WriteString(`{"type":"map","keyType":`)
		writeJSON(b, t.Key())
		b.WriteString(`,"valueType":`)
		writeJSON(b, t.Elem())
		b.WriteString(`,"valueContainsNull":` + strconv.FormatBool(t.ContainsNull()) + "}")
	default:
		b.WriteString(quoteJSON(jsonName(t)))
	}
}

// jsonName: the length of char and varchar stands in the metadata of their field.
func jsonName(t types.Type) string {
	if t.IsString() {
		return "string"
	}
	return t.TypeName()
}

func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
