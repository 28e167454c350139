package sparksql

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// object is a JSON object whose members stay in their order.
type object []member

type member struct {
	key   string
	value any
}

// add adds a member, unless there is one of this key or the value says nothing.
func (o *object) add(key string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	case object:
		if len(v) == 0 {
			return
		}
	}
	if !slices.ContainsFunc(*o, func(m member) bool { return m.key == key }) {
		*o = append(*o, member{key, value})
	}
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	write := func(v any) error {
		err := e.Encode(v)
		b.Truncate(b.Len() - 1) // the line break
		return err
	}
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := write(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := write(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// describeJSON is DESCRIBE EXTENDED ... AS JSON; t is nil for a temporary view.
func (s *Session) describeJSON(ctx context.Context, st *tree.Describe, t *metastore.Table, fields []types.Field) (*Rows, error) {
	var out object
	var err error
	if t == nil {
		err = s.viewObject(ctx, st, fields, &out)
	} else {
		err = s.tableObject(ctx, st, t, fields, &out)
	}
	if err != nil {
		return nil, err
	}
	out.add("collation", "UTF8_BINARY")
	text, err := out.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return s.documentRows("json_metadata", string(text)), nil
}

// tableObject tells of a table or view. What is told of a partition stands before what the table has of the same name.
func (s *Session) tableObject(ctx context.Context, st *tree.Describe, t *metastore.Table, fields []types.Field, out *object) error {
	out.add("table_name", lowerName(t))
	out.add("catalog_name", sessionCatalog)
	out.add("namespace", []string{t.Database})
	out.add("schema_name", t.Database)
	out.add("columns", columnObjects(fields, t.Columns))
	if st.Partition != nil {
		p, err := s.describedPartition(ctx, st, t)
		if err != nil {
			return err
		}
		partitionObject(t, p, out)
	} else {
		bucketObject(t, out)
		storageObject(t, out)
	}
	made(out, instant(t.Created))
	out.add("type", string(t.Kind))
	out.add("provider", t.Provider)
	bucketObject(t, out)
	out.add("comment", t.Comment)
	if t.Kind == metastore.View {
		out.add("view_text", t.ViewText)
		out.add("view_original_text", t.ViewText)
		out.add("view_schema_mode", viewMode(t))
		out.add("view_catalog_and_namespace", sessionCatalog+"."+t.ViewDatabase)
		out.add("view_query_output_columns", t.ViewOutput)
		out.add("view_creation_spark_configuration", propertyObject(t.ViewConf))
	}
	out.add("table_properties", propertyObject(t.Properties))
	if t.Bytes >= 0 {
		sizes := object{{"size_in_bytes", t.Bytes}}
		if t.Rows >= 0 {
			sizes.add("num_rows", t.Rows)
		}
		out.add("statistics", sizes)
	}
	if t.Tracked {
		out.add("partition_provider", "Catalog")
	}
	out.add("partition_columns", t.PartitionBy)
	return nil
}

// viewObject tells of a temporary view.
func (s *Session) viewObject(ctx context.Context, st *tree.Describe, fields []types.Field, out *object) error {
	if st.Partition != nil {
		_, err := s.describedPartition(ctx, st, nil)
		return err
	}
	parts, err := s.name(ctx, st.Name)
	if err != nil {
		return err
	}
	v := s.tempView(parts)
	if v == nil {
		return errs.New(st.Name.P, "TABLE_OR_VIEW_NOT_FOUND", "relationName", quoted(parts))
	}
	out.add("table_name", strings.ToLower(v.name))
	out.add("catalog_name", "system")
	out.add("namespace", []string{"session"})
	out.add("schema_name", "session")
	out.add("columns", columnObjects(fields, nil))
	made(out, instant(v.made))
	out.add("type", string(metastore.View))
	out.add("comment", v.comment)
	if v.query != nil {
		out.add("view_text", v.query.Text.SQL)
		out.add("view_schema_mode", "BINDING")
		out.add("view_catalog_and_namespace", sessionCatalog+"."+v.query.Database)
		out.add("view_query_output_columns", (&types.Schema{Fields: fields}).Names())
	}
	return nil
}

func made(out *object, created string) {
	out.add("created_time", created)
	out.add("last_access", "UNKNOWN")
	out.add("created_by", "Spark "+SparkVersion)
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func bucketObject(t *metastore.Table, out *object) {
	if t.Buckets > 0 {
		out.add("num_buckets", t.Buckets)
		out.add("bucket_columns", t.BucketBy)
		out.add("sort_columns", append([]string{}, t.SortBy...))
	}
}

func storageObject(t *metastore.Table, out *object) {
	if t.Kind != metastore.View {
		out.add("location", "file:"+t.Location)
		out.add("storage_properties", propertyObject(t.Options))
	}
}

func partitionObject(t *metastore.Table, p *metastore.Partition, out *object) {
	var values object
	names, of := files.ParseSpec(p.Spec)
	for i, n := range names {
		v := files.NullPartition
		if of[i] != nil {
			v = *of[i]
		}
		values.add(n, v)
	}
	out.add("partition_values", values)
	out.add("location", "file:"+partitionPath(t, p))
	out.add("storage_properties", propertyObject(t.Options))
	out.add("created_time", instant(p.Created))
	out.add("last_access", "UNKNOWN")
	out.add("partition_statistics", statistics(p.Bytes, p.Rows))
}

// propertyObject has the properties by name, secrets hidden.
func propertyObject(m map[string]string) (out object) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, member{k, redacted(k, m[k])})
	}
	return out
}

// columnObjects are columns; stored are those of the table, for their defaults.
func columnObjects(fields []types.Field, stored []metastore.Column) []object {
	out := make([]object, len(fields))
	for i, f := range fields {
		out[i] = fieldObject(f)
		if i < len(stored) {
			out[i].add("default", stored[i].Default)
		}
	}
	return out
}

func fieldObject(f types.Field) object {
	out := object{{"name", f.Name}, {"type", typeObject(f.Type)}, {"nullable", f.Nullable}}
	out.add("comment", f.Comment)
	return out
}

// typeObject is a type taken apart. Columns of char and varchar are strings here, as in Spark.
func typeObject(t types.Type) object {
	switch t.Kind() {
	case types.String, types.Char, types.Varchar:
		collation := t.Collation()
		if collation == "" {
			collation = "UTF8_BINARY"
		}
		return object{{"name", "string"}, {"collation", collation}}
	case types.Decimal:
		return object{{"name", "decimal"}, {"precision", t.Precision()}, {"scale", t.Scale()}}
	case types.Timestamp:
		return object{{"name", "timestamp_ltz"}}
	case types.YearMonthInterval, types.DayTimeInterval:
		from, to := t.IntervalFields()
		return object{{"name", "interval"}, {"start_unit", from}, {"end_unit", to}}
	case types.Array:
		return object{{"name", "array"}, {"element_type", typeObject(t.Elem())}, {"element_nullable", t.ContainsNull()}}
	case types.Map:
		return object{{"name", "map"}, {"key_type", typeObject(t.Key())}, {"value_type", typeObject(t.Elem())}, {"value_nullable", t.ContainsNull()}}
	case types.Struct:
		fields := make([]object, len(t.Fields()))
		for i, f := range t.Fields() {
			fields[i] = fieldObject(f)
		}
		return object{{"name", "struct"}, {"fields", fields}}
	}
	return object{{"name", t.String()}}
}
