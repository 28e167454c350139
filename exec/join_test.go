package exec

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// joinCase is a join of two tables, each of key columns and a bigint.
type joinCase struct {
	kind     plan.JoinKind
	keys     []types.Type
	nullSafe bool
	residual bool
	aware    bool
	mark     bool
	strategy plan.Strategy
	build    plan.Side
}

func (c joinCase) String() string {
	return fmt.Sprintf("%v keys %v safe %v residual %v aware %v mark %v %v %v", c.kind, c.keys, c.nullSafe, c.residual, c.aware, c.mark, c.strategy, c.build)
}

func randomRows(rnd *rand.Rand, n, distinct int, keys []types.Type) [][]any {
	rows := make([][]any, n)
	for i := range rows {
		for _, k := range keys {
			var x any
			switch v := rnd.IntN(distinct); {
			case rnd.IntN(8) == 0:
			case k == types.StringType:
				x = fmt.Sprintf("key number %d", v)
			case k == types.IntType:
				x = int32(v * 7)
			case k == types.DoubleType:
				x = float64(v)
			default:
				x = int64(v) << (v % 40)
			}
			rows[i] = append(rows[i], x)
		}
		rows[i] = append(rows[i], int64(rnd.IntN(50)))
	}
	return rows
}

// naive joins row by row, left to right.
func (c joinCase) naive(l, r [][]any) []string {
	nk := len(c.keys)
	var out []string
	nulls := make([]any, nk+1)
	matched := make([]bool, len(r))
	for _, a := range l {
		hit, maybe := false, false
		for j, b := range r {
			eq, null := true, false
			for k := range nk {
				switch {
				case a[k] == nil && b[k] == nil && c.nullSafe:
				case (a[k] == nil || b[k] == nil) && !c.nullSafe:
					null = true
				case a[k] != b[k]:
					eq = false
				}
			}
			if c.residual && a[nk].(int64) >= b[nk].(int64) || !eq {
				continue
			}
			if null {
				maybe = true
				continue
			}
			hit, matched[j] = true, true
			if c.kind != plan.Semi && c.kind != plan.Anti {
				out = append(out, show(append(append([]any(nil), a...), b...)))
			}
		}
		maybe = maybe && c.aware
		switch {
		case c.mark && !hit && maybe:
			out = append(out, show(append(append([]any(nil), a...), nil)))
		case c.mark:
			out = append(out, show(append(append([]any(nil), a...), hit)))
		case c.kind == plan.Semi && hit, c.kind == plan.Anti && !hit && !maybe:
			out = append(out, show(a))
		case (c.kind == plan.Left || c.kind == plan.Full) && !hit:
			out = append(out, show(append(append([]any(nil), a...), nulls...)))
		}
	}
	if c.kind == plan.Right || c.kind == plan.Full {
		for j, b := range r {
			if !matched[j] {
				out = append(out, show(append(append([]any(nil), nulls...), b...)))
			}
		}
	}
	return out
}

func (c joinCase) plan(l, r *rowsTable) *plan.Join {
	ls, rs := l.scan(), r.scan()
	j := &plan.Join{L: ls, R: rs, Kind: c.kind, Strategy: c.strategy, Build: c.build, NullAware: c.aware}
	for k := range c.keys {
		j.Keys = append(j.Keys, plan.EquiKey{L: col(ls, k), R: col(rs, k), NullSafe: c.nullSafe})
	}
	if c.residual {
		j.Residual = less(col(ls, len(c.keys)), col(rs, len(c.keys)))
	}
	if c.mark {
		j.Mark = &expr.Col{ID: expr.NewID(), Name: "m", Type: types.BooleanType, Nullable: true}
	}
	return j
}

func joinCases() []joinCase {
	var out []joinCase
	keySets := [][]types.Type{{types.BigIntType}, {types.IntType}, {types.IntType, types.IntType}, {types.StringType},
		{types.StringType, types.DoubleType}, {types.BigIntType, types.BigIntType}, nil}
	for _, keys := range keySets {
		strategy := plan.Adaptive
		if keys == nil {
			strategy = plan.NestedLoop
		}
		for _, kind := range []plan.JoinKind{plan.Inner, plan.Left, plan.Right, plan.Full, plan.Semi, plan.Anti} {
			for _, build := range []plan.Side{plan.RightSide, plan.LeftSide} {
				for _, residual := range []bool{false, true} {
					out = append(out, joinCase{kind: kind, keys: keys, residual: residual, strategy: strategy, build: build})
				}
			}
			out = append(out, joinCase{kind: kind, keys: keys, nullSafe: true, strategy: strategy})
		}
		for _, residual := range []bool{false, true} {
			out = append(out, joinCase{kind: plan.Semi, keys: keys, residual: residual, mark: true, strategy: strategy})
			if keys != nil {
				out = append(out, joinCase{kind: plan.Anti, keys: keys, residual: residual, aware: true, strategy: strategy},
					joinCase{kind: plan.Semi, keys: keys, residual: residual, mark: true, aware: true, strategy: strategy})
			}
		}
	}
	return out
}

