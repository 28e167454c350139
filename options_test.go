package sparksql_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	sparksql "sparksql"
)

// optionFiles are read by the tests of reading options.
var optionFiles = map[string]string{
	"glob/a.csv":      "1\n",
	"glob/b.txt":      "2\n",
	"glob/c1.csv":     "3\n",
	"deep/one/a.csv":  "1\n",
	"deep/one/b/.csv": "hidden\n",
	"deep/c.csv":      "3\n",
	"deep/two/x/b":    "2\n",
	"head.csv":        "a,b,c\n1, x ,2020-01-02\n2,\"q,\"\"r\"\"\",2021-12-31\n3,,\n",
	"null.csv":        "1,NA,\"\"\n2,,x\n3,\"NA\",NA\n",
	"number.csv":      "1.5,NaN\nInf,-Inf\nplus,minus\nnope,1\n",
	"bars.csv":        "a||b||c\n\"x||y\"||2||3\n",
	"tabs.csv":        "a\tb\n1\t2\n",
	"quote.csv":       "'a,b',c\n'x\\'y',e\n",
	"hash.csv":        "#hello\n1,2\n #x,3\n#end\n",
	"white.csv":       "  a  ,  b  \n\" c \", d\n",
	"semi.csv":        "a,b;c,d;e,f",
	"multi.csv":       "id,t\n1,\"two\nlines\"\n2,\"x\r\ny\"\n",
	"bad.csv":         "1,a\n2\nx,c\n4,d,e\n5,f\n",
	"stamp.csv":       "2020-01-02,2020-01-01 10:00:00\n",
	"format.csv":      "02/01/2020,02.01.2020 10-11,2020!\n",
	"long.csv":        "1,2,3\n",
	"base.json":       `{"a":1,"b":"x","c":{"d":[1,2]}}` + "\n" + `{"a":null,"b":"y"}` + "\n" + `{"z":1.5}` + "\n",
	"free.json":       "/* c */ {\"a\":1} // x\n{a:2}\n{'a':3}\n{\"a\":04}\n{\"a\":\"\\q\"}\n{\"a\":\"x\ty\"}\n",
	"nan.json":        "{\"a\":NaN}\n{\"a\":1}\n",
	"array.json":      "[{\"a\":1,\n\"b\":2},\n{\"a\":3}]\n",
	"bad.json":        "{\"a\":1}\n{\"a\":\n{\"a\":\"x\"}\n",
	"dates.json":      `{"d":"02/01/2020","t":"02.01.2020 10-11"}` + "\n",
	"nulls.json":      `{"a":null,"b":1,"c":[]}` + "\n",
	"lines.txt":       "x;y\nz;",
}

