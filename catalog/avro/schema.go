package avro

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	lib "github.com/hamba/avro/v2"

	"sparksql/sql/types"
)

// deepest is how deep a schema may nest; one that refers to itself goes deeper.
const deepest = 64

var errDeep = errors.New("the Avro schema refers to itself or nests too deep")

// plain follows references to named schemas.
func plain(s lib.Schema) lib.Schema {
	if r, ok := s.(*lib.RefSchema); ok {
		return r.Schema()
	}
	return s
}

func logical(s lib.Schema) lib.LogicalSchema {
	if l, ok := s.(lib.LogicalTypeSchema); ok && l.Logical() != nil {
		return l.Logical()
	}
	return nil
}

// withoutNull are the branches of a union that are not null, and whether one is.
func withoutNull(u *lib.UnionSchema) (rest []lib.Schema, nullable bool) {
	for _, b := range u.Types() {
		if b.Type() == lib.Null {
			nullable = true
		} else {
			rest = append(rest, b)
		}
	}
	return rest, nullable
}

// typeOf is the type that values of a schema have, by Spark's rules (SchemaConverters).
func typeOf(s lib.Schema, depth int) (t types.Type, nullable bool, err error) {
	if depth > deepest {
		return t, false, errDeep
	}
	switch s := plain(s).(type) {
	case *lib.RecordSchema:
		var fields []types.Field
		for _, f := range s.Fields() {
			ft, null, err := typeOf(f.Type(), depth+1)
			if err != nil {
				return t, false, err
			}
			fields = append(fields, types.Field{Name: f.Name(), Type: ft, Nullable: null})
		}
		return types.StructOf(fields...), false, nil
	case *lib.ArraySchema:
		e, null, err := typeOf(s.Items(), depth+1)
		return types.ArrayOf(e, null), false, err
	case *lib.MapSchema:
		e, null, err := typeOf(s.Values(), depth+1)
		return types.MapOf(types.StringType, e, null), false, err
	case *lib.UnionSchema:
		return unionType(s, depth)
	}
	t, err = scalarType(plain(s))
	return t, t.Kind() == types.Null, err
}

// unionType: null and another is the other, numbers are the wider number, else a struct with a member for each branch.
func unionType(u *lib.UnionSchema, depth int) (t types.Type, nullable bool, err error) {
	rest, nullable := withoutNull(u)
	if len(rest) == 0 {
		return types.NullType, true, nil
	}
	if len(rest) == 1 {
		t, _, err = typeOf(rest[0], depth+1)
		return t, nullable, err
	}
	if w, ok := widened(rest); ok {
		return w, nullable, nil
	}
	var fields []types.Field
	for i, b := range rest {
		bt, _, err := typeOf(b, depth+1)
		if err != nil {
			return t, false, err
		}
		fields = append(fields, types.Field{Name: fmt.Sprintf("member%d", i), Type: bt, Nullable: true})
	}
	return types.StructOf(fields...), nullable, nil
}

// widened is the type of a union of int and long, or of float and double.
func widened(branches []lib.Schema) (t types.Type, ok bool) {
	if len(branches) != 2 || logical(branches[0]) != nil || logical(branches[1]) != nil {
		return t, false
	}
	has := map[lib.Type]bool{branches[0].Type(): true, branches[1].Type(): true}
	switch {
	case has[lib.Int] && has[lib.Long]:
		return types.BigIntType, true
	case has[lib.Float] && has[lib.Double]:
		return types.DoubleType, true
	}
	return t, false
}

