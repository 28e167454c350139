package examples

import (
	"iter"
	"strings"

	"sparksql/udfs"
)

func words() udfs.Def {
	return udfs.Table("words", udfs.Rows1(split), udfs.Params("text"),
		udfs.Doc("Gives the words of a text with their places, from 1."),
		udfs.Shows("SELECT * FROM words('to be or')", "1\tto\n2\tbe\n3\tor"),
		udfs.Shows("SELECT id, word FROM VALUES (7, 'a b') AS t(id, text) LATERAL VIEW words(text) w", "7\ta\n7\tb"))
}

// word is a row of the table.
type word struct {
	Place int32  `sql:"place"`
	Text  string `sql:"word"`
}

func split(text string) iter.Seq[word] {
	return func(yield func(word) bool) {
		place := int32(0)
		for w := range strings.FieldsSeq(text) {
			if place++; !yield(word{place, w}) {
				return
			}
		}
	}
}
