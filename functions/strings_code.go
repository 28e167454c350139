package functions

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// codeFunctions turn text into bytes and back.
func codeFunctions() []udfs.Def {
	binT := types.BinaryType
	return []udfs.Def{
		{
			Name: "base64", Group: "string_funcs", Since: "1.5.0",
			Usage:    "base64(bin) - Returns binary in base 64.",
			Examples: example("SELECT base64('Spark SQL')", "U3BhcmsgU1FM"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				return StrMap1(c, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })
			}, binT)},
		},
		{
			Name: "decode", Group: "string_funcs", Since: "1.5.0",
			Usage:    "decode(bin, charset) - Returns the text that binary holds in a character set; decode(expr, search, result[, search, result]...[, default]) - Returns the result behind the first search that equals `expr`, NULL counting as equal to NULL.",
			Examples: []udfs.Example{{SQL: "SELECT decode(encode('abc', 'utf-8'), 'utf-8')", Out: "abc"}, {SQL: "SELECT decode(2, 1, 'a', 2, 'b', 'c')", Out: "b"}},
			Traits:   udfs.Deterministic | udfs.Fallible, MinArgs: 2, MaxArgs: -1, Resolve: decodeResolve,
		},
		{
			Name: "encode", Group: "string_funcs", Since: "1.5.0",
			Usage:    "encode(str, charset) - Returns the bytes of text in a character set: US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16 or UTF-32.",
			Examples: example("SELECT encode('abc', 'utf-8')", "abc"), Traits: partial,
			Overloads: []udfs.Overload{sig(binT, func(c *udfs.Call) error {
				old := charsetsOf(c.Env)
				return live(c, func(i int) error {
					b, err := old.encode(c.In[0].Str(i), c.In[1].Str(i))
					if err == nil {
						c.Out.SetBytes(i, b)
					}
					return err
				})
			}, str, str)},
		},
		{
			Name: "is_valid_utf8", Group: "string_funcs", Since: "4.0.0",
			Usage:    "is_valid_utf8(str) - Tells whether `str` is valid UTF-8.",
			Examples: example("SELECT is_valid_utf8(x'61C262')", "false"), Traits: pure,
			Overloads: []udfs.Overload{sig(types.BooleanType, func(c *udfs.Call) error { return StrTo1(c, utf8.ValidString) }, str)},
		},
		{
			Name: "make_valid_utf8", Group: "string_funcs", Since: "4.0.0",
			Usage:    "make_valid_utf8(str) - Returns `str` with U+FFFD in place of what is not valid UTF-8.",
			Examples: example("SELECT make_valid_utf8(x'61')", "a"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error { return StrMap1(c, makeValid) }, str)},
		},
		{
			Name: "try_validate_utf8", Group: "string_funcs", Since: "4.0.0",
			Usage:    "try_validate_utf8(str) - Returns `str` when it is valid UTF-8, else NULL.",
			Examples: example("SELECT try_validate_utf8(x'80')", "NULL"), Traits: pure,
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: str, Nullable: true, Kernel: func(c *udfs.Call) error {
				return StrMapNull1(c, func(s string) (string, bool, error) { return s, utf8.ValidString(s), nil })
			}}},
		},
		{
			Name: "unbase64", Group: "string_funcs", Since: "1.5.0",
			Usage:    "unbase64(str) - Returns the binary that text in base 64 stands for; characters that are none of its digits are passed over.",
			Examples: example("SELECT unbase64('U3BhcmsgU1FM')", "Spark SQL"), Traits: partial,
			Overloads: []udfs.Overload{sig(binT, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					b, ok := unbase64(c.In[0].Bytes(i))
					if !ok {
						return errs.New(c.Env.Pos, "CONVERSION_INVALID_INPUT", "str", "'"+c.In[0].Str(i)+"'", "fmt", "'BASE64'",
							"targetType", `"BINARY"`, "suggestion", "`try_to_binary`")
					}
					c.Out.SetBytes(i, b)
					return nil
				})
			}, str)},
		},
		{
			Name: "validate_utf8", Group: "string_funcs", Since: "4.0.0",
			Usage:    "validate_utf8(str) - Returns `str` when it is valid UTF-8, else raises an error.",
			Examples: example("SELECT validate_utf8('Spark')", "Spark"), Traits: partial,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					s := c.In[0].Str(i)
					if !utf8.ValidString(s) {
						return errs.New(c.Env.Pos, "INVALID_UTF8_STRING", "str", escapeBytes(s))
					}
					c.Out.SetStr(i, s)
					return nil
				})
			}, str)},
		},
	}
}

