package functions

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// limitFunctions are the checks of what is written to columns of limited length.
func limitFunctions() []udfs.Def {
	return []udfs.Def{{
		Name: "varchar_type_write_side_check", Operator: true, Group: "string_funcs", Since: "3.1.0",
		Usage:     "varchar_type_write_side_check(str, n) - Returns `str`, without blanks at its end that are beyond `n` characters; a longer text is an error.",
		Traits:    pure | udfs.Fallible,
		Overloads: []udfs.Overload{{In: []types.Type{types.StringType, types.IntType}, Out: types.StringType, Kernel: limitLength}},
	}}
}

// limitLength follows Spark's CharVarcharCodegenUtils.
func limitLength(c *udfs.Call) error {
	in, limits := c.In[0], vec.Values[int32](c.In[1])
	return c.Each(func(i int) error {
		s, limit := in.Bytes(i), int(limits[i])
		if over := utf8.RuneCount(s) - limit; over > 0 {
			end := len(bytes.TrimRight(s, " "))
			if len(s)-end < over {
				return errs.New(errs.Pos{}, "EXCEED_LIMIT_LENGTH", "limit", strconv.Itoa(limit))
			}
			s = s[:len(s)-over]
		}
		c.Out.SetBytes(i, s)
		return nil
	})
}
