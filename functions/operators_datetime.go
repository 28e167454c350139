package functions

import (
	"sparksql/sql/types"
	"sparksql/udfs"
)

// datetimeArithmetic types + - * / on dates, timestamps and intervals.
func datetimeArithmetic(ctx *udfs.ResolveCtx, op arithmetic, args []udfs.ArgInfo, try bool) (udfs.Binding, error) {
	a, b := args[0].Type, args[1].Type
	if a == b && op.name != "-" {
		return udfs.Binding{}, mismatch(ctx, "BINARY_OP_WRONG_TYPE", "inputType", operandNames(op), "actualDataType", typeParam(a))
	}
	return udfs.Binding{}, mismatch(ctx, "BINARY_OP_DIFF_TYPES", "left", typeParam(a), "right", typeParam(b))
}

var _ = types.NullType
