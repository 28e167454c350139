package ecommerce

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/iforest"
)

// shared opens a file of rows measured on Spark; the test is skipped where the shared data is not there.
func shared(t *testing.T, parts ...string) *os.File {
	t.Helper()
	dir := os.Getenv("SPARKSQL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(append([]string{dir, "reference", "expected"}, parts...)...))
	if err != nil {
		t.Skipf("no reference data: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func rows(t *testing.T, f *os.File) (out []map[string]any) {
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		m := map[string]any{}
		if err := json.Unmarshal(s.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func function(t *testing.T, name string) udfs.Def {
	t.Helper()
	for _, d := range Functions() {
		if d.Name == name {
			return d
		}
	}
	t.Fatalf("no function %s", name)
	return udfs.Def{}
}

// apply calls a function on columns, as eval does.
func apply(t *testing.T, d udfs.Def, n int, in ...*vec.Vec) *vec.Vec {
	t.Helper()
	o := d.Overloads[0]
	c := &udfs.Call{In: in, N: n, Out: vec.New(o.Out, n)}
	for i := range n {
		for _, v := range in {
			if d.TraitsOf(&o).Has(udfs.Strict) && v.IsNull(i) {
				c.Out.SetNull(i)
			}
		}
	}
	kernel, err := o.New(&udfs.Env{})
	if err == nil {
		err = kernel(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.Out
}

// fromJSON is a value of the rows in Go form.
func fromJSON(t types.Type, x any) any {
	special := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}
	switch t.Kind() {
	case types.Double, types.Float:
		f, ok := x.(float64)
		if s, is := x.(string); is {
			f, ok = special[s], true
		}
		if !ok {
			return nil
		}
		if t.Kind() == types.Float {
			return float32(f)
		}
		return f
	case types.Map:
		out := map[string]string{}
		for k, v := range x.(map[string]any) {
			out[k] = v.(string)
		}
		return out
	}
	return x
}

func same(a, b any) bool {
	if m, ok := a.(types.MapValue); ok {
		got := map[string]string{}
		for i, k := range m.Keys {
			got[k.(string)] = m.Vals[i].(string)
		}
		return len(got) == len(m.Keys) && reflect.DeepEqual(got, b)
	}
	x, xok := a.(float32)
	y, yok := b.(float32)
	return xok && yok && x != x && y != y || reflect.DeepEqual(a, b)
}

func TestFunctionsGiveTheMeasuredRows(t *testing.T) {
	for _, c := range []struct {
		folder, function string
		in               []string
		out              string
	}{
		{"u01_clean_text", "clean_text", []string{"text"}, "clean_name"},
		{"u02_calculate_discount", "calculate_discount", []string{"price", "discount_rate"}, "final_price"},
		{"u03_categorize_price", "categorize_price", []string{"price"}, "price_category"},
		{"u04_parse_json_metadata", "parse_json_metadata", []string{"metadata"}, "parsed_metadata"},
		{"u05_process_text", "process_text", []string{"text"}, "processed"},
		{"u06_fast_calculation", "fast_calculation", []string{"value"}, "fast_result"},
		{"u06_fast_calculation", "fast_calculation", []string{"ivalue"}, "fast_int"},
		{"u07_customer_tier", "calculate_customer_tier", []string{"total_spent"}, "tier_udf"},
	} {
		t.Run(c.folder+"/"+c.out, func(t *testing.T) {
			want := rows(t, shared(t, c.folder, "rows.jsonl"))
			d := function(t, c.function)
			var in []*vec.Vec
			for k, name := range c.in {
				v := vec.New(d.Overloads[0].In[k], 0)
				for _, r := range want {
					v.Append(fromJSON(v.Type, r[name]))
				}
				in = append(in, v)
			}
			out := apply(t, d, len(want), in...)
			for i, r := range want {
				if got, w := out.Value(i), fromJSON(out.Type, r[c.out]); !same(got, w) {
					t.Errorf("row %v (%q): got %#v, want %#v", r["id"], r[c.in[0]], got, w)
				}
			}
		})
	}
}

func TestAnomalyScoreFollowsItsModel(t *testing.T) {
	var forest struct {
		Offset float64        `json:"offset"`
		Trees  []iforest.Tree `json:"trees"`
	}
	if err := json.NewDecoder(shared(t, "u08_anomaly_score", "forest42.json")).Decode(&forest); err != nil {
		t.Fatal(err)
	}
	var facts struct {
		Invalid map[string]struct {
			Score float64 `json:"seed_udf"`
		} `json:"invalid"`
	}
	if err := json.NewDecoder(shared(t, "u08_anomaly_score", "facts.json")).Decode(&facts); err != nil {
		t.Fatal(err)
	}
	d := WithModel(&iforest.Forest{Features: 3, Samples: 256, Offset: forest.Offset, Trees: forest.Trees})
	arr := d.Overloads[0].In[0]
	for text, x := range map[string]any{
		"None": nil, "[]": []any{}, "[1.0]": []any{1.0}, "[1.0, 2.0, 3.0, 4.0]": []any{1.0, 2.0, 3.0, 4.0},
		"[None, 1.0, 2.0]": []any{nil, 1.0, 2.0}, "[nan, 1.0, 2.0]": []any{math.NaN(), 1.0, 2.0},
		"[inf, 0.0, 0.0]": []any{math.Inf(1), 0.0, 0.0}, "[1e+39, 0.0, 0.0]": []any{1e39, 0.0, 0.0},
	} {
		v := vec.New(arr, 0)
		v.Append(x)
		if got := apply(t, d, 1, v).Value(0).(float32); math.Abs(float64(got)-facts.Invalid[text].Score) > 1e-6 {
			t.Errorf("%s: %v, want %v", text, got, facts.Invalid[text].Score)
		}
	}
}

func TestStandardModelTellsTheExamplePoints(t *testing.T) {
	d := function(t, "anomaly_score")
	v := vec.New(d.Overloads[0].In[0], 0)
	for _, p := range [][]any{{1.2, 3.4, 2.1}, {10.5, 15.2, 8.9}, {0.1, 0.3, 0.2}} {
		v.Append(p)
	}
	out := apply(t, d, 3, v)
	for i, want := range []float64{-0.122, -0.215, 0.144} {
		if got := float64(out.Value(i).(float32)); math.Abs(got-want) > 0.06 {
			t.Errorf("point %d: %v, about %v wanted", i, got, want)
		}
	}
}
