package errs

import "sync"

// tables are the rows of the table of conditions, one file an area: conditions_parse.go and so on.
var tables = [][]Condition{parseConditions, analysisConditions, catalogConditions, tableConditions, runtimeConditions, expressionConditions, functionConditions, mathConditions, loadingConditions}

var byName = sync.OnceValue(func() map[string]*Condition {
	m := map[string]*Condition{}
	for _, t := range tables {
		for i := range t {
			m[t[i].Name] = &t[i]
		}
	}
	return m
})

// Lookup finds a condition by its name; nil when there is none.
func Lookup(name string) *Condition { return byName()[name] }
