package conf

import "strings"

// keys is the table, sorted by name.
var keys = []Key{
	{Name: "spark.sql.adaptive.enabled", Kind: "boolean", Default: "true", Doc: "Choose shared or partitioned hash joins by the build side's true size."},
	{Name: "spark.sql.ansi.enabled", Kind: "boolean", Default: "true", Doc: "ANSI types and errors; false gives Hive's lenient rules."},
	{Name: "spark.sql.autoBroadcastJoinThreshold", Kind: "bytes", Default: "10485760b", Doc: "Largest build side that is made into one shared hash table; -1 for never."},
	{Name: "spark.sql.caseSensitive", Kind: "boolean", Default: "false", Doc: "Whether names of columns and tables are case-sensitive."},
	{Name: "spark.sql.session.timeZone", Kind: "zone", Default: "UTC", Doc: "Time zone of timestamps: an IANA name or an offset."},
	{Name: "spark.sparksql.memory.limit", Kind: "bytes", Default: "0", Effect: Static, Doc: "Memory for all queries together; 0 for 60 % of the machine or cgroup."},
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
