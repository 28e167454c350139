// Package functions holds the built-in functions: one record each (udfs.Def), one file per family, and the
// registry that finds them by name.
//
// Its one idea: everything the engine knows of a function is in its record. The package knows nothing of
// unresolved or typed expressions; analysis binds records to arguments.
package functions

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"sparksql/sql/errs"
	"sparksql/udfs"
)

// families lists the functions of every family, in any order. A new family adds its line here.
func families() [][]udfs.Def {
	return [][]udfs.Def{
		arithmeticOperators(),
		comparisonOperators(),
		conditionalFunctions(),
		conversionFunctions(),
		logicOperators(),
		bitOperators(),
		likeOperators(),
		constructors(),
		accessOperators(),
		countAggregates(),
		groupingFunctions(),
		sumAggregates(),
		minMaxAggregates(),
		firstLastAggregates(),
		collectAggregates(),
		windowFunctions(),
		statsAggregates(),
		bitBoolAggregates(),
		percentileAggregates(),
		modeAggregates(),
		histogramAggregates(),
		countMinAggregates(),
		bitmapFunctions(),
		aesFunctions(),
		hllAggregates(),
		approxPercentileAggregates(),
		doubleFunctions(),
		roundFunctions(),
		mathFunctions(),
		bitwiseFunctions(),
		hashFunctions(),
		miscFunctions(),
		randomFunctions(),
		caseFunctions(),
		charFunctions(),
		trimFunctions(),
		limitFunctions(),
		partFunctions(),
		buildFunctions(),
		findFunctions(),
		codeFunctions(),
		datetimeFieldFunctions(),
		datetimeAddFunctions(),
		datetimeTruncFunctions(),
		makeFunctions(),
		nowFunctions(),
		datetimeTextFunctions(),
		regexFunctions(),
		urlFunctions(),
		arrayFunctions(),
		mapFunctions(),
		higherOrderFunctions(),
		generatorFunctions(),
		jsonFunctions(),
		csvFunctions(),
		maskFunctions(),
		formatFunctions(),
		numberFormatFunctions(),
	}
}

// Registry finds functions by name. A session's registry is a child of the built-ins: its own functions
// come first. It is safe for concurrent use.
type Registry struct {
	parent *Registry
	mu     sync.RWMutex
	byName map[string]*udfs.Def // names and aliases, lower case
}

// Builtins is the registry of all built-in functions, made once. Register nothing in it: make a Child.
var Builtins = sync.OnceValue(func() *Registry {
	r := &Registry{byName: map[string]*udfs.Def{}}
	for _, family := range families() {
		for i := range family {
			if err := r.add(&family[i], false); err != nil {
				panic(err)
			}
		}
	}
	return r
})

// Child returns an empty registry that falls back to r.
func (r *Registry) Child() *Registry {
	return &Registry{parent: r, byName: map[string]*udfs.Def{}}
}

// Register adds functions to r, where they hide those of the same names in its parents; a name that r itself
// has gives ROUTINE_ALREADY_EXISTS.
func (r *Registry) Register(defs ...udfs.Def) error {
	for i := range defs {
		d := defs[i]
		if err := r.add(&d, false); err != nil {
			return err
		}
	}
	return nil
}

// Replace is Register that overwrites.
func (r *Registry) Replace(d udfs.Def) error { return r.add(&d, true) }

func (r *Registry) add(d *udfs.Def, replace bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	names := append([]string{d.Name}, d.Aliases...)
	for _, n := range names {
		if _, ok := r.byName[strings.ToLower(n)]; ok && !replace {
			return errs.New(errs.Pos{}, "ROUTINE_ALREADY_EXISTS", "routineName", "`"+n+"`",
				"newRoutineType", "routine", "existingRoutineType", "routine")
		}
	}
	for _, n := range names {
		r.byName[strings.ToLower(n)] = d
	}
	return nil
}

// Remove takes a function and its aliases out of r (not of its parents); ok tells whether it was there.
func (r *Registry) Remove(name string) (ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.byName[strings.ToLower(name)]
	if !ok {
		return false
	}
	for n, x := range r.byName {
		if x == d {
			delete(r.byName, n)
		}
	}
	return true
}

// RemoveAll takes the functions that f tells out of r, not of its parents.
func (r *Registry) RemoveAll(f func(*udfs.Def) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, d := range r.byName {
		if f(d) {
			delete(r.byName, n)
		}
	}
}

// Any tells whether f holds for a function of r itself.
func (r *Registry) Any(f func(*udfs.Def) bool) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, d := range r.byName {
		if f(d) {
			return true
		}
	}
	return false
}

// Own finds a function of r itself, not of its parents.
func (r *Registry) Own(name string) (*udfs.Def, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	d, ok := r.byName[strings.ToLower(name)]
	return d, ok
}

// Lookup finds a function by its name or alias, whatever the case.
func (r *Registry) Lookup(name string) (*udfs.Def, bool) {
	lower := strings.ToLower(name)
	for ; r != nil; r = r.parent {
		r.mu.RLock()
		d, ok := r.byName[lower]
		r.mu.RUnlock()
		if ok {
			return d, true
		}
	}
	return nil, false
}

// IsBuiltin tells whether d is one of the built-ins' records.
func IsBuiltin(d *udfs.Def) bool {
	b, ok := Builtins().Lookup(d.Name)
	return ok && b == d
}

// Names lists all names and aliases that can be called, sorted.
func (r *Registry) Names() []string {
	seen := map[string]bool{}
	var out []string
	for ; r != nil; r = r.parent {
		r.mu.RLock()
		for n, d := range r.byName {
			if !seen[n] {
				seen[n] = true
				if !d.Operator {
					out = append(out, n)
				}
			}
		}
		r.mu.RUnlock()
	}
	sort.Strings(out)
	return out
}

// Defs lists the records of all functions that r or its parents have, operators for internal use left out, sorted
// by name.
func (r *Registry) Defs() []*udfs.Def {
	seen := map[string]bool{}
	var out []*udfs.Def
	for _, n := range r.Names() {
		if d, _ := r.Lookup(n); !seen[d.Name] {
			seen[d.Name] = true
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *udfs.Def) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Suggest lists up to three callable names near to name, the nearest first.
func (r *Registry) Suggest(name string) []string {
	name = strings.ToLower(name)
	type near struct {
		name string
		d    int
	}
	var found []near
	for _, n := range r.Names() {
		if d := editDistance(name, n); d <= max(1, len(name)/3) {
			found = append(found, near{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.d - b.d })
	var out []string
	for i := 0; i < len(found) && i < 3; i++ {
		out = append(out, found[i].name)
	}
	return out
}

// editDistance is the Levenshtein distance of a and b in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost = 1 + min(diag, row[j], row[j+1])
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
