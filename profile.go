package sparksql

import (
	"math"
	"slices"
	"strconv"
	"time"

	"sparksql/exec"
	"sparksql/functions"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/profile"
)

// profileWriter makes the operators of a profile from plans and what running them left behind.
type profileWriter struct {
	run     *measured
	id      int
	shared  map[*plan.SharedDef]int // the operator that a shared plan stands beneath
	callers map[string][]int        // the operators that call a user's function
}

// operator is n with everything beneath. Bounded: what is above may want fewer rows than n has.
func (w *profileWriter) operator(n plan.Node, role profile.Role, bounded bool) *profile.Operator {
	w.id++
	d := describe(n)
	o := &profile.Operator{ID: w.id, Name: d.Name, Role: role, Attributes: attributes(d.Attrs), Estimated: math.Round(w.run.estimates[n]),
		Bounded: bounded || isFiltered(n), Ran: w.ran(n), Flags: []profile.Flag{}, Inputs: []*profile.Operator{}}
	for _, e := range n.Exprs() {
		expr.Walk(e, func(e expr.Expr) bool {
			switch x := e.(type) {
			case *expr.Subquery:
				o.Inputs = append(o.Inputs, w.operator(x.Plan.(plan.Node), profile.Subquery, false))
			default:
				if c := callIn(e); c != nil && c.Def != nil && !functions.IsBuiltin(c.Def) && !slices.Contains(w.callers[c.Name], o.ID) {
					w.callers[c.Name] = append(w.callers[c.Name], o.ID)
				}
			}
			return true
		})
	}
	if sh, ok := n.(*plan.Shared); ok {
		if o.ReusedFrom = w.shared[sh.Def]; o.ReusedFrom == 0 {
			w.shared[sh.Def] = o.ID
			o.Inputs = append(o.Inputs, w.operator(sh.Def.Input, profile.Shared, false))
		}
	}
	for _, in := range n.Inputs() {
		o.Inputs = append(o.Inputs, w.operator(in, profile.Input, endsEarly(n, o.Bounded)))
	}
	o.Bounded = o.Bounded || passesOn(n) && slices.ContainsFunc(o.Inputs, func(in *profile.Operator) bool { return in.Bounded })
	return o
}

// isFiltered tells whether a scan gets a filter from a join that nobody could expect.
func isFiltered(n plan.Node) bool {
	s, ok := n.(*plan.Scan)
	return ok && len(s.Dynamic) > 0
}

// endsEarly tells whether n may leave rows of its inputs unread. What collects all rows before it gives any reads them.
func endsEarly(n plan.Node, bounded bool) bool {
	switch n := n.(type) {
	case *plan.Limit:
		return n.N >= 0
	case *plan.Aggregate, *plan.Sort, *plan.TopN, *plan.Window, *plan.Write:
		return false
	}
	return bounded
}

// passesOn tells whether n gives fewer rows when it gets fewer than estimated. A limit is what asked for fewer, and a
// join that filters a scan expects no more rows for it.
func passesOn(n plan.Node) bool {
	switch n.(type) {
	case *plan.Limit, *plan.Join:
		return false
	}
	return true
}

func attributes(list []plan.Attr) []profile.Attribute {
	out := make([]profile.Attribute, len(list))
	for i, a := range list {
		out[i] = profile.Attribute{Name: a.Key, Value: a.Value}
	}
	return out
}

// ran is what n did; nil where it is not run on its own.
func (w *profileWriter) ran(n plan.Node) *profile.Run {
	st := w.run.result.Stats(n)
	if st == nil {
		return nil
	}
	r := &profile.Run{Rows: st.Rows.Load(), Batches: st.Batches.Load(), Time: max(st.Duration(), 0), Memory: st.Memory(), Spilled: st.Spilled(),
		Workers: []profile.Worker{}, Scan: scanned(st), Notes: attributes(st.Notes())}
	for i := range st.Workers() {
		x := &st.Workers()[i]
		r.Workers = append(r.Workers, profile.Worker{Rows: x.Rows.Load(), Time: max(time.Duration(x.Time.Load()), 0)})
	}
	if p := &st.Parts; p.Count.Load() > 0 {
		r.Partitions = &profile.Partitions{Count: p.Count.Load(), Rows: p.Rows.Load(), Largest: p.Largest.Load()}
	}
	if isWrite(n) {
		done := w.run.result.Written()
		r.Rows = done.Rows
		r.Notes = append(r.Notes, profile.Attribute{Name: "files written", Value: strconv.FormatInt(done.Files, 10)},
			profile.Attribute{Name: "bytes written", Value: profile.Bytes(done.Bytes)})
	}
	return r
}

func scanned(st *exec.OpStats) *profile.Scan {
	s := st.Scan()
	if s == nil {
		return nil
	}
	return &profile.Scan{Files: s.Files.Load(), FilesPruned: s.FilesPruned.Load(), RowGroups: s.RowGroups.Load(), RowGroupsPruned: s.RowGroupsPruned.Load(),
		Pages: s.Pages.Load(), PagesPruned: s.PagesPruned.Load(), Bytes: s.Bytes.Load(), BytesTotal: s.BytesTotal.Load()}
}

// eachNode calls f for every node of a plan: of shared plans once, and of subqueries too.
func eachNode(n plan.Node, f func(plan.Node)) {
	seen := map[*plan.SharedDef]bool{}
	var walk func(n plan.Node)
	walk = func(n plan.Node) {
		f(n)
		for _, e := range n.Exprs() {
			expr.Walk(e, func(e expr.Expr) bool {
				if q, ok := e.(*expr.Subquery); ok {
					walk(q.Plan.(plan.Node))
				}
				return true
			})
		}
		if sh, ok := n.(*plan.Shared); ok && !seen[sh.Def] {
			seen[sh.Def] = true
			walk(sh.Def.Input)
		}
		for _, in := range n.Inputs() {
			walk(in)
		}
	}
	walk(n)
}
