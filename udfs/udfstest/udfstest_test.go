package udfstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sparksql/udfs"
)

// found collects what a test reports.
type found []string

func (f *found) Errorf(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func fuzz(t *testing.T, d udfs.Def) found {
	s := session(t, []udfs.Def{d}, nil)
	var out found
	for round := range rounds {
		fuzzRound(&out, s, &d, &d.Overloads[0], uint64(round))
	}
	return out
}

type everything struct {
	Name string
	When time.Time
	Day  udfs.Date
	Cost udfs.Decimal
	Tags []udfs.Null[string]
	By   map[string]int64
	In   *everythingElse
}

type everythingElse struct {
	X    float32
	Pair udfs.Pairs[int32, []byte]
}

func TestFuzzFindsPanics(t *testing.T) {
	for name, f := range map[string]any{
		"cut":    func(s string) string { return s[3:] },
		"divide": func(a, b int32) int32 { return a / b },
		"first":  udfs.Fn1(func(xs []udfs.Null[float64]) float64 { return xs[0].V }),
	} {
		if got := fuzz(t, udfs.Scalar(name, f)); len(got) == 0 || !strings.Contains(got[0], "panic:") || !strings.Contains(got[0], "arguments: ") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFuzzFindsWhatIsNotDeterministic(t *testing.T) {
	d := udfs.Scalar("dice", func(n int32) int32 { return rand.Int32() })
	if got := fuzz(t, d); len(got) == 0 || !strings.Contains(got[0], "udfs.Volatile") {
		t.Errorf("%q", got)
	}
}

func TestFuzzLeavesErrorsAlone(t *testing.T) {
	calls := 0
	d := udfs.Scalar("even", func(n int32) (int32, error) {
		if calls++; n%2 != 0 {
			return 0, errors.New("odd")
		}
		return n, nil
	})
	if got := fuzz(t, d); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if calls < rounds*rowsOf/2 {
		t.Errorf("%d calls only", calls)
	}
}

// TestFuzzMakesEveryType has a function of all carried types, which must see values and NULLs of each.
func TestFuzzMakesEveryType(t *testing.T) {
	seen := map[string]bool{}
	d := udfs.Scalar("all_types", udfs.Fn1(func(x everything) everything {
		seen["name"] = seen["name"] || x.Name != ""
		seen["time"] = seen["time"] || x.When.Year() == 2024
		seen["day"] = seen["day"] || x.Day.String() == "2024-02-29"
		seen["decimal"] = seen["decimal"] || x.Cost.Float64() < -1e19
		for _, tag := range x.Tags {
			seen["tag"] = seen["tag"] || tag.V != ""
			seen["no tag"] = seen["no tag"] || !tag.OK
		}
		seen["map"] = seen["map"] || len(x.By) > 1
		seen["no struct"] = seen["no struct"] || x.In == nil
		if x.In != nil {
			seen["pairs"] = seen["pairs"] || len(x.In.Pair) > 0
		}
		return x
	}))
	if got := fuzz(t, d); len(got) != 0 {
		t.Errorf("%q", got)
	}
	for _, what := range []string{"name", "time", "day", "decimal", "tag", "no tag", "map", "no struct", "pairs"} {
		if !seen[what] {
			t.Errorf("no %s", what)
		}
	}
}