// escapeBytes shows the bytes of text: \x61\xC2.
func escapeBytes(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(`\x`)
		b.WriteByte(hex[s[i]>>4])
		b.WriteByte(hex[s[i]&15])
	}
	return b.String()
}

// makeValid replaces each maximal invalid part by U+FFFD.
func makeValid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		b.WriteRune(utf8.RuneError)
		i += badLength(s[i:])
	}
	return b.String()
}

// badLength is the length of the invalid sequence that s begins with: as far as it could have become valid.
func badLength(s string) int {
	n := 1
	for n < len(s) && n < 3 && s[n]&0xc0 == 0x80 {
		probe := s[:n+1]
		ok := false
		for _, tail := range [...]string{"\x80", "\x80\x80", "\xbf", "\xbf\xbf", "\xa0\x80", "\x90\x80\x80"} {
			if r, w := utf8.DecodeRuneInString(probe + tail); r != utf8.RuneError && w > 1 {
				ok = true
			}
		}
		if !ok {
			break
		}
		n++
	}
	return n
}

// unbase64 decodes as MIME decoders do: other characters are passed over, padding may be missing.
func unbase64(s []byte) ([]byte, bool) {
	digits := make([]byte, 0, len(s))
	for _, c := range s {
		if c == '=' {
			break
		}
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
			digits = append(digits, c)
		}
	}
	if len(digits)%4 == 1 {
		return nil, false
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(out, digits)
	return out[:n], err == nil
}

const charsets = "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"

func badCharset(function, name string) error {
	return errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.CHARSET", "functionName", routine(function), "parameter", "`charset`",
		"charset", name, "charsets", charsets)
}

func malformed(function, charset string) error {
	return errs.New(errs.Pos{}, "MALFORMED_CHARACTER_CODING", "function", routine(function), "charset", charset)
}

// charsetRules are the settings for encode and decode: any character set, and replacement of what does not fit.
type charsetRules struct{ anySet, replace bool }

func charsetsOf(env *udfs.Env) charsetRules {
	if env == nil || env.Conf == nil {
		return charsetRules{}
	}
	return charsetRules{anySet: env.Conf("spark.sql.legacy.javaCharsets") == "true", replace: env.Conf("spark.sql.legacy.codingErrorAction") == "true"}
}

// other finds a character set of one byte a character beyond those that are always known.
func (r charsetRules) other(name string) encoding.Encoding {
	if !r.anySet {
		return nil
	}
	plain := strings.NewReplacer("-", "", " ", "", "_", "")
	for _, e := range charmap.All {
		if c, ok := e.(*charmap.Charmap); ok && strings.EqualFold(plain.Replace(c.String()), plain.Replace(name)) {
			return c
		}
	}
	return nil
}

func (r charsetRules) encode(s, charset string) ([]byte, error) {
	b, err := encodeText(s, charset)
	if errs.Is(err, "INVALID_PARAMETER_VALUE.CHARSET") {
		if e := r.other(charset); e != nil {
			if b, err2 := e.NewEncoder().Bytes([]byte(s)); err2 == nil {
				return b, nil
			}
			return nil, malformed("encode", charset)
		}
	}
	if errs.Is(err, "MALFORMED_CHARACTER_CODING") && r.replace {
		limit := map[bool]rune{true: 0xff, false: 0x7f}[strings.EqualFold(charset, "ISO-8859-1")]
		return []byte(strings.Map(func(c rune) rune {
			if c > limit {
				return '?'
			}
			return c
		}, s)), nil
	}
	return b, err
}

func (r charsetRules) decode(b []byte, charset string) (string, error) {
	s, err := decodeText(b, charset)
	if errs.Is(err, "INVALID_PARAMETER_VALUE.CHARSET") {
		if e := r.other(charset); e != nil {
			if t, err2 := e.NewDecoder().Bytes(b); err2 == nil {
				return string(t), nil
			}
			return "", malformed("decode", charset)
		}
	}
	if errs.Is(err, "MALFORMED_CHARACTER_CODING") && r.replace {
		if strings.EqualFold(charset, "UTF-8") {
			return makeValid(string(b)), nil
		}
		out := make([]rune, len(b))
		for i, c := range b {
			if out[i] = rune(c); c > 0x7f {
				out[i] = utf8.RuneError
			}
		}
		return string(out), nil
	}
	return s, err
}

