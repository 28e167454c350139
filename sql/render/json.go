package render

import (
	"bufio"
	"math"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// AppendJSONString appends s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func AppendJSONString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		i++
	}
	return append(dst, '"')
}

// goldenPrinter prints a result as one JSON object: its schema, and its rows as the command line prints them.
type goldenPrinter struct {
	in    *Input
	text  lineText
	buf   []byte
	first bool
}

func (p *goldenPrinter) begin(w *bufio.Writer, in *Input) error {
	p.text.in, p.first = in, true
	schema := "struct<>"
	if !in.Command {
		schema = in.Schema.Struct().String()
	}
	p.buf = AppendJSONString([]byte(`{"schema":`), schema)
	_, err := w.Write(append(p.buf, `,"rows":[`...))
	return err
}

func (p *goldenPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	if !p.first {
		w.WriteByte(',')
	}
	p.first = false
	p.buf = AppendJSONString(p.buf[:0], string(p.text.line(b, i)))
	_, err := w.Write(p.buf)
	return err
}

func (p *goldenPrinter) end(w *bufio.Writer) error {
	_, err := w.WriteString("]}\n")
	return err
}

// jsonPrinter prints every row as a JSON object, one a line, or all in an array.
type jsonPrinter struct {
	in    *Input
	array bool
	n     int
	buf   []byte
}

func (p *jsonPrinter) begin(w *bufio.Writer, _ *Input) error {
	if p.array {
		return w.WriteByte('[')
	}
	return nil
}

func (p *jsonPrinter) row(w *bufio.Writer, b *vec.Batch, i int) error {
	if p.array && p.n > 0 {
		w.WriteString(",\n ")
	}
	p.n++
	p.buf = append(p.buf[:0], '{')
	for k, c := range b.Cols {
		if k > 0 {
			p.buf = append(p.buf, ',')
		}
		p.buf = append(AppendJSONString(p.buf, p.in.Schema.Fields[k].Name), ':')
		p.buf = p.value(p.buf, c, i)
	}
	p.buf = append(p.buf, '}')
	if !p.array {
		p.buf = append(p.buf, '\n')
	}
	_, err := w.Write(p.buf)
	return err
}

func (p *jsonPrinter) end(w *bufio.Writer) error {
	if p.array {
		_, err := w.WriteString("]\n")
		return err
	}
	return nil
}

// value prints a value as JSON: numbers as numbers (NaN and infinities as strings), nested values as they are, maps as
// objects by the text of their keys, everything else as text.
func (p *jsonPrinter) value(dst []byte, v *vec.Vec, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	v, i = v.At(i)
	switch k := v.Type.Kind(); k {
	case types.Float, types.Double:
		f := 0.0
		if k == types.Double {
			f = vec.Values[float64](v)[i]
		} else {
			f = float64(vec.Values[float32](v)[i])
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return AppendJSONString(dst, types.FormatDouble(f))
		}
		return p.in.Hive.value(dst, v, i, true)
	case types.Boolean, types.TinyInt, types.SmallInt, types.Int, types.BigInt, types.Decimal:
		return p.in.Hive.value(dst, v, i, true)
	case types.Array:
		lo, hi := v.Range(i)
		dst = append(dst, '[')
		for e := lo; e < hi; e++ {
			if e > lo {
				dst = append(dst, ',')
			}
			dst = p.value(dst, v.Kids[0], e)
		}
		return append(dst, ']')
	case types.Map:
		lo, hi := v.Range(i)
		dst = append(dst, '{')
		for e := lo; e < hi; e++ {
			if e > lo {
				dst = append(dst, ',')
			}
			key := p.in.Hive.Append(nil, v.Kids[0], e)
			dst = append(AppendJSONString(dst, string(key)), ':')
			dst = p.value(dst, v.Kids[1], e)
		}
		return append(dst, '}')
	case types.Struct:
		dst = append(dst, '{')
		for f, field := range v.Type.Fields() {
			if f > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendJSONString(dst, field.Name), ':')
			dst = p.value(dst, v.Kids[f], i)
		}
		return append(dst, '}')
	}
	return AppendJSONString(dst, string(p.in.Hive.value(nil, v, i, false)))
}

// JSONError is an error as the golden format prints it.
func JSONError(class, state, message string) string {
	b := AppendJSONString([]byte(`{"error":{"class":`), class)
	b = AppendJSONString(append(b, `,"sqlState":`...), state)
	b = AppendJSONString(append(b, `,"message":`...), message)
	return string(append(b, "}}"...))
}
