package types_test

import (
	"testing"

	"sparksql/sql/types"
)

// The word of a type without parameters leads back to it.
func TestTypeNames(t *testing.T) {
	for want, ty := range map[string]types.Type{"long": types.BigIntType, "integer": types.IntType, "short": types.SmallIntType, "byte": types.TinyIntType,
		"void": types.NullType, "timestamp_ntz": types.TimestampNTZType, "interval": types.CalendarType, "string": types.StringType, "variant": types.VariantType} {
		back, ok := types.BasicNamed(want)
		if ty.TypeName() != want || !ok || back != ty {
			t.Errorf("%v is called %s, which is %v", ty, ty.TypeName(), back)
		}
	}
	for want, ty := range map[string]types.Type{"decimal(7,2)": types.DecimalOf(7, 2), "array": types.ArrayOf(types.IntType, true), "map": types.MapOf(types.IntType, types.IntType, true),
		"struct": types.StructOf(), "char(3)": types.CharOf(3), "interval day to second": types.DayTimeOf(types.DayField, types.SecondField)} {
		if _, ok := types.BasicNamed(want); ty.TypeName() != want || ok {
			t.Errorf("%v is called %s", ty, ty.TypeName())
		}
	}
	for _, name := range []string{"int", "bigint", "", "decimal", "tinyint"} {
		if ty, ok := types.BasicNamed(name); ok {
			t.Errorf("%q is %v", name, ty)
		}
	}
}
