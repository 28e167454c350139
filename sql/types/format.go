package types

import (
	"math"
	"strconv"
)

// AppendDouble appends f as Java's Double.toString writes it: 1.0, 1.0E10, 1.0E-5, NaN, Infinity.
func AppendDouble(dst []byte, f float64) []byte { return appendJava(dst, f, 64) }

// AppendFloat appends f as Java's Float.toString writes it.
func AppendFloat(dst []byte, f float32) []byte { return appendJava(dst, float64(f), 32) }

// FormatDouble and FormatFloat are AppendDouble and AppendFloat to a string.
func FormatDouble(f float64) string { return string(AppendDouble(nil, f)) }
func FormatFloat(f float32) string  { return string(AppendFloat(nil, f)) }

func appendJava(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if a := math.Abs(f); a == 0 || a >= 1e-3 && a < 1e7 {
		at := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
		for _, c := range dst[at:] {
			if c == '.' {
				return dst
			}
		}
		return append(dst, ".0"...)
	}
	return appendScientific(dst, f, bits)
}

// appendScientific writes d.dddE[-]n with at least one digit after the point.
func appendScientific(dst []byte, f float64, bits int) []byte {
	var buf [32]byte
	s := strconv.AppendFloat(buf[:0], f, 'e', -1, bits)
	e := 0
	for s[e] != 'e' {
		e++
	}
	dst = append(dst, s[:e]...)
	if e <= 2 { // d or -d
		if s[0] != '-' || e == 2 {
			dst = append(dst, ".0"...)
		}
	}
	dst = append(dst, 'E')
	exp := s[e+1:]
	if exp[0] == '-' {
		dst = append(dst, '-')
	}
	exp = exp[1:]
	for len(exp) > 1 && exp[0] == '0' {
		exp = exp[1:]
	}
	return append(dst, exp...)
}
