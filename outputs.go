package sparksql

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/files"
	"sparksql/exec/vec"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
)

// RegisterFiles makes the files at path a temporary view, which it replaces.
func (s *Session) RegisterFiles(ctx context.Context, name, format, path string) error {
	t, err := s.openFiles(ctx, files.Spec{Format: format, Paths: []string{path}})
	if err != nil {
		return err
	}
	return s.putTempView([]string{name}, &view{name: name, table: t}, false, true, errs.Pos{})
}

// CountFiles counts the rows at path from what the files say of themselves, or by reading those of text; every file must
// be readable.
func (s *Session) CountFiles(ctx context.Context, format, path string) (int64, error) {
	t, err := s.openFiles(ctx, files.Spec{Format: format, Paths: []string{path}})
	if err != nil {
		return 0, err
	}
	if !strings.EqualFold(format, "parquet") {
		return countRows(ctx, t)
	}
	st := t.Stats()
	if st == nil || st.Rows < 0 {
		return 0, errs.New(errs.Pos{}, "FAILED_READ_FILE.NO_HINT", "path", path)
	}
	return st.Rows, nil
}

// countRows reads a table without its columns.
func countRows(ctx context.Context, t catalog.Table) (n int64, err error) {
	scan, err := t.Scan(ctx, catalog.Request{Limit: -1, Workers: 1})
	if err != nil {
		return 0, err
	}
	defer scan.End()
	r, err := scan.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for i := range scan.Splits {
		err := r.Read(ctx, i, func(b *vec.Batch) error {
			n += int64(b.Rows())
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// withDateParts adds the partition columns year, month and day that n does not have, from the named date column.
func withDateParts(a *analyze.Analyzer, n plan.Node, w WriteFiles) (plan.Node, error) {
	out := n.Output()
	find := func(name string) *expr.Col {
		for i := range out {
			if strings.EqualFold(out[i].Name, name) {
				return &out[i]
			}
		}
		return nil
	}
	var items []expr.Expr
	for _, p := range w.PartitionBy {
		if find(p) != nil {
			continue
		}
		date := find(w.DateColumn)
		switch part := strings.ToLower(p); {
		case date != nil && (part == "year" || part == "month" || part == "day"):
			e, err := a.Call(part, &expr.Column{Col: *date})
			if err != nil {
				return nil, err
			}
			items = append(items, &expr.Alias{X: e, Name: p, ID: expr.NewID()})
		default:
			return nil, errs.New(errs.Pos{}, "COLUMN_NOT_DEFINED_IN_TABLE", "colType", "partition", "colName", "`"+p+"`", "tableName", "",
				"tableCols", fieldNames(plan.Schema(n).Fields))
		}
	}
	if len(items) == 0 {
		return n, nil
	}
	var all []expr.Expr
	for _, c := range out {
		all = append(all, &expr.Column{Col: c})
	}
	return &plan.Project{Input: n, Items: append(all, items...)}, nil
}

// Outputs are several folders that are written one after another and put in place together.
type Outputs struct {
	session *Session
	root    string
	tx      *files.Transaction
}

// Outputs begins a set of outputs in a folder. What is written stays in staging, beside its target, until Commit.
func (s *Session) Outputs(root string) (*Outputs, error) {
	abs, err := absPath(root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(abs, 0o777); err != nil {
		return nil, err
	}
	return &Outputs{session: s, root: abs, tx: files.NewTransaction()}, nil
}

// Write runs a query and stages its rows as the folder name; params are as in Query.
func (o *Outputs) Write(ctx context.Context, name, query string, w WriteFiles, params ...Param) (stats WriteStats, err error) {
	defer recovered(&err)
	a, n, err := o.session.analyzeText(ctx, query, params)
	if err != nil {
		return WriteStats{}, err
	}
	ctx, end := o.session.timed(ctx)
	defer end()
	w.Path = filepath.Join(o.root, name)
	stats, err = o.session.writeFiles(o.tx.Context(ctx), a, n, w)
	return stats, timeoutError(ctx, err)
}

// Commit puts all outputs in place: a reader sees the old ones or the new ones.
func (o *Outputs) Commit(ctx context.Context) error { return o.tx.Commit(ctx) }

// Keep moves what is staged to a folder instead of its place, for Adopt in a later run.
func (o *Outputs) Keep(dir string) error { return o.tx.Keep(dir) }

// Adopt stages an output that Keep has left in a folder.
func (o *Outputs) Adopt(dir, name string) error {
	return o.tx.Adopt(dir, filepath.Join(o.root, name))
}

// Abort removes what is staged. After Commit it does nothing.
func (o *Outputs) Abort() error { return o.tx.Abort() }
