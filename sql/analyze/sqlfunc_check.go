package analyze

import (
	"context"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// CheckFunction analyses the body of a SQL function with its parameters, as it will be at each call.
func (a *Analyzer) CheckFunction(ctx context.Context, f *SQLFunction) error {
	a.ctx = ctx
	c := &tree.Call{Func: f.Name}
	seen := map[string]bool{}
	for _, p := range f.Params {
		if seen[a.fold(p.Name)] {
			return errs.New(p.P, "DUPLICATE_ROUTINE_PARAMETER_NAMES", "routineName", quoteParts(f.Name), "names", quoteParts([]string{p.Name}))
		}
		seen[a.fold(p.Name)] = true
		c.Args = append(c.Args, &tree.Cast{X: &tree.Literal{Type: types.NullType}, To: PlainStrings(p.Type)})
	}
	for i, p := range f.Params {
		if err := a.checkDefault(f, i, p); err != nil {
			return err
		}
	}
	if err := a.checkReturns(f); err != nil {
		return err
	}
	if len(f.Name) > 1 {
		a.creating = &Persistent{Kind: "FUNCTION", Name: quoteParts(f.Name)}
	}
	if f.IsTable {
		_, err := a.tableSQL(f, c, &block{})
		return err
	}
	_, err := a.callSQL(f, c, noColumns{})
	return err
}

// checkDefault types a parameter's default, which refers to nothing and comes after parameters without one only.
func (a *Analyzer) checkDefault(f *SQLFunction, i int, p tree.ColumnDef) error {
	if p.Default == nil {
		if i > 0 && f.Params[i-1].Default != nil {
			return errs.New(p.P, "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION", "functionName", quoteParts(f.Name),
				"parameterName", quoteParts([]string{f.Params[i-1].Name}), "nextParameterName", quoteParts([]string{p.Name}))
		}
		return nil
	}
	switch p.Default.(type) {
	case *tree.ScalarQuery, *tree.Exists, *tree.InQuery:
		return errs.New(p.P, "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION", "functionName", quoteParts(f.Name), "parameterName", quoteParts([]string{p.Name}))
	}
	x, err := a.typeExpr(p.Default, noColumns{})
	if err != nil {
		return err
	}
	_, err = a.cast(p.P, x, PlainStrings(p.Type), false)
	return err
}

// checkReturns checks the columns of a table function.
func (a *Analyzer) checkReturns(f *SQLFunction) error {
	if !f.IsTable {
		return nil
	}
	name := quoteParts(f.Name[len(f.Name)-1:])
	if f.Query == nil {
		return errs.New(errs.Pos{}, "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY", "name", name)
	}
	seen := map[string]bool{}
	for _, c := range f.Table {
		if seen[a.fold(c.Name)] {
			return errs.New(errs.Pos{}, "DUPLICATE_ROUTINE_RETURNS_COLUMNS", "routineName", name, "columns", quoteParts([]string{a.fold(c.Name)}))
		}
		seen[a.fold(c.Name)] = true
	}
	return nil
}
