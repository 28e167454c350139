package analyze

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
)

// guarded are the tests of functions that evaluate an argument only where it is needed: they become IF over
// their arguments, and are shown as they were called.
var guarded = map[string]string{"nanvl": "isnan", "nvl2": "isnotnull"}

// guard is nanvl(x, y) as if(isnan(x), y, x), or nvl2(x, y, z) as if(isnotnull(x), y, z).
func (a *Analyzer) guard(at errs.Pos, name string, args []expr.Expr) (expr.Expr, error) {
	shown := make([]string, len(args))
	for i, x := range args {
		shown[i] = x.String()
	}
	cond, err := a.call(at, guarded[name], args[0])
	if err != nil {
		return nil, err
	}
	then, other := args[1], args[len(args)-1]
	if name == "nanvl" {
		t := cond.(*expr.Call).Bind.In[0] // the floating point type of both values
		then, other = a.castTo(then, t), a.castTo(args[0], t)
	}
	x, err := a.op(at, "if", cond, then, other)
	if c, ok := x.(*expr.Call); ok {
		c.Label = name + "(" + strings.Join(shown, ", ") + ")"
	}
	return x, err
}
