package parquet

import (
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// Node is one element of a file's schema.
type Node struct {
	Name    string
	Rep     format.FieldRepetitionType
	Phys    format.Type // leaves only
	Len     int         // of FIXED_LEN_BYTE_ARRAY
	Kids    []*Node     // nil: a leaf
	Leaf    int         // index of the leaf, or of the first leaf beneath
	Def     int         // definition level at which the node is there
	RepLvl  int         // repetition level of the node
	Logical logical
}

// logical is the annotation, unified from the old converted types and the new logical ones.
type logical struct {
	kind             annotation
	precision, scale int  // decimal; bit width in precision for integers
	signed, utc      bool // integers; timestamps
	unit             byte // 'm'illis, 'u' micros, 'n'anos
	text             string
}

type annotation uint8

const (
	plain annotation = iota
	annString
	annEnum
	annJSON
	annBSON
	annDecimal
	annDate
	annTime
	annTimestamp
	annInt
	annList
	annMap
	annUUID
	annInterval
	annNull
	annVariant
	annOther
)

const maxDepth = 128

// parseSchema builds the tree from the flattened list of the footer.
func parseSchema(els []format.SchemaElement) (*Node, []*Node, error) {
	if len(els) == 0 {
		return nil, nil, corruptf("there is no schema")
	}
	p := schemaParser{els: els}
	root, err := p.node(0, 0, 0, true)
	if err != nil {
		return nil, nil, err
	}
	if p.at != len(els) {
		return nil, nil, corruptf("the schema has elements that belong to no group")
	}
	return root, p.leaves, nil
}

type schemaParser struct {
	els    []format.SchemaElement
	at     int
	leaves []*Node
}

func (p *schemaParser) node(def, rep, depth int, isRoot bool) (*Node, error) {
	if p.at >= len(p.els) || depth > maxDepth {
		return nil, corruptf("the schema's groups do not fit its elements")
	}
	e := &p.els[p.at]
	p.at++
	n := &Node{Name: e.Name, Rep: e.RepetitionType.V, Leaf: len(p.leaves), Def: def, RepLvl: rep}
	if !isRoot {
		switch n.Rep {
		case format.Required:
		case format.Optional:
			n.Def++
		case format.Repeated:
			n.Def++
			n.RepLvl++
		default:
			return nil, corruptf("%s is neither required, optional nor repeated", e.Name)
		}
	}
	if err := n.annotate(e); err != nil {
		return nil, err
	}
	kids := int(e.NumChildren.V)
	if e.Type.Valid {
		n.Phys, n.Len = e.Type.V, int(e.TypeLength.V)
		if n.Phys < format.Boolean || n.Phys > format.FixedLenByteArray {
			return nil, corruptf("%s has the unknown type %d", e.Name, n.Phys)
		}
		if n.Phys == format.FixedLenByteArray && (n.Len <= 0 || n.Len > 1<<20) {
			return nil, corruptf("%s has a length of %d bytes", e.Name, n.Len)
		}
		if kids > 0 {
			return nil, corruptf("%s is a value and a group", e.Name)
		}
		p.leaves = append(p.leaves, n)
		return n, nil
	}
	if kids < 0 || kids > len(p.els)-p.at {
		return nil, corruptf("%s says that it has %d members", e.Name, kids)
	}
	n.Kids = make([]*Node, 0, kids)
	for range kids {
		k, err := p.node(n.Def, n.RepLvl, depth+1, false)
		if err != nil {
			return nil, err
		}
		n.Kids = append(n.Kids, k)
	}
	return n, nil
}

// annotate reads what an element's bytes mean; the logical type goes before the converted one.
func (n *Node) annotate(e *format.SchemaElement) error {
	l := &n.Logical
	switch t := e.LogicalType.Value.(type) {
	case nil:
		n.converted(e)
	case *format.StringType:
		l.kind, l.text = annString, "STRING"
	case *format.EnumType:
		l.kind, l.text = annEnum, "ENUM"
	case *format.JsonType:
		l.kind, l.text = annJSON, "JSON"
	case *format.BsonType:
		l.kind, l.text = annBSON, "BSON"
	case *format.MapType:
		l.kind, l.text = annMap, "MAP"
	case *format.ListType:
		l.kind, l.text = annList, "LIST"
	case *format.DateType:
		l.kind, l.text = annDate, "DATE"
	case *format.UUIDType:
		l.kind, l.text = annUUID, "UUID"
	case *format.DecimalType:
		l.kind, l.precision, l.scale = annDecimal, int(t.Precision), int(t.Scale)
	case *format.IntType:
		l.kind, l.precision, l.signed = annInt, int(t.BitWidth), t.IsSigned
		l.text = "INTEGER(" + strconv.Itoa(l.precision) + "," + strconv.FormatBool(l.signed) + ")"
	case *format.TimeType:
		l.kind, l.utc, l.unit = annTime, t.IsAdjustedToUTC, unitOf(t.Unit)
		l.text = timeText("TIME", l)
	case *format.TimestampType:
		l.kind, l.utc, l.unit = annTimestamp, t.IsAdjustedToUTC, unitOf(t.Unit)
		l.text = timeText("TIMESTAMP", l)
	case *format.NullType:
		l.kind, l.text = annNull, "UNKNOWN"
		if e.ConvertedType.Valid { // interval has no logical type of its own
			n.converted(e)
		}
	case *format.VariantType:
		l.kind, l.text = annVariant, "VARIANT"
	default:
		l.kind, l.text = annOther, strings.SplitN(t.String(), "(", 2)[0]
	}
	if l.kind == annDecimal {
		l.text = "DECIMAL(" + strconv.Itoa(l.precision) + "," + strconv.Itoa(l.scale) + ")"
		if l.precision < 1 || l.scale < 0 || l.scale > l.precision {
			return corruptf("%s is %s", e.Name, l.text)
		}
	}
	return nil
}

func unitOf(u format.TimeUnit) byte {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return 'm'
	case *format.MicroSeconds:
		return 'u'
	}
	return 'n'
}

