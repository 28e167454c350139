package errs

// mathConditions are raised by aggregates and by mathematical, hash and miscellaneous functions.
var mathConditions = []Condition{
	{"DATATYPE_MISMATCH.HASH_MAP_TYPE", "42K09", "Cannot resolve <sqlExpr>: <functionName> takes no map."},
	{"DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "42K09", "Cannot resolve <sqlExpr>: <functionName> does not take values of type <dataType>."},
	{"INVALID_BITMAP_POSITION", "22003", "The position <bitPosition> lies outside a bitmap of <bitmapNumBits> bits (<bitmapNumBytes> bytes)."},
	{"INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR", "22023", "<functionName> failed: <detailMessage>."},
	{"INVALID_PARAMETER_VALUE.AES_KEY_LENGTH", "22023", "<functionName> wants a key of 16, 24 or 32 bytes, not of <actualLength>."},
	{"INVALID_PARAMETER_VALUE.AES_IV_LENGTH", "22023", "<functionName> wants in mode <mode> an initialisation vector of other than <actualLength> bytes."},
	{"INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "22023", "<parameter> of <functionName> must be at least 0 and below <upper>, not <invalidValue>."},
	{"NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION", "22003", "A frequency (<frequencyExpression>) is negative: <negativeValue>."},
	{"UNSUPPORTED_FEATURE.AES_MODE", "0A000", "<functionName> has no mode <mode> with padding <padding>."},
	{"UNSUPPORTED_FEATURE.AES_MODE_AAD", "0A000", "<functionName> takes no additional data in mode <mode>."},
	{"UNSUPPORTED_FEATURE.AES_MODE_IV", "0A000", "<functionName> takes no initialisation vector in mode <mode>."},
	{"USER_RAISED_EXCEPTION", "P0001", "<errorMessage>"},
}
