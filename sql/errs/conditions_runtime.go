package errs

var runtimeConditions = []Condition{
	{"UNSUPPORTED_FEATURE", "0A000", "The feature is not supported: <feature>."},
	{"INTERNAL_ERROR", "XX000", "<message>"},
}
