package functions

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// withRegex makes the New of a kernel that has the pattern of argument 1 compiled.
func withRegex(name string, run func(c *udfs.Call, re func(i int) (*Regex, error)) error) func(*udfs.Env) (udfs.Kernel, error) {
	return func(*udfs.Env) (udfs.Kernel, error) {
		var cache RegexCache
		return func(c *udfs.Call) error {
			return run(c, func(i int) (*Regex, error) { return cache.Get(c.In[1].Str(i), name) })
		}, nil
	}
}

// regexFunctions look for Java's regular expressions in text.
func regexFunctions() []udfs.Def {
	intT := types.IntType
	group := []udfs.Arg{param("str", "text"), param("regexp", "pattern"), optional("idx", "group", int32(1))}
	one := func(name, since, usage, sql, out string, t types.Type, f func(c *udfs.Call, i int, re *Regex) error, traits udfs.Trait, args []udfs.Arg, in ...types.Type) udfs.Def {
		return udfs.Def{Name: name, Group: "string_funcs", Since: since, Usage: name + usage, Examples: example(sql, out), Traits: partial | traits, Args: args,
			Overloads: []udfs.Overload{{In: append([]types.Type{str, str}, in...), Out: t, Nullable: traits.Has(udfs.AlwaysNullable),
				New: withRegex(name, func(c *udfs.Call, re func(i int) (*Regex, error)) error {
					each := live
					if t.Kind() == types.Array {
						each = liveRows
					}
					return each(c, func(i int) error {
						r, err := re(i)
						if err != nil {
							return err
						}
						return f(c, i, r)
					})
				})}}}
	}
	return []udfs.Def{
		one("regexp_count", "3.4.0", "(str, regexp) - Returns how often `regexp` matches in `str`.", "SELECT regexp_count('Steven Jones and Stephen Smith', 'Ste(v|ph)en')", "2", intT,
			func(c *udfs.Call, i int, re *Regex) error {
				n := int32(0)
				err := re.All(c.In[0].Str(i), func([]int) bool { n++; return true })
				vec.Values[int32](c.Out)[i] = n
				return err
			}, 0, nil),
		one("regexp_extract", "1.5.0", "(str, regexp[, idx]) - Returns group `idx` of the first match, '' when there is none.", "SELECT regexp_extract('100-200', '(\\\\d+)-(\\\\d+)', 1)", "100", str,
			func(c *udfs.Call, i int, re *Regex) error {
				g, err := groupOf(c, i, re, "regexp_extract")
				if err != nil {
					return err
				}
				at, err := re.First(c.In[0].Str(i))
				if at != nil && at[2*g] >= 0 {
					c.Out.SetStr(i, c.In[0].Str(i)[at[2*g]:at[2*g+1]])
				}
				return err
			}, 0, group, intT),
		one("regexp_extract_all", "3.1.0", "(str, regexp[, idx]) - Returns group `idx` of every match.", "SELECT regexp_extract_all('100-200, 300-400', '(\\\\d+)-(\\\\d+)', 1)", "[\"100\",\"300\"]", types.ArrayOf(str, true),
			func(c *udfs.Call, i int, re *Regex) error {
				g, err := groupOf(c, i, re, "regexp_extract_all")
				if err != nil {
					return err
				}
				s := c.In[0].Str(i)
				return re.All(s, func(at []int) bool {
					part := ""
					if at[2*g] >= 0 {
						part = s[at[2*g]:at[2*g+1]]
					}
					c.Out.Kids[0].Append(part)
					return true
				})
			}, 0, group, intT),
		one("regexp_instr", "3.4.0", "(str, regexp) - Returns the place from 1 of the first match, 0 when there is none.", "SELECT regexp_instr('user@spark.apache.org', '@[^.]*')", "5", intT,
			func(c *udfs.Call, i int, re *Regex) error {
				at, err := re.First(c.In[0].Str(i))
				if vec.Values[int32](c.Out)[i] = 0; at != nil {
					vec.Values[int32](c.Out)[i] = int32(utf8.RuneCountInString(c.In[0].Str(i)[:at[0]])) + 1
				}
				return err
			}, 0, []udfs.Arg{param("str", "text"), param("regexp", "pattern"), optional("idx", "not used", int32(0))}, intT),
		{
			Name: "regexp_replace", Group: "string_funcs", Since: "1.5.0",
			Usage:    "regexp_replace(str, regexp, rep[, position]) - Replaces every match from character `position` on by `rep`, in which $1 stands for a group.",
			Args:     []udfs.Arg{param("str", "text"), param("regexp", "pattern"), param("rep", "what comes"), optional("position", "from 1", int32(1))},
			Examples: example("SELECT regexp_replace('100-200', '(\\\\d+)', 'num')", "num-num"), Traits: partial,
			Overloads: []udfs.Overload{{In: []types.Type{str, str, str, intT}, Out: str, New: withRegex("regexp_replace", regexpReplace)}},
		},
		one("regexp_substr", "3.4.0", "(str, regexp) - Returns the first match, NULL when there is none.", "SELECT regexp_substr('Steven Jones', 'Ste(v|ph)en')", "Steven", str,
			func(c *udfs.Call, i int, re *Regex) error {
				at, err := re.First(c.In[0].Str(i))
				if at == nil {
					c.Out.SetNull(i)
				} else {
					c.Out.SetStr(i, c.In[0].Str(i)[at[0]:at[1]])
				}
				return err
			}, udfs.AlwaysNullable, nil),
		{
			Name: "split", Group: "string_funcs", Since: "1.5.0",
			Usage:    "split(str, regex[, limit]) - Splits `str` at the matches of `regex`, at most `limit` - 1 times when it is positive.",
			Args:     []udfs.Arg{param("str", "text"), param("regex", "pattern"), optional("limit", "most parts", int32(-1))},
			Examples: example("SELECT split('oneAtwoBthreeC', '[ABC]', 2)", "[\"one\",\"twoBthreeC\"]"), Traits: partial,
			Overloads: []udfs.Overload{{In: []types.Type{str, str, intT}, Out: types.ArrayOf(str, false), New: withRegex("split", splitRows)}},
		},
	}
}

