package parquet

// newestLogical is the highest number of a logical type that the reader's structures know.
const newestLogical = 18

// unknownLogical finds an element of the schema whose logical type is newer than the reader: the decoder of
// structures leaves such a type out, and without it the bytes would be taken for something that they are not.
func unknownLogical(footer []byte) (element int, found bool) {
	t := wire{b: footer}
	t.fields(0, func(id int, typ byte) bool {
		if id != 2 || typ != 9 {
			return false
		}
		h := t.byte()
		n := uint64(h >> 4)
		if n == 15 {
			n = t.uvarint()
		}
		for i := uint64(0); i < n && !t.bad; i++ {
			t.fields(1, func(id int, typ byte) bool {
				if id != 10 || typ != 12 {
					return false
				}
				t.fields(2, func(kind int, _ byte) bool {
					if kind > newestLogical && !found {
						element, found = int(i), true
					}
					return false
				})
				return true
			})
		}
		return true
	})
	return element, found && !t.bad
}