func TestJoinAgreesWithNestedLoops(t *testing.T) {
	for i, c := range joinCases() {
		rnd := rand.New(rand.NewPCG(uint64(i), 7))
		for _, sizes := range [][2]int{{120, 90}, {50, 0}, {0, 20}} {
			ts := append(append([]types.Type(nil), c.keys...), types.BigIntType)
			lr, rr := randomRows(rnd, sizes[0], 30, c.keys), randomRows(rnd, sizes[1], 30, c.keys)
			want := c.naive(lr, rr)
			for _, s := range setups {
				l, r := &rowsTable{ts, lr, s.size, uint64(i)}, &rowsTable{ts, rr, s.size, uint64(i) + 1}
				got, err := run(t, s, c.plan(l, r))
				if err != nil {
					t.Fatalf("%v %v: %v", c, s, err)
				}
				// A join that probes with its left side keeps the order of both.
				ordered := c.build == plan.RightSide
				same(t, fmt.Sprintf("%v %v %v", c, s, sizes), got, want, ordered)
			}
		}
	}
}

func TestJoinSpills(t *testing.T) {
	for i, c := range joinCases() {
		if c.keys == nil || c.aware && (len(c.keys) > 1 || c.residual) {
			continue
		}
		rnd := rand.New(rand.NewPCG(uint64(i), 8))
		ts := append(append([]types.Type(nil), c.keys...), types.BigIntType)
		lr, rr := randomRows(rnd, 6000, 5000, c.keys), randomRows(rnd, 6000, 5000, c.keys)
		if i%29 != 0 { // each case opens hundreds of files
			continue
		}
		l, r := &rowsTable{ts, lr, 100, 1}, &rowsTable{ts, rr, 100, 2}
		want, err := run(t, setup{workers: 2}, c.plan(l, r))
		if err != nil {
			t.Fatal(err)
		}
		got, err := run(t, setup{workers: 2, memory: 128 << 10}, c.plan(l, r))
		if err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		same(t, c.String(), got, want, false)
	}
}

// TestSkewedJoinSpills has a key that half of the rows share: its partition is joined in blocks.
func TestSkewedJoinSpills(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	ts := []types.Type{types.BigIntType, types.BigIntType}
	rr := randomRows(rnd, 8000, 5000, ts[:1])
	for i := range rr {
		if i%2 == 0 {
			rr[i][0] = int64(-1)
		}
	}
	lr := append(randomRows(rnd, 50, 5000, ts[:1]), []any{int64(-1), int64(3)}, []any{int64(-1), int64(4)})
	for _, c := range []joinCase{{kind: plan.Inner}, {kind: plan.Right}, {kind: plan.Left}, {kind: plan.Left, residual: true}, {kind: plan.Full},
		{kind: plan.Full, residual: true}, {kind: plan.Semi}, {kind: plan.Semi, residual: true}, {kind: plan.Anti}, {kind: plan.Anti, aware: true},
		{kind: plan.Anti, residual: true}, {kind: plan.Semi, mark: true}, {kind: plan.Semi, mark: true, residual: true},
		{kind: plan.Semi, build: plan.LeftSide}} {
		c.keys, c.strategy = ts[:1], plan.Adaptive
		l, r := &rowsTable{ts, lr, 50, 1}, &rowsTable{ts, rr, 500, 2}
		s := setup{workers: 2, memory: 160 << 10}
		if c.build == plan.LeftSide {
			l, r, lr, rr = r, l, rr, lr
		}
		got, err := run(t, s, c.plan(l, r))
		if err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		same(t, c.String(), got, c.naive(lr, rr), false)
	}
}

// TestSkewedSingleJoinRefusesTwoMatches has the second match of a row in another block than the first.
func TestSkewedSingleJoinRefusesTwoMatches(t *testing.T) {
	ts := []types.Type{types.BigIntType, types.BigIntType}
	var rr [][]any
	for i := range 8000 {
		rr = append(rr, []any{int64(i), int64(i)})
	}
	lr := [][]any{{int64(5), int64(1)}, {int64(-1), int64(2)}}
	for _, twice := range []bool{false, true} {
		if twice {
			rr = append(rr, []any{int64(5), int64(0)})
		}
		p := joinCase{kind: plan.Left, keys: ts[:1], strategy: plan.Adaptive}.plan(&rowsTable{ts, lr, 50, 1}, &rowsTable{ts, rr, 500, 2})
		p.Single = true
		got, err := run(t, setup{workers: 1, memory: 64 << 10}, p)
		if !twice {
			same(t, "single", got, []string{"5|1|5|5", "-1|2|<nil>|<nil>"}, false)
		} else if !errs.Is(err, "SCALAR_SUBQUERY_TOO_MANY_ROWS") {
			t.Errorf("error %v", err)
		}
	}
}

