package analyze

import (
	"slices"
	"sort"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/types"
)

// lookup resolves a qualified name among columns: the longest qualifier that matches wins, what follows the
// column's name are fields. nil: there is none.
func (a *Analyzer) lookup(cols []col, parts []string, at errs.Pos) (expr.Expr, error) {
	for q := min(len(parts)-1, 3); q >= 0; q-- {
		found := a.matches(cols, parts[:q], parts[q])
		if len(found) == 0 {
			continue
		}
		if len(found) > 1 {
			return nil, ambiguous(parts, found, at)
		}
		c := found[0]
		c.Name = parts[q]
		return a.fields(c.ref(at), parts[q+1:], at)
	}
	return nil, nil
}

// matches lists the different columns of a name. Hidden columns are found by a qualifier only.
func (a *Analyzer) matches(cols []col, qualifier []string, name string) []col {
	var found []col
	for _, c := range cols {
		if !a.same(c.Name, name) || len(qualifier) == 0 && c.Hidden || !a.qualifies(c.Qualifier, qualifier) {
			continue
		}
		if !slices.ContainsFunc(found, func(f col) bool { return f.origin == c.origin }) {
			found = append(found, c)
		}
	}
	return found
}

// qualifies tells whether a column with the qualifier full can be called with the qualifier q, its end.
func (a *Analyzer) qualifies(full, q []string) bool {
	if len(q) > len(full) {
		return false
	}
	for i, part := range full[len(full)-len(q):] {
		if !a.same(part, q[i]) {
			return false
		}
	}
	return true
}

// fields is x.a.b.
func (a *Analyzer) fields(x expr.Expr, names []string, at errs.Pos) (expr.Expr, error) {
	var err error
	for _, n := range names {
		if x, err = a.field(at, x, n); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func ambiguous(parts []string, found []col, at errs.Pos) error {
	refs := make([]string, len(found))
	for i, c := range found {
		refs[i] = quoteParts(append(slices.Clone(c.Qualifier), c.Name))
	}
	sort.Strings(refs)
	return errs.New(at, "AMBIGUOUS_REFERENCE", "name", quoteParts(parts), "referenceNames", "["+strings.Join(refs, ", ")+"]")
}

// unresolved is the error for a name that nothing bears, with up to five near ones.
func unresolved(parts []string, cols []col, at errs.Pos) error {
	var names [][]string
	for _, c := range cols {
		if !c.Hidden {
			names = append(names, append(slices.Clone(c.Qualifier), c.Name))
		}
	}
	if len(names) == 0 {
		return errs.New(at, "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "objectName", quoteParts(parts))
	}
	sort.SliceStable(names, func(i, j int) bool { return names[i][len(names[i])-1] < names[j][len(names[j])-1] })
	return errs.New(at, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", quoteParts(parts), "proposal", proposals(parts, names))
}

// proposals are the nearest of names, by edit distance, quoted. A qualifier that all have in common is left out
// where the name asked for has none either.
func proposals(parts []string, names [][]string) string {
	for keep := len(parts); keep <= 3; keep++ {
		if samePrefix(names, keep) {
			for i, n := range names {
				names[i] = n[max(0, len(n)-keep):]
			}
			break
		}
	}
	base := identText(parts)
	type near struct {
		text string
		d    int
	}
	list := make([]near, len(names))
	for i, n := range names {
		q := quoteParts(n)
		list[i] = near{q, distance(q, base)}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].d < list[j].d })
	var out []string
	for i := 0; i < len(list) && i < 5; i++ {
		out = append(out, list[i].text)
	}
	return strings.Join(out, ", ")
}

func identText(parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = types.QuoteIdent(p)
	}
	return strings.Join(out, ".")
}

// samePrefix tells whether all names agree in what comes before their last keep parts.
func samePrefix(names [][]string, keep int) bool {
	prefix := func(n []string) []string { return n[:max(0, len(n)-keep)] }
	for _, n := range names[1:] {
		if !slices.Equal(prefix(n), prefix(names[0])) {
			return false
		}
	}
	return true
}

// distance is the edit distance of two texts.
func distance(x, y string) int {
	p, q := []rune(x), []rune(y)
	row := make([]int, len(q)+1)
	for j := range row {
		row[j] = j
	}
	for i := range p {
		diag := row[0]
		row[0] = i + 1
		for j := range q {
			d := diag
			if p[i] != q[j] {
				d++
			}
			diag = row[j+1]
			row[j+1] = min(d, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(q)]
}
