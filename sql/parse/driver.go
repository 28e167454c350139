package parse

import (
	"fmt"
	"io"
	"sync"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/format"
)

// constant is a literal node of the inner parser. Core SQL holds no literals but TRUE and FALSE, so it only has to exist.
type constant struct {
	ast.TexprNode
	v   any
	off int
}

func (c *constant) SetValue(v any)            { c.v = v }
func (c *constant) GetValue() any             { return c.v }
func (c *constant) GetDatumString() string    { return fmt.Sprint(c.v) }
func (c *constant) GetString() string         { return fmt.Sprint(c.v) }
func (c *constant) GetProjectionOffset() int  { return c.off }
func (c *constant) SetProjectionOffset(o int) { c.off = o }
func (c *constant) Format(w io.Writer)        { fmt.Fprint(w, c.v) }
func (c *constant) Restore(ctx *format.RestoreCtx) error {
	ctx.WritePlainf("%v", c.v)
	return nil
}
func (c *constant) Accept(v ast.Visitor) (ast.Node, bool) {
	n, _ := v.Enter(c)
	return v.Leave(n)
}

// marker is a ?; at is its offset in the core text.
type marker struct {
	constant
	at int
}

func (*marker) SetOrder(int) {}
func (m *marker) Accept(v ast.Visitor) (ast.Node, bool) {
	n, _ := v.Enter(m)
	return v.Leave(n)
}

// installDriver gives the inner parser its literal nodes, which it takes from package variables.
var installDriver = sync.OnceFunc(func() {
	same := func(s string) (any, error) { return s, nil }
	ast.NewValueExpr = func(v any, _, _ string) ast.ValueExpr { return &constant{v: v} }
	ast.NewParamMarkerExpr = func(off int) ast.ParamMarkerExpr { return &marker{at: off} }
	ast.NewDecimal, ast.NewHexLiteral, ast.NewBitLiteral = same, same, same
})
