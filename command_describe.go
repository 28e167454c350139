package sparksql

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

func describeSchema() *types.Schema {
	return &types.Schema{Fields: []types.Field{field("col_name", types.StringType, false), field("data_type", types.StringType, false),
		field("comment", types.StringType, true)}}
}

// describe runs DESCRIBE TABLE, QUERY, DATABASE and FUNCTION.
func (s *Session) describe(ctx context.Context, st *tree.Describe) (*Rows, error) {
	switch st.Kind {
	case tree.KindQuery:
		n, err := s.analyzer().Query(ctx, st.Query)
		if err != nil {
			return nil, err
		}
		return s.columnRows(describeFields(plan.Declared(n).Fields)), nil
	case tree.KindDatabase:
		return s.describeDatabase(ctx, st)
	case tree.KindFunction:
		return s.describeFunction(ctx, st)
	case tree.KindTable, tree.KindView:
		return s.describeTable(ctx, st)
	}
	return nil, errs.Unsupported(st.P, "DESCRIBE of this kind")
}

func describeFields(fields []types.Field) [][]any {
	var rows [][]any
	for _, f := range fields {
		var comment any
		if f.Comment != "" {
			comment = f.Comment
		}
		rows = append(rows, []any{f.Name, f.Type.String(), comment})
	}
	return rows
}

func (s *Session) describeDatabase(ctx context.Context, st *tree.Describe) (*Rows, error) {
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	d, err := s.engine.store.Database(ctx, parts[len(parts)-1])
	if err != nil {
		return nil, err
	}
	rows := [][]any{{"Catalog Name", sessionCatalog}, {"Namespace Name", d.Name}, {"Comment", d.Comment}, {"Location", "file:" + d.Location}, {"Owner", userName()}}
	if st.Extended {
		var props []string
		for _, k := range slices.Sorted(maps.Keys(d.Properties)) {
			props = append(props, "("+k+","+d.Properties[k]+")")
		}
		text := ""
		if len(props) > 0 {
			text = "(" + strings.Join(props, ", ") + ")"
		}
		rows = append(rows, []any{"Properties", text})
	}
	return s.valueRows(stringSchema("info_name", "info_value"), rows), nil
}
