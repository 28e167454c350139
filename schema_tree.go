package sparksql

import (
	"strings"

	"sparksql/sql/types"
)

// schemaTree draws a schema as Spark does, a column a line, what it is made of beneath.
func schemaTree(s *types.Schema) string {
	var b strings.Builder
	b.WriteString("root\n")
	for _, f := range s.Fields {
		treeField(&b, " |", f)
	}
	return b.String()
}

func treeField(b *strings.Builder, prefix string, f types.Field) {
	b.WriteString(prefix + "-- " + f.Name + ": " + f.Type.TypeName() + " (nullable = " + truth(f.Nullable) + ")\n")
	treeInner(b, prefix+"    |", f.Type)
}

func treeInner(b *strings.Builder, prefix string, t types.Type) {
	part := func(name string, t types.Type, note string) {
		b.WriteString(prefix + "-- " + name + ": " + t.TypeName() + note + "\n")
		treeInner(b, prefix+"    |", t)
	}
	switch t.Kind() {
	case types.Struct:
		for _, f := range t.Fields() {
			treeField(b, prefix, f)
		}
	case types.Array:
		part("element", t.Elem(), " (containsNull = "+truth(t.ContainsNull())+")")
	case types.Map:
		part("key", t.Key(), "")
		part("value", t.Elem(), " (valueContainsNull = "+truth(t.ContainsNull())+")")
	}
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
