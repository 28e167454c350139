package functions

import (
	"strings"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

func likeOperators() []udfs.Def {
	return []udfs.Def{
		{Name: "ilike", Group: "predicate_funcs", Since: "3.3.0", Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible, MinArgs: 2, MaxArgs: 3,
			Usage:    "str ilike pattern[ ESCAPE escape] - Returns true if `str` matches `pattern`, whatever the case.",
			Examples: []udfs.Example{{SQL: "SELECT ilike('Spark', '_Park')", Out: "true"}},
			Pretty:   func(a []string) string { return "ilike(" + a[0] + ", " + a[1] + ")" }, Resolve: resolveLike(true)},
		{Name: "like", Group: "predicate_funcs", Since: "1.0.0", Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible, MinArgs: 2, MaxArgs: 3,
			Usage:    "str like pattern[ ESCAPE escape] - Returns true if `str` matches `pattern`: _ stands for any character, % for any number of them.",
			Examples: []udfs.Example{{SQL: "SELECT like('Spark', '_park')", Out: "true"}},
			Pretty:   prettyLike, Resolve: resolveLike(false)},
		{Name: "rlike", Aliases: []string{"regexp", "regexp_like"}, Group: "predicate_funcs", Since: "1.0.0",
			Traits: udfs.Strict | udfs.Deterministic | udfs.Fallible, MinArgs: 2, MaxArgs: 2,
			Usage:    "rlike(str, regexp) - Returns true if `regexp` occurs in `str`.",
			Examples: []udfs.Example{{SQL: "SELECT rlike('abc', 'b.')", Out: "true"}},
			Resolve:  resolveRLike},
	}
}

func prettyLike(a []string) string {
	if len(a) == 3 && a[2] != `\` {
		return a[0] + " LIKE " + a[1] + " ESCAPE '" + a[2] + "'"
	}
	return a[0] + " LIKE " + a[1]
}

func stringArgs(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) ([]types.Type, error) {
	for i, a := range args {
		if !coercion(ctx.Env).Implicit(a.Type, types.StringType) {
			return nil, unexpected(ctx, args, i, `"STRING"`)
		}
	}
	return repeated(types.StringType, len(args)), nil
}

func resolveLike(fold bool) func(*udfs.ResolveCtx, []udfs.ArgInfo) (udfs.Binding, error) {
	return func(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
		in, err := stringArgs(ctx, args)
		if err != nil {
			return udfs.Binding{}, err
		}
		escape := `\`
		if len(args) == 3 {
			s, ok := args[2].Value.(string)
			if !ok || utf8.RuneCountInString(s) != 1 {
				return udfs.Binding{}, errs.New(ctx.Env.Pos, "INVALID_ESCAPE_CHAR", "sqlExpr", quoted(args[2].SQL))
			}
			escape = s
		}
		esc, _ := utf8.DecodeRuneInString(escape)
		b := udfs.Binding{In: in, Out: types.BooleanType, New: func(*udfs.Env) (udfs.Kernel, error) {
			return likeKernel(esc, fold), nil
		}}
		if pattern, ok := args[1].Value.(string); ok && args[1].Const {
			if _, err := CompileLike(pattern, esc); err == nil {
				b.Traits = cannotFail()
			}
		}
		return b, nil
	}
}

// cannotFail are the traits of a call whose pattern is constant and was found right: no row can raise an error.
func cannotFail() *udfs.Trait {
	t := udfs.Strict | udfs.Deterministic
	return &t
}

// likeKernel keeps the last pattern: mostly there is only one.
func likeKernel(esc rune, fold bool) udfs.Kernel {
	last, have := "", false
	var m *Like
	return func(c *udfs.Call) error {
		s, p, out := c.In[0], c.In[1], vec.Values[bool](c.Out)
		return c.Each(func(i int) error {
			if s.IsNull(i) || p.IsNull(i) {
				return nil
			}
			if pattern := p.Str(i); !have || pattern != last {
				last, have = strings.Clone(pattern), true
				if fold {
					pattern = strings.ToLower(pattern)
				}
				var err error
				if m, err = CompileLike(pattern, esc); err != nil {
					have = false
					return err
				}
			}
			text := s.Str(i)
			if fold {
				text = strings.ToLower(text)
			}
			out[i] = m.Match(text)
			return nil
		})
	}
}

// Like is a compiled LIKE pattern: pieces of text between %, in each of which a zero byte run marks _.
type Like struct {
	pieces []likePiece // between the %s; the first and last are anchored unless empty
	many   bool        // there is a %
}

// likePiece is literal text with any-character places. any[k] tells that rune k is a _.
type likePiece struct {
	text string // plain text when wild is nil
	wild []rune // else runes, -1 for any
}

// CompileLike reads a pattern. An escape must stand before _, % or itself.
func CompileLike(pattern string, esc rune) (*Like, error) {
	m := &Like{}
	var cur []rune
	wild := false
	flush := func() {
		p := likePiece{}
		if wild {
			p.wild = cur
		} else {
			p.text = string(cur)
		}
		m.pieces = append(m.pieces, p)
		cur, wild = nil, false
	}
	rs := []rune(pattern)
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; {
		case r == esc:
			i++
			if i == len(rs) {
				return nil, errs.New(errs.Pos{}, "INVALID_FORMAT.ESC_AT_THE_END", "format", "'"+pattern+"'")
			}
			if rs[i] != '_' && rs[i] != '%' && rs[i] != esc {
				return nil, errs.New(errs.Pos{}, "INVALID_FORMAT.ESC_IN_THE_MIDDLE", "format", "'"+pattern+"'", "char", "'"+string(rs[i])+"'")
			}
			cur = append(cur, rs[i])
		case r == '%':
			flush()
			m.many = true
		case r == '_':
			cur = append(cur, -1)
			wild = true
		default:
			cur = append(cur, r)
		}
	}
	flush()
	return m, nil
}

// Match tells whether the whole of s matches.
func (m *Like) Match(s string) bool {
	first := &m.pieces[0]
	n, ok := first.prefix(s)
	if !ok {
		return false
	}
	if !m.many {
		return n == len(s)
	}
	s = s[n:]
	last := len(m.pieces) - 1
	for k := 1; k < last; k++ {
		at, n := m.pieces[k].index(s)
		if at < 0 {
			return false
		}
		s = s[at+n:]
	}
	return m.pieces[last].suffix(s)
}

// prefix tells whether s begins with the piece, and how many bytes that takes.
func (p *likePiece) prefix(s string) (n int, ok bool) {
	if p.wild == nil {
		return len(p.text), strings.HasPrefix(s, p.text)
	}
	for _, w := range p.wild {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || w >= 0 && r != w {
			return 0, false
		}
		n += size
	}
	return n, true
}

// index finds the first place of the piece.
func (p *likePiece) index(s string) (at, n int) {
	if p.wild == nil {
		return strings.Index(s, p.text), len(p.text)
	}
	for at = 0; at <= len(s); {
		if n, ok := p.prefix(s[at:]); ok {
			return at, n
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += max(size, 1)
	}
	return -1, 0
}

// suffix tells whether s ends with the piece.
func (p *likePiece) suffix(s string) bool {
	if p.wild == nil {
		return strings.HasSuffix(s, p.text)
	}
	at := len(s)
	for range p.wild {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		if size == 0 {
			return false
		}
		at -= size
	}
	_, ok := p.prefix(s[at:])
	return ok
}

func resolveRLike(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in, err := stringArgs(ctx, args)
	if err != nil {
		return udfs.Binding{}, err
	}
	name := strings.ToUpper(ctx.Name)
	return udfs.Binding{In: in, Out: types.BooleanType,
		Pretty: func(a []string) string { return name + "(" + a[0] + ", " + a[1] + ")" },
		New: func(*udfs.Env) (udfs.Kernel, error) {
			var cache RegexCache
			return func(c *udfs.Call) error {
				out := vec.Values[bool](c.Out)
				return c.Each(func(i int) error {
					if c.In[0].IsNull(i) || c.In[1].IsNull(i) {
						return nil
					}
					re, err := cache.Get(c.In[1].Str(i), ctx.Name)
					if err != nil {
						return err
					}
					out[i], err = re.Match(c.In[0].Str(i))
					return err
				})
			}, nil
		}}, nil
}

// RegexCache keeps the last pattern of a kernel; single-threaded.
type RegexCache struct {
	text string
	re   *Regex
}

// Get compiles a pattern. One that is none gives INVALID_PARAMETER_VALUE.PATTERN about the named function.
func (c *RegexCache) Get(pattern, function string) (*Regex, error) {
	if c.re != nil && c.text == pattern {
		return c.re, nil
	}
	re, err := CompileRegex(pattern)
	if err != nil {
		return nil, errs.New(errs.Pos{}, "INVALID_PARAMETER_VALUE.PATTERN", "parameter", "`regexp`", "functionName", "`"+function+"`", "value", "'"+pattern+"'")
	}
	c.text, c.re = strings.Clone(pattern), re
	return re, nil
}
