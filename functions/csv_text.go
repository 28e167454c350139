package functions

import (
	"strconv"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// CSV reads and writes the records of CSV text, in files and for from_csv and to_csv. It is single-threaded.
type CSV struct {
	csvForm
	reader fieldReader
	writer fieldWriter
}

// NewCSV reads options, whose names are in lower case.
func NewCSV(opts map[string]string, env *udfs.Env, writing bool) (*CSV, error) {
	form, err := csvFormOf(opts, writing)
	if err != nil {
		return nil, err
	}
	use := forReading
	if writing {
		use = forWriting
	}
	formats, err := readFormats(opts, use)
	return &CSV{csvForm: form, reader: fieldReader{env: env, formats: formats}, writer: fieldWriter{env: env, formats: formats}}, err
}

// CSVField is a field as it stands in a record.
type CSVField struct {
	Text   string
	Quoted bool
}

// csvForm is how records are read and written.
type csvForm struct {
	sep, null, empty            string
	nan, plusInf, minusInf      string
	quote, escape, comment      byte // 0: none
	trimL, trimR                bool
	quoteAll, noEscape, writing bool
	stamps                      bool // dates are inferred as timestamps
}

func csvFormOf(opts map[string]string, writing bool) (csvForm, error) {
	f := csvForm{sep: ",", quote: '"', escape: '\\', nan: "NaN", plusInf: "Inf", minusInf: "-Inf", writing: writing, trimL: writing, trimR: writing}
	for _, k := range [...]string{"delimiter", "sep"} {
		if v, ok := opts[k]; ok {
			if v == "" {
				return f, errs.New(errs.Pos{}, "INVALID_DELIMITER_VALUE.EMPTY_STRING")
			}
			f.sep = unescapeSep(v)
		}
	}
	for k, to := range map[string]*byte{"quote": &f.quote, "escape": &f.escape, "comment": &f.comment} {
		if v, ok := opts[k]; ok {
			if *to = 0; v != "" && v != `\0` && v != "\x00" {
				*to = v[0]
			}
		}
	}
	for k, to := range map[string]*string{"nullvalue": &f.null, "nanvalue": &f.nan, "positiveinf": &f.plusInf, "negativeinf": &f.minusInf} {
		if v, ok := opts[k]; ok {
			*to = v
		}
	}
	if f.empty = ""; writing {
		f.empty = `""`
	}
	if v, ok := opts["emptyvalue"]; ok {
		f.empty = v
	}
	for k, to := range map[string]*bool{"ignoreleadingwhitespace": &f.trimL, "ignoretrailingwhitespace": &f.trimR, "quoteall": &f.quoteAll} {
		if v, ok := opts[k]; ok {
			*to = strings.EqualFold(v, "true")
		}
	}
	f.stamps = strings.EqualFold(opts["preferdate"], "false")
	f.noEscape = strings.EqualFold(opts["escapequotes"], "false")
	return f, nil
}

// unescapeSep reads the escapes of a separator.
func unescapeSep(v string) string {
	return strings.NewReplacer(`\t`, "\t", `\\`, `\`, `\n`, "\n", `\r`, "\r", `\0`, "\x00", `\"`, `"`, `\'`, "'").Replace(v)
}

// Skips tells whether a line is blank or a comment.
func (f *csvForm) Skips(line string) bool {
	return strings.Trim(line, " \t\r\n\f\v\x00") == "" || f.comment != 0 && line[0] == f.comment
}

// Split takes a record apart and appends its fields to out.
func (f *csvForm) Split(s string, out []CSVField) []CSVField {
	for {
		t := s
		if f.trimL {
			t = strings.TrimLeft(s, " \t")
		}
		if t != "" && t[0] == f.quote && f.quote != 0 {
			field, rest, more := f.inQuotes(t)
			if out = append(out, field); !more {
				return out
			}
			s = rest
			continue
		}
		field, rest, more := strings.Cut(t, f.sep)
		if f.trimR {
			field = strings.TrimRight(field, " \t")
		}
		out = append(out, CSVField{field, false})
		if !more {
			return out
		}
		s = rest
	}
}

// inQuotes reads a field that begins with a quote. One with a quote inside that is not escaped is no quoted field: its
// text is all that was read so far and what follows to the separator, as it stands.
func (f *csvForm) inQuotes(s string) (field CSVField, rest string, more bool) {
	var b []byte
	plain, i := 1, 1 // b holds what was before plain
	for i < len(s) {
		c := s[i]
		if c == f.escape && c != 0 && i+1 < len(s) && (s[i+1] == f.quote || s[i+1] == c && c != f.quote) {
			b = append(append(b, s[plain:i]...), s[i+1])
			i += 2
			plain = i
			continue
		}
		if c != f.quote {
			i++
			continue
		}
		b = append(b, s[plain:i]...)
		for i++; i < len(s) && s[i] == f.quote; i++ {
			b = append(b, f.quote)
		}
		after := strings.TrimLeft(s[i:], " \t")
		switch {
		case after == "":
			return CSVField{string(b), true}, "", false
		case strings.HasPrefix(s[i:], f.sep):
			return CSVField{string(b), true}, s[i+len(f.sep):], true
		case strings.HasPrefix(after, f.sep):
			return CSVField{string(b), true}, after[len(f.sep):], true
		}
		after, rest, more := strings.Cut(s[i:], f.sep)
		field.Text = s[:i] + after
		if f.trimR {
			field.Text = strings.TrimRight(field.Text, " \t")
		}
		return field, rest, more
	}
	return CSVField{string(append(b, s[plain:]...)), true}, "", false
}

// IsNull tells whether a field stands for NULL: one that is empty or the option nullValue.
func (f *csvForm) IsNull(x CSVField) bool {
	if x.Text == "" {
		return !x.Quoted || f.empty == f.null
	}
	return x.Text == f.null
}

// Value reads a field as a value of type t; nil for NULL, and with false when it is none.
func (c *CSV) Value(x CSVField, t types.Type) (any, bool) {
	if c.IsNull(x) {
		return nil, true
	}
	if x.Text == "" {
		x.Text = c.empty
	}
	return c.reader.csv(x.Text, t, &c.csvForm)
}

// csv reads a field as a value of type t; nil and false when it is none.
func (r *fieldReader) csv(s string, t types.Type, f *csvForm) (any, bool) {
	var x any
	ok := false
	switch k := t.Kind(); {
	case t.IsString():
		return s, true
	case k == types.Boolean:
		x, ok = strings.EqualFold(s, "true"), strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
	case t.IsIntegral():
		x, ok = integerValue(s, t)
	case k == types.Float || k == types.Double:
		x, ok = f.float(s, t)
	case k == types.Decimal:
		x, ok = decimalValue(strings.ReplaceAll(s, ",", ""), t)
	case t.IsDatetime():
		x, ok = r.timeValue(s, t)
	case k == types.Binary:
		return []byte(s), true
	case t.IsInterval() || isCalendar(t):
		x, ok = intervalValue(s, t)
	}
	if !ok {
		return nil, false
	}
	return x, true
}

// float reads a number as Java does, or one of the words for those that are not finite.
func (f *csvForm) float(s string, t types.Type) (any, bool) {
	switch s {
	case f.nan:
		return floatValue("NaN", t, false)
	case f.plusInf:
		return floatValue("Infinity", t, false)
	case f.minusInf:
		return floatValue("-Infinity", t, false)
	}
	n := strings.TrimSpace(s)
	digits := strings.TrimLeft(n, "+-")
	if digits != "NaN" && digits != "Infinity" {
		if digits == "" || digits[0] != '.' && (digits[0] < '0' || digits[0] > '9') || strings.ContainsAny(digits, "xX_") {
			return nil, false
		}
		if c := n[len(n)-1] | 0x20; c == 'd' || c == 'f' {
			n = n[:len(n)-1]
		}
	}
	return floatValue(n, t, false)
}

// Infer is the type of a column that was t so far (Null at first) and has the field x as well.
func (c *CSV) Infer(t types.Type, x CSVField) types.Type {
	if x.Text == "" || x.Text == c.null || t.IsString() {
		return t
	}
	n := c.infer(t.Kind(), x.Text)
	switch {
	case t.Kind() == types.Null || t == n:
		return n
	case t.Kind() == types.Date && n == timestampT || t == timestampT && n.Kind() == types.Date:
		if c.reader.formats.stamp != nil {
			return str
		}
		return timestampT
	case t.IsNumeric() && n.IsNumeric():
		if w, ok := (types.Coercion{}).WiderExact(t, n); ok {
			return w
		}
		return types.DoubleType
	}
	return str
}

// infer is the first type, from the one so far, that a field can be read as.
func (c *CSV) infer(from types.Kind, s string) types.Type {
	switch from {
	case types.Null, types.Int:
		if _, ok := integerValue(s, types.IntType); ok {
			return types.IntType
		}
		fallthrough
	case types.BigInt:
		if _, ok := integerValue(s, types.BigIntType); ok {
			return types.BigIntType
		}
		fallthrough
	case types.Decimal:
		if u, scale, ok := exactNumber(s); ok && scale <= 0 && len(u.String()) <= types.MaxPrecision && !strings.ContainsAny(s, "eE.") {
			return types.DecimalOf(len(strings.TrimPrefix(u.String(), "-")), 0)
		}
		fallthrough
	case types.Double:
		if _, ok := c.float(s, types.DoubleType); ok {
			return types.DoubleType
		}
		fallthrough
	case types.Date:
		if _, ok := c.reader.timeValue(s, dateT); ok && !c.stamps && (c.reader.formats.date != nil || len(s) <= len("2000-01-01")) {
			return dateT
		}
		fallthrough
	case types.Timestamp:
		if _, ok := c.reader.timeValue(s, timestampT); ok {
			return timestampT
		}
	}
	if strings.EqualFold(s, "true") || strings.EqualFold(s, "false") {
		return types.BooleanType
	}
	return str
}

// AppendRow writes a record, without the end of the line.
func (c *CSV) AppendRow(b []byte, fields []types.Field, row []any) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, c.sep...)
		}
		if row[i] == nil {
			b = append(b, c.null...)
		} else {
			b = c.field(b, &c.writer, f.Type, row[i])
		}
	}
	return b
}

