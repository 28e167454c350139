// Package csv is the format of files of comma-separated values.
package csv

import (
	"bufio"
	"bytes"
	"context"
	"strconv"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/lines"
	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Format implements catalog.Format.
type Format struct{}

// Name implements catalog.Format.
func (Format) Name() string { return "csv" }

// Stats implements catalog.Format.
func (Format) Stats(_ context.Context, files []catalog.File, _ *types.Schema) *catalog.Stats {
	return lines.Estimate(files)
}

// splitter gives how files are cut into records.
func splitter(options map[string]string) bufio.SplitFunc {
	if !lines.On(options, "multiline", false) {
		return lines.Lines(lines.Separator(options))
	}
	quote, escape := byte('"'), byte('\\')
	for name, to := range map[string]*byte{"quote": &quote, "escape": &escape} {
		if v, ok := options[name]; ok {
			if *to = 0; v != "" {
				*to = v[0]
			}
		}
	}
	sep := options["sep"]
	if sep == "" {
		sep = options["delimiter"]
	}
	if sep == "" {
		sep = ","
	}
	if sep == `\t` {
		sep = "\t"
	}
	return records(sep, quote, escape)
}

// records cuts at ends of lines that are not within quotes.
func records(sep string, quote, escape byte) bufio.SplitFunc {
	return func(data []byte, atEOF bool) (int, []byte, error) {
		open, start := false, true // within quotes; at the start of a field
		for i := 0; i < len(data); i++ {
			c := data[i]
			switch {
			case open && c == escape && c != quote && c != 0:
				i++
			case open && c == quote:
				open = false
			case open:
			case c == quote && quote != 0 && (start || i > 0 && data[i-1] == quote):
				open, start = true, false
			case c == '\n':
				return i + 1, data[:i], nil
			case c == '\r':
				if i+1 == len(data) && !atEOF {
					return 0, nil, nil
				}
				if i+1 < len(data) && data[i+1] == '\n' {
					return i + 2, data[:i], nil
				}
				return i + 1, data[:i], nil
			case bytes.HasPrefix(data[i:], []byte(sep)):
				start = true
				i += len(sep) - 1
			default:
				start = false
			}
		}
		if atEOF && len(data) > 0 {
			return len(data), data, nil
		}
		return 0, nil, nil
	}
}

// Infer implements catalog.Format: names from the first record when the option header is set, types from the fields
// with inferSchema, else text.
func (Format) Infer(ctx context.Context, files []catalog.File, options map[string]string) (*types.Schema, error) {
	set, err := lines.Charset(options)
	if err != nil {
		return nil, err
	}
	env, err := lines.Env(options, nil)
	if err != nil {
		return nil, err
	}
	form, err := functions.NewCSV(options, env, false)
	if err != nil {
		return nil, err
	}
	in := inference{form: form, header: lines.On(options, "header", false), types: lines.On(options, "inferschema", false)}
	split := splitter(options)
	for _, f := range files {
		in.first = true
		_, err := lines.Records(f, 0, f.Size+1<<40, split, set, func(record []byte) error { return in.record(ctx, string(record)) })
		if err == errEnough {
			break
		}
		if err != nil && !lines.On(options, "ignorecorruptfiles", false) {
			return nil, err
		}
	}
	return in.schema(), nil
}

var errEnough = errs.Internal("enough was read")

// inference is what the records seen so far say about the columns.
type inference struct {
	form          *functions.CSV
	header, types bool
	first         bool // in its file
	names         []functions.CSVField
	kinds         []types.Type
	fields        []functions.CSVField
}

func (in *inference) record(ctx context.Context, text string) error {
	if in.form.Skips(text) {
		return ctx.Err()
	}
	in.fields = in.form.Split(text, in.fields[:0])
	if in.names == nil {
		in.names = append(in.names, in.fields...)
		in.kinds = make([]types.Type, len(in.fields))
		if !in.types {
			return errEnough
		}
	}
	if in.first && in.header {
		in.first = false
		return nil
	}
	for i := range min(len(in.fields), len(in.kinds)) {
		in.kinds[i] = in.form.Infer(in.kinds[i], in.fields[i])
	}
	return ctx.Err()
}

// schema names the columns: after the header, with the column's number where names are the same or missing.
func (in *inference) schema() *types.Schema {
	s := &types.Schema{}
	count := map[string]int{}
	for _, n := range in.names {
		count[strings.ToLower(n.Text)]++
	}
	for i, n := range in.names {
		f := types.Field{Name: functions.DefaultName(i), Type: in.kinds[i], Nullable: true}
		if in.header && !in.form.IsNull(n) {
			if f.Name = n.Text; count[strings.ToLower(n.Text)] > 1 {
				f.Name += strconv.Itoa(i)
			}
		}
		if f.Type.Kind() == types.Null {
			f.Type = types.StringType
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

// holds tells which types fields can have.
func holds(t types.Type) bool {
	return !t.IsNested() && t.Kind() != types.Null && t.Kind() != types.Variant && t.Kind() != types.CalendarInterval
}

// Extension implements catalog.Format.
func (Format) Extension(options map[string]string) (string, error) {
	ext, err := lines.Suffix(options)
	return ".csv" + ext, err
}

// Create implements catalog.Format.
func (Format) Create(path string, s *types.Schema, options map[string]string, zone string) (catalog.FileWriter, error) {
	if err := lines.Refuse("CSV", s, holds); err != nil {
		return nil, err
	}
	env, err := lines.Env(options, lines.ZoneOf(zone))
	if err != nil {
		return nil, err
	}
	form, err := functions.NewCSV(options, env, true)
	if err != nil {
		return nil, err
	}
	end := lines.Ending(options)
	var head []byte
	if lines.On(options, "header", false) {
		head = append(form.AppendNames(nil, s.Fields), end...)
	}
	return lines.Create(path, options, len(s.Fields), head, func(b []byte, row []any) ([]byte, error) {
		return append(form.AppendRow(b, s.Fields, row), end...), nil
	})
}
