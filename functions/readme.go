package functions

import (
	"fmt"
	"slices"
	"strings"

	"sparksql/udfs"
)

// Readme is the text of README.md: the list of all functions by group, made from their records.
func Readme() string {
	groups := map[string][]*udfs.Def{}
	var names []string
	for _, d := range Builtins().Defs() {
		if groups[d.Group] == nil {
			names = append(names, d.Group)
		}
		groups[d.Group] = append(groups[d.Group], d)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("# Built-in functions\n\nGenerated from the records; `go test ./functions -update` writes it again.\n")
	for _, g := range names {
		fmt.Fprintf(&b, "\n## %s\n\n", strings.ReplaceAll(g, "_", " "))
		for _, d := range groups[g] {
			usage := strings.ReplaceAll(strings.TrimSpace(d.Usage), "\n", " ")
			if _, text, found := strings.Cut(usage, " - "); found {
				usage = text
			}
			name := "`" + d.Name + "`"
			for _, a := range d.Aliases {
				name += ", `" + a + "`"
			}
			fmt.Fprintf(&b, "- %s: %s\n", name, usage)
		}
	}
	return b.String()
}
