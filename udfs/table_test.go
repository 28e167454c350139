package udfs

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// rowsFrom runs a table function over rows of arguments; stop is what passing rows on gives.
func rowsFrom(d Def, stop func() error, rows int, in ...*vec.Vec) (from []int32, cols [][]any, err error) {
	f, err := d.Overloads[0].Table(nil)
	if err != nil {
		return nil, nil, err
	}
	err = f.Eval(&Call{Ctx: context.Background(), In: in, N: rows}, func(rows []int32, vs []*vec.Vec) error {
		from = append(from, rows...)
		if cols == nil {
			cols = make([][]any, len(vs))
		}
		for k, v := range vs {
			cols[k] = append(cols[k], values(v)...)
		}
		return stop()
	})
	return from, cols, err
}

func goOn() error { return nil }

type numbered struct {
	N int64
	T string `sql:"text"`
}

// upTo gives n rows, or fails or panics at 13.
func upTo(n int64, text string) iter.Seq2[numbered, error] {
	return func(yield func(numbered, error) bool) {
		for i := range n {
			switch {
			case n == 13 && i == 5 && text == "panic":
				panic("at five")
			case n == 13 && i == 5:
				yield(numbered{}, errors.New("unlucky"))
				return
			}
			if !yield(numbered{i, text}, nil) {
				return
			}
		}
	}
}

func TestTableFunctionsGiveRowsOfRows(t *testing.T) {
	d := Table("up_to", Rows2E(upTo))
	if got := d.Overloads[0].Out.SQL(); got != "STRUCT<n: BIGINT NOT NULL, text: STRING NOT NULL>" {
		t.Error(got)
	}
	from, cols, err := rowsFrom(d, goOn, 4, col(types.BigIntType, int64(2), nil, int64(0), int64(1)), col(types.StringType, "a", "b", "c", "d"))
	if err != nil || !reflect.DeepEqual(from, []int32{0, 0, 3}) || !reflect.DeepEqual(cols, [][]any{{int64(0), int64(1), int64(0)}, {"a", "a", "d"}}) {
		t.Errorf("%v %v %v", from, cols, err)
	}
	plain := Table("chars", Rows1(func(s string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for _, r := range s {
				if !yield(string(r)) {
					return
				}
			}
		}
	}))
	if _, cols, err := rowsFrom(plain, goOn, 1, col(types.StringType, "ab")); err != nil || !reflect.DeepEqual(cols, [][]any{{"a", "b"}}) {
		t.Errorf("%v %v", cols, err)
	}
}

func TestTableFunctionsThatFail(t *testing.T) {
	d := Table("up_to", Rows2E(upTo))
	for text, want := range map[string]string{"panic": "panic: at five", "error": "unlucky"} {
		_, _, err := rowsFrom(d, goOn, 2, col(types.BigIntType, int64(1), int64(13)), col(types.StringType, "x", text))
		if !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "row 1") || !strings.Contains(err.Error(), "arguments: 13") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestRowsWantedNoMore: a function without an end is ended when its rows are not wanted.
func TestRowsWantedNoMore(t *testing.T) {
	ended := false
	d := Table("forever", Rows0(func() iter.Seq[int64] {
		return func(yield func(int64) bool) {
			defer func() { ended = true }()
			for i := int64(0); yield(i); i++ {
			}
		}
	}))
	enough := errors.New("enough")
	from, _, err := rowsFrom(d, func() error { return enough }, 1)
	if err != enough || len(from) != vec.BatchRows || !ended {
		t.Errorf("%v after %d rows, ended: %t", err, len(from), ended)
	}
}

// TestPanicsOfOthersAreNotTheFunctions: what panics while rows are passed on is no function's affair.
func TestPanicsOfOthersAreNotTheFunctions(t *testing.T) {
	d := Table("up_to", Rows2E(upTo))
	defer func() {
		if p := recover(); p != "an operator" {
			t.Errorf("%v", p)
		}
	}()
	_, _, err := rowsFrom(d, func() error { panic("an operator") }, 1, col(types.BigIntType, int64(2)), col(types.StringType, "x"))
	t.Errorf("no panic but %v", err)
}
