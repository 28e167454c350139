package sparksql

import (
	"context"
	"strings"

	"sparksql/catalog/metastore"
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
	if st.AsJSON {
		return nil, errs.Unsupported(st.P, "DESCRIBE ... AS JSON")
	}
	switch st.Kind {
	case tree.KindQuery:
		n, err := s.analyzer().Query(ctx, st.Query)
		if err != nil {
			return nil, err
		}
		return s.valueRows(describeSchema(), describeFields(plan.Schema(n).Fields)), nil
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

func (s *Session) describeTable(ctx context.Context, st *tree.Describe) (*Rows, error) {
	fields, err := s.columnsOf(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if len(st.Column) > 0 {
		return s.describeColumn(st, fields)
	}
	rows := describeFields(fields)
	o, err := s.relation(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if o.Table != nil && len(o.Table.Partitioning()) > 0 {
		rows = append(rows, []any{"# Partition Information", "", ""}, []any{"# col_name", "data_type", "comment"})
		by := o.Table.Partitioning()
		rows = append(rows, describeFields(fields[len(fields)-len(by):])...)
	}
	if st.Extended && len(o.Name) == 3 {
		t, err := s.storedTable(ctx, tree.ObjectName{Parts: o.Name[1:], P: st.Name.P})
		if err != nil {
			return nil, err
		}
		rows = append(rows, tableDetails(t)...)
	}
	return s.valueRows(describeSchema(), rows), nil
}

func tableDetails(t *metastore.Table) [][]any {
	rows := [][]any{{"", "", ""}, {"# Detailed Table Information", "", ""}}
	add := func(k, v string) {
		if v != "" {
			rows = append(rows, []any{k, v, ""})
		}
	}
	add("Catalog", sessionCatalog)
	add("Database", t.Database)
	add("Table", strings.ToLower(t.Name))
	add("Created Time", t.Created.Format("Mon Jan 02 15:04:05 MST 2006"))
	add("Type", string(t.Kind))
	add("Provider", t.Provider)
	add("Comment", t.Comment)
	add("Location", t.Location)
	add("View Text", t.ViewText)
	return rows
}

func (s *Session) describeColumn(st *tree.Describe, fields []types.Field) (*Rows, error) {
	for _, f := range fields {
		if len(st.Column) == 1 && strings.EqualFold(f.Name, st.Column[0]) {
			comment := any("NULL")
			if f.Comment != "" {
				comment = f.Comment
			}
			return s.valueRows(stringSchema("info_name", "info_value"), [][]any{{"col_name", f.Name}, {"data_type", f.Type.String()}, {"comment", comment}}), nil
		}
	}
	return nil, errs.New(st.P, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", quoted(st.Column), "proposal", fieldNames(fields))
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
	rows := [][]any{{"Catalog Name", sessionCatalog}, {"Namespace Name", d.Name}, {"Comment", d.Comment}, {"Location", d.Location}, {"Owner", userName()}}
	return s.valueRows(stringSchema("info_name", "info_value"), rows), nil
}
