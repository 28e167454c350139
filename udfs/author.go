package udfs

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// Type is a SQL type, under the name by which writers of functions know it.
type Type = types.Type

// The types of simple arguments and results.
var (
	Boolean = types.BooleanType
	Int     = types.IntType
	BigInt  = types.BigIntType
	Float   = types.FloatType
	Double  = types.DoubleType
	String  = types.StringType
)

// CopyInput makes argument k the result: the kernel of the identity.
func (c *Call) CopyInput(k int) error {
	idx := make([]int32, c.N)
	for i := range idx {
		idx[i] = int32(i)
	}
	vec.Gather(c.Out, c.In[k], idx)
	return nil
}

// Bools are the values of boolean argument k; OutBools those of the result.
func (c *Call) Bools(k int) []bool { return vec.Values[bool](c.In[k])[:c.N] }
func (c *Call) OutBools() []bool   { return vec.Values[bool](c.Out)[:c.N] }
