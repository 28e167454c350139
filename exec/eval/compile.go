package eval

import (
	"strconv"
	"strings"

	"sparksql/exec/vec"
	"sparksql/functions"
	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Which input column a node depends on, when it is not one.
const (
	noColumn    = -1
	manyColumns = -2
)

// node is one step of a program: an expression, or several that are the same.
type node struct {
	typ  types.Type
	kids []*node
	do   func(r *run, s *scope) (*vec.Vec, error)

	constant bool // without columns, and deterministic
	det      bool // deterministic throughout
	fallible bool // something in it can raise an error
	strict   bool // NULL whenever its column is NULL
	col      int  // the one column it depends on, or noColumn, manyColumns
	dictable bool // worth evaluating once for each dictionary entry

	uses  int // parents; with more than one the value is kept
	gen   uint64
	scope uint64
	memo  *vec.Vec

	fold fold
	dict dictCache
}

// compiler makes nodes of expressions, one for equal deterministic ones.
type compiler struct {
	in    []expr.Col
	at    map[expr.ID]int
	slots Slots
	known map[string]*node
}

// Compile prepares expressions over the columns in. A Program belongs to one goroutine.
func Compile(es []expr.Expr, in []expr.Col, slots Slots) (*Program, error) {
	c := &compiler{in: in, at: map[expr.ID]int{}, slots: slots, known: map[string]*node{}}
	for i, col := range in {
		c.at[col.ID] = i
	}
	p := &Program{}
	for _, e := range es {
		n, _, err := c.node(e)
		if err != nil {
			return nil, err
		}
		n.uses++
		p.roots = append(p.roots, n)
	}
	for _, e := range es {
		if err := c.conjuncts(p, e); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// node gives the node of e and its key, "" when it must not be shared.
func (c *compiler) node(e expr.Expr) (*node, string, error) {
	var n *node
	var key string
	var err error
	switch e := e.(type) {
	case *expr.Alias:
		return c.node(e.X)
	case *expr.Literal:
		n, key = literal(e.Typ, e.Value), ""
	case *expr.Column:
		i, ok := c.at[e.ID]
		if !ok {
			return nil, "", errs.At(errs.Internal("column %s (%d) is not in the input", e.Name, e.ID), e.At)
		}
		key = "#" + strconv.Itoa(i)
		if n := c.known[key]; n != nil {
			return n, key, nil
		}
		n = &node{typ: e.Col.Type, det: true, strict: true, col: i,
			do: func(r *run, _ *scope) (*vec.Vec, error) { return r.cols[i], nil }}
	case *expr.Cast:
		n, key, err = c.cast(e)
	case *expr.Call:
		n, key, err = c.call(e)
	case *expr.Subquery:
		n, err = c.subquery(e)
	case *expr.Outer:
		err = errs.Unsupported(e.At, "correlated reference in this place")
	default:
		err = errs.At(errs.Internal("%T cannot be evaluated", e), e.Pos())
	}
	if err != nil {
		return nil, "", err
	}
	if key != "" {
		if old := c.known[key]; old != nil {
			return old, key, nil
		}
		c.known[key] = n
	} else if l, ok := e.(*expr.Literal); ok {
		key = literalKey(l)
	}
	return n, key, nil
}

func literalKey(l *expr.Literal) string {
	switch v := l.Value.(type) {
	case nil:
		return "null:" + l.Typ.String()
	case int32:
		return "i" + strconv.Itoa(int(v)) + ":" + l.Typ.String()
	case int64:
		return "l" + strconv.FormatInt(v, 10) + ":" + l.Typ.String()
	case types.Int128:
		return "d" + strconv.FormatUint(v.Lo, 16) + "." + strconv.FormatInt(v.Hi, 16) + ":" + l.Typ.String()
	case string:
		return "s" + strconv.Quote(v) + ":" + l.Typ.String()
	case bool:
		return "b" + strconv.FormatBool(v)
	}
	return ""
}

// kidsOf makes the nodes of operands; key is "" if one has none.
func (c *compiler) kidsOf(es []expr.Expr) (kids []*node, key string, err error) {
	var b strings.Builder
	whole := true
	for _, e := range es {
		k, key, err := c.node(e)
		if err != nil {
			return nil, "", err
		}
		whole = whole && key != ""
		b.WriteString(key)
		b.WriteByte(',')
		kids = append(kids, k)
	}
	if !whole {
		return kids, "", nil
	}
	return kids, b.String(), nil
}

// sum works out what follows from the operands.
func (n *node) sum(traits udfs.Trait) {
	n.det = traits.Has(udfs.Deterministic)
	n.fallible = traits.Has(udfs.Fallible)
	n.strict = traits.Has(udfs.Strict)
	n.col, n.constant = noColumn, n.det
	for _, k := range n.kids {
		if k == nil {
			continue
		}
		k.uses++
		n.det = n.det && k.det
		n.fallible = n.fallible || k.fallible
		n.constant = n.constant && k.constant
		switch {
		case k.col == noColumn:
		case n.col == noColumn:
			n.col = k.col
		case n.col != k.col:
			n.col = manyColumns
		}
		if !k.constant && !k.strict {
			n.strict = false
		}
	}
	n.dictable = n.det && n.col >= 0 && !n.typ.IsNested() && n.typ.Kind() != types.Null
}

func (c *compiler) call(e *expr.Call) (*node, string, error) {
	if e.Bind.Lazy != udfs.Eager {
		return c.lazy(e)
	}
	if e.Bind.New == nil {
		return nil, "", errs.At(errs.Internal("%s has no kernel", e.Name), e.At)
	}
	kernel, err := e.Bind.New(e.Env)
	if err != nil {
		return nil, "", errs.At(err, e.At)
	}
	traits := e.Traits()
	x := &call{kernel: kernel, strict: traits.Has(udfs.Strict), fallible: traits.Has(udfs.Fallible), at: e.At,
		name: e.Name, def: e.Def, call: udfs.Call{Env: e.Env}}
	n := &node{typ: e.Bind.Out}
	var plain []expr.Expr
	lambdas := false
	for _, a := range e.Args {
		_, ok := a.(*expr.Lambda)
		lambdas = lambdas || ok
		if !ok {
			plain = append(plain, a)
		}
	}
	kids, key, err := c.kidsOf(plain)
	if err != nil {
		return nil, "", err
	}
	if lambdas {
		if kids, err = c.lambdas(x, e, kids); err != nil {
			return nil, "", err
		}
		key = ""
	}
	n.kids = kids
	n.sum(traits)
	if lambdas {
		n.dictable, n.constant, n.det = false, false, false
		n.col = manyColumns
	}
	x.node = n
	x.prepare()
	n.do = x.eval
	if key != "" && n.det && e.Def != nil {
		key = "call:" + e.Name + "/" + strconv.FormatUint(ptr(e.Def), 16) + "/" + envKey(e.Env) + ":" + e.Bind.Out.String() + "(" + key + ")"
	} else {
		key = ""
	}
	return n, key, nil
}

// PerEntry tells whether e is evaluated once for each entry of its column's dictionary, where the column has one.
func PerEntry(e expr.Expr) bool {
	var in []expr.Col
	expr.Columns(e, func(c *expr.Column) { in = append(in, c.Col) })
	p, err := Compile([]expr.Expr{e}, in, nil)
	return err == nil && p.roots[0].dictable
}

// envKey tells contexts of calls apart: those made from one text under one analysis differ in their places alone.
func envKey(e *udfs.Env) string {
	if e == nil || e.Pos.Text == nil {
		return strconv.FormatUint(ptr(e), 16)
	}
	return strconv.FormatUint(ptr(e.Pos.Text), 16) + "." + strconv.FormatBool(e.ANSI)
}

func (c *compiler) cast(e *expr.Cast) (*node, string, error) {
	from := e.X.Type()
	if from == e.To {
		return c.node(e.X)
	}
	kids, key, err := c.kidsOf([]expr.Expr{e.X})
	if err != nil {
		return nil, "", err
	}
	kernel, err := functions.CastKernel(from, e.To, e.Env, e.Try)
	if err != nil {
		return nil, "", errs.At(err, e.At)
	}
	traits := udfs.Strict | udfs.Deterministic
	if !e.Try && (e.Env == nil || e.Env.ANSI) && castFails(from, e.To) {
		traits |= udfs.Fallible
	}
	n := &node{typ: e.To, kids: kids}
	n.sum(traits)
	x := &call{kernel: kernel, strict: true, fallible: traits.Has(udfs.Fallible), at: e.At, name: "cast", node: n,
		call: udfs.Call{Env: e.Env}}
	x.prepare()
	n.do = x.eval
	if key != "" {
		try := ""
		if e.Try {
			try = "try"
		}
		key = try + "cast:" + e.To.String() + "/" + envKey(e.Env) + "(" + key + ")"
	}
	return n, key, nil
}

// castFails tells whether an ANSI cast between the types can raise an error.
func castFails(from, to types.Type) bool {
	rank := map[types.Kind]int{types.TinyInt: 1, types.SmallInt: 2, types.Int: 3, types.BigInt: 4}
	switch {
	case from.Kind() == types.Null:
		return false
	case to.Kind() == types.String && !from.IsNested():
		return false
	case rank[from.Kind()] > 0 && rank[from.Kind()] <= rank[to.Kind()]:
		return false
	case from.IsNumeric() && (to.Kind() == types.Double || to.Kind() == types.Float):
		return false
	case from.IsDatetime() && to.IsDatetime():
		return false
	}
	return true
}

func literal(t types.Type, value any) *node {
	n := &node{typ: t, det: true, constant: true, strict: true, col: noColumn}
	n.fold.set(t, value)
	return n
}

// subquery is the value that was computed before.
func (c *compiler) subquery(e *expr.Subquery) (*node, error) {
	if c.slots == nil {
		return nil, errs.Unsupported(e.At, "subquery in this place")
	}
	if e.Kind == expr.In {
		return c.inSubquery(e)
	}
	v, err := c.slots.Value(e)
	if err != nil {
		return nil, errs.At(err, e.At)
	}
	return literal(e.Type(), v), nil
}
