package sparksql

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// columnRows are the rows of DESCRIBE, which the spark-sql command line prints in columns of 20.
func (s *Session) columnRows(rows [][]any) *Rows {
	out := s.valueRows(describeSchema(), rows)
	out.cli = func(row []any) string {
		cells := make([]string, len(row))
		for i, x := range row {
			text, _ := x.(string)
			cells[i] = fmt.Sprintf("%-20s", text)
		}
		return strings.Join(cells, "\t")
	}
	return out
}

func heading(text string) [][]any { return [][]any{{"", "", ""}, {text, "", ""}} }

// describeTable is DESCRIBE [EXTENDED] table [PARTITION (...)] [column].
func (s *Session) describeTable(ctx context.Context, st *tree.Describe) (*Rows, error) {
	t, err := s.described(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	fields, err := s.columnsOf(ctx, st.Name, t)
	if err != nil {
		return nil, err
	}
	switch {
	case st.AsJSON:
		return s.describeJSON(ctx, st, t, fields)
	case len(st.Column) > 0:
		return s.describeColumn(st, t, fields)
	}
	rows := describeFields(fields)
	if t != nil && len(t.PartitionBy) > 0 {
		rows = append(rows, []any{"# Partition Information", "", ""}, []any{"# col_name", "data_type", "comment"})
		rows = append(rows, describeFields(fields[len(fields)-len(t.PartitionBy):])...)
	}
	switch {
	case st.Partition != nil:
		more, err := s.describePartition(ctx, st, t)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	case st.Extended && t != nil:
		rows = append(rows, heading("# Detailed Table Information")...)
		rows = append(rows, detailRows(s.tableDetails(t))...)
	}
	if t != nil {
		rows = append(rows, defaultRows(t, fields)...)
	}
	return s.columnRows(rows), nil
}

// described is the stored table or view of a name; nil for a temporary view.
func (s *Session) described(ctx context.Context, n tree.ObjectName) (*metastore.Table, error) {
	parts, err := s.name(ctx, n)
	if err != nil || s.tempView(parts) != nil {
		return nil, err
	}
	t, err := s.storedTable(ctx, tree.ObjectName{Parts: parts, P: n.P})
	if err != nil {
		return nil, err
	}
	return s.evolved(ctx, t, n), nil
}

// defaultRows list the columns that have defaults.
func defaultRows(t *metastore.Table, fields []types.Field) [][]any {
	var rows [][]any
	for i, c := range t.Columns {
		if c.Default == "" || i >= len(fields) {
			continue
		}
		if rows == nil {
			rows = heading("# Column Default Values")
		}
		rows = append(rows, []any{c.Name, fields[i].Type.String(), c.Default})
	}
	return rows
}

// detail is one thing to know of a table.
type detail struct{ key, value string }

func detailRows(ds []detail) [][]any {
	rows := make([][]any, len(ds))
	for i, d := range ds {
		rows[i] = []any{d.key, d.value, ""}
	}
	return rows
}

// details collects what is not empty.
type details []detail

func (d *details) add(key, value string) {
	if value != "" {
		*d = append(*d, detail{key, value})
	}
}

const timeLayout = "Mon Jan 02 15:04:05 MST 2006"

// tableDetails are what DESCRIBE EXTENDED and SHOW TABLE EXTENDED tell of a table or view, in Spark's order.
func (s *Session) tableDetails(t *metastore.Table) []detail {
	var d details
	d.add("Catalog", sessionCatalog)
	d.add("Database", t.Database)
	d.add("Table", lowerName(t))
	d.add("Created Time", t.Created.In(s.zone()).Format(timeLayout))
	d.add("Last Access", "UNKNOWN")
	d.add("Created By", "Spark "+SparkVersion)
	d.add("Type", string(t.Kind))
	d.add("Provider", t.Provider)
	d.buckets(t)
	d.add("Comment", t.Comment)
	if t.Kind == metastore.View {
		d.add("View Text", t.ViewText)
		d.add("View Original Text", t.ViewText)
		d.add("View Schema Mode", viewMode(t))
		d.add("View Catalog and Namespace", sessionCatalog+"."+t.ViewDatabase)
		d.add("View Query Output Columns", nameList(t.ViewOutput))
	}
	d.add("Table Properties", propertyList(t.Properties))
	d.add("Statistics", statistics(t.Bytes, t.Rows))
	if k := s.cache.level([]string{sessionCatalog, t.Database, lowerName(t)}); k != "" {
		d.add("Cached", k)
	}
	if t.Kind != metastore.View {
		d.add("Location", "file:"+t.Location)
		d.add("Storage Properties", propertyList(t.Options))
	}
	if t.Tracked {
		d.add("Partition Provider", "Catalog")
	}
	return d
}

// viewMode is what becomes of a view when the columns of its query change.
func viewMode(t *metastore.Table) string { return cmp.Or(t.ViewSchema, compensates) }

// viewDetails are what SHOW TABLE EXTENDED tells of a temporary view.
func (s *Session) viewDetails(name string, fields []types.Field) []detail {
	var d details
	d.add("Table", name)
	v := s.tempView([]string{name})
	if v != nil {
		d.add("Created Time", v.made.In(s.zone()).Format(timeLayout))
	}
	d.add("Last Access", "UNKNOWN")
	d.add("Created By", "Spark "+SparkVersion)
	d.add("Type", string(metastore.View))
	if v != nil && v.query != nil {
		d.add("Comment", v.comment)
		d.add("View Text", v.query.Text.SQL)
		d.add("View Schema Mode", "BINDING")
		d.add("View Catalog and Namespace", sessionCatalog+"."+v.query.Database)
		d.add("View Query Output Columns", nameList((&types.Schema{Fields: fields}).Names()))
	}
	return d
}

func (d *details) buckets(t *metastore.Table) {
	if t.Buckets > 0 {
		d.add("Num Buckets", fmt.Sprint(t.Buckets))
		d.add("Bucket Columns", nameList(t.BucketBy))
		d.add("Sort Columns", nameList(t.SortBy))
		if len(t.SortBy) == 0 {
			d.add("Sort Columns", "[]")
		}
	}
}

func nameList(names []string) string {
	if len(names) == 0 {
		return ""
	}
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = quoted([]string{n})
	}
	return "[" + strings.Join(q, ", ") + "]"
}

