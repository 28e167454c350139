package analyze

import (
	"reflect"

	"sparksql/sql/tree"
)

// mentions tells whether a relation reads a table of the plain name: whether a CTE refers to itself. It looks
// through every part of the tree, expressions included.
func mentions(r tree.Relation, name string, a *Analyzer) bool {
	found := false
	walkTree(reflect.ValueOf(r), func(x any) bool {
		if t, ok := x.(*tree.Table); ok && len(t.Parts) == 1 && a.same(t.Parts[0], name) {
			found = true
		}
		return !found
	})
	return found
}

// walkTree calls f for every node that a pointer in v leads to.
func walkTree(v reflect.Value, f func(any) bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			walkTree(v.Elem(), f)
		}
	case reflect.Pointer:
		if v.IsNil() || v.Elem().Kind() != reflect.Struct || v.Elem().Type().PkgPath() != treePath || !f(v.Interface()) {
			return
		}
		walkTree(v.Elem(), f)
	case reflect.Struct:
		if v.Type().PkgPath() != treePath {
			return
		}
		for i := range v.NumField() {
			walkTree(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkTree(v.Index(i), f)
		}
	}
}

var treePath = reflect.TypeFor[tree.At]().PkgPath()
