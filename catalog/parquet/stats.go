package parquet

import (
	"context"

	"sparksql/catalog"
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
