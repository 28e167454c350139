package sparksql

import (
	"context"

	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/render"
)

// Words lists what can be typed: keywords, functions, and the tables and views in sight with their columns.
func (s *Session) Words() []string {
	out := append(parse.Keywords(), s.funcs.Names()...)
	ctx := context.Background()
	o := (*objects)(s)
	for _, parts := range o.Names(ctx, nil) {
		name := parts[len(parts)-1]
		out = append(out, name)
		obj, err := o.Relation(ctx, parts[max(0, len(parts)-2):], errs.Pos{})
		if err != nil || obj == nil {
			continue
		}
		if obj.View != nil {
			for _, f := range obj.View.Columns {
				out = append(out, f.Name)
			}
			continue
		}
		out = append(out, obj.Table.Schema().Names()...)
	}
	return out
}

// JSONError is an error as the golden format prints it, one line.
func JSONError(class, state, message string) string { return render.JSONError(class, state, message) }
