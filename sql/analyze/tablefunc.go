package analyze

import (
	"reflect"
	"strings"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// tableFunc is a table function in FROM.
func (a *Analyzer) tableFunc(x *tree.TableFunc, b *block) (*rel, error) {
	return a.tableFuncNamed(x, b, nil)
}

// tableFuncNamed is a table function, perhaps with names for its columns.
func (a *Analyzer) tableFuncNamed(x *tree.TableFunc, b *block, as *tree.Aliased) (*rel, error) {
	name := x.Call.Func[len(x.Call.Func)-1]
	in, err := a.tableFuncRows(x, b)
	if err != nil {
		return nil, err
	}
	if as != nil && as.Columns != nil && len(as.Columns) != len(in.cols) {
		return nil, errs.New(x.P, "NUM_TABLE_VALUE_ALIASES_MISMATCH", "funcName", quoteParts([]string{name}),
			"aliasesNum", itoa(len(as.Columns)), "outColsNum", itoa(len(in.cols)))
	}
	return in, nil
}

func (a *Analyzer) tableFuncRows(x *tree.TableFunc, b *block) (*rel, error) {
	c := x.Call
	if len(c.Func) == 1 && strings.EqualFold(c.Func[0], "range") {
		return a.rangeRows(c, b)
	}
	if len(c.Func) == 1 && strings.EqualFold(c.Func[0], "sql_keywords") {
		return a.keywordRows(c)
	}
	d, ok := a.Functions(c.Func)
	if !ok {
		if a.Objects != nil {
			f, err := a.Objects.Function(a.ctx, c.Func)
			if err != nil {
				return nil, errs.At(err, x.P)
			}
			if f != nil && f.IsTable {
				return a.tableSQL(f, c, b)
			}
			if f != nil {
				return nil, errs.New(x.P, "NOT_A_TABLE_FUNCTION", "functionName", quoteParts(c.Func))
			}
		}
		return nil, errs.New(x.P, "UNRESOLVABLE_TABLE_VALUED_FUNCTION", "name", quoteParts(c.Func))
	}
	if err := a.flatCall(c); err != nil {
		return nil, err
	}
	e, err := a.typeExpr(c, a.rows(nil, b))
	if err != nil {
		return nil, err
	}
	g, ok := e.(*expr.Call)
	if !ok || g.Bind.Table == nil {
		return nil, errs.New(x.P, "NOT_A_TABLE_FUNCTION", "functionName", quoteParts([]string{d.Name}))
	}
	cols, err := generatorCols(g, nil)
	if err != nil {
		return nil, err
	}
	return relOf(&plan.Generate{Input: oneRow(), Gen: g, Cols: cols, Outer: outerGenerator(g)}), nil
}

// flatCall refuses a generator within a generator, before types are looked at.
func (a *Analyzer) flatCall(c *tree.Call) error {
	if !a.generates(c) {
		return nil
	}
	for _, e := range c.Args {
		if in, ok := e.(*tree.Call); ok && a.generates(in) {
			return errs.New(c.P, "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteExpr(c.P.Fragment()))
		}
	}
	return nil
}

// nestsGenerator tells whether a generator is called somewhere within e, its subqueries apart.
func (a *Analyzer) nestsGenerator(e tree.Expr) bool {
	found := false
	walkTree(reflect.ValueOf(e), func(n any) bool {
		switch x := n.(type) {
		case *tree.ScalarQuery, *tree.Exists, *tree.InQuery:
			return false
		case *tree.Call:
			found = found || n != any(e) && a.generates(x)
		}
		return !found
	})
	return found
}

func (a *Analyzer) generates(c *tree.Call) bool {
	d, ok := a.Functions(c.Func)
	return ok && d.IsTable()
}

// rangeRows is range(end), range(start, end [, step [, partitions]]).
func (a *Analyzer) rangeRows(c *tree.Call, b *block) (*rel, error) {
	n := len(c.Args)
	if n < 1 || n > 4 {
		return nil, wrongArgs(c.P, "range", "[1, 2, 3, 4]", n)
	}
	var v [4]int64
	for i, e := range c.Args {
		x, err := a.typeExpr(e, a.rows(nil, b))
		if err != nil {
			return nil, err
		}
		t := x.Type()
		if !foldable(x) {
			return nil, errs.New(x.Pos(), "NON_FOLDABLE_ARGUMENT", "funcName", "`range`", "paramName", [...]string{"`start`", "`end`", "`step`", "`numSlices`"}[i],
				"paramType", "\"BIGINT\"")
		}
		if !t.IsNumeric() && !t.IsString() {
			return nil, rangeType(c, i, x)
		}
		val, _, err := a.constant(a.castTo(x, types.BigIntType))
		if err != nil {
			return nil, err
		}
		k, ok := integer(val)
		if !ok {
			return nil, rangeType(c, i, x)
		}
		v[i] = k
	}
	r := &plan.Range{Col: expr.Col{ID: expr.NewID(), Name: "id", Type: types.BigIntType}, End: v[0], Step: 1}
	if n > 1 {
		r.Start, r.End = v[0], v[1]
	}
	if n > 2 {
		r.Step = v[2]
	}
	if r.Step == 0 {
		return nil, errs.New(c.P, "FAILED_FUNCTION_CALL", "funcName", "`range`")
	}
	return relOf(r), nil
}

// keywordRows is sql_keywords(): the keywords, and whether the settings reserve them.
func (a *Analyzer) keywordRows(c *tree.Call) (*rel, error) {
	if len(c.Args) > 0 {
		return nil, wrongArgs(c.P, "sql_keywords", "0", len(c.Args))
	}
	words, reserved := parse.ListedKeywords()
	enforced := parse.OptionsOf(a.Conf, time.UnixMicro(a.Env.Now)).EnforceReserved
	n := &plan.Values{Cols: []expr.Col{{ID: expr.NewID(), Name: "keyword", Type: types.StringType}, {ID: expr.NewID(), Name: "reserved", Type: types.BooleanType}}}
	for _, w := range words {
		n.Rows = append(n.Rows, []expr.Expr{&expr.Literal{Typ: types.StringType, Value: w, At: c.P},
			&expr.Literal{Typ: types.BooleanType, Value: enforced && reserved(w), At: c.P}})
	}
	return relOf(n), nil
}

func rangeType(c *tree.Call, i int, x expr.Expr) error {
	return errs.New(c.P, "UNEXPECTED_INPUT_TYPE", "functionName", "`range`", "paramIndex", nth(i),
		"requiredType", "\"BIGINT\"", "inputSql", quoteExpr(x.String()), "inputType", quoteExpr(x.Type().SQL()))
}

// lateralView is LATERAL VIEW: a generator over the rows to its left.
func (a *Analyzer) lateralView(x *tree.LateralView, b *block) (*rel, error) {
	in, err := a.relation(x.Input, b)
	if err != nil {
		return nil, err
	}
	if err := a.flatCall(x.Call); err != nil {
		return nil, err
	}
	a.node = "Generate"
	e, err := a.typeExpr(x.Call, a.rows(in.cols, b))
	a.node = ""
	if err != nil {
		return nil, err
	}
	g, ok := e.(*expr.Call)
	if !ok || g.Bind.Table == nil {
		return nil, errs.New(x.P, "UNSUPPORTED_GENERATOR.NOT_GENERATOR", "functionName", quoteParts(x.Call.Func), "classCanonicalName", x.Call.Func[0])
	}
	names := x.Columns
	if len(names) == 0 {
		names = nil
	}
	cols, err := generatorCols(g, names)
	if err != nil {
		return nil, errs.At(err, x.P)
	}
	n := &plan.Generate{Input: in.node, Gen: g, Cols: cols, Outer: x.Outer || outerGenerator(g)}
	out := &rel{node: n, cols: append([]col(nil), in.cols...)}
	for _, c := range cols {
		k := colOf(c)
		k.Qualifier, k.Nullable = []string{x.Name}, c.Nullable || n.Outer
		out.cols = append(out.cols, k)
	}
	return out, nil
}
