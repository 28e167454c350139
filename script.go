package sparksql

import (
	"reflect"
	"slices"
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/tree"
)

// statementOf parses a statement for a look at its kind; variables are left as they are.
func statementOf(sql string) tree.Statement {
	st, err := parse.Statement(&errs.Text{SQL: sql}, parse.Options{Ansi: true})
	if err != nil {
		return nil
	}
	return st
}

// IsQuery tells whether a statement is a query; IsView whether it makes a view; IsCache whether it is CACHE TABLE.
func IsQuery(sql string) bool { _, ok := statementOf(sql).(*tree.Query); return ok }
func IsView(sql string) bool  { _, ok := statementOf(sql).(*tree.CreateView); return ok }
func IsCache(sql string) bool { _, ok := statementOf(sql).(*tree.Cache); return ok }

// IsOfSession tells whether what a statement does ends with the session: settings, variables, temporary views and functions.
func IsOfSession(sql string) bool {
	switch st := statementOf(sql).(type) {
	case *tree.CreateView:
		return st.Temp
	case *tree.Drop:
		return st.Kind == tree.KindView || st.Kind == tree.KindFunction || st.Kind == tree.KindVariable
	case *tree.CreateTempViewUsing, *tree.CreateFunction, *tree.Set, *tree.SetTimeZone, *tree.Reset, *tree.Use, *tree.UseCatalog,
		*tree.DeclareVar, *tree.SetVar, *tree.Cache, *tree.Uncache:
		return true
	}
	return false
}

// Inputs lists the tables that a script reads without making them, sorted, in lower case.
func Inputs(statements []string) ([]string, error) {
	made, read := map[string]bool{}, map[string]bool{}
	for _, sql := range statements {
		st, err := parse.Statement(&errs.Text{SQL: sql}, parse.Options{Ansi: true})
		if err != nil {
			return nil, err
		}
		walkTables(reflect.ValueOf(st), func(name string) {
			if !made[name] {
				read[name] = true
			}
		}, map[string]bool{})
		switch st := st.(type) {
		case *tree.CreateView:
			made[lastPart(st.Name)] = true
		case *tree.CreateTable:
			made[lastPart(st.Name)] = true
		case *tree.Cache:
			made[lastPart(st.Name)] = true
		}
	}
	var out []string
	for n := range read {
		out = append(out, n)
	}
	slices.Sort(out)
	return out, nil
}

func lastPart(n tree.ObjectName) string {
	if len(n.Parts) == 0 {
		return ""
	}
	return strings.ToLower(n.Parts[len(n.Parts)-1])
}

// tablesOf are the names of the tables that a query reads.
func tablesOf(q tree.Relation) (out [][]string) {
	walkNames(reflect.ValueOf(q), func(parts []string) { out = append(out, parts) }, map[string]bool{})
	return out
}

// walkTables calls f for every table that a tree names without a database.
func walkTables(v reflect.Value, f func(string), ctes map[string]bool) {
	walkNames(v, func(parts []string) {
		if len(parts) == 1 {
			f(strings.ToLower(parts[0]))
		}
	}, ctes)
}

// walkNames calls f for every table that a tree names, but for those that are CTEs of a WITH around it.
func walkNames(v reflect.Value, f func([]string), ctes map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return
		}
		switch x := v.Interface().(type) {
		case *tree.Table:
			if len(x.Parts) > 1 || len(x.Parts) == 1 && !ctes[strings.ToLower(x.Parts[0])] {
				f(x.Parts)
			}
			return
		case *tree.With:
			inner := map[string]bool{}
			for k := range ctes {
				inner[k] = true
			}
			for _, c := range x.CTEs {
				walkNames(reflect.ValueOf(c.Query), f, inner)
				inner[strings.ToLower(c.Name)] = true
			}
			walkNames(reflect.ValueOf(x.Body), f, inner)
			return
		case *errs.Text:
			return
		}
		walkNames(v.Elem(), f, ctes)
	case reflect.Struct:
		if _, isPos := v.Interface().(errs.Pos); isPos {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walkNames(v.Field(i), f, ctes)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkNames(v.Index(i), f, ctes)
		}
	}
}
