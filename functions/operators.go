package functions

import "sparksql/udfs"

func arithmeticOperators() []udfs.Def { return nil }
func comparisonOperators() []udfs.Def { return nil }
func logicOperators() []udfs.Def      { return nil }
func bitOperators() []udfs.Def        { return nil }
