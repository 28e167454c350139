package files

import (
	"strconv"
	"time"

	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// partitioner sorts the rows of batches by partition and bucket.
type partitioner struct {
	ready   bool
	cols    []columnIDs
	pairs   map[[2]int32]int32 // ids of prefixes of the partition columns
	dirs    []string           // by id
	groups  []group
	byID    map[int64]int // of this batch: place in groups
	zone    *time.Location
	buckets func(b *vec.Batch) []int32
}

// group is the rows of a batch that go to one file.
type group struct {
	dir    string
	bucket int
	rows   []int32
}

// columnIDs numbers the distinct values of one partition column.
type columnIDs struct {
	typ     types.Type
	name    string
	ints    map[int64]int32
	texts   map[string]int32
	null    int32 // id of NULL, -1: not seen
	dirs    []string
	dict    uint64 // the dictionary that codes is about
	codes   []int32
	lastInt int64
	lastID  int32
	have    bool
}

func (p *partitioner) prepare(j *job) {
	p.zone = zoneOf(j.spec.Zone)
	p.pairs = map[[2]int32]int32{}
	for _, f := range j.spec.Schema.Fields[len(j.data.Fields):] {
		p.cols = append(p.cols, columnIDs{typ: f.Type, name: Escape(f.Name), ints: map[int64]int32{}, texts: map[string]int32{}, null: -1})
	}
	if len(p.cols) == 0 {
		p.dirs = []string{""}
	}
	p.ready = true
	if j.spec.Buckets > 0 {
		p.buckets = bucketer(j)
	}
}

func zoneOf(name string) *time.Location {
	if z, ok := types.LoadZone(name); ok {
		return z
	}
	return time.UTC
}

// split groups the live rows of b by file, in the order of their first rows.
func (p *partitioner) split(j *job, b *vec.Batch) []group {
	if !p.ready {
		p.prepare(j)
	}
	var buckets []int32
	if p.buckets != nil {
		buckets = p.buckets(b)
	}
	old := p.groups
	p.groups = p.groups[:0]
	p.byID = map[int64]int{}
	lastKey, lastAt := int64(-1), 0
	base := len(j.data.Fields)
	for k := range b.Rows() {
		i := k
		if b.Sel != nil {
			i = int(b.Sel[k])
		}
		id := int32(0)
		for c := range p.cols {
			x := p.cols[c].id(b.Cols[base+c], i, p.zone)
			if c == 0 && len(p.cols) == 1 {
				id = x
				continue
			}
			id = p.pair(id, x, c)
		}
		if len(p.cols) == 1 {
			id = p.single(id)
		}
		key, bucket := int64(id)<<32, -1
		if buckets != nil {
			bucket = int(buckets[i])
			key |= int64(bucket) + 1
		}
		if key != lastKey {
			at, ok := p.byID[key]
			if !ok {
				at = len(p.groups)
				p.byID[key] = at
				g := group{dir: p.dirs[id], bucket: bucket}
				if at < len(old) {
					g.rows = old[at].rows[:0]
				}
				p.groups = append(p.groups, g)
			}
			lastKey, lastAt = key, at
		}
		p.groups[lastAt].rows = append(p.groups[lastAt].rows, int32(i))
	}
	return p.groups
}

// single makes the folder of a lone partition column known.
func (p *partitioner) single(id int32) int32 {
	for len(p.dirs) <= int(id) {
		p.dirs = append(p.dirs, p.cols[0].dirs[len(p.dirs)])
	}
	return id
}

// pair numbers the combination of a prefix and the value of column c. Ids of shorter prefixes share the numbers.
func (p *partitioner) pair(prefix, x int32, c int) int32 {
	k := [2]int32{prefix*int32(len(p.cols)) + int32(c), x}
	id, ok := p.pairs[k]
	if !ok {
		id = int32(len(p.dirs))
		p.pairs[k] = id
		dir := p.cols[c].dirs[x]
		if c > 0 {
			dir = p.dirs[prefix] + "/" + dir
		}
		p.dirs = append(p.dirs, dir)
	}
	return id
}

// id numbers the value of row i.
func (c *columnIDs) id(v *vec.Vec, i int, zone *time.Location) int32 {
	if v.IsNull(i) {
		if c.null < 0 {
			c.null = c.add(NullPartition)
		}
		return c.null
	}
	if v.Form == vec.Coded {
		if c.dict != v.Dict.ID {
			c.dict, c.codes = v.Dict.ID, make([]int32, v.Dict.Vals.Len)
		}
		k := v.Codes[i]
		if c.codes[k] == 0 {
			c.codes[k] = c.value(v.Dict.Vals, int(k), zone) + 1
		}
		return c.codes[k] - 1
	}
	return c.value(v, i, zone)
}

func (c *columnIDs) value(v *vec.Vec, i int, zone *time.Location) int32 {
	var n int64
	switch v.Type.Width() {
	case 4:
		if v.Type.Kind() == types.Float {
			return c.text(v, i, zone)
		}
		at := i
		if v.Form == vec.Const {
			at = 0
		}
		n = int64(vec.Values[int32](v)[at])
	case 8:
		if v.Type.Kind() == types.Double {
			return c.text(v, i, zone)
		}
		at := i
		if v.Form == vec.Const {
			at = 0
		}
		n = vec.Values[int64](v)[at]
	default:
		return c.text(v, i, zone)
	}
	if c.have && n == c.lastInt {
		return c.lastID
	}
	id, ok := c.ints[n]
	if !ok {
		id = c.add(folderValue(c.typ, v.Value(i), zone))
		c.ints[n] = id
	}
	c.lastInt, c.lastID, c.have = n, id, true
	return id
}

func (c *columnIDs) text(v *vec.Vec, i int, zone *time.Location) int32 {
	s := folderValue(c.typ, v.Value(i), zone)
	id, ok := c.texts[s]
	if !ok {
		if s == NullPartition && c.null >= 0 {
			id = c.null
		} else if id = c.add(s); s == NullPartition {
			c.null = id
		}
		c.texts[s] = id
	}
	return id
}

func (c *columnIDs) add(value string) int32 {
	c.dirs = append(c.dirs, c.name+"="+value)
	return int32(len(c.dirs) - 1)
}

// folderValue is a value as a folder is named after it: its cast to string, escaped; NULL and the empty string are one.
func folderValue(t types.Type, x any, zone *time.Location) string {
	var s string
	switch x := x.(type) {
	case nil:
		return NullPartition
	case bool:
		s = strconv.FormatBool(x)
	case int8:
		s = strconv.Itoa(int(x))
	case int16:
		s = strconv.Itoa(int(x))
	case int32:
		s = strconv.Itoa(int(x))
		switch t.Kind() {
		case types.Date:
			s = types.FormatDate(x)
		case types.YearMonthInterval:
			s = types.YearMonthSQL(x, t)
		}
	case int64:
		s = strconv.FormatInt(x, 10)
		switch t.Kind() {
		case types.Timestamp:
			s = types.FormatTimestamp(x, zone)
		case types.TimestampNTZ:
			s = types.FormatTimestamp(x, time.UTC)
		case types.DayTimeInterval:
			s = types.DayTimeSQL(x, t)
		}
	case float32:
		s = types.FormatFloat(x)
	case float64:
		s = types.FormatDouble(x)
	case types.Int128:
		s = x.DecimalString(t.Scale())
	case string:
		s = x
	case []byte:
		s = string(x)
	}
	if s == "" {
		return NullPartition
	}
	return Escape(s)
}

// PartitionFolder is the folder of one value, in Go form, of a partition column: name=value, escaped.
func PartitionFolder(f types.Field, value any, zone *time.Location) string {
	return Escape(f.Name) + "=" + folderValue(f.Type, value, zone)
}

// bucketer gives Spark's bucket of each row.
func bucketer(j *job) func(b *vec.Batch) []int32 {
	var h []int32
	cols := make([]*vec.Vec, len(j.bucketCols))
	return func(b *vec.Batch) []int32 {
		for i, c := range j.bucketCols {
			cols[i] = b.Cols[c]
		}
		h = bucketHashes(cols, b.N, j.spec.Buckets, h)
		return h
	}
}
