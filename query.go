package sparksql

import (
	"context"

	"sparksql/optimizer"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
)

// query runs a query.
func (s *Session) query(ctx context.Context, rel tree.Relation) (*Rows, error) {
	a := s.analyzer()
	n, err := a.Query(ctx, rel)
	if err != nil {
		return nil, err
	}
	schema := plan.Schema(n)
	if n, err = s.optimize(a, n); err != nil {
		return nil, err
	}
	res, err := s.run(ctx, a, n)
	if err != nil {
		return nil, err
	}
	rows := s.newRows(schema, res.Batches())
	rows.close = res.Close
	rows.metrics = func() *Metrics { return &Metrics{PeakMemory: res.Memory(), Spilled: res.Spilled()} }
	return rows, nil
}

func (s *Session) optimizerContext(a *analyze.Analyzer) *optimizer.Ctx {
	return &optimizer.Ctx{
		Call:           func(name string, args ...expr.Expr) (expr.Expr, error) { return a.Call(name, args...) },
		Field:          a.Field,
		BroadcastBytes: s.conf.Bytes("spark.sql.autoBroadcastJoinThreshold"),
		Adaptive:       s.conf.Bool("spark.sql.adaptive.enabled"),
		Disabled:       s.engine.opts.withoutRules,
	}
}

func (s *Session) optimize(a *analyze.Analyzer, n plan.Node) (plan.Node, error) {
	return optimizer.Optimize(s.optimizerContext(a), n)
}

// check analyses a statement's query, where it has one.
func (s *Session) check(ctx context.Context, stmt tree.Statement) error {
	switch st := stmt.(type) {
	case *tree.Query:
		_, err := s.analyzer().Query(ctx, st.Rel)
		return err
	case *tree.CreateView:
		_, err := s.analyzer().Query(ctx, st.Query)
		return err
	case *tree.CreateTable:
		if st.Query != nil {
			_, err := s.analyzer().Query(ctx, st.Query)
			return err
		}
	case *tree.Insert:
		_, err := s.analyzer().Query(ctx, st.Query)
		return err
	case *tree.InsertDir:
		_, err := s.analyzer().Query(ctx, st.Query)
		return err
	case *tree.Explain:
		return s.check(ctx, st.Input)
	}
	return nil
}

func parseRelation(text string, o parse.Options) (tree.Relation, error) {
	return parse.Relation(&errs.Text{SQL: text}, o)
}
