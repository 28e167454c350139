package exec

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"testing"

	"sparksql/exec/vec"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// sumAcc sums bigints, NULL for none.
type sumAcc struct {
	sum []int64
	any []bool
}

func (a *sumAcc) Resize(n int) {
	for len(a.sum) < n {
		a.sum, a.any = append(a.sum, 0), append(a.any, false)
	}
}
func (a *sumAcc) add(g int32, v *vec.Vec, i int) {
	if !v.IsNull(i) {
		a.sum[g] += vec.Values[int64](v)[i]
		a.any[g] = true
	}
}
func (a *sumAcc) Update(groups []int32, c *udfs.Call) error {
	for k, g := range groups {
		a.add(g, c.In[0], rowOf(c.Sel, k))
	}
	return nil
}
func (a *sumAcc) Merge(groups []int32, p []*vec.Vec) error {
	for k, g := range groups {
		a.add(g, p[0], k)
	}
	return nil
}
func (a *sumAcc) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }
func (a *sumAcc) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		if a.any[g] {
			out.Append(a.sum[g])
		} else {
			out.Append(nil)
		}
	}
	return nil
}
func (a *sumAcc) Clear(groups []int32) {
	for _, g := range groups {
		a.sum[g], a.any[g] = 0, false
	}
}
func (a *sumAcc) Bytes() int64 { return int64(len(a.sum)) * 9 }

// listAcc joins strings in the order in which it gets them.
type listAcc struct{ s []string }

func (a *listAcc) Resize(n int) {
	for len(a.s) < n {
		a.s = append(a.s, "")
	}
}
func (a *listAcc) Update(groups []int32, c *udfs.Call) error {
	for k, g := range groups {
		if i := rowOf(c.Sel, k); !c.In[0].IsNull(i) {
			a.s[g] += c.In[0].Str(i) + ";"
		}
	}
	return nil
}
func (a *listAcc) Merge(groups []int32, p []*vec.Vec) error {
	for k, g := range groups {
		a.s[g] += p[0].Str(k)
	}
	return nil
}
func (a *listAcc) Partial(groups []int32, out []*vec.Vec) error { return a.Result(groups, out[0]) }
func (a *listAcc) Result(groups []int32, out *vec.Vec) error {
	for _, g := range groups {
		out.Append(a.s[g])
	}
	return nil
}
func (a *listAcc) Clear(groups []int32) {
	for _, g := range groups {
		a.s[g] = ""
	}
}
func (a *listAcc) Bytes() int64 { return int64(len(a.s)) * 16 }

var aggDef = &udfs.Def{Name: "agg_test"}

func aggregateOf(out types.Type, acc func() udfs.Accumulator, args ...expr.Expr) *expr.Agg {
	return &expr.Agg{Call: expr.Call{Def: aggDef, Name: "agg", Args: args, Env: &udfs.Env{}, Bind: udfs.Binding{Out: out, Nullable: true,
		Agg: &udfs.Agg{New: func(*udfs.Env) (udfs.Accumulator, error) { return acc(), nil }, State: []types.Type{out}}}}}
}

func sumOf(x expr.Expr) *expr.Agg {
	return aggregateOf(types.BigIntType, func() udfs.Accumulator { return &sumAcc{} }, x)
}
func listOf(x expr.Expr) *expr.Agg {
	return aggregateOf(types.StringType, func() udfs.Accumulator { return &listAcc{} }, x)
}

// groupTest is a table of keys of several types, a value and a text.
func groupTest(batch, n, groups int) *fakeTable {
	f := table(batch, []types.Field{{Name: "l", Type: types.BigIntType}, {Name: "i", Type: types.IntType}, {Name: "s", Type: types.StringType},
		{Name: "d", Type: types.DoubleType}, {Name: "y", Type: types.TinyIntType}, {Name: "v", Type: types.BigIntType}, {Name: "t", Type: types.StringType}})
	for i := range n {
		g := i * 7919 % groups
		row := []any{int64(g), int32(g), fmt.Sprintf("group of rows %d", g), float64(g), int8(g % 100), int64(i % 1000), fmt.Sprint("t", i*31%10)}
		if g%11 == 3 {
			row[0], row[1], row[2], row[3], row[4] = nil, nil, nil, nil, nil
		}
		if g == 0 && i%2 == 0 {
			row[3] = math.Copysign(0, -1)
		}
		if g == 1 {
			row[3] = math.NaN()
		}
		f.rows = append(f.rows, row)
	}
	return f
}

