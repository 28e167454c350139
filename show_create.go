package sparksql

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// showCreate prints the statement that makes a table or view.
func (s *Session) showCreate(ctx context.Context, st *tree.Show) (*Rows, error) {
	if st.Key != "" {
		return s.showCreateSerde(ctx, st)
	}
	t, err := s.described(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errs.New(st.P, "EXPECT_PERMANENT_VIEW_NOT_TEMP", "viewName", quoted(st.Name.Parts), "operation", "SHOW CREATE TABLE")
	}
	text := createTableText
	if t.Kind == metastore.View {
		text = createViewText
	}
	return s.documentRows("createtab_stmt", text(t)), nil
}

// showCreateSerde is SHOW CREATE TABLE ... AS SERDE, which is for tables of Hive: there are none.
func (s *Session) showCreateSerde(ctx context.Context, st *tree.Show) (*Rows, error) {
	t, err := s.described(ctx, st.Name)
	switch {
	case err != nil:
		return nil, err
	case t == nil || t.Kind == metastore.View:
		return nil, errs.Unsupported(st.P, "SHOW CREATE TABLE ... AS SERDE of a view")
	}
	return nil, errs.New(st.P, "UNSUPPORTED_SHOW_CREATE_TABLE.ON_DATA_SOURCE_TABLE_WITH_AS_SERDE", "tableName", fullName(t))
}

// literal is a text as a SQL string.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

func propertyClause(b *strings.Builder, word string, m map[string]string) {
	if len(m) == 0 {
		return
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, "  "+literal(k)+" = "+literal(redacted(k, m[k])))
	}
	fmt.Fprintf(b, "%s (\n%s)\n", word, strings.Join(lines, ",\n"))
}

func columnClause(b *strings.Builder, cols []metastore.Column, describe func(metastore.Column) string) {
	lines := make([]string, len(cols))
	for i, c := range cols {
		lines[i] = "  " + types.QuoteIdent(c.Name) + describe(c)
		if c.Comment != "" {
			lines[i] += " COMMENT " + literal(c.Comment)
		}
	}
	b.WriteString(" (\n" + strings.Join(lines, ",\n") + ")\n")
}

func nameClause(b *strings.Builder, word string, names []string) {
	if len(names) == 0 {
		return
	}
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = types.QuoteIdent(n)
	}
	fmt.Fprintf(b, "%s (%s)\n", word, strings.Join(q, ", "))
}

func createTableText(t *metastore.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s.%s.%s", sessionCatalog, types.QuoteIdent(t.Database), types.QuoteIdent(lowerName(t)))
	columnClause(&b, t.Columns, func(c metastore.Column) string {
		out := " " + c.Type
		if !c.Nullable {
			out += " NOT NULL"
		}
		if c.Default != "" {
			out += " DEFAULT " + c.Default
		}
		return out
	})
	fmt.Fprintf(&b, "USING %s\n", t.Provider)
	options := maps.Clone(t.Options)
	maps.DeleteFunc(options, func(k, _ string) bool { return strings.EqualFold(k, "path") })
	propertyClause(&b, "OPTIONS", options)
	nameClause(&b, "PARTITIONED BY", t.PartitionBy)
	if t.Buckets > 0 {
		nameClause(&b, "CLUSTERED BY", t.BucketBy)
		nameClause(&b, "SORTED BY", t.SortBy)
		fmt.Fprintf(&b, "INTO %d BUCKETS\n", t.Buckets)
	}
	if t.Comment != "" {
		fmt.Fprintf(&b, "COMMENT %s\n", literal(t.Comment))
	}
	if t.Kind == metastore.External {
		fmt.Fprintf(&b, "LOCATION %s\n", literal("file:"+t.Location))
	}
	propertyClause(&b, "TBLPROPERTIES", t.Properties)
	return b.String()
}

func createViewText(t *metastore.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE VIEW %s.%s", types.QuoteIdent(t.Database), types.QuoteIdent(lowerName(t)))
	columnClause(&b, t.Columns, func(metastore.Column) string { return "" })
	if t.Comment != "" {
		fmt.Fprintf(&b, "COMMENT %s\n", literal(t.Comment))
	}
	propertyClause(&b, "TBLPROPERTIES", t.Properties)
	fmt.Fprintf(&b, "WITH SCHEMA %s\nAS %s\n", viewMode(t), t.ViewText)
	return b.String()
}
