package functions

import (
	"strings"
	"unicode/utf8"

	"sparksql/sql/types"
	"sparksql/udfs"
)

// trimEnds are the ends that a trim works on.
type trimEnds uint8

const (
	atStart trimEnds = 1
	atEnd   trimEnds = 2
	atBoth  trimEnds = 3
)

// trimFunctions take characters off the ends of text. The forms with brackets of their own,
// trim(LEADING x FROM s), come with the characters first; btrim with the text first.
func trimFunctions() []udfs.Def {
	return []udfs.Def{
		{
			Name: "btrim", Group: "string_funcs", Since: "3.2.0",
			Usage:    "btrim(str[, trimStr]) - Removes the characters of `trimStr`, or blanks, from both ends of `str`.",
			Examples: []udfs.Example{{SQL: "SELECT btrim('  SparkSQL ')", Out: "SparkSQL"}, {SQL: "SELECT btrim('SSparkSQLS', 'SL')", Out: "parkSQ"}},
			Traits:   pure, MinArgs: 1, MaxArgs: 2, Resolve: trimBytes,
		},
		trimDef("ltrim", "1.5.0", "LEADING", atStart, "SELECT ltrim('  SparkSQL')", "SparkSQL"),
		trimDef("rtrim", "1.5.0", "TRAILING", atEnd, "SELECT rtrim('SparkSQL  ')", "SparkSQL"),
		trimDef("trim", "1.5.0", "BOTH", atBoth, "SELECT trim(BOTH 'SL' FROM 'SSparkSQLS')", "parkSQ"),
	}
}

func trimDef(name, since, side string, ends trimEnds, sql, out string) udfs.Def {
	return udfs.Def{
		Name: name, Group: "string_funcs", Since: since,
		Usage: name + "([trimStr,] str) - Removes the characters of `trimStr`, or blanks, from " +
			map[trimEnds]string{atStart: "the start", atEnd: "the end", atBoth: "both ends"}[ends] + " of `str`.",
		Examples: example(sql, out), Traits: pure,
		Overloads: []udfs.Overload{
			sig(str, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					c.Out.SetStr(i, trimBlanks(c.In[0].Str(i), ends))
					return nil
				})
			}, str),
			sig(str, func(c *udfs.Call) error {
				return live(c, func(i int) error {
					c.Out.SetStr(i, trimSet(c.In[1].Str(i), c.In[0].Str(i), ends))
					return nil
				})
			}, str, str),
		},
		Pretty: func(args []string) string {
			if len(args) == 2 {
				return "TRIM(" + side + " " + args[0] + " FROM " + args[1] + ")"
			}
			return name + "(" + strings.Join(args, ", ") + ")"
		},
	}
}

// trimBytes types btrim, which takes binary as well and then gives text.
func trimBytes(ctx *udfs.ResolveCtx, args []udfs.ArgInfo) (udfs.Binding, error) {
	in := make([]types.Type, len(args))
	for i := range args {
		t, err := accept(ctx, args, i, str)
		if err != nil {
			return udfs.Binding{}, err
		}
		in[i] = t
	}
	return bind(str, func(c *udfs.Call) error {
		return live(c, func(i int) error {
			if len(c.In) == 1 {
				c.Out.SetStr(i, trimBlanks(c.In[0].Str(i), atBoth))
			} else {
				c.Out.SetStr(i, trimSet(c.In[0].Str(i), c.In[1].Str(i), atBoth))
			}
			return nil
		})
	}, in...), nil
}

func trimBlanks(s string, ends trimEnds) string {
	if ends&atStart != 0 {
		s = strings.TrimLeft(s, " ")
	}
	if ends&atEnd != 0 {
		s = strings.TrimRight(s, " ")
	}
	return s
}

// trimSet removes the characters that set holds.
func trimSet(s, set string, ends trimEnds) string {
	in := func(r string) bool { return strings.Contains(set, r) }
	if ends&atStart != 0 {
		for s != "" {
			_, n := utf8.DecodeRuneInString(s)
			if !in(s[:n]) {
				break
			}
			s = s[n:]
		}
	}
	if ends&atEnd != 0 {
		for s != "" {
			_, n := utf8.DecodeLastRuneInString(s)
			if !in(s[len(s)-n:]) {
				break
			}
			s = s[:len(s)-n]
		}
	}
	return s
}
