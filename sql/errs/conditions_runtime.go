package errs

var runtimeConditions = []Condition{
	{"UNSUPPORTED_FEATURE", "0A000", "The feature is not supported: <feature>."},
	{"INTERNAL_ERROR", "XX000", "<message>"},
	{"ARITHMETIC_OVERFLOW", "22003", "<message>.<alternative> Set <config> to false to get NULL or a wrapped value instead."},
	{"BINARY_ARITHMETIC_OVERFLOW", "22003", "<value1> <symbol> <value2> does not fit its type. Use <functionName> to get NULL instead."},
	{"DIVIDE_BY_ZERO", "22012", "Division by zero. Use try_divide to get NULL instead, or set <config> to false."},
	{"REMAINDER_BY_ZERO", "22012", "Remainder by zero. Use try_mod to get NULL instead, or set <config> to false."},
	{"NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003", "<value> cannot be represented as decimal(<precision>, <scale>). Set <config> to false to get NULL instead."},
	{"NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION", "22003", "<roundedValue> cannot be represented as decimal(<precision>, <scale>), from <originalValue>."},
	{"CAST_INVALID_INPUT", "22018", "The value <expression> of type <sourceType> is not a valid <targetType>. Use try_cast to get NULL instead, or set <ansiConfig> to false."},
	{"CAST_OVERFLOW", "22003", "The value <value> of type <sourceType> does not fit <targetType>. Use try_cast to get NULL instead, or set <ansiConfig> to false."},
	{"INVALID_ARRAY_INDEX", "22003", "The index <indexValue> is out of bounds of an array of <arraySize> elements. Use get() to get NULL instead."},
	{"INVALID_REGEXP_REPLACE", "22023", "The regular expression cannot be applied: <source>."},
	{"INVALID_PARAMETER_VALUE.PATTERN", "22023", "The value of <parameter> in <functionName> is not a valid regular expression: <value>."},
	{"INVALID_FORMAT.ESC_AT_THE_END", "42601", "The LIKE pattern <format> ends with its escape character."},
	{"INVALID_FORMAT.ESC_IN_THE_MIDDLE", "42601", "In the LIKE pattern <format> the escape character is followed by <char>, which needs none."},
	{"NULL_MAP_KEY", "2200E", "A map cannot have NULL as a key."},
	{"DUPLICATED_MAP_KEY", "23505", "The map key <key> appears more than once; <mapKeyDedupPolicy> can be set to LAST_WIN to keep the last."},
	{"ROUTINE_ALREADY_EXISTS", "42723", "There is a <existingRoutineType> <routineName> already; no <newRoutineType> of that name can be made."},
	{"INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "22015", "The interval does not fit its type. Use <functionName> to get NULL instead."},
	{"INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "22015", "The interval does not fit its type."},
}
