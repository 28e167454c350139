package functions

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// appendRow appends row j of src, of any form, to the Flat column dst and returns its place.
func appendRow(dst, src *vec.Vec, j int) int {
	one := [1]int32{int32(j)}
	vec.AppendRows(dst, src, one[:], 1)
	return dst.Len - 1
}

// rowStore keeps one row for each of many slots, out of line: rows that are replaced stay as garbage until
// there is more of it than of rows in use.
type rowStore struct {
	kept *vec.Vec
	at   []int32 // by slot: 1 + the place in rows; 0: none
	used int
	rows []int32 // scratch
}

func newRowStore(t types.Type) rowStore { return rowStore{kept: vec.New(t, 0)} }

func (s *rowStore) resize(n int)        { s.at = grow(s.at, n) }
func (s *rowStore) has(slot int32) bool { return s.at[slot] != 0 }

// row is the place in rows of a slot that has one.
func (s *rowStore) row(slot int32) int { return int(s.at[slot]) - 1 }

func (s *rowStore) set(slot int32, src *vec.Vec, i int) {
	s.setAll([]int32{slot}, src, []int32{int32(i)})
}

// setAll keeps rows of src, -1 standing for NULL, for slots; of a slot that comes again the last.
func (s *rowStore) setAll(slots []int32, src *vec.Vec, rows []int32) {
	if len(slots) == 0 {
		return
	}
	if s.kept.Len > 64 && s.kept.Len > 2*s.used {
		s.compact()
	}
	at := int32(s.kept.Len)
	vec.AppendRows(s.kept, src, rows, 0)
	for k, g := range slots {
		if s.at[g] == 0 {
			s.used++
		}
		s.at[g] = at + int32(k) + 1
	}
}

func (s *rowStore) compact() {
	old, rows := s.kept, make([]int32, 0, s.used)
	s.kept = vec.New(old.Type, 0)
	for g, at := range s.at {
		if at != 0 {
			rows = append(rows, at-1)
			s.at[g] = int32(len(rows))
		}
	}
	vec.AppendRows(s.kept, old, rows, 0)
}

func (s *rowStore) clear(slots []int32) {
	for _, g := range slots {
		if s.at[g] != 0 {
			s.at[g] = 0
			s.used--
		}
	}
	if s.used == 0 {
		s.kept.Reset(0)
	}
}

// appendTo appends the rows of the slots to out, NULL where there is none.
func (s *rowStore) appendTo(slots []int32, out *vec.Vec) {
	s.rows = s.rows[:0]
	for _, g := range slots {
		s.rows = append(s.rows, s.at[g]-1)
	}
	vec.AppendRows(out, s.kept, s.rows, 0)
}

func (s *rowStore) bytes() int64 { return int64(cap(s.at))*4 + s.kept.Size() }
