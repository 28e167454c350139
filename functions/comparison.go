package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

const compareTraits = udfs.Strict | udfs.Deterministic

func comparisonOperators() []udfs.Def {
	return []udfs.Def{
		{Name: "<", Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 < expr2 - Returns true if `expr1` is less than `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 1 < 2", Out: "true"}},
			Pretty:   infix("<"), Resolve: resolveComparison("<")},
		{Name: "<=", Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 <= expr2 - Returns true if `expr1` is less than or equal to `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 <= 2", Out: "true"}},
			Pretty:   infix("<="), Resolve: resolveComparison("<=")},
		{Name: "<=>", Group: "predicate_funcs", Since: "1.1.0", Traits: udfs.Deterministic | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 <=> expr2 - Returns true if both are equal or both are NULL; never NULL itself.",
			Examples: []udfs.Example{{SQL: "SELECT NULL <=> NULL", Out: "true"}, {SQL: "SELECT 1 <=> NULL", Out: "false"}},
			Pretty:   infix("<=>"), Resolve: resolveNullSafe},
		{Name: "=", Aliases: []string{"=="}, Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 = expr2 - Returns true if `expr1` equals `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 = 2", Out: "true"}, {SQL: "SELECT 1 = NULL", Out: "NULL"}},
			Pretty:   infix("="), Resolve: resolveComparison("=")},
		{Name: ">", Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 > expr2 - Returns true if `expr1` is greater than `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 > 1", Out: "true"}},
			Pretty:   infix(">"), Resolve: resolveComparison(">")},
		{Name: ">=", Group: "predicate_funcs", Since: "1.0.0", Traits: compareTraits, MinArgs: 2, MaxArgs: 2,
			Usage:    "expr1 >= expr2 - Returns true if `expr1` is greater than or equal to `expr2`.",
			Examples: []udfs.Example{{SQL: "SELECT 2 >= 1", Out: "true"}},
			Pretty:   infix(">="), Resolve: resolveComparison(">=")},
		{Name: "between", Group: "predicate_funcs", Since: "4.0.0", Traits: udfs.Deterministic, MinArgs: 3, MaxArgs: 3,
			Usage:    "expr1 between expr2 and expr3 - Returns true if `expr1` is at least `expr2` and at most `expr3`.",
			Examples: []udfs.Example{{SQL: "SELECT between(2, 1, 3)", Out: "true"}},
			Resolve:  resolveBetween},
		{Name: "equal_null", Group: "misc_funcs", Since: "3.4.0", Traits: udfs.Deterministic | udfs.Commutative, MinArgs: 2, MaxArgs: 2,
			Usage:    "equal_null(expr1, expr2) - Returns true if both are equal or both are NULL; never NULL itself.",
			Examples: []udfs.Example{{SQL: "SELECT equal_null(3, 3)", Out: "true"}, {SQL: "SELECT equal_null(NULL, 'x')", Out: "false"}},
			Resolve:  resolveNullSafe},
		{Name: "is not distinct from", Operator: true, Group: "predicate_funcs", Since: "1.1.0", Traits: udfs.Deterministic | udfs.Commutative,
			MinArgs: 2, MaxArgs: 2, Usage: "<=> for types that SQL does not compare: what grouping calls equal.",
			Pretty: infix("<=>"), Resolve: func(_ *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
				return nullSafe(args[0].Type), nil
			}},
		{Name: "in", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Deterministic, MinArgs: 2, MaxArgs: -1,
			Usage:    "expr1 in(expr2, expr3, ...) - Returns true if `expr1` equals any of the others; NULL if it does not and any is NULL.",
			Examples: []udfs.Example{{SQL: "SELECT 1 in(1, 2, 3)", Out: "true"}, {SQL: "SELECT 1 in(2, NULL)", Out: "NULL"}},
			Pretty:   prettyIn, Resolve: resolveIn},
	}
}

func prettyIn(args []string) string {
	s := "(" + args[0] + " IN ("
	for i, a := range args[1:] {
		if i > 0 {
			s += ", "
		}
		s += a
	}
	return s + "))"
}

// comparable finds the type in which both operands are compared.
func comparisonType(ctx *udfs.ResolveCtx, op string, args []udfs.ArgInfo) (types.Type, error) {
	a, b := args[0].Type, args[1].Type
	if a.Kind() == types.Decimal && b.IsIntegral() {
		b = asDecimal(b, args[1])
	} else if b.Kind() == types.Decimal && a.IsIntegral() {
		a = asDecimal(a, args[0])
	}
	t, ok := coercion(ctx.Env).Comparison(a, b)
	if !ok && sameStructure(a, b) {
		t, ok = a, true
	}
	if !ok {
		return t, mismatch(ctx, "BINARY_OP_DIFF_TYPES", "left", typeParam(args[0].Type), "right", typeParam(args[1].Type))
	}
	equality := op == "=" || op == "<=>"
	if hasKind(t, types.Map) || hasKind(t, types.Variant) || !equality && hasKind(t, types.CalendarInterval) {
		return t, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", "`"+op+"`", "dataType", typeParam(t))
	}
	return t, nil
}

