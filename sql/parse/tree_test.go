package parse

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
	"sparksql/sql/types"
)

var update = flag.Bool("update", false, "rewrite expected output")

// dump prints a tree without its places: Type(field=value ...), fields of zero value left out.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, reflect.ValueOf(v))
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	if !v.IsValid() {
		b.WriteString("nil")
		return
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case *tree.Name:
			b.WriteString(strings.Join(x.Parts, "."))
			return
		case *tree.Literal:
			fmt.Fprintf(b, "%s:%s", x.Type, literalText(x))
			return
		case types.Type:
			b.WriteString(x.String())
			return
		}
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		dumpValue(b, v.Elem())
	case reflect.Slice:
		b.WriteByte('[')
		for i := 0; i < v.Len(); i++ {
			if i > 0 {
				b.WriteByte(' ')
			}
			dumpValue(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(b, "%s:%v", k, v.MapIndex(k))
		}
		b.WriteByte('}')
	case reflect.Struct:
		dumpStruct(b, v)
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func dumpStruct(b *strings.Builder, v reflect.Value) {
	b.WriteString(v.Type().Name())
	b.WriteByte('(')
	n := 0
	for i := 0; i < v.NumField(); i++ {
		f := v.Type().Field(i)
		if f.Anonymous || f.Name == "P" || f.Name == "Core" || v.Field(i).IsZero() {
			continue
		}
		if n++; n > 1 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Name + "=")
		dumpValue(b, v.Field(i))
	}
	b.WriteByte(')')
}

// TestTrees compares statements with their trees in testdata: statements separated by blank lines, each followed by
// a line that begins with => and holds the tree or the condition of the error with its place.
func TestTrees(t *testing.T) {
	for _, name := range []string{"queries", "expressions", "commands", "errors"} {
		file := "testdata/" + name + ".txt"
		in, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for _, block := range strings.Split(strings.TrimSpace(string(in)), "\n\n") {
			sql, want, _ := strings.Cut(block, "\n=> ")
			got := treeOf(sql, name == "expressions")
			if !*update && got != want {
				t.Errorf("%s: %s\n got  %s\n want %s", file, sql, got, want)
			}
			out.WriteString(sql + "\n=> " + got + "\n\n")
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.TrimRight(out.String(), "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func treeOf(sql string, expr bool) string {
	text := &errs.Text{SQL: sql}
	var v any
	var err error
	if expr {
		v, err = Expression(text, Options{})
	} else {
		v, err = Statement(text, Options{})
	}
	if err != nil {
		e := err.(*errs.Error)
		line, col := e.At.LineCol()
		keys := make([]string, 0, len(e.Args))
		for k := range e.Args {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		s := fmt.Sprintf("%s %d:%d %q", e.Cond.Name, line, col, e.At.Fragment())
		for _, k := range keys {
			s += fmt.Sprintf(" %s=%s", k, e.Args[k])
		}
		return s
	}
	if q, ok := v.(*tree.Query); ok {
		return dump(q.Rel)
	}
	return dump(v)
}