// secret finds keys whose values are not shown.
var secret = regexp.MustCompile(`(?i)secret|password|token|access[.]?key`)

func redacted(key, value string) string {
	if secret.MatchString(key) {
		return "*********(redacted)"
	}
	return value
}

func propertyList(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+redacted(k, m[k]))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// statistics is the text of sizes that ANALYZE found; "" for none.
func statistics(bytes, rows int64) string {
	switch {
	case bytes < 0:
		return ""
	case rows < 0:
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%d bytes, %d rows", bytes, rows)
}

// describedPartition is the partition that a DESCRIBE names.
func (s *Session) describedPartition(ctx context.Context, st *tree.Describe, t *metastore.Table) (*metastore.Partition, error) {
	if t == nil || t.Kind == metastore.View {
		kind := "TEMPORARY VIEW"
		if t != nil {
			kind = "VIEW"
		}
		return nil, errs.New(st.P, "FORBIDDEN_OPERATION", "statement", "DESC PARTITION", "objectType", kind, "objectName", quoted(st.Name.Parts[len(st.Name.Parts)-1:]))
	}
	return s.partition(ctx, t, st.Partition, "DESC PARTITION")
}

// describePartition is what DESCRIBE tells of a partition beyond the columns.
func (s *Session) describePartition(ctx context.Context, st *tree.Describe, t *metastore.Table) ([][]any, error) {
	p, err := s.describedPartition(ctx, st, t)
	if err != nil || !st.Extended {
		return nil, err
	}
	rows := heading("# Detailed Partition Information")
	rows = append(rows, detailRows([]detail{{"Database", t.Database}, {"Table", lowerName(t)}})...)
	rows = append(rows, detailRows(s.partitionDetails(t, p))...)
	rows = append(rows, heading("# Storage Information")...)
	var d details
	d.buckets(t)
	d.add("Location", "file:"+t.Location)
	d.add("Storage Properties", propertyList(t.Options))
	return append(rows, detailRows(d)...), nil
}

func (s *Session) partitionDetails(t *metastore.Table, p *metastore.Partition) []detail {
	var d details
	d.add("Partition Values", "["+strings.Join(plainValues(p.Spec), ", ")+"]")
	d.add("Location", "file:"+partitionPath(t, p))
	d.add("Storage Properties", propertyList(t.Options))
	d.add("Created Time", p.Created.In(s.zone()).Format(timeLayout))
	d.add("Last Access", "UNKNOWN")
	d.add("Partition Statistics", statistics(p.Bytes, p.Rows))
	return d
}

// describeColumn is DESCRIBE [EXTENDED] table column; t is nil for a temporary view.
func (s *Session) describeColumn(st *tree.Describe, t *metastore.Table, fields []types.Field) (*Rows, error) {
	i := slices.IndexFunc(fields, func(f types.Field) bool { return strings.EqualFold(f.Name, st.Column[0]) })
	switch {
	case i < 0:
		return nil, errs.New(st.P, "COLUMN_NOT_FOUND", "colName", quoted(st.Column), "caseSensitiveConfig", `"spark.sql.caseSensitive"`)
	case len(st.Column) > 1:
		return nil, nestedColumn(st, fields[i])
	}
	f := fields[i]
	comment := "NULL"
	if f.Comment != "" {
		comment = f.Comment
	}
	rows := [][]any{{"col_name", f.Name}, {"data_type", f.Type.String()}, {"comment", comment}}
	if st.Extended {
		var c *metastore.ColumnStats
		if t != nil {
			if known, ok := t.ColStats[strings.ToLower(f.Name)]; ok {
				c = &known
			}
		}
		rows = append(rows, columnStatRows(c)...)
		if t != nil && i < len(t.Columns) && t.Columns[i].Default != "" {
			rows = append(rows, []any{"default", t.Columns[i].Default})
		}
	}
	return s.valueRows(stringSchema("info_name", "info_value"), rows), nil
}

// nestedColumn is why DESCRIBE does not tell of a field in a column: there is none, or fields are not told of.
func nestedColumn(st *tree.Describe, f types.Field) error {
	for k, name := range st.Column[1:] {
		if f.Type.Kind() != types.Struct {
			return errs.New(st.P, "INVALID_EXTRACT_BASE_FIELD_TYPE", "base", `"`+strings.Join(st.Column[:k+1], ".")+`"`, "other", `"`+f.Type.SQL()+`"`)
		}
		in := f.Type.Fields()
		i := slices.IndexFunc(in, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
		if i < 0 {
			return errs.New(st.P, "FIELD_NOT_FOUND", "fieldName", quoted([]string{name}), "fields", fieldNames(in))
		}
		f = in[i]
	}
	return errs.New(st.P, "_LEGACY_ERROR_TEMP_1060", "command", "DESC TABLE COLUMN", "column", strings.Join(st.Column, "."))
}

func columnStatRows(c *metastore.ColumnStats) [][]any {
	null := "NULL"
	if c == nil {
		c = &metastore.ColumnStats{Distinct: -1, Nulls: -1, AvgLen: -1, MaxLen: -1}
	}
	number := func(n int64) string {
		if n < 0 {
			return null
		}
		return fmt.Sprint(n)
	}
	text := func(p *string) string {
		if p == nil {
			return null
		}
		return *p
	}
	return [][]any{{"min", text(c.Min)}, {"max", text(c.Max)}, {"num_nulls", number(c.Nulls)}, {"distinct_count", number(c.Distinct)},
		{"avg_col_len", number(c.AvgLen)}, {"max_col_len", number(c.MaxLen)}, {"histogram", null}}
}

// evolved is a view with the columns that its query gives now, where its mode lets them change.
func (s *Session) evolved(ctx context.Context, t *metastore.Table, n tree.ObjectName) *metastore.Table {
	if t.ViewSchema != evolves && t.ViewSchema != typesEvolve {
		return t
	}
	q, err := s.analyzer().Query(ctx, &tree.Table{Rel: tree.Rel{P: n.P}, Parts: []string{t.Database, t.Name}})
	if err != nil {
		return t
	}
	out := *t
	out.Columns = storedColumns(plan.Declared(q).Fields)
	if t.ViewSchema == evolves {
		out.ViewOutput = plan.Schema(q).Names()
	}
	return &out
}
