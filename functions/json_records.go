package functions

import (
	"slices"
	"strings"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// JSON reads and writes records of JSON text as from_json and to_json do. It is single-threaded.
type JSON struct {
	// Missing are the values that fields have in objects without them, in Go form; nil: all NULL.
	Missing   []any
	opts      map[string]string
	liberties jsonOptions
	reader    fieldReader
	writer    fieldWriter
}

// NewJSON reads options, whose names are in lower case.
func NewJSON(opts map[string]string, env *udfs.Env, writing bool) (*JSON, error) {
	use := forReading
	if writing {
		use = forWriting
	}
	formats, err := readFormats(opts, use)
	keep := strings.EqualFold(opts["ignorenullfields"], "false")
	return &JSON{opts: opts, liberties: jsonOptionsOf(opts), reader: fieldReader{env: env, formats: formats},
		writer: fieldWriter{env: env, formats: formats, keepNulls: keep}}, err
}

// Rows gives the values of the struct t for each object in text: one, or those of an array; false when the text is
// malformed or a value does not fit, in which case what could be read of a single object is still given.
func (j *JSON) Rows(text string, t types.Type) (rows [][]any, ok bool) {
	v, ok := parseJSON(text, j.liberties)
	if !ok {
		return nil, false
	}
	objects := []jsonValue{v}
	switch v.kind {
	case '[':
		objects = v.kids
	case 'n':
		return nil, true
	}
	for i := range objects {
		if objects[i].kind != '{' {
			return nil, false
		}
		x, good := j.reader.jsonStruct(&objects[i], t)
		if !good && v.kind == '[' {
			return nil, false
		}
		ok = ok && good
		j.fill(x.([]any), &objects[i], t)
		rows = append(rows, x.([]any))
	}
	return rows, ok
}

// fill gives the fields that an object does not have their values.
func (j *JSON) fill(row []any, object *jsonValue, t types.Type) {
	for f, v := range j.Missing {
		if v != nil && !slices.Contains(object.keys, t.Fields()[f].Name) {
			row[f] = v
		}
	}
}

// Infer is the type of the records in text, a struct; false when there are none. Members that are null throughout
// have the type Null.
func (j *JSON) Infer(text string) (types.Type, bool) {
	v, ok := parseJSON(text, j.liberties)
	if !ok {
		return types.NullType, false
	}
	in := jsonInferenceOf(j.opts)
	if strings.EqualFold(j.opts["infertimestamp"], "true") {
		in.text = j.inferText
	}
	t := inferJSON(&v, in)
	if t.Kind() == types.Array {
		t = t.Elem()
	}
	return t, t.Kind() == types.Struct || t.Kind() == types.Null
}

// inferText is what a text is for the option inferTimestamp.
func (j *JSON) inferText(s string) types.Type {
	if _, ok := j.reader.timeValue(s, timestampT); ok {
		return timestampT
	}
	return str
}

// MergeJSON is the type that takes values of both types; text when nothing else does.
func MergeJSON(a, b types.Type) types.Type { return mergeJSON(a, b) }

// SettledJSON is an inferred type as a schema has it: text for what was null throughout, without structs that have no
// members; false when nothing is left.
func SettledJSON(t types.Type) (types.Type, bool) {
	switch t.Kind() {
	case types.Null:
		return str, true
	case types.Array:
		e, ok := SettledJSON(t.Elem())
		return types.ArrayOf(e, true), ok
	case types.Struct:
		var fields []types.Field
		for _, f := range t.Fields() {
			if s, ok := SettledJSON(f.Type); ok {
				fields = append(fields, types.Field{Name: f.Name, Type: s, Nullable: true})
			}
		}
		return types.StructOf(fields...), len(fields) > 0
	}
	return t, true
}

// AppendRow writes the values of the struct t as one object.
func (j *JSON) AppendRow(b []byte, t types.Type, row []any) []byte { return j.writer.json(b, t, row) }
