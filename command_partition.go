package sparksql

import (
	"context"
	"slices"
	"strings"

	"sparksql/catalog/files"
	"sparksql/catalog/metastore"
	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// findPartitions are the partitions of a table with the values of a PARTITION clause.
func (s *Session) findPartitions(ctx context.Context, t *metastore.Table, p *tree.PartitionSpec, action string) (partitionKey, []*metastore.Partition, error) {
	k, err := s.partitionKey(ctx, t, p, action, false)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.tracked(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	var out []*metastore.Partition
	for _, p := range all {
		if k.matches(p.Spec) {
			out = append(out, p)
		}
	}
	return k, out, nil
}

// partition is the one partition that a PARTITION clause with all columns names.
func (s *Session) partition(ctx context.Context, t *metastore.Table, p *tree.PartitionSpec, action string) (*metastore.Partition, error) {
	k, err := s.partitionKey(ctx, t, p, action, true)
	if err != nil {
		return nil, err
	}
	all, err := s.tracked(ctx, t)
	if err != nil {
		return nil, err
	}
	for _, have := range all {
		if have.Spec == k.spec() {
			return have, nil
		}
	}
	if s.dry { // which partitions there will be is known by the rows
		return s.newPartition(k.spec()), nil
	}
	return nil, errs.New(p.P, "PARTITIONS_NOT_FOUND", "partitionList", k.String(), "tableName", shortName(t))
}

// alterAddPartitions is ADD PARTITION: a partition need not have a folder.
func (s *Session) alterAddPartitions(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	var in []*metastore.Partition
	for i := range st.Partitions {
		k, err := s.partitionKey(ctx, t, &st.Partitions[i], "ALTER TABLE ADD PARTITION", true)
		if err != nil {
			return err
		}
		p := s.newPartition(k.spec())
		if l := st.Partitions[i].Location; l != "" {
			if p.Location, err = partitionLocation(t, l); err != nil {
				return err
			}
		}
		in = append(in, p)
	}
	if _, err := s.tracked(ctx, t); err != nil {
		return err
	}
	if err := s.sweep(ctx, t.Location); err != nil {
		return err
	}
	taken, err := s.engine.store.AddPartitions(ctx, t.Database, t.Name, !st.IfExists, in...)
	if err == nil && len(taken) > 0 && !st.IfExists {
		err = errs.New(st.P, "PARTITIONS_ALREADY_EXIST", "partitionList", specText(taken[0]), "tableName", shortName(t))
	}
	return err
}

// partitionLocation is the folder of a LOCATION clause; a relative one lies in the table's.
func partitionLocation(t *metastore.Table, l string) (string, error) {
	if !strings.HasPrefix(l, "/") && !strings.Contains(l, ":") {
		l = t.Location + "/" + l
	}
	return absPath(l)
}

// alterDropPartitions is DROP PARTITION. The files of a managed table's partitions go, those of others stay.
func (s *Session) alterDropPartitions(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	return files.Locked(ctx, t.Location, func() error {
		var gone, paths []string
		for i := range st.Partitions {
			k, ps, err := s.findPartitions(ctx, t, &st.Partitions[i], "ALTER TABLE DROP PARTITION")
			if err != nil {
				return err
			}
			if len(ps) == 0 && !st.IfExists && !s.dry {
				return errs.New(st.Partitions[i].P, "PARTITIONS_NOT_FOUND", "partitionList", k.String(), "tableName", shortName(t))
			}
			for _, p := range ps {
				gone = append(gone, p.Spec)
				if t.Kind == metastore.Managed {
					paths = append(paths, partitionPath(t, p))
				}
			}
		}
		if err := s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, gone, paths); err != nil {
			return err
		}
		return s.discard(ctx, paths...)
	})
}

// alterRenamePartition is PARTITION (...) RENAME TO PARTITION (...). The folder of a managed table's goes with its name.
func (s *Session) alterRenamePartition(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	const action = "ALTER TABLE RENAME PARTITION"
	old, err := s.partition(ctx, t, &st.Partitions[0], action)
	if err != nil {
		return err
	}
	to, err := s.partitionKey(ctx, t, &st.Partitions[1], action, true)
	if err != nil {
		return err
	}
	all, err := s.tracked(ctx, t)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(p *metastore.Partition) bool { return p.Spec == to.spec() }) {
		return errs.New(st.P, "PARTITIONS_ALREADY_EXIST", "partitionList", to.String(), "tableName", shortName(t))
	}
	p := *old
	p.Spec = to.spec()
	switch {
	case p.Location != "":
	case t.Kind == metastore.Managed:
		p.MovedFrom = old.Spec
	default:
		p.Location = partitionPath(t, old)
	}
	if err := s.engine.store.ReplacePartitions(ctx, t.Database, t.Name, []string{old.Spec}, nil, &p); err != nil {
		return err
	}
	return s.movePartitions(ctx, t, []*metastore.Partition{&p})
}

// alterRecover is RECOVER PARTITIONS; repair is MSCK REPAIR TABLE.
func (s *Session) alterRecover(ctx context.Context, st *tree.AlterTable, t *metastore.Table) error {
	return s.repairTable(ctx, t, st.P, "ALTER TABLE RECOVER PARTITIONS", true, false)
}

func (s *Session) repair(ctx context.Context, st *tree.Repair) (*Rows, error) {
	t, err := s.alterable(ctx, st.Name, "MSCK REPAIR TABLE")
	if err != nil {
		return nil, err
	}
	defer s.changed(t)
	return s.done(), s.repairTable(ctx, t, st.P, "MSCK REPAIR TABLE", st.Add, st.Drop)
}

func (s *Session) repairTable(ctx context.Context, t *metastore.Table, at errs.Pos, operation string, add, drop bool) error {
	if len(t.PartitionBy) == 0 {
		return errs.New(at, "NOT_A_PARTITIONED_TABLE", "operation", operation, "tableIdentWithDB", fullName(t))
	}
	if err := s.sweep(ctx, t.Location); err != nil {
		return err
	}
	return s.recoverPartitions(ctx, t, add, drop)
}
