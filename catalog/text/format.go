// Package text is the format of files whose lines are the rows of one column, value.
package text

import (
	"context"

	"sparksql/catalog"
	"sparksql/catalog/lines"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Format implements catalog.Format.
type Format struct{}

// Name implements catalog.Format.
func (Format) Name() string { return "text" }

// Infer implements catalog.Format: the column value.
func (Format) Infer(context.Context, []catalog.File, map[string]string) (*types.Schema, error) {
	return &types.Schema{Fields: []types.Field{{Name: "value", Type: types.StringType, Nullable: true}}}, nil
}

// Stats implements catalog.Format.
func (Format) Stats(_ context.Context, files []catalog.File, _ *types.Schema) *catalog.Stats {
	return lines.Estimate(files)
}

// Scan implements catalog.Format.
func (Format) Scan(_ context.Context, spec *catalog.FileScan) (*catalog.Scan, error) {
	set, err := lines.Charset(spec.Options)
	if err != nil {
		return nil, err
	}
	if spec.Schema != nil {
		if err := check(spec.Schema); err != nil {
			return nil, err
		}
	}
	width := 0
	for _, c := range spec.Columns {
		if c.Part < 0 {
			width++
		}
	}
	src := lines.Source{Split: lines.Lines(lines.Separator(spec.Options)), Set: set, Open: func() (lines.Parser, error) { return parser{make([]any, width)}, nil }}
	if lines.On(spec.Options, "wholetext", false) {
		src.Split, src.Whole = lines.Whole, true
	}
	return lines.Scan(spec, src)
}

type parser struct{ row []any }

func (parser) Begin(bool) {}

func (p parser) Record(text string, add func([]any) error) error {
	for i := range p.row {
		p.row[i] = text
	}
	return add(p.row)
}

// Extension implements catalog.Format.
func (Format) Extension(options map[string]string) (string, error) {
	ext, err := lines.Suffix(options)
	return ".txt" + ext, err
}

// Create implements catalog.Format.
func (Format) Create(path string, s *types.Schema, options map[string]string, _ string) (catalog.FileWriter, error) {
	if err := check(s); err != nil {
		return nil, err
	}
	end := lines.Ending(options)
	return lines.Create(path, options, 1, nil, func(b []byte, row []any) ([]byte, error) {
		if s, ok := row[0].(string); ok {
			b = append(b, s...)
		}
		return append(b, end...), nil
	})
}

// check refuses all but one column of text.
func check(s *types.Schema) error {
	if len(s.Fields) != 1 {
		return errs.Unsupported(errs.Pos{}, "text files of more or less than one column")
	}
	return lines.Refuse("Text", s, types.Type.IsString)
}
