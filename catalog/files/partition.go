package files

import (
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// NullPartition is the folder name of NULL and of the empty string.
const NullPartition = "__HIVE_DEFAULT_PARTITION__"

// Unescape reads the %XX of a folder name. What is no such escape stays.
func Unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil && s[i+1] != '+' {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Escape writes a partition value as a folder name, with the characters that Spark escapes.
func Escape(s string) string {
	const upper = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == 0x7f || strings.IndexByte("\"#%'*/:=?[\\]^{", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// partitions is what the folders say: the columns, and for each file the raw values; nil is NULL.
type partitions struct {
	names []string
	raw   [][]*string // by file
}

// discover reads the partition columns from the folders between each file's base and the file.
func discover(files []found) (*partitions, error) {
	p := &partitions{raw: make([][]*string, len(files))}
	lists := map[string]bool{}
	bases := map[string]bool{}
	known := map[string]dirValues{}
	for i, f := range files {
		dir := filepath.Dir(f.path)
		v, ok := known[dir+"\x00"+f.base]
		if !ok {
			v = dirOf(dir, f.base)
			known[dir+"\x00"+f.base] = v
		}
		if len(v.names) > 0 {
			bases[v.base] = true
		} else {
			bases[dir] = true
		}
		lists[strings.Join(v.names, ", ")] = true
		p.names, p.raw[i] = v.names, v.vals
	}
	if len(lists) == 1 && lists[""] {
		p.names = nil
		return p, nil
	}
	if lists[""] {
		return nil, errs.New(errs.Pos{}, "CONFLICTING_DIRECTORY_STRUCTURES", "discoveredBasePaths", strings.Join(sorted(bases), ", "))
	}
	if len(lists) > 1 {
		return nil, errs.New(errs.Pos{}, "CONFLICTING_PARTITION_COLUMN_NAMES", "distinctPartColLists", strings.Join(sorted(lists), "; "))
	}
	return p, nil
}

func sorted(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

type dirValues struct {
	names []string
	vals  []*string
	base  string
}

// dirOf reads the name=value folders from dir up to base.
func dirOf(dir, base string) dirValues {
	var v dirValues
	for dir != base && len(dir) > len(base) {
		name, val, ok := strings.Cut(filepath.Base(dir), "=")
		if !ok || name == "" {
			break
		}
		v.names = append(v.names, Unescape(name))
		if val == NullPartition {
			v.vals = append(v.vals, nil)
		} else {
			s := Unescape(val)
			v.vals = append(v.vals, &s)
		}
		dir = filepath.Dir(dir)
	}
	v.base = dir
	for i, j := 0, len(v.names)-1; i < j; i, j = i+1, j-1 {
		v.names[i], v.names[j] = v.names[j], v.names[i]
		v.vals[i], v.vals[j] = v.vals[j], v.vals[i]
	}
	return v
}

// inferType is the type of one raw value (PartitioningUtils.inferPartitionColumnValue).
func inferType(s *string, zone *time.Location) types.Type {
	if s == nil {
		return types.NullType
	}
	if _, err := strconv.ParseInt(*s, 10, 32); err == nil && *s != "" {
		return types.IntType
	}
	if _, err := strconv.ParseInt(*s, 10, 64); err == nil {
		return types.BigIntType
	}
	if _, digits, scale, ok := wholeDecimal(*s); ok && scale <= 0 && digits <= types.MaxPrecision {
		return types.DecimalOf(max(digits, 1), 0)
	}
	if _, ok := javaDouble(*s); ok {
		return types.DoubleType
	}
	if _, ok := partitionTime(*s, zone); ok {
		return types.TimestampType
	}
	if _, ok := partitionDate(*s); ok {
		return types.DateType
	}
	return types.StringType
}

// widen is the type that holds values of both; a string when nothing better does.
func widen(a, b types.Type) types.Type {
	if a == b {
		return a
	}
	ka, kb := a.Kind(), b.Kind()
	if ka == types.String || kb == types.String {
		return types.StringType
	}
	if ka == types.Double && (kb == types.Decimal || kb == types.BigInt) || kb == types.Double && (ka == types.Decimal || ka == types.BigInt) {
		return types.StringType
	}
	if t, ok := (types.Coercion{Legacy: true}).Wider(a, b); ok {
		return t
	}
	return types.StringType
}

// columnTypes infers the types of all partition columns.
func (p *partitions) columnTypes(zone *time.Location, infer bool) []types.Type {
	out := make([]types.Type, len(p.names))
	for c := range p.names {
		seen := map[string]bool{}
		for _, row := range p.raw {
			t := types.StringType
			if s := row[c]; infer {
				if s != nil && seen[*s] {
					continue
				}
				if s != nil {
					seen[*s] = true
				}
				t = inferType(s, zone)
			}
			if out[c].Kind() == types.Null {
				out[c] = t
			} else if t.Kind() != types.Null {
				out[c] = widen(out[c], t)
			}
		}
	}
	return out
}
