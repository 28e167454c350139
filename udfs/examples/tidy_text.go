package examples

import (
	"strings"
	"unicode"

	"sparksql/udfs"
)

func tidyText() udfs.Def {
	return udfs.Scalar("tidy_text", tidy, udfs.Params("text"), udfs.Cost(100),
		udfs.Doc("Returns the text in lower case, with one blank for each run of white space and no control characters."),
		udfs.Shows(`SELECT tidy_text('  Red\tSHOES ')`, "red shoes"))
}

func tidy(s string) string {
	var b strings.Builder
	for _, word := range strings.Fields(s) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, r := range word {
			if !unicode.IsControl(r) {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return b.String()
}
