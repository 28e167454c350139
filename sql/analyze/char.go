package analyze

import (
	"slices"
	"unicode/utf8"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/plan"
	"sparksql/sql/types"
)

// Char and varchar are types of columns of tables only; expressions see strings. What the declared length asks of values
// is done where they are written, where they are read, and where a column of char is compared.

// limited tells whether t has char or varchar in it.
func limited(t types.Type) bool { return PlainStrings(t) != t }

// padded tells whether t has char in it.
func padded(t types.Type) bool {
	switch t.Kind() {
	case types.Char:
		return true
	case types.Array:
		return padded(t.Elem())
	case types.Map:
		return padded(t.Key()) || padded(t.Elem())
	case types.Struct:
		for _, f := range t.Fields() {
			if padded(f.Type) {
				return true
			}
		}
	}
	return false
}

// typed is an operator over a value and a declared type.
func (a *Analyzer) typed(at errs.Pos, name string, x expr.Expr, t types.Type) (expr.Expr, error) {
	return a.op(at, name, x, &expr.Literal{Typ: types.StringType, Value: t.SQL()})
}

// checkLength fits a value that is written to a column of type t to its length.
func (a *Analyzer) checkLength(at errs.Pos, x expr.Expr, t types.Type) (expr.Expr, error) {
	if !limited(t) || a.Conf.Bool("spark.sql.legacy.charVarcharAsString") {
		return x, nil
	}
	return a.typed(at, "write_side_check", x, t)
}

// padRead fills up the columns of char that a scan reads: other writers than Spark's may have left them short.
func (a *Analyzer) padRead(r *rel, s *types.Schema) (*rel, error) {
	if !slices.ContainsFunc(s.Fields, func(f types.Field) bool { return padded(f.Type) }) ||
		!a.Conf.Bool("spark.sql.readSideCharPadding") || a.Conf.Bool("spark.sql.legacy.charVarcharAsString") {
		return r, nil
	}
	p := &plan.Project{Input: r.node}
	out := &rel{node: p}
	for i, c := range r.cols {
		if !padded(s.Fields[i].Type) {
			p.Items, out.cols = append(p.Items, c.ref(errs.Pos{})), append(out.cols, c)
			continue
		}
		x, err := a.typed(errs.Pos{}, "read_side_padding", c.ref(errs.Pos{}), s.Fields[i].Type)
		if err != nil {
			return nil, err
		}
		al := &expr.Alias{X: x, Name: c.Name, ID: expr.NewID(), Declared: c.Declared}
		made := colOf(al.Col())
		made.Qualifier = c.Qualifier
		p.Items, out.cols = append(p.Items, al), append(out.cols, made)
	}
	return out, nil
}

// charOf is the declared type of a column that has char in it.
func charOf(x expr.Expr) (types.Type, bool) {
	var c expr.Col
	switch x := x.(type) {
	case *expr.Column:
		c = x.Col
	case *expr.Outer:
		c = x.Col
	default:
		return types.Type{}, false
	}
	if c.Declared == nil || c.Type.IsString() != c.Declared.Type.IsString() {
		return types.Type{}, false
	}
	return c.Declared.Type, padded(c.Declared.Type)
}

// compares tells which operators compare.
func compares(operator string) bool {
	return slices.Contains([]string{"=", "<=>", "<", "<=", ">", ">=", "in"}, operator)
}

// compare binds an operator; columns of char are filled up where it compares.
func (a *Analyzer) compare(at errs.Pos, name string, xs ...expr.Expr) (expr.Expr, error) {
	x, err := a.op(at, name, xs...)
	if err != nil || !compares(name) {
		return x, err
	}
	return a.padCompared(x)
}

// padCompared fills up the shorter operands of a comparison with a column of char, as Spark's ApplyCharTypePadding does:
// a constant text is taken for a char of its own length; columns of char, within arrays and structs as well, are compared
// with columns of char. Anything computed is compared as it is.
func (a *Analyzer) padCompared(x expr.Expr) (expr.Expr, error) {
	c, ok := x.(*expr.Call)
	if !ok || a.Conf.Bool("spark.sql.legacy.charVarcharAsString") {
		return x, nil
	}
	at := 0 // the column
	if _, char := charOf(c.Args[0]); !char && len(c.Args) == 2 {
		at = 1
	}
	t, ok := charOf(c.Args[at])
	if !ok {
		return x, nil
	}
	others := comparedWith(c, at)
	to, ok := a.widest(t, c.Args, others)
	if !ok {
		return x, nil
	}
	out := *c
	out.Label, out.Args = c.String(), slices.Clone(c.Args)
	for _, i := range append(others, at) {
		if a.hasLength(c.Args[i], to) {
			continue
		}
		var err error
		if out.Args[i], err = a.typed(c.At, "read_side_padding", c.Args[i], to); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// comparedWith are the arguments that argument at is compared with: those of decode(x, search, result, ...) are the searches.
func comparedWith(c *expr.Call, at int) (others []int) {
	for i := range c.Args {
		if i != at && (c.Def.Name != "decode" || i%2 == 1 && i < len(c.Args)-1) {
			others = append(others, i)
		}
	}
	return others
}

// hasLength tells whether a column or constant text is as long as the char type says already.
func (a *Analyzer) hasLength(x expr.Expr, to types.Type) bool {
	if t, ok := charOf(x); ok {
		return t == to && a.Conf.Bool("spark.sql.readSideCharPadding")
	}
	n, ok := a.textLength(x)
	return ok && n >= to.Length()
}

// widest is the char type to which a column of type t and the others are filled up; ok is false when they are left as
// they are.
func (a *Analyzer) widest(t types.Type, xs []expr.Expr, others []int) (to types.Type, ok bool) {
	constants, columns := t.Kind() == types.Char, true
	longest, wide := 0, t
	if constants {
		longest = t.Length()
	}
	for _, i := range others {
		other, ok := charOf(xs[i])
		if columns = columns && ok; columns {
			wide = widerChar(wide, other)
		}
		if constants {
			var n int
			n, constants = a.textLength(xs[i])
			longest = max(longest, n)
		}
	}
	if constants {
		return types.CharOf(longest), true
	}
	return wide, columns
}

// textLength is how many characters a constant text has, 0 for NULL.
func (a *Analyzer) textLength(x expr.Expr) (n int, ok bool) {
	if !x.Type().IsString() {
		return 0, false
	}
	v, ok, err := a.constant(x)
	s, _ := v.(string)
	return utf8.RuneCountInString(s), ok && err == nil
}

// widerChar has the longer of the char types of two types of one shape.
func widerChar(x, y types.Type) types.Type {
	switch {
	case x.Kind() != y.Kind():
		return x
	case x.Kind() == types.Char:
		return types.CharOf(max(x.Length(), y.Length()))
	case x.Kind() == types.Array:
		return types.ArrayOf(widerChar(x.Elem(), y.Elem()), x.ContainsNull())
	case x.Kind() == types.Struct && len(x.Fields()) == len(y.Fields()):
		fs := slices.Clone(x.Fields())
		for i := range fs {
			fs[i].Type = widerChar(fs[i].Type, y.Fields()[i].Type)
		}
		return types.StructOf(fs...)
	}
	return x
}
