package csv

import (
	"context"
	"slices"
	"strings"

	"sparksql/catalog"
	"sparksql/catalog/lines"
	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Scan implements catalog.Format. Fields are found by their place in the record, whatever a header says.
func (Format) Scan(_ context.Context, spec *catalog.FileScan) (*catalog.Scan, error) {
	set, err := lines.Charset(spec.Options)
	if err != nil {
		return nil, err
	}
	if err := lines.Refuse("CSV", spec.Schema, holds); err != nil {
		return nil, err
	}
	p := parser{header: lines.On(spec.Options, "header", false), checked: !lines.On(spec.Options, "enforceschema", true), mode: lines.ModeOf(spec.Options), corrupt: -1}
	at := map[string]int{}
	corrupt := lines.CorruptColumn(spec.Options)
	for _, f := range spec.Schema.Fields {
		if f.Name == corrupt {
			if !f.Type.IsString() {
				return nil, lines.NoText(f)
			}
			continue
		}
		p.names = append(p.names, f.Name)
		at[f.Name] = p.width
		p.width++
	}
	for _, c := range spec.Columns {
		if c.Part >= 0 {
			continue
		}
		place, ok := at[c.Name]
		if !ok {
			place, p.corrupt = -1, len(p.cols)
		}
		p.cols = append(p.cols, place)
		p.kinds = append(p.kinds, c.Type)
		p.missing = append(p.missing, c.Missing)
	}
	if p.corrupt >= 0 {
		if len(p.cols) == 1 {
			return nil, lines.OnlyCorrupt()
		}
		for _, f := range spec.Schema.Fields { // all fields decide what is malformed
			if place, ok := at[f.Name]; ok && !p.reads(place) {
				p.others, p.otherKinds = append(p.others, place), append(p.otherKinds, f.Type)
			}
		}
	}
	p.counts = p.corrupt >= 0 || len(p.cols) == p.width
	p.multi = lines.On(spec.Options, "multiline", false)
	return lines.Scan(spec, lines.Source{Split: splitter(spec.Options), Set: set, Whole: p.multi, Open: func() (lines.Parser, error) {
		env, err := lines.Env(spec.Options, spec.Zone)
		if err != nil {
			return nil, err
		}
		q := p
		q.row = make([]any, len(p.cols))
		q.form, err = functions.NewCSV(spec.Options, env, false)
		return &q, err
	}})
}

// parser reads records.
type parser struct {
	form       *functions.CSV
	header     bool
	checked    bool     // headers have to name the columns
	names      []string // of the columns
	multi      bool     // records may have several lines
	mode       lines.Mode
	width      int   // fields of a record
	cols       []int // places in the record; -1: the malformed record
	kinds      []types.Type
	missing    []any // values where a record is too short
	others     []int // fields that only decide whether the record is malformed
	otherKinds []types.Type
	corrupt    int  // in cols
	counts     bool // the number of fields matters: all of them are read

	pending bool // the header is still to come
	fields  []functions.CSVField
	row     []any
}

func (p *parser) reads(place int) bool {
	for _, c := range p.cols {
		if c == place {
			return true
		}
	}
	return false
}

// Begin implements lines.Parser.
func (p *parser) Begin(first bool) { p.pending = first && p.header }

// checkHeader sees that a file's header names the columns, where that is asked for.
func (p *parser) checkHeader(text string) error {
	if !p.checked {
		return nil
	}
	names := make([]string, 0, len(p.names))
	for _, f := range p.form.Split(text, nil) {
		names = append(names, f.Text)
	}
	if slices.EqualFunc(names, p.names, strings.EqualFold) {
		return nil
	}
	return errs.New(errs.Pos{}, "CSV_HEADER_MISMATCH", "header", strings.Join(names, ", "), "columns", strings.Join(p.names, ", "))
}

// Record implements lines.Parser.
func (p *parser) Record(text string, add func([]any) error) error {
	if p.form.Skips(text) {
		return nil
	}
	if p.pending {
		p.pending = false
		return p.checkHeader(text)
	}
	if p.multi {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if len(p.cols) == 0 {
		return add(nil)
	}
	p.fields = p.form.Split(text, p.fields[:0])
	good := !p.counts || len(p.fields) == p.width
	for i, place := range p.cols {
		p.row[i] = p.missing[i]
		if place >= 0 && place < len(p.fields) {
			x, ok := p.form.Value(p.fields[place], p.kinds[i])
			p.row[i] = x
			good = good && ok
		}
	}
	for i, place := range p.others {
		if good && place < len(p.fields) {
			_, good = p.form.Value(p.fields[place], p.otherKinds[i])
		}
	}
	switch {
	case good:
	case p.mode == lines.DropMalformed:
		return nil
	case p.mode == lines.FailFast:
		return lines.Malformed(strings.Clone(text))
	case p.corrupt >= 0:
		p.row[p.corrupt] = text
	}
	return add(p.row)
}