func scalarType(s lib.Schema) (t types.Type, err error) {
	if l := logical(s); l != nil {
		switch l.Type() {
		case lib.Decimal:
			d := l.(*lib.DecimalLogicalSchema)
			if d.Precision() > types.MaxPrecision {
				return t, fmt.Errorf("a decimal of %d digits", d.Precision())
			}
			return types.DecimalOf(d.Precision(), d.Scale()), nil
		case lib.Date:
			return types.DateType, nil
		case lib.TimestampMillis, lib.TimestampMicros:
			return types.TimestampType, nil
		case lib.LocalTimestampMillis, lib.LocalTimestampMicros:
			return types.TimestampNTZType, nil
		}
	}
	switch s.Type() {
	case lib.Null:
		return types.NullType, nil
	case lib.Boolean:
		return types.BooleanType, nil
	case lib.Int:
		return types.IntType, nil
	case lib.Long:
		return types.BigIntType, nil
	case lib.Float:
		return types.FloatType, nil
	case lib.Double:
		return types.DoubleType, nil
	case lib.String, lib.Enum:
		return types.StringType, nil
	case lib.Bytes, lib.Fixed:
		return types.BinaryType, nil
	}
	return t, fmt.Errorf("the Avro type %s", s.Type())
}

// object is a part of a schema as JSON.
type object = map[string]any

// schemaText is the Avro schema of rows as Spark writes it: a record of unions with null, named topLevelRecord or by the
// options recordName and recordNamespace.
func schemaText(s *types.Schema, options map[string]string) (string, error) {
	name := options["recordname"]
	if name == "" {
		name = "topLevelRecord"
	}
	rec, err := recordOf(s.Fields, name, options["recordnamespace"])
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(rec)
	return string(b), err
}

func recordOf(fields []types.Field, name, space string) (object, error) {
	rec := object{"type": "record", "name": name}
	inner := name
	if space != "" {
		rec["namespace"] = space
		inner = space + "." + name
	}
	list := []object{}
	for _, f := range fields {
		if !isName(f.Name) {
			return nil, fmt.Errorf("a column of an Avro file is named by letters, digits and underscores, not %q", f.Name)
		}
		t, err := schemaOf(f.Type, f.Nullable, f.Name, inner)
		if err != nil {
			return nil, err
		}
		list = append(list, object{"name": f.Name, "type": t})
	}
	rec["fields"] = list
	return rec, nil
}

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// scalarSchemas are the schemas of types without parts.
var scalarSchemas = map[types.Kind]any{
	types.Boolean: "boolean", types.TinyInt: "int", types.SmallInt: "int", types.Int: "int", types.BigInt: "long", types.Float: "float",
	types.Double: "double", types.String: "string", types.Varchar: "string", types.Char: "string", types.Binary: "bytes", types.Null: "null",
	types.Date:         object{"type": "int", "logicalType": "date"},
	types.Timestamp:    object{"type": "long", "logicalType": "timestamp-micros"},
	types.TimestampNTZ: object{"type": "long", "logicalType": "local-timestamp-micros"},
}

func schemaOf(t types.Type, nullable bool, name, space string) (any, error) {
	out, err := bareSchema(t, name, space)
	if err != nil || !nullable || t.Kind() == types.Null {
		return out, err
	}
	return []any{out, "null"}, nil
}

func bareSchema(t types.Type, name, space string) (any, error) {
	switch t.Kind() {
	case types.Struct:
		return recordOf(t.Fields(), name, space)
	case types.Array:
		items, err := schemaOf(t.Elem(), t.ContainsNull(), name, space)
		return object{"type": "array", "items": items}, err
	case types.Map:
		values, err := schemaOf(t.Elem(), t.ContainsNull(), name, space)
		return object{"type": "map", "values": values}, err
	case types.Decimal:
		return object{"type": "fixed", "name": "fixed", "namespace": strings.TrimPrefix(space+"."+name, "."), "size": decimalBytes(t.Precision()),
			"logicalType": "decimal", "precision": t.Precision(), "scale": t.Scale()}, nil
	}
	s, ok := scalarSchemas[t.Kind()]
	if !ok {
		return nil, fmt.Errorf("values of type %s", t)
	}
	return s, nil
}

// decimalBytes is how many bytes hold every decimal of a precision.
func decimalBytes(precision int) int {
	n := 1
	for bits := 7; ; n, bits = n+1, bits+8 {
		if types.Pow10(precision).Big().BitLen() <= bits {
			return n
		}
	}
}