// groupOf is the group that argument 2 asks for.
func groupOf(c *udfs.Call, i int, re *Regex, function string) (int, error) {
	g := int(vec.Values[int32](c.In[2])[i])
	if g < 0 || g > re.Groups() {
		return 0, errs.New(c.Env.Pos, "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "functionName", routine(function), "parameter", "`idx`",
			"groupCount", strconv.Itoa(re.Groups()), "groupIndex", strconv.Itoa(g))
	}
	return g, nil
}

// replacement is a Java replacement text: literals, and groups by number.
type replacement struct {
	text  string
	parts []string
	group []int // behind each part; -1 for none
}

func parseReplacement(s string, groups int) (replacement, bool) {
	r := replacement{text: s}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; i == len(s) {
				return r, false
			}
			b.WriteByte(s[i])
		case s[i] == '$':
			if i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9' {
				return r, false
			}
			i++
			g := int(s[i] - '0')
			for i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' && g*10+int(s[i+1]-'0') <= groups {
				i++
				g = g*10 + int(s[i]-'0')
			}
			if g > groups {
				return r, false
			}
			r.parts, r.group = append(r.parts, b.String()), append(r.group, g)
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	r.parts, r.group = append(r.parts, b.String()), append(r.group, -1)
	return r, true
}

func regexpReplace(c *udfs.Call, regex func(i int) (*Regex, error)) error {
	pos := vec.Values[int32](c.In[3])
	var rep replacement
	var of *Regex
	var buf []byte
	return live(c, func(i int) error {
		re, err := regex(i)
		if err != nil {
			return err
		}
		if text := c.In[2].Str(i); re != of || text != rep.text {
			var ok bool
			if rep, ok = parseReplacement(strings.Clone(text), re.Groups()); !ok {
				return errs.New(c.Env.Pos, "INVALID_REGEXP_REPLACE", "source", c.In[0].Str(i), "pattern", c.In[1].Str(i), "replacement", text, "position", strconv.Itoa(int(pos[i])))
			}
			of = re
		}
		s := c.In[0].Str(i)
		start := charOffset(c.In[0].Bytes(i), int(pos[i])-1)
		if pos[i] < 1 || start >= len(s) && pos[i] != 1 {
			c.Out.SetStr(i, s)
			return nil
		}
		buf = append(buf[:0], s[:start]...)
		done := start
		err = re.All(s[start:], func(at []int) bool {
			buf = append(buf, s[done:start+at[0]]...)
			for k, p := range rep.parts {
				buf = append(buf, p...)
				if g := rep.group[k]; g >= 0 && at[2*g] >= 0 {
					buf = append(buf, s[start+at[2*g]:start+at[2*g+1]]...)
				}
			}
			done = start + at[1]
			return true
		})
		c.Out.SetBytes(i, append(buf, s[done:]...))
		return err
	})
}

func splitRows(c *udfs.Call, regex func(i int) (*Regex, error)) error {
	limit := vec.Values[int32](c.In[2])
	out := c.Out.Kids[0]
	put := func(s string) { out.SetStr(out.Extend(1), s) }
	return liveRows(c, func(i int) error {
		s, p := c.In[0].Str(i), c.In[1].Str(i)
		most := int(limit[i])
		if most <= 0 {
			most = -1
		}
		if p == "" { // an empty pattern splits between characters; a limit cuts the rest off
			for n := 1; s != ""; n++ {
				_, w := utf8.DecodeRuneInString(s)
				put(s[:w])
				if s = s[w:]; s == "" || n == most {
					return nil
				}
			}
			put("")
			return nil
		}
		re, err := regex(i)
		if err != nil {
			return err
		}
		done, n := 0, 1
		err = re.All(s, func(at []int) bool {
			if n == most {
				return false
			}
			if at[1] == 0 { // nothing matched at the start: no empty first part
				return true
			}
			put(s[done:at[0]])
			done = at[1]
			n++
			return true
		})
		put(s[done:])
		return err
	})
}