func encodeText(s, charset string) ([]byte, error) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	switch set := strings.ToUpper(charset); set {
	case "UTF-8":
		return []byte(s), nil
	case "US-ASCII", "ISO-8859-1":
		limit := rune(0x7f)
		if set == "ISO-8859-1" {
			limit = 0xff
		}
		out := make([]byte, 0, len(s))
		for _, r := range s {
			if r > limit {
				return nil, malformed("encode", charset)
			}
			out = append(out, byte(r))
		}
		return out, nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		var out []byte
		var order binary.AppendByteOrder = binary.BigEndian
		if set == "UTF-16LE" {
			order = binary.LittleEndian
		}
		if set == "UTF-16" && s != "" {
			out = append(out, 0xfe, 0xff)
		}
		for _, u := range utf16.Encode([]rune(s)) {
			out = order.AppendUint16(out, u)
		}
		return out, nil
	case "UTF-32":
		var out []byte
		for _, r := range s {
			out = binary.BigEndian.AppendUint32(out, uint32(r))
		}
		return out, nil
	}
	return nil, badCharset("encode", charset)
}

func decodeText(b []byte, charset string) (string, error) {
	switch set := strings.ToUpper(charset); set {
	case "UTF-8":
		if !utf8.Valid(b) {
			return "", malformed("decode", charset)
		}
		return string(b), nil
	case "US-ASCII", "ISO-8859-1":
		out := make([]rune, len(b))
		for i, c := range b {
			if c > 0x7f && set == "US-ASCII" {
				return "", malformed("decode", charset)
			}
			out[i] = rune(c)
		}
		return string(out), nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		var order binary.ByteOrder = binary.BigEndian
		if set == "UTF-16LE" {
			order = binary.LittleEndian
		}
		if set == "UTF-16" && len(b) >= 2 {
			if b[0] == 0xff && b[1] == 0xfe {
				order, b = binary.LittleEndian, b[2:]
			} else if b[0] == 0xfe && b[1] == 0xff {
				b = b[2:]
			}
		}
		if len(b)%2 == 1 {
			return "", malformed("decode", charset)
		}
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = order.Uint16(b[2*i:])
		}
		return string(utf16.Decode(u)), nil
	case "UTF-32":
		if len(b)%4 != 0 {
			return "", malformed("decode", charset)
		}
		var out strings.Builder
		for ; len(b) > 0; b = b[4:] {
			r := rune(binary.BigEndian.Uint32(b))
			if !utf8.ValidRune(r) {
				return "", malformed("decode", charset)
			}
			out.WriteRune(r)
		}
		return out.String(), nil
	}
	return "", badCharset("decode", charset)
}

// decodeResolve types both forms of decode.
func decodeResolve(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	if len(args) == 2 {
		for i, t := range []types.Type{types.BinaryType, str} {
			if _, err := accept(ctx, args, i, t); err != nil {
				return udfs.Binding{}, err
			}
		}
		b := bind(str, func(c *udfs.Call) error {
			old := charsetsOf(c.Env)
			return live(c, func(i int) error {
				s, err := old.decode(c.In[0].Bytes(i), c.In[1].Str(i))
				c.Out.SetStr(i, s)
				return err
			})
		}, types.BinaryType, str)
		tr := partial
		b.Traits = &tr
		return b, nil
	}
	ts := argTypes(args)
	keys, results := []types.Type{ts[0]}, []types.Type{}
	for i := 1; i < len(ts); i++ {
		if i%2 == 1 && i < len(ts)-1 {
			keys = append(keys, ts[i])
		} else {
			results = append(results, ts[i])
		}
	}
	lattice := coercion(ctx.Env)
	key, ok := lattice.Common(keys...)
	res, ok2 := lattice.Common(results...)
	if !ok || !ok2 {
		return udfs.Binding{}, differentTypes(ctx, ctx.Name, args)
	}
	in := make([]types.Type, len(ts))
	for i := range in {
		in[i] = res
		if i == 0 || i%2 == 1 && i < len(ts)-1 {
			in[i] = key
		}
	}
	b := bind(res, boxed(func(a []any) (any, error) {
		i := 1
		for ; i+1 < len(a); i += 2 {
			if a[0] == nil && a[i] == nil || a[0] != nil && a[i] != nil && compareValues(key, a[0], a[i]) == 0 {
				return a[i+1], nil
			}
		}
		if i < len(a) {
			return a[i], nil
		}
		return nil, nil
	}), in...)
	tr := udfs.Deterministic
	b.Traits = &tr
	return nullable(b), nil
}
