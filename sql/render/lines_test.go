package render

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// batches gives n batches of all forms: flat with NULLs, constant, coded, some with a selection.
func batches(n int, fail error) iter.Seq2[*vec.Batch, error] {
	dict := vec.New(types.StringType, 0)
	for _, s := range []any{"plain", "with,comma", `with"quote`, "", " blank", "tab\there"} {
		dict.Append(s)
	}
	d := &vec.Dict{ID: 1 << 60, Vals: dict}
	return func(yield func(*vec.Batch, error) bool) {
		for k := range n {
			i, dec, text := vec.New(types.IntType, 0), vec.New(types.DecimalOf(9, 2), 0), vec.New(types.StringType, 0)
			codes := make([]int32, 100)
			for r := range 100 {
				var x any = int32(k*100 + r)
				if r%7 == 3 {
					x = nil
				}
				i.Append(x)
				dec.Append(types.FromInt64(int64(r - 50)))
				text.Append(fmt.Sprint("row ", r))
				codes[r] = int32(r % 6)
			}
			one := vec.New(types.DateType, 0)
			one.Append(int32(19000 + k))
			one.Form, one.Len = vec.Const, 100
			coded := &vec.Vec{Type: types.StringType, Form: vec.Coded, Len: 100, Codes: codes, Dict: d}
			b := &vec.Batch{Cols: []*vec.Vec{i, dec, text, coded, one}, N: 100}
			if k%2 == 1 {
				b.Sel = []int32{0, 3, 50, 99}
			}
			if !yield(b, nil) {
				return
			}
		}
		if fail != nil {
			yield(nil, fail)
		}
	}
}

func inputOf(n int, fail error) *Input {
	s := &types.Schema{}
	for k, t := range []types.Type{types.IntType, types.DecimalOf(9, 2), types.StringType, types.StringType, types.DateType} {
		s.Fields = append(s.Fields, types.Field{Name: fmt.Sprint("c", k), Type: t})
	}
	return &Input{Schema: s, Batches: batches(n, fail), Hive: NewHive(nil, BinaryUTF8)}
}

// Lines made by several goroutines are those that one value after the other gives.
func TestLinesAreThoseOfTheirValues(t *testing.T) {
	for _, name := range []string{"spark", "csv", "tsv"} {
		for _, n := range []int{0, 1, 40} {
			var got bytes.Buffer
			rows, err := Write(&got, inputOf(n, nil), Options{Format: name, Header: true})
			if err != nil {
				t.Fatal(err)
			}
			in := inputOf(n, nil)
			f := formats[name].lines(Options{Header: true}, in)
			want, count := string(f.header), int64(0)
			for b := range in.Batches {
				for k := range b.Rows() {
					i := k
					if b.Sel != nil {
						i = int(b.Sel[k])
					}
					count++
					var cells []string
					for _, v := range b.Cols {
						cells = append(cells, valueText(in, f, v, i))
					}
					want += strings.Join(cells, string(f.sep)) + "\n"
				}
			}
			if got.String() != want || rows != count {
				t.Fatalf("%s of %d batches: %d rows for %d, first lines\n%.300s\nfor\n%.300s", name, n, rows, count, got.String(), want)
			}
		}
	}
}

func valueText(in *Input, f *lineFormat, v *vec.Vec, i int) string {
	if v.IsNull(i) {
		return f.style.null
	}
	b := in.Hive.Append(nil, v, i)
	if f.style.text != nil && v.Type.IsString() {
		b = f.style.text(nil, b)
	}
	return string(b)
}

// failing is a writer that fails after so many bytes.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestErrorsWhilePrintingLines(t *testing.T) {
	if _, err := Write(&failing{100_000}, inputOf(500, nil), Options{Format: "csv"}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"table", "markdown", "json", "jsonl", "vertical", "html", "golden"} {
		n := 0
		in := inputOf(1000, nil)
		all := in.Batches
		in.Batches = func(yield func(*vec.Batch, error) bool) {
			for b, err := range all {
				if n++; !yield(b, err) {
					return
				}
			}
		}
		if _, err := Write(&failing{10_000}, in, Options{Format: name}); !errors.Is(err, errFull) || n == 1000 {
			t.Errorf("%s: %v after %d batches", name, err, n)
		}
	}
	boom := errors.New("boom")
	var out bytes.Buffer
	if _, err := Write(&out, inputOf(3, boom), Options{Format: "csv"}); !errors.Is(err, boom) || strings.Count(out.String(), "\n") != 1+204 {
		t.Errorf("got %v and %d lines", err, strings.Count(out.String(), "\n"))
	}
}

func TestScaledNumbers(t *testing.T) {
	for _, c := range []struct {
		x     int64
		scale int
		want  string
	}{{0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {12345, 2, "123.45"}, {-1 << 63, 0, "-9223372036854775808"}, {-1 << 63, 18, "-9.223372036854775808"}, {1, 18, "0.000000000000000001"}, {70, 1, "7.0"}} {
		if got := string(appendScaled(nil, c.x, c.scale)); got != c.want {
			t.Errorf("%d at %d: got %s, want %s", c.x, c.scale, got, c.want)
		}
	}
}

// BenchmarkCSV prints a million rows.
func BenchmarkCSV(b *testing.B) {
	for b.Loop() {
		Write(&failing{1 << 62}, inputOf(10_000, nil), Options{Format: "csv"})
	}
}
