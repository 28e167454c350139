package udfs

import (
	"fmt"
	"strings"

	"sparksql/sql/types"
)

// Option says more of a function than its Go type does.
type Option func(*Def)

// Doc says what a function does, in a sentence: "Returns ...". DESCRIBE FUNCTION shows it.
func Doc(text string) Option { return func(d *Def) { d.Usage = text } }

// Params names the arguments, for documents and for calls such as f(price => 1). A name may have a remark after a
// blank: "rate the share taken off, 0 to 1".
func Params(names ...string) Option {
	return func(d *Def) {
		for _, n := range names {
			name, doc, _ := strings.Cut(n, " ")
			d.Args = append(d.Args, Arg{Name: name, Doc: doc})
		}
	}
}

// Shows adds an example: a statement and what it prints. udfstest runs it.
func Shows(sql, out string) Option {
	return func(d *Def) { d.Examples = append(d.Examples, Example{SQL: sql, Out: out}) }
}

// Note adds a remark to the documents.
func Note(text string) Option { return func(d *Def) { d.Note = text } }

// Group is the heading under which documents list the function; "udf" without it.
func Group(name string) Option { return func(d *Def) { d.Group = name } }

// Since is the version that the function came with.
func Since(version string) Option { return func(d *Def) { d.Since = version } }

// Alias gives the function further names.
func Alias(names ...string) Option {
	return func(d *Def) { d.Aliases = append(d.Aliases, names...) }
}

// Volatile says that a function may give another result for the same arguments, or that calling it has effects:
// it is called once for each row that reaches it, where it stands.
func Volatile() Option { return func(d *Def) { d.Traits &^= Deterministic } }

// Cost is about what a row takes, in nanoseconds. Conditions that cannot fail are tried in the order of their costs.
func Cost(nanos int) Option { return func(d *Def) { d.Cost = nanos } }

// Also adds a signature to a scalar function: another f of Scalar. The one nearest to the types of a call is used.
func Also(f any) Option { return func(d *Def) { d.overload(f) } }

// Types gives the SQL types of the last signature, where the Go types leave a choice: precision and scale of
// decimals, a name of a struct's field.
func Types(out types.Type, in ...types.Type) Option {
	return func(d *Def) {
		o := &d.Overloads[len(d.Overloads)-1]
		if len(in) != len(o.In) {
			panic(fmt.Sprintf("udfs: %s: Types has %d arguments, the function %d", d.Name, len(in), len(o.In)))
		}
		for i, t := range append([]types.Type{out}, in...) {
			if was := append([]types.Type{o.Out}, o.In...)[i]; !sameLayout(t, was) {
				panic(fmt.Sprintf("udfs: %s: Types has %s where the Go type is carried as %s", d.Name, t.SQL(), was.SQL()))
			}
		}
		o.Out, o.In = out, in
	}
}

// sameLayout tells whether values of both types are of one Go type.
func sameLayout(a, b types.Type) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case types.Array:
		return sameLayout(a.Elem(), b.Elem())
	case types.Map:
		return sameLayout(a.Key(), b.Key()) && sameLayout(a.Elem(), b.Elem())
	case types.Struct:
		fs, gs := a.Fields(), b.Fields()
		same := len(fs) == len(gs)
		for i := 0; same && i < len(fs); i++ {
			same = sameLayout(fs[i].Type, gs[i].Type)
		}
		return same
	}
	return true
}

// finish completes the documents.
func (d Def) finish() Def {
	names := make([]string, len(d.Args))
	for i, a := range d.Args {
		names[i] = a.Name
	}
	if len(names) == 0 && len(d.Overloads) > 0 {
		for _, t := range d.Overloads[0].In {
			names = append(names, t.SQL())
		}
	}
	usage := d.Name + "(" + strings.Join(names, ", ") + ")"
	if d.Usage != "" {
		usage += " - " + d.Usage
	}
	d.Usage, d.Name = usage, strings.ToLower(d.Name)
	return d
}
