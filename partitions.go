package sparksql

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// partitionKey is PARTITION (a = 1) as folders, one for each partition column of the table, "" where no value is given.
type partitionKey []string

// matches tells whether the partition of a spec has the values given.
func (k partitionKey) matches(spec string) bool {
	for i, part := range strings.Split(spec, "/") {
		if i < len(k) && k[i] != "" && k[i] != part {
			return false
		}
	}
	return true
}

// spec is the path of the partition of a key with all values.
func (k partitionKey) spec() string { return strings.Join(k, "/") }

// String is the key as messages show it: PARTITION (`a` = 1).
func (k partitionKey) String() string { return specText(k.spec()) }

func specText(spec string) string {
	names, values := files.ParseSpec(spec)
	parts := make([]string, len(names))
	for i, n := range names {
		v := "null"
		if values[i] != nil {
			v = *values[i]
		}
		parts[i] = quoted([]string{n}) + " = " + v
	}
	return "PARTITION (" + strings.Join(parts, ", ") + ")"
}

// partitionKey reads a PARTITION clause of a table. With all every column has to be given.
func (s *Session) partitionKey(ctx context.Context, t *metastore.Table, p *tree.PartitionSpec, action string, all bool) (partitionKey, error) {
	if len(t.PartitionBy) == 0 {
		return nil, errs.New(p.P, "_LEGACY_ERROR_TEMP_1251", "action", action, "tableName", lowerName(t))
	}
	schema, err := tableSchema(t)
	if err != nil {
		return nil, err
	}
	by := schema.Fields[len(schema.Fields)-len(t.PartitionBy):]
	k := make(partitionKey, len(by))
	for i, name := range p.Names {
		c := slices.IndexFunc(by, func(f types.Field) bool { return strings.EqualFold(f.Name, name) })
		if c < 0 {
			return nil, errs.New(p.P, "PARTITIONS_NOT_FOUND", "partitionList", "`"+name+"`", "tableName", fullName(t))
		}
		if p.Values[i] == nil {
			continue
		}
		v, err := s.analyzer().Constant(ctx, p.Values[i], by[c].Type)
		if err != nil {
			return nil, err
		}
		k[c] = files.PartitionFolder(by[c], v, s.zone())
	}
	if all && slices.Contains(k, "") {
		return nil, errs.New(p.P, "_LEGACY_ERROR_TEMP_1232", "specKeys", strings.Join(p.Names, ", "),
			"partitionColumnNames", strings.Join(t.PartitionBy, ", "), "tableName", fullName(t))
	}
	return k, nil
}

// fullName names a table in messages; shortName without the catalog, quoted too; lowerName alone.
func fullName(t *metastore.Table) string {
	return quoted([]string{sessionCatalog, t.Database, lowerName(t)})
}
func shortName(t *metastore.Table) string { return quoted([]string{t.Database, lowerName(t)}) }
func lowerName(t *metastore.Table) string { return strings.ToLower(t.Name) }

// tracked gives the partitions of a table; those of a table of the first release are entered in the store by it.
func (s *Session) tracked(ctx context.Context, t *metastore.Table) ([]*metastore.Partition, error) {
	if !t.Tracked {
		if err := s.recoverPartitions(ctx, t, true, false); err != nil {
			return nil, err
		}
	}
	return s.engine.store.Partitions(ctx, t.Database, t.Name)
}

// newPartition is a partition that nothing is known of.
func (s *Session) newPartition(spec string) *metastore.Partition {
	return &metastore.Partition{Spec: spec, Created: s.clock(), Rows: -1, Bytes: -1}
}

// recoverPartitions enters the folders that are there as partitions, or takes out the partitions without a folder.
func (s *Session) recoverPartitions(ctx context.Context, t *metastore.Table, add, drop bool) error {
	found, err := files.Found(t.Location, t.PartitionBy)
	if err != nil {
		return err
	}
	have, err := s.engine.store.Partitions(ctx, t.Database, t.Name)
	if err != nil {
		return err
	}
	var in []*metastore.Partition
	for _, spec := range found {
		if add && !slices.ContainsFunc(have, func(p *metastore.Partition) bool { return p.Spec == spec }) {
			in = append(in, s.newPartition(spec))
		}
	}
	var gone []string
	for _, p := range have {
		if _, err := os.Stat(partitionPath(t, p)); drop && os.IsNotExist(err) {
			gone = append(gone, p.Spec)
		}
	}
	if err := s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, gone, nil, in...); err != nil || t.Tracked {
		return err
	}
	t.Tracked = true
	return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error { t.Tracked = true; return nil })
}