func timeText(name string, l *logical) string {
	unit := map[byte]string{'m': "MILLIS", 'u': "MICROS", 'n': "NANOS"}[l.unit]
	return name + "(" + unit + "," + strconv.FormatBool(l.utc) + ")"
}

func (n *Node) converted(e *format.SchemaElement) {
	if !e.ConvertedType.Valid {
		return
	}
	l := &n.Logical
	integer := func(bits int, signed bool) {
		l.kind, l.precision, l.signed = annInt, bits, signed
		l.text = "INTEGER(" + strconv.Itoa(bits) + "," + strconv.FormatBool(signed) + ")"
	}
	clock := func(k annotation, name string, unit byte) {
		l.kind, l.utc, l.unit = k, true, unit
		l.text = timeText(name, l)
	}
	switch e.ConvertedType.V {
	case deprecated.UTF8:
		l.kind, l.text = annString, "STRING"
	case deprecated.Map, deprecated.MapKeyValue:
		l.kind, l.text = annMap, "MAP"
	case deprecated.List:
		l.kind, l.text = annList, "LIST"
	case deprecated.Enum:
		l.kind, l.text = annEnum, "ENUM"
	case deprecated.Decimal:
		l.kind, l.precision, l.scale = annDecimal, int(e.Precision.V), int(e.Scale.V)
	case deprecated.Date:
		l.kind, l.text = annDate, "DATE"
	case deprecated.TimeMillis:
		clock(annTime, "TIME", 'm')
	case deprecated.TimeMicros:
		clock(annTime, "TIME", 'u')
	case deprecated.TimestampMillis:
		clock(annTimestamp, "TIMESTAMP", 'm')
	case deprecated.TimestampMicros:
		clock(annTimestamp, "TIMESTAMP", 'u')
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		integer(8<<(e.ConvertedType.V-deprecated.Uint8), false)
	case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
		integer(8<<(e.ConvertedType.V-deprecated.Int8), true)
	case deprecated.Json:
		l.kind, l.text = annJSON, "JSON"
	case deprecated.Bson:
		l.kind, l.text = annBSON, "BSON"
	case deprecated.Interval:
		l.kind, l.text = annInterval, "INTERVAL"
	}
}

// String is the node's type as error messages show it.
func (n *Node) String() string {
	s := "group " + n.Name
	if n.Kids == nil {
		s = n.Phys.String()
		if n.Phys == format.ByteArray {
			s = "BINARY"
		}
	}
	if n.Logical.text != "" {
		s += " (" + n.Logical.text + ")"
	}
	return s
}

// kid finds a member by name: exactly, else without regard to case where that is unambiguous.
func (n *Node) kid(name string) (found *Node, ambiguous bool) {
	for _, k := range n.Kids {
		if k.Name == name {
			return k, false
		}
		if strings.EqualFold(k.Name, name) {
			ambiguous = found != nil
			found = k
		}
	}
	return found, ambiguous
}
