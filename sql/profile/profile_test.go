package profile_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sparksql/sql/profile"
)

func op(id int, name string, estimated float64, run profile.Run, inputs ...*profile.Operator) *profile.Operator {
	return &profile.Operator{ID: id, Name: name, Role: profile.Input, Estimated: estimated, Ran: &run, Inputs: inputs, Flags: []profile.Flag{},
		Attributes: []profile.Attribute{{Name: "Keys", Value: "[a < b]"}}}
}

func workers(times ...time.Duration) (out []profile.Worker) {
	for _, t := range times {
		out = append(out, profile.Worker{Time: t})
	}
	return out
}

func judged(plans ...*profile.Operator) *profile.Profile {
	p := &profile.Profile{Statement: "SELECT a < b", Started: time.Unix(0, 0).UTC(), Elapsed: time.Second, Workers: 2, Rows: 7, Plans: plans,
		Functions: []profile.Function{{Name: "up", Calls: 4, Time: 20 * time.Millisecond, Operators: []int{2}}}}
	p.Judge()
	return p
}

func kinds(o *profile.Operator) (out []profile.Kind) {
	for _, f := range o.Flags {
		out = append(out, f.Kind)
	}
	return out
}

const ms = time.Millisecond

// What is uneven, on disk or unexpected is flagged; what is small, or a consequence, is not.
func TestFlags(t *testing.T) {
	for name, c := range map[string]struct {
		op   *profile.Operator
		want []profile.Kind
	}{
		"even workers":        {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(55*ms, 45*ms)}), nil},
		"one of two workers":  {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(80*ms, 20*ms)}), []profile.Kind{profile.Skew}},
		"one of four workers": {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(20*ms, 50*ms, 20*ms, 10*ms)}), []profile.Kind{profile.Skew}},
		"two of four workers": {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(45*ms, 45*ms, 5*ms, 5*ms)}), nil},
		"too little work":     {op(1, "A", 1, profile.Run{Rows: 1, Time: 10 * ms, Workers: workers(10*ms, 0)}), nil},
		"a small share": {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(100*ms, 0)},
			op(2, "B", 1, profile.Run{Rows: 1, Time: 10 * time.Second, Workers: workers(5*time.Second, 5*time.Second)})), nil},
		"one worker alone":       {op(1, "A", 1, profile.Run{Rows: 1, Time: 100 * ms, Workers: workers(100 * ms)}), nil},
		"a large partition":      {op(1, "A", 1, profile.Run{Rows: 1, Partitions: &profile.Partitions{Count: 64, Rows: 100_000, Largest: 60_000}}), []profile.Kind{profile.Skew}},
		"even partitions":        {op(1, "A", 1, profile.Run{Rows: 1, Partitions: &profile.Partitions{Count: 4, Rows: 100_000, Largest: 30_000}}), nil},
		"many small partitions":  {op(1, "A", 1, profile.Run{Rows: 1, Partitions: &profile.Partitions{Count: 10_000, Rows: 1_000_000, Largest: 20_000}}), nil},
		"spilled":                {op(1, "A", 1, profile.Run{Rows: 1, Memory: 10, Spilled: 25}), []profile.Kind{profile.Spill}},
		"too many expected":      {op(1, "A", 1e6, profile.Run{Rows: 9}), []profile.Kind{profile.Estimate}},
		"too few expected":       {op(1, "A", 10, profile.Run{Rows: 5000}), []profile.Kind{profile.Estimate}},
		"about right":            {op(1, "A", 9000, profile.Run{Rows: 1000}), nil},
		"few rows":               {op(1, "A", 900, profile.Run{Rows: 1}), nil},
		"none came":              {op(1, "A", 1e9, profile.Run{}), []profile.Kind{profile.Estimate}},
		"wrong by its input":     {op(1, "A", 1e6, profile.Run{Rows: 9}, op(2, "B", 1e6, profile.Run{Rows: 10})), nil},
		"wrong beyond its input": {op(1, "A", 1e6, profile.Run{Rows: 9}, op(2, "B", 1e4, profile.Run{Rows: 1000})), []profile.Kind{profile.Estimate}},
		"wrong the other way":    {op(1, "A", 1e6, profile.Run{Rows: 9}, op(2, "B", 10, profile.Run{Rows: 10_000})), []profile.Kind{profile.Estimate}},
	} {
		judged(c.op)
		if got := kinds(c.op); !slices.Equal(got, c.want) {
			t.Errorf("%s: flags %v, want %v", name, got, c.want)
		}
	}
	ended := op(1, "A", 1e6, profile.Run{Rows: 9})
	ended.Bounded = true
	if judged(ended); len(ended.Flags) != 0 {
		t.Errorf("an operator that was ended early: %v", ended.Flags)
	}
	if f := judged(op(1, "A", 1e6, profile.Run{Rows: 10})).Plans[0].Flags[0]; f.Factor != 1e5 || f.Text != "10 rows came, 1,000,000 were expected: 100,000× too many" {
		t.Errorf("%+v", f)
	}
}

