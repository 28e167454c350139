package exec

import "sparksql/exec/vec"

// textRepeats is how often a string of a key has to be there for its number to be worth more than itself.
const textRepeats = 4

// settleTexts looks at the strings of the keys in the partitions, which came with the numbers that the table gave them: where
// few rows share one, numbers would only be looked up to be given anew, and it gives the strings themselves.
func (p *aggPart) settleTexts() {
	for c := range p.h.keys {
		rows, texts := 0, 0
		dicts := map[*vec.Dict]bool{}
		p.eachPiece(func(piece *aggPiece) {
			if v := piece.cols[c]; v.Form == vec.Coded {
				if rows += piece.n; !dicts[v.Dict] {
					dicts[v.Dict], texts = true, texts+v.Dict.Vals.Len
				}
			}
		})
		if rows >= textRepeats*texts {
			for d := range dicts {
				d.Hashes()
			}
			continue
		}
		p.eachPiece(func(piece *aggPiece) {
			if v := piece.cols[c]; v.Form == vec.Coded {
				piece.cols[c] = vec.Flatten(v, vec.New(v.Type, 0), nil)
				p.kept += piece.cols[c].Size() - v.Size()
			}
		})
	}
}

func (p *aggPart) eachPiece(f func(*aggPiece)) {
	for _, s := range p.stores {
		for i := range s.pieces {
			f(&s.pieces[i])
		}
	}
}
