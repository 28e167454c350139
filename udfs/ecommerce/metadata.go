package ecommerce

import "sparksql/udfs"

// parseJSONMetadata reads an object into a map of texts, as Python's json.loads and str do; what is no object
// gives the empty map, NULL too. Of several members of one name the last value is kept, at the first one's place.
func parseJSONMetadata(json udfs.Null[string]) udfs.Pairs[string, string] { return readObject(json.V) }

// readObject gives the members of a JSON object, none when the text is not one.
func readObject(s string) udfs.Pairs[string, string] {
	p := &pyReader{s: s}
	p.space()
	if !p.take('{') {
		return nil
	}
	members, ok := p.object(1)
	if p.space(); !ok || p.at != len(p.s) {
		return nil
	}
	out := make(udfs.Pairs[string, string], len(members))
	for i, m := range members {
		out[i] = udfs.Pair[string, string]{Key: m.key, Value: m.val.str()}
	}
	return out
}