func TestGroupsByEveryKindOfKey(t *testing.T) {
	for _, size := range []struct{ batch, n, groups int }{{1, 50, 7}, {3, 400, 60}, {1000, 60_000, 25_000}} {
		f := groupTest(size.batch, size.n, size.groups)
		for _, keys := range [][]int{{0}, {1}, {2}, {3}, {4}, {1, 4}, {0, 1}, {3, 4}, {0, 2}, {4, 2, 1}, {0, 1, 3}, {}} {
			sums := map[string]int64{}
			for _, r := range f.rows {
				var k []string
				for _, c := range keys {
					x := r[c]
					if x == 0.0 {
						x = 0.0
					}
					if d, ok := x.(float64); ok && d == 0 {
						x = float64(0)
					}
					k = append(k, text(x))
				}
				sums[strings.Join(k, "|")] += r[5].(int64)
			}
			var want []string
			for k, s := range sums {
				if len(keys) > 0 {
					k += "|"
				}
				want = append(want, k+fmt.Sprint(s))
			}
			expect(t, func() plan.Node {
				s := scanOf(f)
				n := &plan.Aggregate{Input: s, Aggs: []expr.Expr{as(sumOf(ref(s.Cols[5])), "sum")}}
				for _, c := range keys {
					n.Keys = append(n.Keys, ref(s.Cols[c]))
				}
				return n
			}, want, true)
		}
	}
}

func TestSmallGroupsComeByFirstAppearance(t *testing.T) {
	f := groupTest(4, 3000, 500)
	var want []string
	seen := map[string]bool{}
	for _, r := range f.rows {
		if k := text(r[2]); !seen[k] {
			seen[k] = true
			want = append(want, k)
		}
	}
	for _, w := range []int{1, 4} {
		s := scanOf(f)
		got, err := rowsOf(t, New(Config{Workers: w}), &plan.Aggregate{Input: s, Keys: []expr.Expr{ref(s.Cols[2])}})
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%d workers: %v\n%s\nwant\n%s", w, err, head(got), head(want))
		}
	}
}

func TestAggregatesWithoutRows(t *testing.T) {
	f := groupTest(4, 0, 1)
	expect(t, func() plan.Node {
		s := scanOf(f)
		return &plan.Aggregate{Input: s, Aggs: []expr.Expr{as(sumOf(ref(s.Cols[5])), "sum")}}
	}, []string{"<nil>"}, false)
	expect(t, func() plan.Node {
		s := scanOf(f)
		return &plan.Aggregate{Input: s, Keys: []expr.Expr{ref(s.Cols[0])}, Aggs: []expr.Expr{as(sumOf(ref(s.Cols[5])), "sum")}}
	}, nil, false)
}

func TestDistinctFilterAndOrder(t *testing.T) {
	for _, size := range []struct{ batch, n, groups int }{{3, 300, 5}, {500, 20_000, 3000}} {
		f := groupTest(size.batch, size.n, size.groups)
		type group struct {
			plain, even int64
			distinct    map[int64]bool
			evens       map[int64]bool
			rows        []int
			texts       map[string]bool
		}
		groups := map[string]*group{}
		for i, r := range f.rows {
			k := text(r[1])
			g := groups[k]
			if g == nil {
				g = &group{distinct: map[int64]bool{}, evens: map[int64]bool{}, texts: map[string]bool{}}
				groups[k] = g
			}
			v := r[5].(int64)
			g.plain += v
			g.distinct[v] = true
			if v%2 == 0 {
				g.even += v
				g.evens[v] = true
			}
			g.rows = append(g.rows, i)
			g.texts[r[6].(string)] = true
		}
		sum := func(m map[int64]bool, none string) string {
			n := int64(0)
			for v := range m {
				n += v
			}
			if len(m) == 0 {
				return none
			}
			return fmt.Sprint(n)
		}
		var one, all []string
		for k, g := range groups {
			one = append(one, fmt.Sprintf("%s|%d|%s", k, g.plain, sum(g.distinct, "<nil>")))
			sort.SliceStable(g.rows, func(a, b int) bool { return f.rows[g.rows[a]][6].(string) > f.rows[g.rows[b]][6].(string) })
			list := ""
			for _, i := range g.rows {
				list += f.rows[i][6].(string) + ";"
			}
			var texts []string
			for x := range g.texts {
				texts = append(texts, x)
			}
			sort.Strings(texts)
			even := "<nil>"
			if len(g.evens) > 0 {
				even = fmt.Sprint(g.even)
			}
			all = append(all, fmt.Sprintf("%s|%d|%s|%s|%s|%s;", k, g.plain, even, sum(g.evens, "<nil>"), list, strings.Join(texts, ";")))
		}
		expect(t, func() plan.Node {
			s := scanOf(f)
			d := sumOf(ref(s.Cols[5]))
			d.Distinct = true
			return &plan.Aggregate{Input: s, Keys: []expr.Expr{ref(s.Cols[1])}, Aggs: []expr.Expr{as(sumOf(ref(s.Cols[5])), "a"), as(d, "b")}}
		}, one, true)
		expect(t, func() plan.Node {
			s := scanOf(f)
			v, x := ref(s.Cols[5]), ref(s.Cols[6])
			even, d, list, texts := sumOf(v), sumOf(v), listOf(x), listOf(x)
			even.Filter, d.Filter, d.Distinct = multiple(v, 2), multiple(v, 2), true
			list.OrderBy = []expr.Order{{X: x, Desc: true}}
			texts.Distinct, texts.OrderBy = true, []expr.Order{{X: x}}
			return &plan.Aggregate{Input: s, Keys: []expr.Expr{ref(s.Cols[1])},
				Aggs: []expr.Expr{as(sumOf(v), "a"), as(even, "b"), as(d, "c"), as(list, "d"), as(texts, "e")}}
		}, all, true)
	}
}
