package parquet

import "testing"

func TestDistinctValues(t *testing.T) {
	type group struct {
		d, rows int64
		lo, hi  any
	}
	repeat := func(n int, g group) (out []group) {
		for range n {
			out = append(out, g)
		}
		return out
	}
	for _, c := range []struct {
		name     string
		groups   []group
		from, to int64
	}{
		{"no group", nil, -1, -1},
		{"no dictionary", []group{{10, 100, nil, nil}, {-1, 100, nil, nil}}, -1, -1},
		{"one group", []group{{10, 100, nil, nil}}, 10, 10},
		{"ranges apart", []group{{30, 100, int64(1), int64(30)}, {30, 100, int64(30), int64(60)}}, 60, 60},
		{"few values everywhere", repeat(50, group{3, 1000, "a", "c"}), 3, 3},
		{"all distinct", repeat(4, group{100, 100, nil, nil}), 390, 400},
		{"picks from 200000", repeat(50, group{90_236, 120_000, int64(1), int64(200_000)}), 199_000, 201_000},
	} {
		var v distinctValues
		for _, g := range c.groups {
			v.add(g.d, g.rows, g.lo, g.hi)
		}
		if n := v.total(); n < c.from || n > c.to {
			t.Errorf("%s: %d, not between %d and %d", c.name, n, c.from, c.to)
		}
	}
}
