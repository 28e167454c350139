package sparksql

import (
	"context"
	"slices"
	"sync"
	"time"

	"sparksql/exec"
	"sparksql/optimizer"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/plan"
	"sparksql/sql/profile"
	"sparksql/sql/tree"
	"sparksql/udfs"
)

// Profile is what running a statement showed: its operators with estimated and actual rows, time and memory, flags for
// skew, spilling and wrong estimates, and the users' functions. Its methods render it as text, JSON and HTML.
type Profile = profile.Profile

type profiledKey struct{}

// Profiled returns a context under which statements are measured: Rows.Profile has what they did. Measuring takes two
// readings of the clock for each batch and operator.
func Profiled(ctx context.Context) context.Context {
	return context.WithValue(ctx, profiledKey{}, &profiler{})
}

// profilerOf is what measures the statements of a context, nil for nothing.
func profilerOf(ctx context.Context) *profiler {
	p, _ := ctx.Value(profiledKey{}).(*profiler)
	return p
}

// profiler measures the plans that one statement runs.
type profiler struct {
	s         *Session
	statement string
	began     time.Time

	mu   sync.Mutex
	runs []*measured
}

// measured is a plan that was started, with what was believed of it before.
type measured struct {
	root      plan.Node
	result    *exec.Result
	estimates map[plan.Node]float64
	calls     *udfs.Stats
}

// profiled gives a statement its own profiler, where its context asks for one.
func (s *Session) profiled(ctx context.Context, st tree.Statement) (context.Context, *profiler) {
	if profilerOf(ctx) == nil {
		return ctx, nil
	}
	p := &profiler{s: s, statement: st.Pos().Fragment(), began: time.Now()}
	return context.WithValue(ctx, profiledKey{}, p), p
}

// expect notes what is believed of a plan.
func (p *profiler) expect(octx *optimizer.Ctx, n plan.Node, calls *udfs.Stats) *measured {
	m := &measured{root: n, estimates: map[plan.Node]float64{}, calls: calls}
	eachNode(n, func(n plan.Node) { m.estimates[n], _ = optimizer.Estimate(octx, n) })
	return m
}

func (p *profiler) started(m *measured, r *exec.Result) {
	m.result = r
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs = append(p.runs, m)
}

// run starts a plan.
func (s *Session) run(ctx context.Context, a *analyze.Analyzer, n plan.Node) (*exec.Result, error) {
	p, m := profilerOf(ctx), (*measured)(nil)
	if p != nil {
		m = p.expect(s.optimizerContext(a), n, a.Env.Stats)
	}
	r, err := s.engine.run.Run(ctx, n, exec.Options{Analyze: p != nil, Progress: watching(ctx)})
	if err == nil && p != nil {
		p.started(m, r)
	}
	return r, err
}

// profile is the record of the statement, nil while a plan of it still runs or when none was run.
func (p *profiler) profile() *Profile {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.runs) == 0 || slices.ContainsFunc(p.runs, func(m *measured) bool { return !m.result.Done() }) {
		return nil
	}
	out := &Profile{Statement: p.statement, Started: p.began, Planning: p.runs[0].result.Began().Sub(p.began),
		Workers: p.s.engine.run.Workers(), MemoryLimit: p.s.engine.run.Memory().Limit(), Functions: []profile.Function{}}
	w := &profileWriter{shared: map[*plan.SharedDef]int{}, callers: map[string][]int{}}
	for _, m := range p.runs {
		w.run = m
		out.Plans = append(out.Plans, w.operator(m.root, profile.Input, false))
		out.Elapsed += m.result.Took()
		out.PeakMemory = max(out.PeakMemory, m.result.Memory())
		out.Spilled += m.result.Spilled()
		if out.Rows += m.result.Rows(); isWrite(m.root) {
			out.Rows += m.result.Written().Rows
		}
		for _, f := range m.calls.List() {
			out.Functions = append(out.Functions, profile.Function{Name: f.Name, Calls: f.Rows, Batches: f.Batches, Time: f.Time, Errors: f.Errors, Operators: w.callers[f.Name]})
		}
	}
	out.Judge()
	return out
}

func isWrite(n plan.Node) bool { _, ok := n.(*plan.Write); return ok }

// measurable tells whether a statement runs a plan. Others are not run by EXPLAIN ANALYZE.
func measurable(st tree.Statement) bool {
	switch st := st.(type) {
	case *tree.Query, *tree.Insert, *tree.InsertDir, *tree.MultiInsert:
		return true
	case *tree.CreateTable:
		return st.Query != nil
	}
	return false
}

// explainAnalyze runs a statement, throws its rows away and shows what every operator and every user's function did.
func (s *Session) explainAnalyze(ctx context.Context, st *tree.Explain) (*Rows, error) {
	if !measurable(st.Input) {
		return nil, errs.Unsupported(st.Input.Pos(), "EXPLAIN ANALYZE of a statement that runs no query")
	}
	ctx, p := s.profiled(Profiled(ctx), st.Input)
	rows, err := s.execute(ctx, st.Input)
	if err != nil {
		return nil, err
	}
	for _, err := range rows.Batches() {
		if err != nil {
			rows.Close()
			return nil, err
		}
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	record := p.profile()
	if record == nil {
		return nil, errs.Internal("the statement ran no plan")
	}
	text, err := profileText(record, st.Format)
	if err != nil {
		return nil, err
	}
	out := s.planRows(text)
	out.profile = func() *Profile { return record }
	return out, nil
}

// planRows is a plan as the one row of an EXPLAIN.
func (s *Session) planRows(text string) *Rows { return s.documentRows("plan", text) }

func profileText(p *Profile, format tree.ExplainFormat) (string, error) {
	switch format {
	case tree.FormatJSON:
		return p.JSON()
	case tree.FormatHTML:
		return p.HTML()
	}
	return p.Text(), nil
}