// sameStructure tells whether two types differ in names of fields and nullability only.
func sameStructure(a, b types.Type) bool {
	ka, kb := vec.KidTypes(a), vec.KidTypes(b)
	if a.Kind() != b.Kind() || len(ka) != len(kb) || len(ka) == 0 {
		return types.SameType(a, b)
	}
	for i := range ka {
		if !sameStructure(ka[i], kb[i]) {
			return false
		}
	}
	return true
}

// hasKind tells whether t is or contains a type of kind k.
func hasKind(t types.Type, k types.Kind) bool {
	switch t.Kind() {
	case k:
		return true
	case types.Array:
		return hasKind(t.Elem(), k)
	case types.Map:
		return hasKind(t.Key(), k) || hasKind(t.Elem(), k)
	case types.Struct:
		for _, f := range t.Fields() {
			if hasKind(f.Type, k) {
				return true
			}
		}
	}
	return false
}

func resolveComparison(op string) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		t, err := comparisonType(ctx, op, args)
		if err != nil {
			return udfs.Binding{}, err
		}
		return udfs.Binding{In: []types.Type{t, t}, Out: types.BooleanType, New: fixed(comparisonKernel(t, op))}, nil
	}
}

func comparisonKernel(t types.Type, op string) udfs.Kernel {
	switch t.Kind() {
	case types.TinyInt:
		return compareInts[int8](op)
	case types.SmallInt:
		return compareInts[int16](op)
	case types.Int, types.Date, types.YearMonthInterval:
		return compareInts[int32](op)
	case types.BigInt, types.Timestamp, types.TimestampNTZ, types.DayTimeInterval:
		return compareInts[int64](op)
	case types.Decimal:
		if t.Width() == 8 {
			return compareInts[int64](op)
		}
	}
	holds, f := comparisonHolds(op), comparer(t)
	return func(c *udfs.Call) error {
		a, b, out := c.In[0], c.In[1], vec.Values[bool](c.Out)
		return c.Each(func(i int) error {
			if a.IsNull(i) || b.IsNull(i) {
				return nil
			}
			out[i] = holds(f(a, i, b, i))
			return nil
		})
	}
}

func comparisonHolds(op string) func(d int) bool {
	switch op {
	case "=":
		return func(d int) bool { return d == 0 }
	case "<":
		return func(d int) bool { return d < 0 }
	case "<=":
		return func(d int) bool { return d <= 0 }
	case ">":
		return func(d int) bool { return d > 0 }
	}
	return func(d int) bool { return d >= 0 }
}

func compareInts[T integer](op string) udfs.Kernel {
	switch op {
	case "=":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) bool { return a == b }) }
	case "<":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) bool { return a < b }) }
	case "<=":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) bool { return a <= b }) }
	case ">":
		return func(c *udfs.Call) error { return Map2(c, func(a, b T) bool { return a > b }) }
	}
	return func(c *udfs.Call) error { return Map2(c, func(a, b T) bool { return a >= b }) }
}

func resolveNullSafe(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, err := comparisonType(ctx, "<=>", args)
	if err != nil {
		return udfs.Binding{}, err
	}
	return nullSafe(t), nil
}

func nullSafe(t types.Type) udfs.Binding {
	f := comparer(t)
	return udfs.Binding{In: []types.Type{t, t}, Out: types.BooleanType, New: fixed(func(c *udfs.Call) error {
		a, b, out := c.In[0], c.In[1], vec.Values[bool](c.Out)
		return c.Each(func(i int) error {
			an, bn := a.IsNull(i), b.IsNull(i)
			out[i] = an && bn || !an && !bn && f(a, i, b, i) == 0
			return nil
		})
	})}
}

func resolveIn(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	ts := argTypes(args)
	if args[0].Type.Kind() == types.Decimal {
		for i := range ts {
			if ts[i].IsIntegral() {
				ts[i] = asDecimal(ts[i], args[i])
			}
		}
	}
	t, ok := coercion(ctx.Env).Common(ts...)
	if !ok {
		t, ok = ts[0], true
		for _, x := range ts {
			ok = ok && sameStructure(t, x)
		}
	}
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "in", args)
	}
	if hasKind(t, types.Map) {
		return udfs.Binding{}, mismatch(ctx, "INVALID_ORDERING_TYPE", "functionName", "`in`", "dataType", typeParam(t))
	}
	b := udfs.Binding{In: make([]types.Type, len(args)), Out: types.BooleanType, Nullable: anyNullable(args)}
	constant := true
	for i := range b.In {
		b.In[i] = t
		constant = constant && (i == 0 || args[i].Const)
	}
	b.New = func(*udfs.Env) (udfs.Kernel, error) {
		if !constant {
			return inKernel(t), nil
		}
		set := &inSet{t: t}
		return set.eval, nil
	}
	return b, nil
}