// example has an operator of every kind of figure.
func example() *profile.Profile {
	skewed := op(3, "Scan", 10, profile.Run{Rows: 5000, Batches: 2, Time: 300 * ms, Memory: 2048, Spilled: 4096, Workers: workers(290*ms, 10*ms),
		Scan: &profile.Scan{Files: 8, FilesPruned: 7, RowGroups: 1, Bytes: 1000, BytesTotal: 2000}})
	asked := op(2, "Project", 1, profile.Run{Rows: 1, Time: 100 * ms, Notes: []profile.Attribute{{Name: "chosen", Value: "this"}}})
	asked.Role = profile.Subquery
	idle := op(4, "Limit", 7, profile.Run{})
	idle.Ran, idle.Attributes = nil, []profile.Attribute{}
	return judged(op(1, "Filter", 100, profile.Run{Rows: 100, Time: 100 * ms}, asked, skewed, idle))
}

func TestText(t *testing.T) {
	want := `== Physical Plan ==
Filter Keys: [a < b] (rows: 100, estimated: 100, time: 100ms (20 %))
:- Subquery Project Keys: [a < b] (rows: 1, estimated: 1, time: 100ms (20 %), chosen: this)
:- Scan Keys: [a < b] (rows: 5000, estimated: 10, time: 300ms (60 %), memory: 2.0 KiB, spilled: 4.0 KiB, files: 1 of 8, row groups: 1 of 1, pages: 0 read and 0 pruned, bytes: 1000 B of 2.0 KiB)
:     ! skew: worker 1 of 2 did 97 % of the work, 1.9× the average
:     ! spill: 4.0 KiB went to disk, 2.0 KiB at most were in memory
:     ! estimate: 5,000 rows came, 10 were expected: 500× too few
+- Limit

Rows: 7, elapsed: 1s, planning: 0s, busy: 500ms on 2 workers, peak memory: 0 B

== Functions ==
up: calls: 4, time: 20ms (4.0 %), errors: 0
`
	if diff := cmp.Diff(want, example().Text()); diff != "" {
		t.Error(diff)
	}
}

// JSON holds all of the record.
func TestJSON(t *testing.T) {
	p := example()
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var back profile.Profile
	if err := json.Unmarshal([]byte(text), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, &back); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(text, `"statement": "SELECT a < b"`) || !strings.Contains(text, `"time_share": 0.6`) {
		t.Error(text)
	}
}

// The page is well formed, needs nothing from elsewhere, runs no scripts, and shows every operator twice.
func TestHTML(t *testing.T) {
	page, err := example().HTML()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			open = append(open, x.Name.Local)
			for _, a := range x.Attr {
				if l := strings.ToLower(a.Name.Local); l == "src" || strings.HasPrefix(l, "on") || l == "href" && !strings.HasPrefix(a.Value, "#") {
					t.Errorf("<%s %s=%q>", x.Name.Local, a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			if open[len(open)-1] != x.Name.Local {
				t.Fatalf("</%s> closes <%s>", x.Name.Local, open[len(open)-1])
			}
			open = open[:len(open)-1]
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "url(") || strings.Contains(page, "ZgotmplZ") {
		t.Error("the page has a script, an address or what the template refused")
	}
	for _, want := range []string{"SELECT a &lt; b", "[a &lt; b]", "<b>Filter</b>", `href="#op-3"`, `id="op-4"`, "5,000 rows came, 10 were expected", "subquery:",
		"--share: 0.6", "worker 2", "5ms"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	order := regexp.MustCompile(`<tr role="row" style="--plan:(\d);--time:(\d);`).FindAllStringSubmatch(page, -1)
	if got := len(order); got != 4 || order[2][2] != "0" || order[3][2] != "3" {
		t.Errorf("the places in the table: %v", order)
	}
}

func TestUnits(t *testing.T) {
	for got, want := range map[string]string{
		profile.Count(-1234567): "-1,234,567", profile.Count(999): "999", profile.Rows(1e30): "1e+30", profile.Rows(2.5): "3", profile.Percent(0.0123): "1.2 %",
		profile.Percent(1): "100 %", profile.Times(12345): "12,345×", profile.Bytes(1 << 31): "2.0 GiB", profile.Duration(12345 * time.Millisecond): "12.3s",
		profile.Duration(1234567): "1.23ms", profile.Duration(12_345): "12.3µs",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
