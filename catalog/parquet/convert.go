package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Schema is what Spark reads the file as: the schema that Spark stored in the footer, else the file's own, converted.
// Every column and nested value is nullable, as in all tables of files.
func (f *File) Schema() (*types.Schema, error) {
	if text, ok := f.kv[sparkMetadata]; ok {
		if t, err := ParseJSON(text); err == nil && t.Kind() == types.Struct {
			return &types.Schema{Fields: t.AsNullable().Fields()}, nil
		}
	}
	fields, err := convertFields(f.Root.Kids)
	if err != nil {
		return nil, err
	}
	return &types.Schema{Fields: types.StructOf(fields...).AsNullable().Fields()}, nil
}

func convertFields(kids []*Node) ([]types.Field, error) {
	out := make([]types.Field, 0, len(kids))
	for _, k := range kids {
		t, err := convertField(k)
		if err != nil {
			return nil, err
		}
		out = append(out, types.Field{Name: k.Name, Type: t, Nullable: k.Rep != format.Required})
	}
	return out, nil
}

// convertField is the type of a member; a repeated one without annotation is a list of its own.
func convertField(n *Node) (types.Type, error) {
	t, err := convertNode(n)
	if err == nil && n.Rep == format.Repeated {
		t = types.ArrayOf(t, false)
	}
	return t, err
}

func convertNode(n *Node) (types.Type, error) {
	if n.Kids == nil {
		return convertLeaf(n)
	}
	switch n.Logical.kind {
	case plain:
		fields, err := convertFields(n.Kids)
		if err != nil {
			return types.Type{}, err
		}
		return types.StructOf(fields...), nil
	case annList:
		return convertList(n)
	case annMap:
		return convertMap(n)
	}
	return types.Type{}, notRecognized(n)
}

func notRecognized(n *Node) error {
	return errs.New(errs.Pos{}, "PARQUET_TYPE_NOT_RECOGNIZED", "field", n.String())
}

func illegal(n *Node) error {
	return errs.New(errs.Pos{}, "PARQUET_TYPE_ILLEGAL", "parquetType", n.String())
}

func convertList(n *Node) (types.Type, error) {
	if len(n.Kids) != 1 || n.Kids[0].Rep != format.Repeated {
		return types.Type{}, notRecognized(n)
	}
	el := listElement(n)
	t, err := convertNode(el)
	if err != nil {
		return types.Type{}, err
	}
	return types.ArrayOf(t, el.Rep == format.Optional), nil
}

// listElement is the node of the elements of a LIST group: the repeated node itself in the old two-level layouts,
// else its only member (ParquetSchemaConverter.isElementType).
func listElement(n *Node) *Node {
	r := n.Kids[0]
	if r.Kids == nil || len(r.Kids) != 1 || r.Name == "array" || r.Name == n.Name+"_tuple" {
		return r
	}
	return r.Kids[0]
}

func convertMap(n *Node) (types.Type, error) {
	if len(n.Kids) != 1 || n.Kids[0].Rep != format.Repeated || len(n.Kids[0].Kids) != 2 {
		return types.Type{}, notRecognized(n)
	}
	kv := n.Kids[0].Kids
	k, err := convertNode(kv[0])
	if err != nil {
		return types.Type{}, err
	}
	v, err := convertField(kv[1])
	if err != nil {
		return types.Type{}, err
	}
	return types.MapOf(k, v, kv[1].Rep == format.Optional), nil
}

func convertLeaf(n *Node) (types.Type, error) {
	l := &n.Logical
	none := types.Type{}
	decimal := func(most int) (types.Type, error) {
		if l.precision > most || l.precision > types.MaxPrecision {
			return none, illegal(n)
		}
		return types.DecimalOf(l.precision, l.scale), nil
	}
	if l.kind == annTime || l.kind == annInterval {
		return none, errs.New(errs.Pos{}, "PARQUET_TYPE_NOT_SUPPORTED", "parquetType", n.String())
	}
	switch n.Phys {
	case format.Boolean:
		return types.BooleanType, nil
	case format.Float:
		return types.FloatType, nil
	case format.Double:
		return types.DoubleType, nil
	case format.Int96:
		return types.TimestampType, nil
	case format.Int32:
		switch l.kind {
		case plain, annInt:
			return intType(l, types.IntType)
		case annDate:
			return types.DateType, nil
		case annDecimal:
			return decimal(9)
		case annNull:
			return types.IntType, nil
		}
	case format.Int64:
		switch l.kind {
		case plain, annInt:
			return intType(l, types.BigIntType)
		case annDecimal:
			return decimal(18)
		case annTimestamp:
			if l.unit == 'n' {
				return none, illegal(n)
			}
			if !l.utc {
				return types.TimestampNTZType, nil
			}
			return types.TimestampType, nil
		}
	case format.ByteArray:
		switch l.kind {
		case annString, annEnum, annJSON:
			return types.StringType, nil
		case plain, annBSON:
			return types.BinaryType, nil
		case annDecimal:
			return decimal(types.MaxPrecision)
		}
	case format.FixedLenByteArray:
		switch l.kind {
		case plain, annUUID:
			return types.BinaryType, nil
		case annDecimal:
			return decimal(types.MaxPrecision)
		}
	}
	return none, illegal(n)
}

func intType(l *logical, whole types.Type) (types.Type, error) {
	if l.kind == plain {
		return whole, nil
	}
	switch {
	case l.signed && l.precision == 8:
		return types.TinyIntType, nil
	case l.signed && l.precision == 16, !l.signed && l.precision == 8:
		return types.SmallIntType, nil
	case l.signed && l.precision == 32, !l.signed && l.precision == 16:
		return types.IntType, nil
	case l.signed && l.precision == 64, !l.signed && l.precision == 32:
		return types.BigIntType, nil
	}
	return types.DecimalOf(20, 0), nil
}
