package functions

import (
	"bytes"
	"math"
	"strings"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// partFunctions cut text and binary into parts.
func partFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "left", Group: "string_funcs", Since: "2.3.0",
			Usage:    "left(str, len) - Returns the first `len` characters of `str`, of binary the first bytes; none when `len` is not positive.",
			Examples: example("SELECT left('Spark SQL', 3)", "Spa"), Traits: pure,
			Overloads: []udfs.Overload{
				sig(str, leftKernel(charPrefix), str, types.IntType),
				sig(types.BinaryType, leftKernel(bytePrefix), types.BinaryType, types.IntType),
			},
		},
		{
			Name: "overlay", Group: "string_funcs", Since: "3.0.0",
			Usage:    "overlay(input, replace, pos[, len]) - Replaces `len` characters of `input` from `pos` on by `replace`; -1 stands for the length of `replace`.",
			Args:     []udfs.Arg{param("input", "text or binary"), param("replace", "what comes in"), param("pos", "from 1"), optional("len", "characters replaced", int32(-1))},
			Examples: example("SELECT overlay('Spark SQL' PLACING '_' FROM 6)", "Spark_SQL"), Traits: pure,
			Overloads: []udfs.Overload{
				sig(str, overlayKernel(charSlice), str, str, types.IntType, types.IntType),
				sig(types.BinaryType, overlayKernel(byteSlice), types.BinaryType, types.BinaryType, types.IntType, types.IntType),
			},
			Pretty: func(args []string) string { return "overlay(" + strings.Join(args, ", ") + ")" },
		},
		{
			Name: "right", Group: "string_funcs", Since: "2.3.0",
			Usage:    "right(str, len) - Returns the last `len` characters of `str`; none when `len` is not positive.",
			Examples: example("SELECT right('Spark SQL', 3)", "SQL"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[1])
				return live(c, func(i int) error {
					c.Out.SetBytes(i, charSuffix(c.In[0].Bytes(i), int(n[i])))
					return nil
				})
			}, str, types.IntType)},
		},
		{
			Name: "split_part", Group: "string_funcs", Since: "3.3.0",
			Usage:    "split_part(str, delimiter, partNum) - Splits `str` at `delimiter` and returns part `partNum` from 1, or from the end when it is negative; '' when there is none.",
			Examples: example("SELECT split_part('11.12.13', '.', 3)", "13"), Traits: partial,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[2])
				return live(c, func(i int) error {
					part, err := splitPart(c.In[0].Str(i), c.In[1].Str(i), int(n[i]))
					c.Out.SetStr(i, part)
					return err
				})
			}, str, str, types.IntType)},
		},
		{
			Name: "substring", Aliases: []string{"substr"}, Group: "string_funcs", Since: "1.0.0",
			Usage:    "substring(str, pos[, len]) - Returns `len` characters of `str` from `pos` on, which counts from 1, or from the end when it is negative; of binary, bytes.",
			Args:     []udfs.Arg{param("str", "text or binary"), param("pos", "from 1"), optional("len", "number of characters", int32(math.MaxInt32))},
			Examples: []udfs.Example{{SQL: "SELECT substring('Spark SQL', 5)", Out: "k SQL"}, {SQL: "SELECT substring('Spark SQL', -3, 2)", Out: "SQ"}},
			Traits:   pure,
			Overloads: []udfs.Overload{
				sig(str, substringKernel(charSlice), str, types.IntType, types.IntType),
				sig(types.BinaryType, substringKernel(byteSlice), types.BinaryType, types.IntType, types.IntType),
			},
		},
		{
			Name: "substring_index", Group: "string_funcs", Since: "1.5.0",
			Usage:    "substring_index(str, delim, count) - Returns what stands before the `count`th `delim` of `str`, or, when `count` is negative, behind it counted from the end.",
			Examples: example("SELECT substring_index('www.apache.org', '.', 2)", "www.apache"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error {
				n := vec.Values[int32](c.In[2])
				return live(c, func(i int) error {
					c.Out.SetStr(i, substringIndex(c.In[0].Str(i), c.In[1].Str(i), int(n[i])))
					return nil
				})
			}, str, str, types.IntType)},
		},
	}
}

func leftKernel(prefix func(b []byte, n int) []byte) udfs.Kernel {
	return func(c *udfs.Call) error {
		n := vec.Values[int32](c.In[1])
		return live(c, func(i int) error {
			c.Out.SetBytes(i, prefix(c.In[0].Bytes(i), int(n[i])))
			return nil
		})
	}
}

// charPrefix are the first n characters, bytePrefix the first n bytes.
func charPrefix(b []byte, n int) []byte { return b[:charOffset(b, max(n, 0))] }
func bytePrefix(b []byte, n int) []byte { return b[:min(max(n, 0), len(b))] }

