package profile

import (
	"fmt"
	"slices"
	"time"
)

// Kind is what a flag is about.
type Kind string

const (
	Skew     Kind = "skew"     // one worker or partition has far more to do than the others
	Spill    Kind = "spill"    // rows went to disk for want of memory
	Estimate Kind = "estimate" // the number of rows is far from what was expected
)

// Flag marks what is worth a look. Factor says how far: of a skew, the largest part over the average one; of a spill,
// what was written over what was held at most; of an estimate, the larger number of rows over the smaller.
type Flag struct {
	Kind   Kind    `json:"kind"`
	Factor float64 `json:"factor"`
	Text   string  `json:"text"`
}

// Below these nothing is flagged: a small matter may be as uneven, or as unexpected, as it likes.
const (
	flagTime      = 20 * time.Millisecond // of an operator
	flagShare     = 0.05                  // of an operator in the time of all
	flagRows      = 1000                  // estimated or actual
	flagPartition = 10_000                // rows of the largest partition
)

// Judge fills in what follows from the rest: Busy, the shares of time, and the flags.
func (p *Profile) Judge() {
	p.Busy = 0
	p.Each(func(o *Operator) {
		if o.Ran != nil {
			p.Busy += o.Ran.Time
		}
	})
	p.Each(func(o *Operator) {
		if o.Ran == nil {
			return
		}
		o.Ran.Share = p.share(o.Ran.Time)
		for _, judge := range []func(*Operator) *Flag{workerSkew, partitionSkew, spill, estimate} {
			if f := judge(o); f != nil {
				o.Flags = append(o.Flags, *f)
			}
		}
	})
	for i := range p.Functions {
		p.Functions[i].Share = p.share(p.Functions[i].Time)
	}
}

func (p *Profile) share(d time.Duration) float64 {
	if p.Busy <= 0 {
		return 0
	}
	return float64(d) / float64(p.Busy)
}

// workerSkew: with two workers one may do three times what the other does, with more the busiest may do twice the
// average. That is the time by which the operator takes longer than it must.
func workerSkew(o *Operator) *Flag {
	var sum, most time.Duration
	busiest := 0
	for i, w := range o.Ran.Workers {
		sum += w.Time
		if w.Time > most {
			most, busiest = w.Time, i
		}
	}
	n := len(o.Ran.Workers)
	if n < 2 || sum < flagTime || o.Ran.Share < flagShare {
		return nil
	}
	factor := float64(most) * float64(n) / float64(sum)
	if factor < min(2, float64(n+1)/2) {
		return nil
	}
	return &Flag{Skew, factor, fmt.Sprintf("worker %d of %d did %s of the work, %s the average", busiest+1, n, Percent(float64(most)/float64(sum)), Times(factor))}
}

// partitionSkew: a partition is the work of one worker, so that a large one ends last.
func partitionSkew(o *Operator) *Flag {
	p := o.Ran.Partitions
	if p == nil || p.Count < 2 || p.Largest < flagPartition {
		return nil
	}
	share, factor := float64(p.Largest)/float64(p.Rows), float64(p.Largest)*float64(p.Count)/float64(p.Rows)
	if share < 0.2 || factor < 4 && share < 0.75 {
		return nil
	}
	return &Flag{Skew, factor, fmt.Sprintf("the largest of %s partitions has %s of the rows, %s the average", Count(p.Count), Percent(share), Times(factor))}
}

func spill(o *Operator) *Flag {
	r := o.Ran
	if r.Spilled == 0 {
		return nil
	}
	return &Flag{Spill, float64(r.Spilled) / float64(max(r.Memory, 1)), fmt.Sprintf("%s went to disk, %s at most were in memory", Bytes(r.Spilled), Bytes(r.Memory))}
}

// estimate: where less came than expected because no more was wanted, nothing was wrong; and what is wrong because an
// input is was flagged there.
func estimate(o *Operator) *Flag {
	off := o.off()
	inherited := slices.ContainsFunc(o.Inputs, func(in *Operator) bool {
		return in.Role != Subquery && (off >= 10 && in.off() >= max(10, off/2) || off <= 0.1 && in.off() <= min(0.1, off*2))
	})
	text := fmt.Sprintf("%s came, %s were expected: ", plural(o.Ran.Rows), Rows(o.Estimated))
	switch {
	case max(o.Estimated, float64(o.Ran.Rows)) < flagRows || inherited || o.ReusedFrom != 0:
		return nil
	case off >= 10 && !o.Bounded:
		return &Flag{Estimate, off, text + Times(off) + " too many"}
	case off <= 0.1:
		return &Flag{Estimate, 1 / off, text + Times(1/off) + " too few"}
	}
	return nil
}

// off is the number of rows that were expected over the number that came; 1 where nothing is known.
func (o *Operator) off() float64 {
	if o.Ran == nil {
		return 1
	}
	return max(o.Estimated, 1) / max(float64(o.Ran.Rows), 1)
}
