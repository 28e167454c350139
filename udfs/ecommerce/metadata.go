package ecommerce

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// parseJSONMetadata reads an object into a map of texts, as Python's json.loads and str do; what is no object
// gives the empty map, NULL too.
func parseJSONMetadata() udfs.Def {
	d := def("parse_json_metadata", "(json) - Returns the members of a JSON object as a map of texts, an empty map for anything else.",
		`SELECT parse_json_metadata('{"a": true}')`, `{"a":"True"}`)
	d = udfs.Vector(d, types.MapOf(types.StringType, types.StringType, true), func(c *udfs.Call) error {
		keys, vals := c.Out.Kids[0], c.Out.Kids[1]
		row := 0
		closeTo := func(n int) {
			for ; row < n; row++ {
				c.Out.CloseRow(row)
			}
		}
		err := c.Each(func(i int) error {
			closeTo(i)
			if !c.In[0].IsNull(i) {
				for _, m := range readObject(c.In[0].Str(i)) {
					put(keys, m.key)
					put(vals, m.text)
				}
			}
			closeTo(i + 1)
			return nil
		})
		closeTo(c.N)
		return err
	}, types.StringType)
	d.Overloads[0].Nullable = false
	return d
}

func put(v *vec.Vec, s string) { v.SetStr(v.Extend(1), s) }

// member is one member of an object; of several of one name the last value is kept, at the first one's place.
type member struct{ key, text string }

// readObject gives the members of a JSON object, none when the text is not one.
func readObject(s string) []member {
	p := &pyReader{s: s}
	p.space()
	if !p.take('{') {
		return nil
	}
	members, ok := p.object(1)
	if p.space(); !ok || p.at != len(p.s) {
		return nil
	}
	out := make([]member, len(members))
	for i, m := range members {
		out[i] = member{m.key, m.val.str()}
	}
	return out
}