func charSuffix(b []byte, n int) []byte {
	at := len(b)
	for ; n > 0 && at > 0; n-- {
		at--
		for at > 0 && b[at]&0xc0 == 0x80 {
			at--
		}
	}
	return b[at:]
}

// charOffset is the byte where character n (from 0) of b begins, at most its length.
func charOffset(b []byte, n int) int {
	if n >= len(b) {
		return len(b)
	}
	at := 0
	for ; n > 0 && at < len(b); n-- {
		at++
		for at < len(b) && b[at]&0xc0 == 0x80 {
			at++
		}
	}
	return at
}

// charCount is the number of characters.
func charCount(b []byte) int {
	n := 0
	for _, c := range b {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// sliceRange maps a position from 1 (0 is taken as 1, negative counts from the end) and a length to a range of
// a sequence of size elements.
func sliceRange(size, pos, length int) (lo, hi int) {
	switch {
	case pos > 0:
		lo = pos - 1
	case pos < 0:
		lo = size + pos
	}
	hi = lo + length
	return min(max(lo, 0), size), min(max(hi, 0), size)
}

func charSlice(b []byte, pos, length int) []byte {
	if pos >= 0 {
		lo, hi := max(pos-1, 0), max(pos-1, 0)+length
		if length <= 0 {
			return nil
		}
		from := charOffset(b, lo)
		return b[from : from+charOffset(b[from:], hi-lo)]
	}
	lo, hi := sliceRange(charCount(b), pos, length)
	if hi <= lo {
		return nil
	}
	from := charOffset(b, lo)
	return b[from : from+charOffset(b[from:], hi-lo)]
}

func byteSlice(b []byte, pos, length int) []byte {
	lo, hi := sliceRange(len(b), pos, length)
	if hi <= lo {
		return nil
	}
	return b[lo:hi]
}

func substringKernel(slice func(b []byte, pos, length int) []byte) udfs.Kernel {
	return func(c *udfs.Call) error {
		pos, n := vec.Values[int32](c.In[1]), vec.Values[int32](c.In[2])
		in, out := c.In[0], c.Out
		if c.Sel == nil && out.Valid == nil {
			for i := range c.N {
				out.SetBytes(i, slice(in.Bytes(i), int(pos[i]), int(n[i])))
			}
			return nil
		}
		return live(c, func(i int) error {
			out.SetBytes(i, slice(in.Bytes(i), int(pos[i]), int(n[i])))
			return nil
		})
	}
}

func overlayKernel(slice func(b []byte, pos, length int) []byte) udfs.Kernel {
	return func(c *udfs.Call) error {
		pos, n := vec.Values[int32](c.In[2]), vec.Values[int32](c.In[3])
		var buf []byte
		return live(c, func(i int) error {
			s, r := c.In[0].Bytes(i), c.In[1].Bytes(i)
			p, size := int(pos[i]), int(n[i])
			if size < 0 {
				if size = len(r); c.Out.Type.IsString() {
					size = charCount(r)
				}
			}
			buf = append(append(buf[:0], slice(s, 1, p-1)...), r...)
			buf = append(buf, slice(s, p+size, math.MaxInt32)...)
			c.Out.SetBytes(i, buf)
			return nil
		})
	}
}

func splitPart(s, delim string, n int) (string, error) {
	if n == 0 {
		return "", errs.New(errs.Pos{}, "INVALID_INDEX_OF_ZERO")
	}
	parts := []string{s}
	if delim != "" {
		parts = strings.Split(s, delim)
	}
	if n < 0 {
		n += len(parts) + 1
	}
	if n < 1 || n > len(parts) {
		return "", nil
	}
	return parts[n-1], nil
}

func substringIndex(s, delim string, n int) string {
	if delim == "" || n == 0 {
		return ""
	}
	at := 0
	for ; n > 0; n-- {
		k := strings.Index(s[at:], delim)
		if k < 0 {
			return s
		}
		if n == 1 {
			return s[:at+k]
		}
		_, w := utf8.DecodeRuneInString(s[at+k:])
		at += k + w
	}
	end := len(s)
	for ; n < 0; n++ {
		k := strings.LastIndex(s[:end], delim)
		if k < 0 {
			return s
		}
		if n == -1 {
			return s[k+len(delim):]
		}
		end = min(k+len(delim)-1, len(s))
		if end < 0 {
			return s
		}
	}
	return s
}

func hasPrefix(a, b []byte) bool { return bytes.HasPrefix(a, b) }
func hasSuffix(a, b []byte) bool { return bytes.HasSuffix(a, b) }