func TestSingleJoinRefusesTwoMatches(t *testing.T) {
	ts := []types.Type{types.BigIntType, types.BigIntType}
	l := &rowsTable{ts, [][]any{{int64(1), int64(10)}, {int64(2), int64(20)}, {int64(3), nil}}, 2, 1}
	for _, c := range []struct {
		right [][]any
		ok    bool
	}{{[][]any{{int64(1), int64(5)}, {int64(2), int64(6)}}, true}, {[][]any{{int64(1), int64(5)}, {int64(1), int64(6)}}, false}} {
		p := joinCase{kind: plan.Left, keys: ts[:1], strategy: plan.Adaptive}.plan(l, &rowsTable{ts, c.right, 3, 2})
		p.Single = true
		got, err := run(t, setups[0], p)
		if c.ok {
			same(t, "single", got, []string{"1|10|1|5", "2|20|2|6", "3|<nil>|<nil>|<nil>"}, true)
		} else if !errs.Is(err, "SCALAR_SUBQUERY_TOO_MANY_ROWS") {
			t.Errorf("error %v", err)
		}
	}
}

func TestJoinTellsTheProbeScanItsKeys(t *testing.T) {
	ts := []types.Type{types.BigIntType, types.BigIntType}
	l := &rowsTable{ts, [][]any{{int64(4), int64(1)}}, 2, 1}
	for _, rows := range [][][]any{{{int64(4), int64(0)}, {int64(9), int64(0)}, {nil, int64(0)}}, {{int64(4), int64(0)}, {int64(9), int64(0)}, {int64(1) << 50, nil}}} {
		p := joinCase{kind: plan.Inner, keys: ts[:1], strategy: plan.Adaptive}.plan(l, &rowsTable{ts, rows, 2, 2})
		f := &plan.DynFilter{Col: p.L.Output()[0]}
		p.Filters = []*plan.DynFilter{f}
		if _, err := run(t, setups[1], p); err != nil {
			t.Fatal(err)
		}
		b := f.Bounds.Load()
		if b == nil || b.Min != int64(4) || b.Keep == nil {
			t.Fatalf("bounds %+v", b)
		}
		probe := (&rowsTable{ts, [][]any{{int64(4), nil}, {int64(5), nil}, {int64(9), nil}, {nil, nil}}, 4, 3})
		v := probe.column(rand.New(rand.NewPCG(1, 1)), types.BigIntType, probe.rows, 0)
		if got := b.Keep(vec.Copy(v, nil, 4), nil, nil); !slices.Equal(got, []int32{0, 2}) {
			t.Errorf("kept %v", got)
		}
	}
}

// TestKeepOne filters by one of several keys.
func TestKeepOne(t *testing.T) {
	rows := mem.NewRows([]types.Type{types.BigIntType, types.StringType})
	k := vec.New(types.BigIntType, 0)
	for _, x := range []any{int64(-3), int64(70), nil, int64(64)} {
		k.Append(x)
	}
	rows.Append([]*vec.Vec{k, vec.Constant(types.StringType, "x", 4)}, nil, 4)
	rows.Seal()
	if keepOne(rows, 1) != nil {
		t.Error("text is not kept by bits")
	}
	v := vec.New(types.BigIntType, 0)
	for _, x := range []any{int64(-4), int64(-3), int64(0), int64(64), nil, int64(70), int64(71)} {
		v.Append(x)
	}
	keep := keepOne(rows, 0)
	if got := keep(v, nil, nil); !slices.Equal(got, []int32{1, 3, 5}) {
		t.Errorf("kept %v", got)
	}
	if got := keep(v, []int32{0, 3, 6}, nil); !slices.Equal(got, []int32{3}) {
		t.Errorf("kept %v of a selection", got)
	}
}

func BenchmarkKeepOne(b *testing.B) {
	rows := mem.NewRows([]types.Type{types.BigIntType})
	k := vec.New(types.BigIntType, 0)
	for i := range 1000 {
		k.Append(int64(i * 50))
	}
	rows.Append([]*vec.Vec{k}, nil, 1000)
	rows.Seal()
	keep := keepOne(rows, 0)
	var out []int32
	b.SetBytes(8 * 1000)
	for b.Loop() {
		out = keep(k, nil, out[:0])
	}
}
