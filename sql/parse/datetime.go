package parse

import (
	"sparksql/sql/types"
)

func (o Options) micros() int64 { return o.now().UnixMicro() }

// parseDate reads the text of a DATE literal.
func parseDate(text string, o Options) (int32, bool) {
	if v, ok := types.SpecialDate(text, o.zone(), o.micros()); ok {
		return v, true
	}
	return types.ParseDate(text)
}

// timestamp gives the type and value of a TIMESTAMP literal. Where the default type is TIMESTAMP_NTZ, a text with
// a zone is still a TIMESTAMP.
func (p *front) timestamp(word, text string) (types.Type, int64, bool) {
	o := p.opts
	if word == "TIMESTAMP_NTZ" || word == "TIMESTAMP" && o.TimestampNTZ && !types.HasZone(text) {
		if v, ok := types.SpecialTimestampNTZ(text, o.zone(), o.micros()); ok {
			return types.TimestampNTZType, v, true
		}
		v, ok := types.ParseTimestampNTZ(text, true)
		return types.TimestampNTZType, v, ok
	}
	if v, ok := types.SpecialTimestamp(text, o.zone(), o.micros()); ok {
		return types.TimestampType, v, true
	}
	v, ok := types.ParseTimestamp(text, o.zone(), o.micros())
	return types.TimestampType, v, ok
}
