package examples

import (
	"encoding/json"
	"strings"

	"sparksql/udfs"
)

func jsonField() udfs.Def {
	return udfs.Scalar("json_field", udfs.Fn2V(field), udfs.Params("json", "path one name for each level"), udfs.Cost(1000),
		udfs.Doc("Returns the member at the path of a JSON text, texts as they are and the rest as JSON; NULL where there is none."),
		udfs.Shows(`SELECT json_field('{"user": {"name": "Ann", "tags": [1, 2]}}', 'user', 'name')`, "Ann"),
		udfs.Shows(`SELECT json_field('{"user": {"name": "Ann", "tags": [1, 2]}}', 'user', 'tags')`, "[1,2]"),
		udfs.Shows("SELECT json_field('no JSON', 'user')", "NULL"))
}

func field(text string, path ...string) udfs.Null[string] {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var x any
	if d.Decode(&x) != nil {
		return udfs.None[string]()
	}
	for _, name := range path {
		object, _ := x.(map[string]any)
		member, ok := object[name]
		if !ok {
			return udfs.None[string]()
		}
		x = member
	}
	switch x := x.(type) {
	case nil:
		return udfs.None[string]()
	case string:
		return udfs.Some(x)
	}
	b, err := json.Marshal(x)
	return udfs.Null[string]{V: string(b), OK: err == nil}
}
