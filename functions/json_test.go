package functions

import "testing"

func TestJSONPaths(t *testing.T) {
	const book = `{"store":{"fruit":[{"weight":8,"type":"apple"},{"weight":9,"type":"pear"}],"basket":[[1,2,{"b":"y","a":"x"}],[3,4],[5,6]],"bicycle":{"price":19.95,"color":"red"}},"e":"a\u0041\n","n":null,"d":1.50}`
	for _, c := range []struct{ s, path, want string }{
		{book, "$.store.bicycle", `{"price":19.95,"color":"red"}`}, {book, "$.store.fruit[0].type", "apple"}, {book, "$.store.fruit[*].weight", "[8,9]"},
		{book, "$.store.fruit[*].nothing", "NULL"}, {book, "$.store.basket[0][2].b", "y"}, {book, "$.store.basket[*]", `[[1,2,{"b":"y","a":"x"}],[3,4],[5,6]]`},
		{book, "$.store.basket[*][0]", "[1,3,5]"}, {book, "$.store.basket[0][*]", `[1,2,{"b":"y","a":"x"}]`}, {book, "$.store.basket[*][*]", `[1,2,{"b":"y","a":"x"},3,4,5,6]`},
		{book, "$.e", "aA\n"}, {book, "$.n", "NULL"}, {book, "$.d", "1.5"}, {book, "$['store']['bicycle']['color']", "red"},
		{`{'a': 'it''s'}`, "$.a", "NULL"}, {`{'a': "x"}`, "$.a", "x"}, {`{"a":1`, "$.a", "NULL"}, {`[1,2,3]`, "$[1]", "2"}, {`{"a":1}`, "a", "NULL"},
		{`{"a":1}`, "$", `{"a":1}`}, {`{"a":{"b":1},"a":{"c":2}}`, "$.a.c", "2"}, {`{"a":"x" }garbage`, "$.a", "x"},
	} {
		got, ok := compilePath(c.path).get(c.s)
		if !ok {
			got = "NULL"
		}
		if got != c.want {
			t.Errorf("%s of %.40s: got %s, want %s", c.path, c.s, got, c.want)
		}
	}
}

func TestJSONTextIsChecked(t *testing.T) {
	for s, ok := range map[string]bool{`[1,2]`: true, `[1,]`: false, `{"a":01}`: false, `{"a":1.}`: false, `tru`: false, `{"a" 1}`: false, "\"a\nb\"": false,
		`"\ud83d\ude00"`: true, `"\x"`: false, `-`: false, `-1e5`: true, `{}`: true, `{"a":NaN}`: false} {
		if _, got := parseJSON(s, lenientJSON); got != ok {
			t.Errorf("%s: %v", s, got)
		}
	}
	deep := make([]byte, 100000)
	for i := range deep {
		deep[i] = '['
	}
	if _, ok := parseJSON(string(deep), lenientJSON); ok {
		t.Error("too deep")
	}
}