// encodedFiles are further files, whose text is not UTF-8.
func encodedFiles(t *testing.T) map[string][]byte {
	text := func(e encoding.Encoding, s string) []byte {
		b, err := e.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var gz, deflated bytes.Buffer
	w, z := gzip.NewWriter(&gz), zlib.NewWriter(&deflated)
	fmt.Fprint(w, strings.Repeat("1,a\n", 50000))
	fmt.Fprint(z, "3,c\n")
	w.Close()
	z.Close()
	return map[string][]byte{
		"latin.csv":     text(charmap.ISO8859_1, "é,ü\n"),
		"utf16.csv":     text(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "é,ü\nx,y\n"),
		"utf16le.json":  text(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "{\"a\":\"é\"}\n{\"a\":\"b\"}\n"),
		"cp1252.txt":    text(charmap.Windows1252, "€\n"),
		"a.csv.deflate": deflated.Bytes(),
		"cut/a.csv.gz":  gz.Bytes()[:gz.Len()/2],
		"broken/b":      []byte("this is no Parquet file at all"),
	}
}

// optionCases are what Spark 4.0.1 gives for the same files, unless they say otherwise.
var optionCases = []struct{ format, path, options, schema, want string }{
	{"csv", "glob", "pathGlobFilter '*.csv'", "", "1 3"},
	{"csv", "glob", "pathGlobFilter '{a,b}.*'", "", "1 2"},
	{"csv", "glob", "modifiedBefore '2020-06-01T00:00:00'", "", "1"},
	{"csv", "glob", "modifiedAfter '2020-06-01'", "", "2 3"},
	{"csv", "glob", "modifiedAfter '2020-06-01T00:00:00', modifiedBefore '2021-06-01T00:00:00'", "", "2"},
	{"csv", "glob", "modifiedAfter '2020-01-01T00:00:00', timeZone 'America/New_York', modifiedBefore '2020-12-31T20:00:00'", "", "2"},
	{"csv", "glob", "modifiedAfter 'soon'", "", "_LEGACY_ERROR_TEMP_1294"},
	{"csv", "glob", "modifiedBefore '1999-01-01'", "", "UNABLE_TO_INFER_SCHEMA"},
	{"csv", "deep", "recursiveFileLookup 'TRUE'", "", "1 2 3"},
	{"parquet", "grown", "", "", "1 2"},
	{"parquet", "grown", "mergeSchema 'TRUE'", "", "1, null 2, x"},
	{"parquet", "broken", "", "a INT", "CANNOT_READ_FILE_FOOTER"},
	{"parquet", "broken", "ignoreCorruptFiles 'true'", "a INT", "7"},
	{"parquet", "broken", "ignoreCorruptFiles 'true'", "", "7"},
	{"csv", "cut", "", "a INT, b STRING", "FAILED_READ_FILE"},
	{"csv", "cut", "ignoreCorruptFiles 'true'", "a INT, b STRING", "many"},
	{"csv", "head.csv", "header 'true'", "", "1,  x , 2020-01-02 2, \"q,\"\"r\"\"\", 2021-12-31 3, null, null"},
	{"csv", "head.csv", "header 'true', inferSchema 'true'", "", "1,  x , 2020-01-02 2, \"q,\"\"r\"\"\", 2021-12-31 3, null, null"},
	{"csv", "stamp.csv", "inferSchema 'true', preferDate 'false'", "", "2020-01-02 00:00:00, 2020-01-01 10:00:00"},
	{"csv", "stamp.csv", "inferSchema 'true'", "", "2020-01-02, 2020-01-01 10:00:00"},
	{"csv", "head.csv", "header 'perhaps'", "", "_LEGACY_ERROR_TEMP_2147"},
	{"csv", "head.csv", "header 'true', enforceSchema 'false'", "a INT, b STRING, c DATE", "1,  x , 2020-01-02 2, \"q,\"\"r\"\"\", 2021-12-31 3, null, null"},
	{"csv", "head.csv", "header 'true', enforceSchema 'false'", "a INT, c STRING, b DATE", "FAILED_READ_FILE CSV_HEADER_MISMATCH"},
	{"csv", "null.csv", "", "", "1, NA, null 2, null, x 3, NA, NA"},
	{"csv", "null.csv", "nullValue 'NA', emptyValue 'E'", "", "1, null, E 2, null, x 3, null, null"},
	{"csv", "number.csv", "", "a DOUBLE, b DOUBLE", "1.5, NaN Infinity, -Infinity null, 1.0 null, null"},
	{"csv", "number.csv", "nanValue 'nope', positiveInf 'plus', negativeInf 'minus'", "a DOUBLE, b DOUBLE", "1.5, NaN Infinity, -Infinity NaN, 1.0 null, null"},
	{"csv", "bars.csv", "sep '||'", "", "a, b, c x||y, 2, 3"},
	{"csv", "tabs.csv", `sep '\\t'`, "", "1, 2 a, b"},
	{"csv", "tabs.csv", "delimiter '\t'", "", "1, 2 a, b"},
	{"csv", "quote.csv", `quote '\'', escape '\\'`, "", "a,b, c x'y, e"},
	{"csv", "quote.csv", "quote 'ab'", "", "_LEGACY_ERROR_TEMP_2145"},
	{"csv", "hash.csv", "comment '#'", "", " #x, 3 1, 2"},
	{"csv", "white.csv", "", "", "  a  ,   b    c ,  d"},
	{"csv", "white.csv", "ignoreLeadingWhiteSpace 'true', ignoreTrailingWhiteSpace 'true'", "", " c , d a, b"},
	{"csv", "semi.csv", "lineSep ';'", "", "a, b c, d e, f"},
	{"csv", "semi.csv", "lineSep ''", "", "INVALID_OPTION_VALUE"},
	{"csv", "multi.csv", "header 'true', multiLine 'true'", "", "1, two\nlines 2, x\ny"},
	{"csv", "bad.csv", "mode 'PERMISSIVE'", "a INT, b STRING", "1, a 2, null 4, d 5, f null, c"},
	{"csv", "bad.csv", "mode 'dropmalformed'", "a INT, b STRING", "1, a 5, f"},
	{"csv", "bad.csv", "mode 'FAILFAST'", "a INT, b STRING", "FAILED_READ_FILE MALFORMED_RECORD_IN_PARSING"},
	{"csv", "bad.csv", "columnNameOfCorruptRecord 'oops'", "a INT, b STRING, oops STRING", "1, a, null 2, null, 2 4, d, 4,d,e 5, f, null null, c, x,c"},
	{"csv", "bad.csv", "columnNameOfCorruptRecord 'oops'", "a INT, b STRING, oops INT", "INVALID_CORRUPT_RECORD_TYPE"},
	{"csv", "format.csv", "dateFormat 'dd/MM/yyyy', timestampFormat 'dd.MM.yyyy HH-mm', timestampNTZFormat 'yyyy!'", "d DATE, t TIMESTAMP, n STRING", "2020-01-02, 2020-01-02 10:11:00, 2020!"},
	{"csv", "latin.csv", "encoding 'ISO-8859-1'", "", "é, ü"},
	{"csv", "utf16.csv", "encoding 'UTF-16'", "", "x, y é, ü"}, // Spark cuts it at bytes that look like ends of lines
	{"csv", "latin.csv", "charset 'nosuch'", "", "INVALID_PARAMETER_VALUE.CHARSET"},
	{"csv", "a.csv.deflate", "", "", "3, c"},
	{"csv", "head.csv", "unescapedQuoteHandling 'BACK_TO_DELIMITER'", "", "UNSUPPORTED_FEATURE"}, // Spark has it
	{"json", "base.json", "primitivesAsString 'true'", "", "1, x, {[1, 2]}, null null, null, null, 1.5 null, y, null, null"},
	{"json", "free.json", "allowComments 'true', allowUnquotedFieldNames 'true', allowSingleQuotes 'false', allowNumericLeadingZeros 'true', allowBackslashEscapingAnyCharacter 'true', allowUnquotedControlChars 'true'",
		"a STRING", "1 2 4 null q x\ty"}, // Spark gives 04
	{"json", "free.json", "mode 'DROPMALFORMED'", "a INT", "3"},
	{"json", "nan.json", "", "a DOUBLE", "1.0 NaN"},
	{"json", "nan.json", "allowNonNumericNumbers 'false'", "a DOUBLE", "1.0 null"},
	{"json", "array.json", "multiLine 'true'", "", "1, 2 3, null"},
	{"json", "bad.json", "columnNameOfCorruptRecord 'oops'", "a INT, oops STRING", "1, null null, {\"a\": null, {\"a\":\"x\"}"},
	{"json", "bad.json", "mode 'FAILFAST'", "a INT", "FAILED_READ_FILE MALFORMED_RECORD_IN_PARSING"},
	{"json", "dates.json", "dateFormat 'dd/MM/yyyy', timestampFormat 'dd.MM.yyyy HH-mm'", "d DATE, t TIMESTAMP", "2020-01-02, 2020-01-02 10:11:00"},
	{"json", "dates.json", "inferTimestamp 'true', timestampFormat 'dd.MM.yyyy HH-mm'", "", "02/01/2020, 2020-01-02 10:11:00"},
	{"json", "nulls.json", "dropFieldIfAllNull 'true'", "", "1"},
	{"json", "utf16le.json", `encoding 'UTF-16LE', lineSep '\n'`, "", "b é"},
	{"text", "lines.txt", "", "", "x;y z;"},
	{"text", "lines.txt", "lineSep ';'", "", "x y\nz"},
	{"text", "lines.txt", "wholetext 'true'", "", "x;y\nz;"},
	{"text", "cp1252.txt", "encoding 'windows-1252'", "", "€"}, // Spark takes every text for UTF-8
}

func TestReadingOptions(t *testing.T) {
	dir := t.TempDir()
	files := encodedFiles(t)
	for name, text := range optionFiles {
		files[name] = []byte(text)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, year := range map[string]int{"a.csv": 2020, "b.txt": 2021, "c1.csv": 2022} {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		if err := os.Chtimes(filepath.Join(dir, "glob", name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t).Session()
	for query, path := range map[string]string{"SELECT 1 AS a": "grown/a", "SELECT 2 AS a, 'x' AS b": "grown/b", "SELECT 7 AS a": "broken/a"} {
		made := filepath.Join(dir, "made")
		if _, err := s.Write(t.Context(), query, sparksql.WriteFiles{Path: made, Format: "parquet"}); err != nil {
			t.Fatal(err)
		}
		parts, _ := filepath.Glob(filepath.Join(made, "part-*"))
		os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o777)
		if err := os.Rename(parts[0], filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range optionCases {
		options := "path '" + filepath.Join(dir, c.path) + "'"
		if c.options != "" {
			options += ", " + c.options
		}
		schema := ""
		if c.schema != "" {
			schema = "(" + c.schema + ") "
		}
		if got := readWith(t, s, schema+"USING "+c.format+" OPTIONS ("+options+")"); got != c.want && !alike(got, c.want) {
			t.Errorf("%s %s %s: %q, want %q", c.format, c.path, c.options, got, c.want)
		}
	}
}

// alike: the conditions of an error, or that there are many rows.
func alike(got, want string) bool {
	if want == "many" {
		return strings.Count(got, " ") > 1000
	}
	for _, cond := range strings.Fields(want) {
		if !strings.Contains(got, "["+cond) {
			return false
		}
	}
	return true
}

// readWith is the rows of a view over files, sorted, or the error.
func readWith(t *testing.T, s *sparksql.Session, definition string) string {
	t.Helper()
	if err := s.Exec(t.Context(), "CREATE OR REPLACE TEMPORARY VIEW v "+definition); err != nil {
		return err.Error()
	}
	r, err := s.Query(t.Context(), "SELECT CAST(struct(*) AS STRING) FROM v")
	if err != nil {
		return err.Error()
	}
	rows, err := r.All()
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, row := range rows {
		text := strings.TrimSuffix(strings.TrimPrefix(row[0].(string), "{"), "}")
		out = append(out, text)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