// partitionPath is the folder of a partition.
func partitionPath(t *metastore.Table, p *metastore.Partition) string {
	if p.Location != "" {
		return p.Location
	}
	return filepath.Join(t.Location, filepath.FromSlash(p.Spec))
}

// partitionFolders are partitions as the files of a table are looked for.
func partitionFolders(ps []*metastore.Partition) []files.Folder {
	out := make([]files.Folder, len(ps))
	for i, p := range ps {
		out[i] = files.Folder{Spec: p.Spec, Location: p.Location}
	}
	return out
}

// openTracked opens a table with partitions of the store. A write enters its partitions before its rows are seen, and takes
// others out afterwards; so the files are those of one state when the partitions were the same before and after
// listing them.
func (s *Session) openTracked(ctx context.Context, t *metastore.Table, spec files.Spec) (catalog.Table, error) {
	for range 20 {
		ps, err := s.engine.store.Partitions(ctx, t.Database, t.Name)
		if err != nil {
			return nil, err
		}
		if err := s.movePartitions(ctx, t, ps); err != nil {
			return nil, err
		}
		spec.Folders = partitionFolders(ps)
		out, err := s.openFiles(ctx, spec)
		if err != nil {
			return nil, err
		}
		again, err := s.engine.store.Partitions(ctx, t.Database, t.Name)
		if err != nil || slices.Equal(partitionFolders(again), spec.Folders) {
			return out, err
		}
	}
	return nil, errs.New(errs.Pos{}, "FAILED_READ_FILE.NO_HINT", "path", t.Location, "reason", "its partitions change all the time")
}

// guard keeps partitions, statistics and rows of a table in step while a write of it is made visible. gone are the
// partitions whose rows an overwrite replaces.
func (s *Session) guard(t *metastore.Table, gone func(spec string) bool) func(context.Context, []string, func() error) error {
	return func(ctx context.Context, written []string, publish func() error) error {
		now, err := s.engine.store.Table(ctx, t.Database, t.Name)
		if err != nil {
			return err
		}
		if now == nil || now.Location != t.Location {
			return errs.New(errs.Pos{}, "TABLE_OR_VIEW_NOT_FOUND", "relationName", shortName(t))
		}
		out, err := s.enterPartitions(ctx, now, written, gone)
		if err != nil {
			return err
		}
		if err := publish(); err != nil {
			return err
		}
		if len(out) > 0 {
			if err := s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, out, nil); err != nil {
				return err
			}
		}
		if now.Bytes < 0 && now.ColStats == nil {
			return nil
		}
		return s.engine.store.Alter(ctx, t.Database, t.Name, func(t *metastore.Table) error { t.Forget(); return nil })
	}
}

// enterPartitions enters the partitions that a write made, and gives those that it leaves without rows.
func (s *Session) enterPartitions(ctx context.Context, t *metastore.Table, written []string, gone func(string) bool) (out []string, err error) {
	if !t.Tracked {
		return nil, nil
	}
	have, err := s.engine.store.Partitions(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	for _, p := range have {
		leaves := gone(p.Spec) && !slices.Contains(written, p.Spec)
		if p.Location != "" && (leaves || slices.Contains(written, p.Spec)) {
			return nil, errs.Unsupported(errs.Pos{}, "writing to "+specText(p.Spec)+", which has a location of its own")
		}
		if leaves {
			out = append(out, p.Spec)
		}
	}
	in := make([]*metastore.Partition, len(written))
	for i, spec := range written {
		in[i] = s.newPartition(spec)
	}
	_, err = s.engine.store.AddPartitions(ctx, t.Database, t.Name, false, in...)
	return out, err
}

// plainValues are the parts of a spec without escapes, name=value.
func plainValues(spec string) []string {
	names, values := files.ParseSpec(spec)
	out := make([]string, len(names))
	for i, n := range names {
		v := files.NullPartition
		if values[i] != nil {
			v = *values[i]
		}
		out[i] = n + "=" + v
	}
	return out
}
