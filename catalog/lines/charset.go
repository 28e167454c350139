package lines

import (
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"

	"sparksql/sql/errs"
)

// Charset is the character set that the option encoding, or charset, names: one of the names of IANA; nil for UTF-8.
// INVALID_PARAMETER_VALUE.CHARSET.
func Charset(options map[string]string) (encoding.Encoding, error) {
	name := options["encoding"]
	if name == "" {
		name = options["charset"]
	}
	switch strings.ToUpper(name) {
	case "", "UTF-8", "UTF8", "US-ASCII":
		return nil, nil
	case "UTF-16": // without a mark it is big-endian, as Java has it
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "UTF-32":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), nil
	case "UTF-32BE":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), nil
	case "UTF-32LE":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), nil
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return e, nil
	}
	return nil, errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.CHARSET", "functionName", "The option", "parameter", "encoding", "charset", name,
		"charsets", "those that IANA names")
}

// decoded reads text of a character set as UTF-8.
func decoded(r io.Reader, set encoding.Encoding) io.Reader {
	if set == nil {
		return r
	}
	return transform.NewReader(r, set.NewDecoder())
}

// encoded writes UTF-8 as text of a character set; a character that it does not have becomes its substitute.
func encoded(w io.Writer, set encoding.Encoding) io.WriteCloser {
	if set == nil {
		return plain{w}
	}
	return transform.NewWriter(w, encoding.ReplaceUnsupported(set.NewEncoder()))
}