// AppendNames writes the record of the columns' names.
func (c *CSV) AppendNames(b []byte, fields []types.Field) []byte {
	for i, f := range fields {
		if i > 0 {
			b = append(b, c.sep...)
		}
		b = c.text(b, f.Name)
	}
	return b
}

// field writes one value, in quotes where it needs them.
func (f *csvForm) field(b []byte, w *fieldWriter, t types.Type, x any) []byte {
	if t.IsNested() {
		return f.text(b, w.key(t, x))
	}
	if text, ok := x.(string); ok {
		return f.text(b, text)
	}
	plain, _ := w.plain(nil, t, x)
	return f.text(b, string(plain))
}

func (f *csvForm) text(b []byte, s string) []byte {
	if s == "" {
		return append(b, f.empty...)
	}
	if f.trimL {
		s = strings.TrimLeft(s, " \t")
	}
	if f.trimR {
		s = strings.TrimRight(s, " \t")
	}
	needs := strings.Contains(s, f.sep) || strings.ContainsAny(s, "\r\n") || !f.noEscape && f.quote != 0 && strings.IndexByte(s, f.quote) >= 0 ||
		f.noEscape && s != "" && s[0] == f.quote
	if f.quote == 0 || !needs && !f.quoteAll {
		return append(b, s...)
	}
	b = append(b, f.quote)
	for i := range len(s) {
		if c := s[i]; c == f.quote || c == f.escape && c != 0 {
			b = append(b, f.escape)
		}
		b = append(b, s[i])
	}
	return append(b, f.quote)
}

// DefaultName is the name of column i where nothing names it.
func DefaultName(i int) string { return "_c" + strconv.Itoa(i) }
