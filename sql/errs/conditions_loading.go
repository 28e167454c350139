package errs

// loadingConditions are those of functions that come from files: plugins and WASM modules.
var loadingConditions = []Condition{
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_FOUND", "46103", "The file <path> cannot be read: <reason>."},
	{"CANNOT_LOAD_FUNCTION_FILE.UNKNOWN_KIND", "46103", "<path> is no file of functions: a plugin ends in .so, a WASM module in .wasm."},
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_TRUSTED", "46103", "<path> is not loaded: <reason>. Files of functions run with the rights of this process."},
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_ALLOWED", "46103", "<path> is not loaded: its SHA-256 <sum> is not in spark.sparksql.udf.allow."},
	{"CANNOT_LOAD_FUNCTION_FILE.NO_PLUGINS", "46103", "<path> is not loaded: this program was built without plugins, which take cgo and the tag plugins. Use one that has them (make build-plugins), compile the package in (sparksql build --with), or build it as a WASM module (sparksql udf build --wasm)."},
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_A_PLUGIN", "46103", "<path> is no Go plugin: <reason>."},
	{"CANNOT_LOAD_FUNCTION_FILE.WRONG_BUILD", "46103", "The plugin <path> does not fit this program: <differences>. Build it with 'sparksql udf build' of this program."},
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_A_MODULE", "46103", "<path> is no WASM module of functions: <reason>."},
	{"CANNOT_LOAD_FUNCTION_FILE.FAILED", "46103", "<path> cannot be loaded: <reason>."},
	{"CANNOT_LOAD_FUNCTION_FILE.NO_FUNCTIONS", "46103", "<path> does not export 'func Functions() []udfs.Def'."},
	{"CANNOT_LOAD_FUNCTION_FILE.NO_SUCH_FUNCTION", "46103", "<path> has no function <functionName>; it has <candidates>."},
	{"CANNOT_LOAD_FUNCTION_FILE.NOT_SUPPORTED", "46103", "The function <functionName> of <path> cannot be used from a WASM module: <reason>."},
}
