package expr

import (
	"fmt"
	"strconv"

	"sparksql/sql/types"
)

// LiteralText is a constant as it appears in column names.
func LiteralText(t types.Type, v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(v)
	case int8, int16, int32, int64:
		return fmt.Sprint(v)
	case types.Int128:
		return v.DecimalString(t.Scale())
	case string:
		return v
	}
	return fmt.Sprint(v)
}
