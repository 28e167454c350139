package conf

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// keys is the table, sorted by name.
var keys = []Key{
	{Name: "spark.app.name", Kind: "string", Default: "sparksql", Effect: Accepted, Doc: "Name of the application."},
	{Name: "spark.driver.memory", Kind: "string", Effect: Accepted, Doc: "Memory of the driver; see spark.sparksql.memory.limit."},
	{Name: "spark.executor.memory", Kind: "string", Effect: Accepted, Doc: "Memory of an executor; see spark.sparksql.memory.limit."},
	{Name: "spark.local.dir", Kind: "string", Effect: Static, Doc: "Folder for spill files; the system's temporary folder by default."},
	{Name: "spark.master", Kind: "string", Default: "local[*]", Effect: Static, Doc: "local[N] gives the number of workers."},
	{Name: "spark.serializer", Kind: "string", Effect: Accepted, Doc: "No serialisation takes place."},
	{Name: "spark.sparksql.memory.limit", Kind: "bytes", Default: "0", Effect: Static, Doc: "Memory for all queries together; 0 for 60 % of the machine or cgroup."},
	{Name: "spark.sparksql.statement.timeout", Kind: "duration", Default: "0", Doc: "Time that each statement may take, its rows included: 30s, 5min; 0 for any."},
	{Name: "spark.sparksql.udf.allow", Kind: "string", Effect: Static, Doc: "SHA-256 sums of the plugins and WASM modules that may be loaded, or a file of them; empty for all."},
	{Name: "spark.sparksql.udf.path", Kind: "string", Effect: Static, Doc: "Folders and files with plugins and WASM modules, separated by colons; read when a function is not found elsewhere."},
	{Name: "spark.sparksql.udf.wasm.fuel", Kind: "int", Default: "0", Doc: "The most work of a function of a WASM module for a batch of rows, in turns of loops and calls, counted by the thousand; 0 for any."},
	{Name: "spark.sparksql.udf.wasm.memory", Kind: "bytes", Default: "256MB", Effect: Static, Doc: "The most memory of a WASM module; every worker that runs one has a copy."},
	{Name: "spark.sparksql.udf.redactArguments", Kind: "boolean", Default: "false", Doc: "Whether errors of users' functions leave out the arguments."},
	{Name: "spark.sparksql.udf.timeout", Kind: "duration", Default: "0", Doc: "The longest that a user's function may take for a batch of rows; 0 for any time."},
	{Name: "spark.sql.adaptive.advisoryPartitionSizeInBytes", Kind: "bytes", Default: "64MB", Effect: Accepted, Doc: "Work is divided by rows, not by partitions."},
	{Name: "spark.sql.adaptive.autoBroadcastJoinThreshold", Kind: "bytes", Default: "10485760b", Effect: Accepted, Doc: "See spark.sql.autoBroadcastJoinThreshold."},
	{Name: "spark.sql.adaptive.coalescePartitions.enabled", Kind: "boolean", Default: "true", Effect: Accepted, Doc: "There are no shuffle partitions."},
	{Name: "spark.sql.adaptive.enabled", Kind: "boolean", Default: "true", Doc: "Choose shared or partitioned hash joins by the build side's true size."},
	{Name: "spark.sql.adaptive.skewJoin.enabled", Kind: "boolean", Default: "true", Effect: Accepted, Doc: "Probing is spread over the workers whatever the keys."},
	{Name: "spark.sql.adaptive.skewJoin.skewedPartitionFactor", Kind: "string", Default: "5.0", Effect: Accepted, Doc: "See spark.sql.adaptive.skewJoin.enabled."},
	{Name: "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", Kind: "bytes", Default: "256MB", Effect: Accepted, Doc: "See spark.sql.adaptive.skewJoin.enabled."},
	{Name: "spark.sql.ansi.doubleQuotedIdentifiers", Kind: "boolean", Default: "false", Doc: `Whether "x" is an identifier instead of a string.`},
	{Name: "spark.sql.ansi.enabled", Kind: "boolean", Default: "true", Doc: "ANSI types and errors; false gives Hive's lenient rules."},
	{Name: "spark.sql.ansi.enforceReservedKeywords", Kind: "boolean", Default: "false", Doc: "Whether the SQL standard's reserved words cannot be identifiers."},
	{Name: "spark.sql.autoBroadcastJoinThreshold", Kind: "bytes", Default: "10485760b", Doc: "Largest estimated build side that is made into one shared hash table; -1 for never."},
	{Name: "spark.sql.binaryOutputStyle", Kind: "string", Default: "UTF-8", Doc: "How binary values are printed: UTF-8, BASIC, BASE64, HEX, HEX_DISCRETE.", Values: []string{"UTF-8", "BASIC", "BASE64", "HEX", "HEX_DISCRETE"}},
	{Name: "spark.sql.caseSensitive", Kind: "boolean", Default: "false", Doc: "Whether names of columns and tables are case-sensitive."},
	{Name: "spark.sql.cbo.enabled", Kind: "boolean", Default: "false", Effect: Accepted, Doc: "Statistics are used wherever they are known."},
	{Name: "spark.sql.cli.print.header", Kind: "boolean", Default: "false", Doc: "Print column names before the rows in the spark format."},
	{Name: "spark.sql.crossJoin.enabled", Kind: "boolean", Default: "true", Effect: Accepted, Doc: "Cross joins are always allowed."},
	{Name: "spark.sql.defaultColumn.allowedProviders", Kind: "string", Default: "csv,json,orc,parquet", Doc: "Formats of tables whose columns may have DEFAULTs."},
	{Name: "spark.sql.defaultColumn.enabled", Kind: "boolean", Default: "true", Doc: "Whether columns may have DEFAULTs."},
	{Name: "spark.sql.defaultColumn.useNullsForMissingDefaultValues", Kind: "boolean", Default: "true", Doc: "Whether INSERT gives NULL to columns that it does not list and that have no DEFAULT, instead of being refused."},
	{Name: "spark.sql.execution.arrow.pyspark.enabled", Kind: "boolean", Default: "false", Effect: Accepted, Doc: "There is no Python process to pass rows to."},
	{Name: "spark.sql.files.ignoreCorruptFiles", Kind: "boolean", Default: "false", Doc: "Whether files that cannot be read are passed over; so does the option ignoreCorruptFiles."},
	{Name: "spark.sql.files.ignoreMissingFiles", Kind: "boolean", Default: "false", Doc: "Whether files that are gone when they are to be read are passed over; so does the option ignoreMissingFiles."},
	{Name: "spark.sql.files.maxPartitionBytes", Kind: "bytes", Default: "134217728b", Effect: Accepted, Doc: "Files are read in page ranges."},
	{Name: "spark.sql.groupByAliases", Kind: "boolean", Default: "true", Doc: "Whether GROUP BY finds aliases of the select list."},
	{Name: "spark.sql.groupByOrdinal", Kind: "boolean", Default: "true", Doc: "Whether GROUP BY 1 means the first column."},
	{Name: "spark.sql.legacy.charVarcharAsString", Kind: "boolean", Default: "false", Doc: "Whether char and varchar columns are strings of any length."},
	{Name: "spark.sql.legacy.timeParserPolicy", Kind: "string", Default: "CORRECTED", Effect: Accepted, Doc: "Datetime patterns follow Spark 3 and later."},
	{Name: "spark.sql.maxPlanStringLength", Kind: "int", Default: "2147483632", Effect: Accepted, Doc: "Plans are printed whole."},
	{Name: "spark.sql.orderByOrdinal", Kind: "boolean", Default: "true", Doc: "Whether ORDER BY 1 means the first column."},
	{Name: "spark.sql.parquet.compression.codec", Kind: "string", Default: "snappy", Doc: "Compression of Parquet files: none, snappy, gzip, zstd, lz4, lz4_raw, brotli.", Values: []string{"none", "snappy", "gzip", "zstd", "lz4", "lz4_raw", "brotli"}},
	{Name: "spark.sql.parquet.outputTimestampType", Kind: "string", Default: "INT96", Doc: "INT96, TIMESTAMP_MICROS or TIMESTAMP_MILLIS.", Values: []string{"INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS"}},
	{Name: "spark.sql.parquet.mergeSchema", Kind: "boolean", Default: "false", Doc: "Whether the schemas of all files of a table are merged."},
	{Name: "spark.sql.readSideCharPadding", Kind: "boolean", Default: "true", Doc: "Whether char columns are filled up with blanks when they are read; files of other programs may hold them shorter."},
	{Name: "spark.sql.session.timeZone", Kind: "string", Default: "UTC", Doc: "Time zone of timestamps: an IANA name or an offset.", Values: []string{"UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Asia/Shanghai"}, Check: checkZone},
	{Name: "spark.sql.timestampType", Kind: "string", Default: "TIMESTAMP_LTZ", Doc: "What TIMESTAMP means as a type and before a literal: TIMESTAMP_LTZ or TIMESTAMP_NTZ.", Values: []string{"TIMESTAMP_LTZ", "TIMESTAMP_NTZ"}},
	{Name: "spark.sql.shuffle.partitions", Kind: "int", Default: "200", Effect: Accepted, Doc: "There are no shuffles."},
	{Name: "spark.sql.sources.default", Kind: "string", Default: "parquet", Doc: "Format of tables created without USING.", Values: []string{"parquet", "csv", "json", "text"}},
	{Name: "spark.sql.sources.partitionOverwriteMode", Kind: "string", Default: "STATIC", Doc: "INSERT OVERWRITE replaces everything (STATIC) or only the partitions written (DYNAMIC).", Values: []string{"STATIC", "DYNAMIC"}},
	{Name: "spark.sql.storeAssignmentPolicy", Kind: "string", Default: "ANSI", Doc: "Casts into a table's columns: ANSI, STRICT or LEGACY.", Values: []string{"ANSI", "STRICT", "LEGACY"}},
	{Name: "spark.sql.variable.substitute", Kind: "boolean", Default: "true", Doc: "Whether ${name} is replaced in statements."},
	{Name: "spark.sql.warehouse.dir", Kind: "string", Default: "spark-warehouse", Effect: Static, Doc: "Folder of managed tables and the metastore."},
}

// checkZone refuses what is not a time zone.
func checkZone(v string) error {
	if _, ok := types.LoadZone(v); !ok {
		return errs.New(errs.Pos{}, "INVALID_CONF_VALUE.TIME_ZONE", "confName", "spark.sql.session.timeZone", "confValue", v)
	}
	return nil
}

// Lookup finds a key by its name; nil when it is not in the table.
func Lookup(name string) *Key {
	for i := range keys {
		if strings.EqualFold(keys[i].Name, name) {
			return &keys[i]
		}
	}
	return nil
}

// Keys returns the whole table.
func Keys() []Key { return append([]Key(nil), keys...) }
