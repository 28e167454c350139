// Package files is tables that are files in folders: listing, wildcards, partition columns from folder names, and
// writes that become visible all at once. What is in a file is the business of a catalog.Format.
package files

import (
	"context"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"sparksql/catalog"
	"sparksql/catalog/avro"
	"sparksql/catalog/csv"
	"sparksql/catalog/json"
	"sparksql/catalog/parquet"
	"sparksql/catalog/text"
	"sparksql/exec/eval"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// Spec says which files make a table.
type Spec struct {
	Format      string            // parquet
	Paths       []string          // folders, files, wildcards
	Options     map[string]string // as given by the user; names without regard to case
	Zone        *time.Location    // of timestamps in folder names; nil: UTC
	Schema      *types.Schema     // nil: from the files; with partition columns otherwise
	PartitionBy []string          // with Schema: the partition columns, in order
	MayBeEmpty  bool              // a table without files is empty, and its folder need not exist
	Folders     []Folder          // with PartitionBy: the partitions, whatever folders there are; nil: those that exist
	Buckets     int               // files are named after one of so many buckets of BucketBy; 0: none
	BucketBy    []string
	Missing     map[string]any // values, in Go form, of columns that files may not have; NULL otherwise
	Stats       *catalog.Stats // what is known of the rows; nil: what the files say
	// Again opens the table anew, under its present definition; nil stands for Open with this Spec. A nil table: there is
	// none any more.
	Again   func(ctx context.Context) (*Table, error)
	Parquet *parquet.Format // keeps footers between tables; nil: of its own
}

func (s *Spec) option(lower string) string {
	for k, v := range s.Options {
		if strings.ToLower(k) == lower {
			return v
		}
	}
	return ""
}

func (s *Spec) lowered() map[string]string {
	out := make(map[string]string, len(s.Options))
	for k, v := range s.Options {
		out[strings.ToLower(k)] = v
	}
	return out
}

// Table is a table of files as they were when it was opened.
type Table struct {
	spec   Spec
	format catalog.Format
	schema *types.Schema
	parts  []string // names of the partition columns
	files  []catalog.File
	root   string       // folder that is written to
	step   func(string) // told of each step of a commit; for tests

	once  sync.Once
	stats *catalog.Stats
}

// Open lists the files and finds the schema. PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA.
func Open(ctx context.Context, spec Spec) (*Table, error) {
	if spec.Zone == nil {
		spec.Zone = time.UTC
	}
	format, ok := formatOf(&spec)
	if !ok {
		return nil, errs.Unsupported(errs.Pos{}, "the format "+spec.Format)
	}
	if err := spec.checkOptions(); err != nil {
		return nil, err
	}
	t := &Table{spec: spec, format: format}
	if len(spec.Paths) == 1 {
		t.root = LocalPath(spec.Paths[0])
	}
	if err := recoverTarget(t.root); err != nil {
		return nil, err
	}
	found, parts, err := spec.find(t.root)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 && spec.Schema == nil {
		return nil, errs.New(errs.Pos{}, "UNABLE_TO_INFER_SCHEMA", "format", FormatName(t.format.Name()))
	}
	switch {
	case parts != nil:
	case spec.on("recursivefilelookup"):
		parts = &partitions{raw: make([][]*string, len(found))}
	default:
		if parts, err = discover(found); err != nil {
			return nil, err
		}
	}
	return t, t.resolve(ctx, found, parts)
}

// FormatName is a format as messages name it.
func FormatName(n string) string {
	switch n = strings.ToLower(n); n {
	case "parquet", "text", "avro":
		return strings.ToUpper(n[:1]) + n[1:]
	}
	return strings.ToUpper(n)
}

// Formats are the names of the formats that tables can have.
func Formats() []string { return []string{"parquet", "csv", "json", "text", "avro"} }

func formatOf(spec *Spec) (catalog.Format, bool) {
	switch strings.ToLower(spec.Format) {
	case "parquet":
		if spec.Parquet != nil {
			return spec.Parquet, true
		}
		return parquet.New(), true
	case "csv":
		return csv.Format{}, true
	case "json":
		return json.Format{}, true
	case "text":
		return text.Format{}, true
	case "avro":
		return avro.Format{}, true
	}
	return nil, false
}

// resolve joins the schemas of files and folders.
func (t *Table) resolve(ctx context.Context, found []found, p *partitions) error {
	for _, f := range found {
		t.files = append(t.files, catalog.File{Path: f.path, Size: f.size, Mod: f.mod})
	}
	if t.spec.Schema != nil && (len(t.spec.PartitionBy) > 0 || len(p.names) == 0) {
		return t.declared(p)
	}
	inferred := p.columnTypes(t.spec.Zone, !strings.EqualFold(t.spec.option("partitioncolumntypeinference"), "false"))
	data := t.spec.Schema
	if data == nil {
		var err error
		if data, err = t.format.Infer(ctx, t.files, t.spec.lowered()); err != nil {
			return err
		}
	}
	t.schema = &types.Schema{}
	for _, f := range data.Fields {
		at := indexFold(p.names, f.Name)
		if at < 0 {
			t.schema.Fields = append(t.schema.Fields, f)
		} else if t.spec.Schema != nil {
			inferred[at] = f.Type
		}
	}
	for c, name := range p.names {
		t.schema.Fields = append(t.schema.Fields, types.Field{Name: name, Type: inferred[c], Nullable: true})
	}
	t.parts = p.names
	return t.values(p, inferred)
}

// declared takes the schema as given; the folders hold the values of its partition columns.
func (t *Table) declared(p *partitions) error {
	t.schema, t.parts = t.spec.Schema, t.spec.PartitionBy
	kinds := make([]types.Type, len(t.parts))
	for i, name := range t.parts {
		f := len(t.schema.Fields) - len(t.parts) + i
		if f < 0 || !strings.EqualFold(t.schema.Fields[f].Name, name) {
			return errs.Internal("the partition column %s is not at the end of the schema", name)
		}
		kinds[i] = t.schema.Fields[f].Type
	}
	if len(t.files) > 0 && len(p.names) != len(t.parts) {
		return errs.New(errs.Pos{}, "CONFLICTING_PARTITION_COLUMN_NAMES", "distinctPartColLists",
			strings.Join(p.names, ", ")+"; "+strings.Join(t.parts, ", "))
	}
	return t.values(p, kinds)
}

// values casts the folders' values.
func (t *Table) values(p *partitions, kinds []types.Type) error {
	type key struct {
		c int
		s string
	}
	known := map[key]any{}
	for i := range t.files {
		vals := make([]any, len(kinds))
		for c := range kinds {
			raw := p.raw[i][c]
			if raw == nil {
				continue
			}
			k := key{c, *raw}
			v, ok := known[k]
			if !ok {
				var err error
				if v, err = castPart(t.parts[c], raw, kinds[c], t.spec.Zone); err != nil {
					return err
				}
				known[k] = v
			}
			vals[c] = v
		}
		t.files[i].Parts = vals
	}
	return nil
}

func indexFold(names []string, name string) int {
	for i, n := range names {
		if strings.EqualFold(n, name) {
			return i
		}
	}
	return -1
}

func (t *Table) Schema() *types.Schema  { return t.schema }
func (t *Table) Partitioning() []string { return t.parts }

// Files are the paths of the table's files, in the order of reading.
func (t *Table) Files() []string {
	out := make([]string, len(t.files))
	for i, f := range t.files {
		out[i] = f.Path
	}
	return out
}

// Partitions are the partitions as name=value/name=value, sorted: those that are known, else the folders that hold files.
func (t *Table) Partitions() []string {
	var out []string
	for _, f := range t.spec.Folders {
		out = append(out, f.Spec)
	}
	if t.spec.Folders != nil {
		slices.Sort(out)
		return out
	}
	for _, f := range t.files {
		dirs := strings.Split(filepath.ToSlash(filepath.Dir(f.Path)), "/")
		out = append(out, strings.Join(dirs[max(0, len(dirs)-len(t.parts)):], "/"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Size is the size of the files in bytes.
func (t *Table) Size() (n int64) {
	for _, f := range t.files {
		n += f.Size
	}
	return n
}

// Stats are read from the files' footers, once.
func (t *Table) Stats() *catalog.Stats {
	t.once.Do(func() {
		data := &types.Schema{Fields: t.schema.Fields[:len(t.schema.Fields)-len(t.parts)]}
		t.stats = t.format.Stats(context.Background(), t.files, data)
		if t.stats != nil {
			for c := range t.parts {
				t.stats.Cols = append(t.stats.Cols, t.partStats(c))
			}
		}
		t.stats = t.stats.Merge(t.spec.Stats)
	})
	return t.stats
}

func (t *Table) partStats(c int) catalog.ColStats {
	distinct := map[any]bool{}
	for _, f := range t.files {
		if b, ok := f.Parts[c].([]byte); ok {
			distinct[string(b)] = true
		} else if f.Parts[c] != nil {
			distinct[f.Parts[c]] = true
		}
	}
	return catalog.ColStats{NDV: int64(len(distinct)), Nulls: -1}
}

// Scan opens the files, those of a later state of the table when it was replaced since it was listed, and leaves the rest
// to the format.
func (t *Table) Scan(ctx context.Context, r catalog.Request) (*catalog.Scan, error) {
	for range mostTries {
		spec, err := t.fileScan(ctx, r)
		if err != nil {
			return nil, err
		}
		h, err := hold(spec)
		if err == nil {
			return t.scanHeld(ctx, spec, h)
		}
		now, err := t.again(ctx)
		if err != nil {
			return nil, err
		}
		if now == nil || ctx.Err() != nil {
			break
		}
		t = now
	}
	spec, err := t.fileScan(ctx, r)
	if err != nil {
		return nil, err
	}
	if t.spec.on("ignoremissingfiles") {
		spec.Files = existing(spec.Files)
	}
	return t.scanHeld(ctx, spec, &held{}) // which names the file that is missing
}

func (t *Table) scanHeld(ctx context.Context, spec *catalog.FileScan, h *held) (*catalog.Scan, error) {
	s, err := t.format.Scan(ctx, spec)
	if err != nil {
		h.close()
		return nil, err
	}
	if s.Close = h.close; spec.Broken {
		passing(s)
	}
	return s, nil
}

// fileScan is what the format has to read. Files are pruned by the values of their folders.
func (t *Table) fileScan(ctx context.Context, r catalog.Request) (*catalog.FileScan, error) {
	spec := &catalog.FileScan{Files: t.files, Cols: r.Cols, Filters: r.Filters, Dynamic: r.Dynamic, Options: t.spec.lowered(),
		Workers: r.Workers, Stats: &catalog.ScanStats{}}
	data := len(t.schema.Fields) - len(t.parts)
	spec.Broken = t.spec.on("ignorecorruptfiles")
	spec.Schema, spec.Zone = &types.Schema{Fields: t.schema.Fields[:data]}, t.spec.Zone
	for _, i := range r.Columns {
		f := t.schema.Fields[i]
		part := -1
		if i >= data {
			part = i - data
		}
		spec.Columns = append(spec.Columns, catalog.FileColumn{Name: f.Name, Type: f.Type, Part: part, Missing: t.spec.Missing[f.Name]})
	}
	if len(t.parts) > 0 && len(r.Filters) > 0 {
		if err := prune(ctx, spec); err != nil {
			return nil, err
		}
	}
	t.pruneBuckets(spec)
	return spec, nil
}

// prune drops the files whose folder values no row can match: filters that need partition columns only are
// evaluated once for each combination of values. A filter that fails is left to the reader, who may never reach it.
func prune(ctx context.Context, spec *catalog.FileScan) error {
	part := map[expr.ID]bool{}
	for i, c := range spec.Columns {
		if c.Part >= 0 && i < len(spec.Cols) {
			part[spec.Cols[i].ID] = true
		}
	}
	var filters []expr.Expr
	for _, f := range spec.Filters {
		if cols := columnsOf(f, map[expr.ID]bool{}); len(cols) > 0 && subset(cols, part) && !hasSubquery(f) {
			filters = append(filters, f)
		}
	}
	if len(filters) == 0 {
		return nil
	}
	p, err := eval.Compile(filters, spec.Cols, nil)
	if err != nil {
		return err
	}
	b := &vec.Batch{N: len(spec.Files)}
	for _, c := range spec.Columns {
		v := vec.New(c.Type, 0)
		for _, f := range spec.Files {
			if c.Part >= 0 {
				v.Append(f.Parts[c.Part])
			} else {
				v.Append(nil)
			}
		}
		b.Cols = append(b.Cols, v)
	}
	sel, err := p.Select(ctx, b, nil)
	if err != nil {
		return ctx.Err()
	}
	sort.Slice(sel, func(i, j int) bool { return sel[i] < sel[j] })
	kept := make([]catalog.File, len(sel))
	for i, k := range sel {
		kept[i] = spec.Files[k]
	}
	pruned := int64(len(spec.Files) - len(kept))
	spec.Stats.FilesPruned.Add(pruned)
	spec.Stats.Files.Add(pruned)
	spec.Files = kept
	return nil
}

func columnsOf(e expr.Expr, into map[expr.ID]bool) map[expr.ID]bool {
	if c, ok := e.(*expr.Column); ok {
		into[c.ID] = true
	}
	for _, k := range e.Children() {
		columnsOf(k, into)
	}
	return into
}

func hasSubquery(e expr.Expr) bool {
	if _, ok := e.(*expr.Subquery); ok {
		return true
	}
	for _, k := range e.Children() {
		if hasSubquery(k) {
			return true
		}
	}
	return false
}

func subset(a, b map[expr.ID]bool) bool {
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}
