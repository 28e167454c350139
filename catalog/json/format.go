// Package json is the format of files with a JSON object on each line, or, with the option multiLine, of files that are
// one JSON text each.
package json

import (
	"bufio"
	"context"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/lines"
	"sparksql/functions"
	"sparksql/sql/types"
)

// Format implements catalog.Format.
type Format struct{}

// Name implements catalog.Format.
func (Format) Name() string { return "json" }

// Stats implements catalog.Format.
func (Format) Stats(_ context.Context, files []catalog.File, _ *types.Schema) *catalog.Stats {
	return lines.Estimate(files)
}

func splitter(options map[string]string) (split bufio.SplitFunc, whole bool) {
	if lines.On(options, "multiline", false) {
		return lines.Whole, true
	}
	return lines.Lines(lines.Separator(options)), false
}

// Infer implements catalog.Format: the members of all records, by name. Malformed records make a column of their own.
func (Format) Infer(ctx context.Context, files []catalog.File, options map[string]string) (*types.Schema, error) {
	set, err := lines.Charset(options)
	if err != nil {
		return nil, err
	}
	env, err := lines.Env(options, nil)
	if err != nil {
		return nil, err
	}
	form, err := functions.NewJSON(options, env, false)
	if err != nil {
		return nil, err
	}
	mode := lines.ModeOf(options)
	corrupt := types.StructOf(types.Field{Name: lines.CorruptColumn(options), Type: types.StringType, Nullable: true})
	all := types.StructOf()
	split, _ := splitter(options)
	for _, f := range files {
		_, err := lines.Records(f, 0, 1<<62, split, set, func(record []byte) error {
			text := string(record)
			if strings.TrimSpace(text) == "" {
				return ctx.Err()
			}
			t, ok := form.Infer(text)
			switch {
			case ok && t.Kind() == types.Struct:
				all = functions.MergeJSON(all, t)
			case ok:
			case mode == lines.Permissive:
				all = functions.MergeJSON(all, corrupt)
			case mode == lines.FailFast:
				return lines.Malformed(text)
			}
			return ctx.Err()
		})
		if err != nil && !lines.On(options, "ignorecorruptfiles", false) {
			return nil, err
		}
	}
	if lines.On(options, "dropfieldifallnull", false) {
		all = withoutNulls(all)
	}
	settled, _ := functions.SettledJSON(all)
	return &types.Schema{Fields: settled.Fields()}, nil
}

// withoutNulls drops the fields that were null throughout.
func withoutNulls(t types.Type) types.Type {
	var kept []types.Field
	for _, f := range t.Fields() {
		if f.Type.Kind() == types.Struct {
			f.Type = withoutNulls(f.Type)
		}
		if f.Type.Kind() != types.Null && !(f.Type.Kind() == types.Array && f.Type.Elem().Kind() == types.Null) {
			kept = append(kept, f)
		}
	}
	return types.StructOf(kept...)
}

// Scan implements catalog.Format.
func (Format) Scan(_ context.Context, spec *catalog.FileScan) (*catalog.Scan, error) {
	set, err := lines.Charset(spec.Options)
	if err != nil {
		return nil, err
	}
	p := parser{mode: lines.ModeOf(spec.Options), corrupt: -1}
	name := lines.CorruptColumn(spec.Options)
	var fields []types.Field
	for _, c := range spec.Columns {
		if c.Part >= 0 {
			continue
		}
		if c.Name == name && !c.Type.IsString() {
			return nil, lines.NoText(types.Field{Name: c.Name, Type: c.Type})
		}
		if c.Name == name {
			p.corrupt = len(fields)
		}
		fields = append(fields, types.Field{Name: c.Name, Type: c.Type, Nullable: true})
		p.missing = append(p.missing, c.Missing)
	}
	if p.corrupt >= 0 && len(fields) == 1 {
		return nil, lines.OnlyCorrupt()
	}
	p.record = types.StructOf(fields...)
	split, whole := splitter(spec.Options)
	return lines.Scan(spec, lines.Source{Split: split, Set: set, Whole: whole, Open: func() (lines.Parser, error) {
		env, err := lines.Env(spec.Options, spec.Zone)
		if err != nil {
			return nil, err
		}
		q := p
		if q.form, err = functions.NewJSON(spec.Options, env, false); err == nil {
			q.form.Missing = p.missing
		}
		return &q, err
	}})
}

// parser reads records.
type parser struct {
	form    *functions.JSON
	mode    lines.Mode
	record  types.Type // the struct of the columns that are read
	missing []any      // the columns' values in records without them
	corrupt int        // the column of malformed records, -1: none
}

// Begin implements lines.Parser.
func (*parser) Begin(bool) {}

// Record implements lines.Parser.
func (p *parser) Record(text string, add func([]any) error) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	rows, ok := p.form.Rows(text, p.record)
	switch {
	case ok:
	case p.mode == lines.DropMalformed:
		return nil
	case p.mode == lines.FailFast:
		return lines.Malformed(text)
	default:
		if len(rows) != 1 {
			rows = [][]any{make([]any, len(p.record.Fields()))}
		}
		if p.corrupt >= 0 {
			rows[0][p.corrupt] = text
		}
	}
	for _, row := range rows {
		if err := add(row); err != nil {
			return err
		}
	}
	return nil
}

// Extension implements catalog.Format.
func (Format) Extension(options map[string]string) (string, error) {
	ext, err := lines.Suffix(options)
	return ".json" + ext, err
}

// Create implements catalog.Format. Members that are NULL are left out unless ignoreNullFields is false.
func (Format) Create(path string, s *types.Schema, options map[string]string, zone string) (catalog.FileWriter, error) {
	if err := lines.Refuse("JSON", s, holds); err != nil {
		return nil, err
	}
	env, err := lines.Env(options, lines.ZoneOf(zone))
	if err != nil {
		return nil, err
	}
	form, err := functions.NewJSON(options, env, true)
	if err != nil {
		return nil, err
	}
	end, t := lines.Ending(options), types.StructOf(s.Fields...)
	return lines.Create(path, options, len(s.Fields), nil, func(b []byte, row []any) ([]byte, error) {
		return append(form.AppendRow(b, t, row), end...), nil
	})
}

func holds(t types.Type) bool {
	return t.Kind() != types.CalendarInterval
}