// inKernel compares with every item of the list, row by row.
func inKernel(t types.Type) udfs.Kernel {
	f := comparer(t)
	return func(c *udfs.Call) error {
		x, out := c.In[0], vec.Values[bool](c.Out)
		return c.Each(func(i int) error {
			out[i] = false
			if x.IsNull(i) {
				c.Out.SetNull(i)
				return nil
			}
			unknown := false
			for _, item := range c.In[1:] {
				if item.IsNull(i) {
					unknown = true
				} else if f(x, i, item, i) == 0 {
					out[i] = true
					return nil
				}
			}
			if unknown {
				c.Out.SetNull(i)
			}
			return nil
		})
	}
}

// inSet is IN with a list of constants, gathered at the first row.
type inSet struct {
	t       types.Type
	ready   bool
	unknown bool // a NULL is among them
	words   map[int64]struct{}
	few     []int64
	strs    map[string]struct{}
	rest    udfs.Kernel
}

func (s *inSet) eval(c *udfs.Call) error {
	if !s.ready {
		first := 0
		if c.Sel != nil {
			if len(c.Sel) == 0 {
				return nil
			}
			first = int(c.Sel[0])
		} else if c.N == 0 {
			return nil
		}
		s.gather(c.In[1:], first)
	}
	if s.rest != nil {
		return s.rest(c)
	}
	switch {
	case s.strs != nil:
		return s.each(c, func(i int) bool { _, ok := s.strs[c.In[0].Str(i)]; return ok })
	case s.t.Width() == 1:
		return s.each(c, words[int8](s, c.In[0]))
	case s.t.Width() == 2:
		return s.each(c, words[int16](s, c.In[0]))
	case s.t.Width() == 4:
		return s.each(c, words[int32](s, c.In[0]))
	}
	return s.each(c, words[int64](s, c.In[0]))
}

func (s *inSet) gather(list []*vec.Vec, row int) {
	s.ready = true
	k := s.t.Kind()
	switch {
	case s.t.IsString() || k == types.Binary:
		s.strs = make(map[string]struct{}, len(list))
	case k == types.Float || k == types.Double || s.t.Width() == 0 || s.t.Width() == 16:
		s.rest = inKernel(s.t)
		return
	default:
		s.words = make(map[int64]struct{}, len(list))
	}
	for _, v := range list {
		if v.IsNull(row) {
			s.unknown = true
			continue
		}
		if s.strs != nil {
			s.strs[string(v.Bytes(row))] = struct{}{}
			continue
		}
		var w int64
		switch s.t.Width() {
		case 1:
			w = int64(vec.Values[int8](v)[row])
		case 2:
			w = int64(vec.Values[int16](v)[row])
		case 4:
			w = int64(vec.Values[int32](v)[row])
		default:
			w = vec.Values[int64](v)[row]
		}
		s.words[w] = struct{}{}
	}
	if len(s.words) <= 8 {
		for w := range s.words {
			s.few = append(s.few, w)
		}
	}
}

func (s *inSet) each(c *udfs.Call, has func(i int) bool) error {
	x, out := c.In[0], vec.Values[bool](c.Out)
	return c.Each(func(i int) error {
		switch {
		case x.IsNull(i):
			c.Out.SetNull(i)
		case has(i):
			out[i] = true
		case s.unknown:
			c.Out.SetNull(i)
		default:
			out[i] = false
		}
		return nil
	})
}

func words[T integer](s *inSet, v *vec.Vec) func(i int) bool {
	vals := vec.Values[T](v)
	if s.few != nil {
		return func(i int) bool {
			x := int64(vals[i])
			for _, w := range s.few {
				if w == x {
					return true
				}
			}
			return false
		}
	}
	return func(i int) bool { _, ok := s.words[int64(vals[i])]; return ok }
}

// differentTypes is the mismatch of arguments without a common type.
func differentTypes(ctx *udfs.ResolveCtx, function string, args []udfs.ArgInfo) error {
	list := "["
	for i, a := range args {
		if i > 0 {
			list += ", "
		}
		list += typeParam(a.Type)
	}
	return mismatch(ctx, "DATA_DIFF_TYPES", "functionName", "`"+function+"`", "dataType", list+"]")
}

// resolveBetween is for callers other than SQL, where analysis makes two comparisons of it.
func resolveBetween(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	t, ok := coercion(ctx.Env).Common(argTypes(args)...)
	if !ok {
		return udfs.Binding{}, differentTypes(ctx, "between", args)
	}
	f := compareNulls(comparer(t))
	return udfs.Binding{In: repeated(t, 3), Out: types.BooleanType, Nullable: anyNullable(args), New: fixed(func(c *udfs.Call) error {
		out := vec.Values[bool](c.Out)
		return c.Each(func(i int) error {
			x, lo, hi := c.In[0], c.In[1], c.In[2]
			unknown := x.IsNull(i) || lo.IsNull(i) || hi.IsNull(i)
			above := x.IsNull(i) || lo.IsNull(i) || f(x, i, lo, i) >= 0
			below := x.IsNull(i) || hi.IsNull(i) || f(x, i, hi, i) <= 0
			if out[i] = above && below; out[i] && unknown {
				c.Out.SetNull(i)
			}
			return nil
		})
	})}, nil
}
