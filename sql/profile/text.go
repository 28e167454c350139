package profile

import (
	"fmt"
	"strings"
)

// Text is the profile as EXPLAIN ANALYZE prints it: the plan, an operator a line with its inputs beneath, what is
// flagged under the operator's line, then the totals and the users' functions.
func (p *Profile) Text() string {
	var b strings.Builder
	b.WriteString("== Physical Plan ==\n")
	for _, o := range p.Plans {
		o.text(&b, "", "")
	}
	fmt.Fprintf(&b, "\nRows: %d, elapsed: %s, planning: %s, busy: %s on %d workers, peak memory: %s", p.Rows, Duration(p.Elapsed), Duration(p.Planning),
		Duration(p.Busy), p.Workers, Bytes(p.PeakMemory))
	if p.MemoryLimit > 0 {
		b.WriteString(" of " + Bytes(p.MemoryLimit))
	}
	if p.Spilled > 0 {
		b.WriteString(", spilled: " + Bytes(p.Spilled))
	}
	b.WriteByte('\n')
	if len(p.Functions) > 0 {
		b.WriteString("\n== Functions ==\n")
	}
	for _, f := range p.Functions {
		fmt.Fprintf(&b, "%s: calls: %d, time: %s (%s), errors: %d\n", f.Name, f.Calls, Duration(f.Time), Percent(f.Share), f.Errors)
	}
	return b.String()
}

func (o *Operator) text(b *strings.Builder, first, rest string) {
	b.WriteString(first + Line(o.Name, o.Attributes) + o.sharing() + o.Ran.text(o.Estimated) + "\n")
	under := rest + "   "
	if len(o.Inputs) > 1 {
		under = rest + ":  "
	}
	for _, f := range o.Flags {
		fmt.Fprintf(b, "%s! %s: %s\n", under, f.Kind, f.Text)
	}
	for i, in := range o.Inputs {
		name := ""
		if in.Role == Subquery {
			name = "Subquery "
		}
		if i < len(o.Inputs)-1 {
			in.text(b, rest+":- "+name, rest+":  ")
		} else {
			in.text(b, rest+"+- "+name, rest+"   ")
		}
	}
}

// sharing marks the readers of a shared plan with the ID of the first.
func (o *Operator) sharing() string {
	switch {
	case o.ReusedFrom != 0:
		return fmt.Sprintf(" [id %d]", o.ReusedFrom)
	case len(o.Inputs) > 0 && o.Inputs[0].Role == Shared:
		return fmt.Sprintf(" [id %d]", o.ID)
	}
	return ""
}

// Line is a name with its attributes.
func Line(name string, attributes []Attribute) string {
	if len(attributes) == 0 {
		return name
	}
	return name + " " + join(attributes)
}

func join(attributes []Attribute) string {
	parts := make([]string, len(attributes))
	for i, a := range attributes {
		parts[i] = a.Name + ": " + a.Value
	}
	return strings.Join(parts, ", ")
}

func (r *Run) text(estimated float64) string {
	if r == nil {
		return ""
	}
	return " (" + join(r.Details(estimated)) + ")"
}

// Details are the figures of a run in words, those that say nothing left out.
func (r *Run) Details(estimated float64) []Attribute {
	var out []Attribute
	add := func(name, format string, args ...any) {
		out = append(out, Attribute{name, fmt.Sprintf(format, args...)})
	}
	add("rows", "%d", r.Rows)
	add("estimated", "%s", strings.ReplaceAll(Rows(estimated), ",", ""))
	add("time", "%s (%s)", Duration(r.Time), Percent(r.Share))
	if r.Memory > 0 {
		add("memory", "%s", Bytes(r.Memory))
	}
	if r.Spilled > 0 {
		add("spilled", "%s", Bytes(r.Spilled))
	}
	if p := r.Partitions; p != nil {
		add("partitions", "%d, the largest of %d rows", p.Count, p.Largest)
	}
	if s := r.Scan; s != nil {
		add("files", "%d of %d", s.Files-s.FilesPruned, s.Files)
		add("row groups", "%d of %d", s.RowGroups-s.RowGroupsPruned, s.RowGroups)
		add("pages", "%d read and %d pruned", s.Pages, s.PagesPruned)
		add("bytes", "%s of %s", Bytes(s.Bytes), Bytes(s.BytesTotal))
	}
	return append(out, r.Notes...)
}
