package files

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sparksql/catalog"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// optionKind says what the value of an option may be.
type optionKind uint8

const (
	anyText   optionKind = iota
	flag                 // true or false
	letter               // at most one character
	someText             // not empty
	moment               // a timestamp
	noEffect             // a limit of Spark's reader, or how much it looks at: there is nothing for it to do here
	refused              // would change what is read, and is not supported
	oneChoice            // refused unless it is the default
)

// common are the options of files of every format.
var common = map[string]optionKind{"path": anyText, "basepath": anyText, "pathglobfilter": anyText, "recursivefilelookup": flag, "modifiedbefore": moment,
	"modifiedafter": moment, "ignorecorruptfiles": flag, "ignoremissingfiles": flag, "compression": anyText, "codec": anyText,
	"partitioncolumntypeinference": flag, "mergeschema": flag}

// lined are those of files of text.
var lined = map[string]optionKind{"encoding": anyText, "charset": anyText, "linesep": someText, "timezone": anyText, "mode": anyText, "columnnameofcorruptrecord": anyText,
	"dateformat": anyText, "timestampformat": anyText, "timestampntzformat": anyText, "multiline": flag, "samplingratio": noEffect, "locale": oneChoice,
	"enabledatetimeparsingfallback": oneChoice}

// known are those of each format, besides the common ones.
var known = map[string]map[string]optionKind{
	"parquet": {"datetimerebasemode": anyText, "int96rebasemode": anyText, "outputtimestamptype": anyText, "parquet.block.size": noEffect, "parquet.page.size": noEffect},
	"avro":    {"avroschema": anyText, "avroschemaurl": refused, "recordname": anyText, "recordnamespace": anyText, "ignoreextension": noEffect, "positionalfieldmatching": refused},
	"text":    joined(lined, map[string]optionKind{"wholetext": flag}),
	"csv": joined(lined, map[string]optionKind{"sep": anyText, "delimiter": anyText, "quote": letter, "escape": letter, "comment": letter, "header": flag,
		"inferschema": flag, "preferdate": flag, "enforceschema": flag, "ignoreleadingwhitespace": flag, "ignoretrailingwhitespace": flag,
		"nullvalue": anyText, "emptyvalue": anyText, "nanvalue": anyText, "positiveinf": anyText, "negativeinf": anyText, "escapequotes": flag, "quoteall": flag,
		"maxcolumns": noEffect, "maxcharspercolumn": noEffect, "inputbuffersize": noEffect, "columnpruning": noEffect, "extension": refused,
		"chartoescapequoteescaping": letter, "unescapedquotehandling": oneChoice, "singlevariantcolumn": refused}),
	"json": joined(lined, map[string]optionKind{"primitivesasstring": flag, "prefersdecimal": flag, "allowcomments": flag, "allowunquotedfieldnames": flag,
		"allowsinglequotes": flag, "allownumericleadingzeros": flag, "allownonnumericnumbers": flag, "allowbackslashescapinganycharacter": flag,
		"allowunquotedcontrolchars": flag, "dropfieldifallnull": flag, "infertimestamp": flag, "ignorenullfields": flag, "singlevariantcolumn": refused,
		"writenonasciicharacterascodepoint": oneChoice, "pretty": oneChoice, "enableparsingmapfromarrays": oneChoice, "nullvalue": noEffect}),
}

// choices are the only values of options of the kind oneChoice.
var choices = map[string]string{"locale": "en-US", "unescapedquotehandling": "STOP_AT_DELIMITER", "enabledatetimeparsingfallback": "false",
	"writenonasciicharacterascodepoint": "false", "pretty": "false", "enableparsingmapfromarrays": "false"}

func joined(ms ...map[string]optionKind) map[string]optionKind {
	out := map[string]optionKind{}
	for _, m := range ms {
		maps.Copy(out, m)
	}
	return out
}

func kindOf(format, lower string) (optionKind, bool) {
	k, ok := known[strings.ToLower(format)][lower]
	if !ok {
		k, ok = common[lower]
	}
	return k, ok
}

// IdleOptions are the options that have no effect on files of the format, sorted.
func IdleOptions(format string, options map[string]string) (out []string) {
	for name := range options {
		if k, ok := kindOf(format, strings.ToLower(name)); !ok || k == noEffect {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// checkOptions refuses values that options cannot have, and options that are not supported, by name.
func (s *Spec) checkOptions() error {
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		v, lower := s.Options[name], strings.ToLower(name)
		k, _ := kindOf(s.Format, lower)
		switch {
		case k == flag && !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false"):
			return errs.New(errs.Pos{}, "_LEGACY_ERROR_TEMP_2147", "paramName", name, "value", v)
		case k == letter && v != `\0` && utf8.RuneCountInString(v) > 1:
			return errs.New(errs.Pos{}, "_LEGACY_ERROR_TEMP_2145", "paramName", name)
		case k == someText && v == "":
			return errs.New(errs.Pos{}, "INVALID_OPTION_VALUE", "option", name, "value", "''", "expected", "some text")
		case k == moment:
			if _, err := s.moment(lower); err != nil {
				return err
			}
		case k == refused, k == oneChoice && !strings.EqualFold(v, choices[lower]):
			return errs.Unsupported(errs.Pos{}, "the option "+name+" = "+v+" of "+FormatName(s.Format)+" files")
		}
	}
	return nil
}

// on tells whether a flag is set.
func (s *Spec) on(lower string) bool { return strings.EqualFold(s.option(lower), "true") }

// moment is the value of a timestamp option, in the zone of the option timeZone, else the session's.
func (s *Spec) moment(lower string) (*time.Time, error) {
	v := s.option(lower)
	if v == "" {
		return nil, nil
	}
	zone := s.Zone
	if name := s.option("timezone"); name != "" {
		z, ok := types.LoadZone(name)
		if !ok {
			return nil, errs.New(errs.Pos{}, "INVALID_TIMEZONE", "timeZone", name)
		}
		zone = z
	}
	micros, ok := types.ParseTimestamp(v, zone, time.Now().UnixMicro())
	if !ok {
		return nil, errs.New(errs.Pos{}, "_LEGACY_ERROR_TEMP_1294", "strategy", lower, "timeString", v)
	}
	at := time.UnixMicro(micros)
	return &at, nil
}

// chosen tells which files are read: by their names, and by when they were changed.
func (s *Spec) chosen() (func(name string, changed time.Time) bool, error) {
	before, err := s.moment("modifiedbefore")
	if err != nil {
		return nil, err
	}
	after, err := s.moment("modifiedafter")
	if err != nil {
		return nil, err
	}
	var patterns []string
	if p := s.option("pathglobfilter"); p != "" {
		patterns = braces(p)
	}
	return func(name string, changed time.Time) bool {
		return (patterns == nil || slices.ContainsFunc(patterns, func(p string) bool { return matchesName(p, name) })) &&
			(before == nil || changed.Before(*before)) && (after == nil || changed.After(*after))
	}, nil
}

func matchesName(pattern, name string) bool {
	ok, err := filepath.Match(pattern, name)
	return ok && err == nil
}

// existing are the files that are still there.
func existing(files []catalog.File) []catalog.File {
	return slices.DeleteFunc(slices.Clone(files), func(f catalog.File) bool {
		fd, err := f.Open()
		if err == nil {
			fd.Close()
		}
		return err != nil
	})
}
