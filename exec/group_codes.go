package exec

import "sparksql/exec/vec"

// codeTable finds groups by the dictionary codes of the keys, while all key columns are Coded (or constant) and the
// product of their dictionaries' sizes is small.
type codeTable struct {
	dicts  []*vec.Dict // by column; nil: a constant
	consts []*vec.Vec
	sizes  []int
	groups []int32 // by combined code; -1: not met yet
	code   []int32 // scratch: of the batch's live rows
	miss   []int32 // scratch: rows not met yet
	found  []int32 // scratch: their groups
}

// maxCodes is the largest product of sizes.
const maxCodes = 1 << 16

func (c *codeTable) reset() { c.dicts, c.groups = nil, nil }

// prepare tells whether codes serve for the columns.
func (c *codeTable) prepare(cols []*vec.Vec, rows int) bool {
	product, coded := 1, false
	for _, v := range cols {
		switch v.Form {
		case vec.Coded:
			product *= v.Dict.Vals.Len + 1
			coded = true
		case vec.Const:
		default:
			return false
		}
		if product > maxCodes {
			return false
		}
	}
	if !coded {
		return false
	}
	if c.same(cols) {
		return true
	}
	if product > 16*rows {
		return false
	}
	c.dicts, c.sizes, c.consts = c.dicts[:0], c.sizes[:0], c.consts[:0]
	for _, v := range cols {
		if v.Form == vec.Const {
			c.dicts, c.sizes = append(c.dicts, nil), append(c.sizes, 1)
			c.consts = append(c.consts, vec.Copy(v, nil, 1))
			continue
		}
		c.dicts, c.sizes, c.consts = append(c.dicts, v.Dict), append(c.sizes, v.Dict.Vals.Len+1), append(c.consts, nil)
	}
	c.groups = grown(c.groups, product)
	for i := range c.groups {
		c.groups[i] = -1
	}
	return true
}

// same tells whether the columns have the dictionaries and constants that the table was made for.
func (c *codeTable) same(cols []*vec.Vec) bool {
	if len(c.dicts) != len(cols) {
		return false
	}
	for i, v := range cols {
		switch {
		case v.Form == vec.Coded && c.dicts[i] == v.Dict:
		case v.Form == vec.Const && c.dicts[i] == nil && vec.Equal(v, 0, c.consts[i], 0):
		default:
			return false
		}
	}
	return true
}

// findCodes is find by codes: rows whose code was not met go the long way once.
func (t *groupTable) findCodes(cols []*vec.Vec, sel []int32, rows int, seq uint64, groups []int32) {
	c := &t.lut
	c.code = grown(c.code, rows)
	clear(c.code)
	for i, v := range cols {
		if v.Form == vec.Const {
			continue
		}
		combine(c.code, v, sel, int32(c.sizes[i]))
	}
	for {
		missed := false
		for k, x := range c.code {
			g := c.groups[x]
			groups[k] = g
			missed = missed || g < 0
		}
		if !missed {
			return
		}
		c.miss = c.miss[:0]
		for k, g := range groups[:rows] {
			if g == -1 && c.groups[c.code[k]] == -1 {
				c.groups[c.code[k]] = -2 // asked for
				c.miss = append(c.miss, int32(rowOf(sel, k)))
			}
		}
		c.found = grown(c.found, len(c.miss))
		t.findValues(cols, c.miss, cols[0].Len, len(c.miss), seq, c.found)
		at := 0
		for k, g := range groups[:rows] {
			if g == -1 && c.groups[c.code[k]] == -2 {
				c.groups[c.code[k]] = c.found[at]
				at++
			}
		}
	}
}

// combine appends column v as a digit to the codes.
func combine(code []int32, v *vec.Vec, sel []int32, size int32) {
	switch {
	case v.Valid == nil && sel == nil:
		for k, x := range v.Codes[:len(code)] {
			code[k] = code[k]*size + x
		}
	case v.Valid == nil:
		for k, i := range sel {
			code[k] = code[k]*size + v.Codes[i]
		}
	default:
		for k := range code {
			i := rowOf(sel, k)
			x := size - 1
			if vec.Bit(v.Valid, i) {
				x = v.Codes[i]
			}
			code[k] = code[k]*size + x
		}
	}
}
