package profile

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

// HTML is the profile as one page that needs nothing else: no network and no scripts. Operators open to their details,
// the table of operators is sorted by its headings.
func (p *Profile) HTML() (string, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"bytes": Bytes, "duration": Duration, "count": Count, "rows": Rows, "plural": plural,
		"percent": Percent, "brief": brief, "perCall": perCall, "workerShare": workerShare, "inc": func(i int) int { return i + 1 }}).Parse(pageText)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, newPage(p))
	return b.String(), err
}

// page is what the template is filled with.
type page struct {
	*Profile
	Title   string
	Flagged []*Operator
	Table   []row
	Sorts   []sorting
}

// row is an operator in the table. Places are its places in the orders that the table can have, as CSS variables.
type row struct {
	*Operator
	Places template.CSS
}

// sorting is a heading of the table that sorts its rows, the largest first.
type sorting struct {
	Key, Heading string
	less         func(a, b *Operator) int
}

func newPage(p *Profile) *page {
	out := &page{Profile: p, Title: title(p.Statement), Sorts: sortings()}
	var all []*Operator
	p.Each(func(o *Operator) {
		all = append(all, o)
		out.Table = append(out.Table, row{Operator: o})
		if len(o.Flags) > 0 {
			out.Flagged = append(out.Flagged, o)
		}
	})
	for _, s := range out.Sorts {
		sorted := slices.Clone(all)
		slices.SortStableFunc(sorted, s.less)
		for i, o := range sorted {
			out.Table[slices.Index(all, o)].Places += template.CSS(fmt.Sprintf("--%s:%d;", s.Key, i))
		}
	}
	return out
}

func sortings() []sorting {
	by := func(f func(*Run) float64) func(a, b *Operator) int {
		value := func(o *Operator) float64 {
			if o.Ran == nil {
				return -1
			}
			return f(o.Ran)
		}
		return func(a, b *Operator) int { return cmp.Compare(value(b), value(a)) }
	}
	return []sorting{
		{"plan", "Operator", func(a, b *Operator) int { return cmp.Compare(a.ID, b.ID) }},
		{"time", "Time", by(func(r *Run) float64 { return float64(r.Time) })},
		{"rows", "Rows", by(func(r *Run) float64 { return float64(r.Rows) })},
		{"estimate", "Estimated", func(a, b *Operator) int { return cmp.Compare(b.Estimated, a.Estimated) }},
		{"memory", "Memory", by(func(r *Run) float64 { return float64(r.Memory) })},
		{"spill", "Spilled", by(func(r *Run) float64 { return float64(r.Spilled) })},
		{"flags", "Flags", func(a, b *Operator) int { return cmp.Compare(worst(b), worst(a)) }},
	}
}

func worst(o *Operator) (most float64) {
	for _, f := range o.Flags {
		most = max(most, f.Factor, 1)
	}
	return most
}

// title is the beginning of a statement on one line.
func title(statement string) string {
	return cut(strings.Join(strings.Fields(statement), " "), 60)
}

// brief is what tells an operator from others of its name.
func brief(o *Operator) string {
	for _, name := range []string{"Table", "Keys", "Condition", "N", "Functions", "Format", "Name", "Range", "Output"} {
		for _, a := range o.Attributes {
			if a.Name == name {
				return cut(a.Value, 160)
			}
		}
	}
	return ""
}

func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

func plural(rows int64) string {
	if rows == 1 {
		return "1 row"
	}
	return Count(rows) + " rows"
}

func perCall(f Function) string {
	if f.Calls == 0 {
		return ""
	}
	return Duration(f.Time / time.Duration(f.Calls))
}

// workerShare is a worker's share of the time of its operator.
func workerShare(w Worker, r *Run) float64 {
	if r.Time <= 0 {
		return 0
	}
	return min(1, float64(w.Time)/float64(r.Time))
}
