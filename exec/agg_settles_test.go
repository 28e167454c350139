package exec

import "testing"

// TestSettles: a table is kept when the rows so far let few groups be expected in the end.
func TestSettles(t *testing.T) {
	for _, c := range []struct {
		rows, groups int
		want         bool
	}{
		{39_300, 1 << 15, true},  // of some 100000 groups
		{36_000, 1 << 15, true},  // of some 170000
		{33_000, 1 << 15, false}, // nearly every row is a group
		{1 << 15, 1 << 15, false},
		{1 << 17, 1 << 16, true},
		{1 << 17, 1 << 17, false},
		{1 << 20, 1 << 18, false},
	} {
		if got := settles(c.rows, c.groups); got != c.want {
			t.Errorf("settles(%d, %d) = %v", c.rows, c.groups, got)
		}
	}
}
