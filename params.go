package sparksql

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sparksql/exec/eval"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

// Param is the value of a parameter marker: of :Name, or of a ? by its place when Name is "". Value is nil (NULL), bool,
// an integer, a float, string, []byte, time.Time (TIMESTAMP), time.Duration (INTERVAL DAY TO SECOND) or SQL. Type, when it
// is not "", is what the value is cast to, by Spark's rules: DATE, DECIMAL(10,2). A value is never taken for SQL text, so it
// needs no quoting and can change nothing but itself.
type Param struct {
	Name  string
	Value any
	Type  string
}

// SQL is a constant expression as the Value of a Param: DATE'2024-12-31', INTERVAL '1' DAY.
type SQL string

// Named gives :name a value.
func Named(name string, value any) Param { return Param{Name: name, Value: value} }

// ParseParam reads name=value or name:type=value. Without a type, a value that is one SQL literal has its type (5, 1.50,
// 'text', DATE'2024-12-31', TRUE, NULL), everything else is a string.
func ParseParam(text string) (Param, error) {
	name, value, ok := strings.Cut(text, "=")
	name, kind, typed := strings.Cut(name, ":")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return Param{}, errs.New(errs.Pos{}, "INVALID_PARAMETER_SYNTAX", "parameter", text)
	}
	if typed {
		_, err := parse.DataType(&errs.Text{SQL: kind})
		return Param{name, value, strings.TrimSpace(kind)}, err
	}
	if isLiteral(value) {
		return Param{Name: name, Value: SQL(value)}, nil
	}
	return Param{Name: name, Value: value}, nil
}

// isLiteral tells whether a text is one SQL literal. Digits after a leading zero are a code, not a number.
func isLiteral(text string) bool {
	t := strings.TrimLeft(strings.TrimSpace(text), "-")
	if len(t) > 1 && t[0] == '0' && t[1] >= '0' && t[1] <= '9' {
		return false
	}
	e, err := parse.Expression(&errs.Text{SQL: text}, parse.Options{Ansi: true})
	if err != nil {
		return false
	}
	if u, ok := e.(*tree.Unary); ok {
		e = u.X
	}
	_, ok := e.(*tree.Literal)
	return ok
}

// String is the parameter as ParseParam reads it.
func (p Param) String() string {
	text := fmt.Sprint(p.Value)
	if p.Type != "" {
		return p.Name + ":" + p.Type + "=" + text
	}
	return p.Name + "=" + text
}

// markerIn is where a text has a parameter marker, -1 for nowhere: what is stored as text cannot have one.
func markerIn(text string) int {
	if !strings.ContainsAny(text, ":?") {
		return -1
	}
	for _, x := range parse.Lexemes(text) {
		if x.Kind == parse.Marker {
			return x.Start
		}
	}
	return -1
}

// bind gives the markers of a statement their values.
func (s *Session) bind(ctx context.Context, params []Param) (map[string]*tree.Literal, error) {
	if len(params) == 0 {
		return nil, nil
	}
	out := map[string]*tree.Literal{}
	place := 0
	for _, p := range params {
		name := p.Name
		if name == "" {
			place++
			name = strconv.Itoa(place)
		}
		v, err := s.paramValue(ctx, p)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
	if place > 0 && place < len(params) {
		return nil, errs.New(errs.Pos{}, "INVALID_QUERY_MIXED_QUERY_PARAMETERS")
	}
	return out, nil
}

// paramValue is a parameter as a literal.
func (s *Session) paramValue(ctx context.Context, p Param) (*tree.Literal, error) {
	e, err := s.paramExpr(p)
	if err != nil {
		return nil, err
	}
	if p.Type != "" {
		t, err := parse.DataType(&errs.Text{SQL: p.Type})
		if err != nil {
			return nil, err
		}
		e = &tree.Cast{X: e, To: t}
	}
	if l, ok := e.(*tree.Literal); ok {
		return l, nil
	}
	x, err := s.analyzer().Expr(ctx, e)
	if err != nil {
		return nil, err
	}
	if l, ok := x.(*expr.Literal); ok {
		return &tree.Literal{Type: l.Typ, Value: l.Value}, nil
	}
	v, err := eval.Constant(x)
	if err != nil {
		return nil, err
	}
	return &tree.Literal{Type: x.Type(), Value: v}, nil
}

func (s *Session) paramExpr(p Param) (tree.Expr, error) {
	lit := func(t types.Type, v any) (tree.Expr, error) { return &tree.Literal{Type: t, Value: v}, nil }
	switch v := p.Value.(type) {
	case nil:
		return lit(types.NullType, nil)
	case SQL:
		return parse.Expression(&errs.Text{SQL: string(v)}, s.parseOptions())
	case bool:
		return lit(types.BooleanType, v)
	case int8:
		return lit(types.TinyIntType, v)
	case int16:
		return lit(types.SmallIntType, v)
	case int32:
		return lit(types.IntType, v)
	case int64:
		return lit(types.BigIntType, v)
	case int: // as Python's: INT where it fits
		if int(int32(v)) == v {
			return lit(types.IntType, int32(v))
		}
		return lit(types.BigIntType, int64(v))
	case float32:
		return lit(types.FloatType, v)
	case float64:
		return lit(types.DoubleType, v)
	case string:
		return lit(types.StringType, v)
	case []byte:
		return lit(types.BinaryType, v)
	case time.Time:
		return lit(types.TimestampType, v.UnixMicro())
	case time.Duration:
		return &tree.Literal{Type: types.DayTimeOf(types.DayField, types.SecondField), Value: v.Microseconds()}, nil
	}
	return nil, errs.New(errs.Pos{}, "UNSUPPORTED_FEATURE", "feature", fmt.Sprintf("a parameter of the Go type %T", p.Value))
}
