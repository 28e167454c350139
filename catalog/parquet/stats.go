package parquet

import (
	"context"

	"sparksql/catalog"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Stats adds up what the footers say.
func (p *Format) Stats(ctx context.Context, files []catalog.File, s *types.Schema) *catalog.Stats {
	fs, err := p.openAll(ctx, files)
	if err != nil {
		return nil
	}
	out := &catalog.Stats{Cols: make([]catalog.ColStats, len(s.Fields))}
	for i := range out.Cols {
		out.Cols[i] = catalog.ColStats{NDV: -1, Nulls: -1}
	}
	for _, f := range fs {
		out.Rows += f.Rows()
		out.Bytes += f.Size
	}
	return out
}

func (p *Format) Extension(options map[string]string) (string, error) {
	return "", errs.Unsupported(errs.Pos{}, "writing")
}

func (p *Format) Create(path string, s *types.Schema, options map[string]string, zone string) (catalog.FileWriter, error) {
	return nil, errs.Unsupported(errs.Pos{}, "writing")
}
