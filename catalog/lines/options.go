package lines

import (
	"strings"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Mode is what becomes of a malformed record.
type Mode uint8

const (
	Permissive    Mode = iota // its row has NULL where nothing fits
	DropMalformed             // it gives no row
	FailFast
)

// ModeOf reads the option mode; what is no mode is Permissive.
func ModeOf(options map[string]string) Mode {
	switch strings.ToUpper(options["mode"]) {
	case "DROPMALFORMED":
		return DropMalformed
	case "FAILFAST":
		return FailFast
	}
	return Permissive
}

// On tells whether an option is true.
func On(options map[string]string, name string, otherwise bool) bool {
	if v, ok := options[name]; ok {
		return strings.EqualFold(v, "true")
	}
	return otherwise
}

// CorruptColumn is the name of the column that gets malformed records.
func CorruptColumn(options map[string]string) string {
	if n := options["columnnameofcorruptrecord"]; n != "" {
		return n
	}
	return "_corrupt_record"
}

// Separator is the option lineSep with its escapes read; "" for any end of a line.
func Separator(options map[string]string) string {
	return strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(options["linesep"])
}

// Ending is what ends a line in files that are written.
func Ending(options map[string]string) string {
	if s := Separator(options); s != "" {
		return s
	}
	return "\n"
}

// Env is what values need to be read and written: the zone is that of the option timeZone, else the one given.
func Env(options map[string]string, zone *time.Location) (*udfs.Env, error) {
	if zone == nil {
		zone = time.UTC
	}
	name := zone.String()
	if v := options["timezone"]; v != "" {
		z, ok := types.LoadZone(v)
		if !ok {
			return nil, errs.New(errs.Pos{}, "INVALID_TIMEZONE", "timeZone", v)
		}
		zone, name = z, v
	}
	return &udfs.Env{ANSI: true, Zone: zone, ZoneName: name, Now: time.Now().UnixMicro()}, nil
}

// ZoneOf finds a zone by name; UTC when there is none.
func ZoneOf(name string) *time.Location {
	if z, ok := types.LoadZone(name); ok {
		return z
	}
	return time.UTC
}

// Malformed is the error of FailFast.
func Malformed(record string) error {
	return errs.New(errs.Pos{}, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "badRecord", record, "failFastMode", "FAILFAST")
}

// NoText refuses a column for malformed records that is no text.
func NoText(f types.Field) error {
	return errs.New(errs.Pos{}, "INVALID_CORRUPT_RECORD_TYPE", "columnName", types.QuoteIdent(f.Name), "actualType", `"`+f.Type.SQL()+`"`)
}

// OnlyCorrupt refuses scans of nothing but the column of malformed records: which ones are malformed depends on the
// columns that are read.
func OnlyCorrupt() error {
	return errs.New(errs.Pos{}, "UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN")
}
