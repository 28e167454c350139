package parquet

import "math"

// distinctValues estimates the distinct values of a column from the sizes of its row groups' dictionaries.
type distinctValues struct {
	groups  int
	unknown bool  // a group has no dictionary
	sum     int64 // of the dictionaries
	most    int64 // the largest dictionary
	rows    int64 // of its group
	apart   bool  // the groups' ranges follow one another
	hi      any   // of the last group
}

// add takes a group with a dictionary of d entries (-1: none) over so many rows, with values from lo to hi (nil: not
// known).
func (v *distinctValues) add(d, rows int64, lo, hi any) {
	v.unknown = v.unknown || d < 0
	v.sum += d
	if d > v.most {
		v.most, v.rows = d, rows
	}
	if v.groups == 0 {
		v.apart = hi != nil
	} else {
		c, ok := compare(lo, v.hi)
		v.apart = v.apart && ok && c >= 0
	}
	v.groups, v.hi = v.groups+1, hi
}

// total is the estimate, -1 when nothing is known. Groups of separate ranges share no values. Those of other groups
// are taken for random picks from one set, whose size follows from how many picks were needed for the distinct ones.
func (v *distinctValues) total() int64 {
	switch {
	case v.unknown || v.groups == 0:
		return -1
	case v.groups == 1 || v.apart:
		return v.sum
	}
	d, n := float64(v.most), float64(v.rows)
	lo, hi := d, float64(v.sum)
	for range 40 { // the number of distinct picks grows with the size of the set
		m := (lo + hi) / 2
		if -m*math.Expm1(-n/m) < d {
			lo = m
		} else {
			hi = m
		}
	}
	return int64(math.Round(hi))
}
