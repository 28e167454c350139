package functions

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// urlFunctions take URLs apart and escape them.
func urlFunctions() []udfs.Def {
	parse := func(name, since, usage string, try bool) udfs.Def {
		k := func(c *udfs.Call) error {
			return live(c, func(i int) error {
				key := ""
				if len(c.In) == 3 {
					if c.In[1].Str(i) != "QUERY" {
						c.Out.SetNull(i)
						return nil
					}
					key = c.In[2].Str(i)
				}
				part, ok, valid := urlPart(c.In[0].Str(i), c.In[1].Str(i), key, len(c.In) == 3)
				switch {
				case !valid && !try && c.Env.ANSI:
					return errs.New(c.Env.Pos, "INVALID_URL", "url", strings.Clone(c.In[0].Str(i)))
				case !valid || !ok:
					c.Out.SetNull(i)
				default:
					c.Out.SetStr(i, part)
				}
				return nil
			})
		}
		return udfs.Def{Name: name, Group: "url_funcs", Since: since,
			Usage:    name + "(url, partToExtract[, key]) - Returns a part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; of the QUERY, the value of `key`" + usage,
			Examples: example("SELECT "+name+"('http://spark.apache.org/path?query=1', 'QUERY', 'query')", "1"), Traits: partial | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{str, str}, Out: str, Nullable: true, Kernel: k}, {In: []types.Type{str, str, str}, Out: str, Nullable: true, Kernel: k}}}
	}
	decode := func(name, since, usage string, try bool) udfs.Def {
		return udfs.Def{Name: name, Group: "url_funcs", Since: since, Usage: name + "(str) - Returns text without the escapes of URLs" + usage,
			Examples: example("SELECT "+name+"('https%3A%2F%2Fspark.apache.org')", "https://spark.apache.org"), Traits: partial | udfs.AlwaysNullable,
			Overloads: []udfs.Overload{{In: []types.Type{str}, Out: str, Nullable: try, Kernel: func(c *udfs.Call) error {
				return live(c, func(i int) error {
					s, ok := urlDecode(c.In[0].Str(i))
					switch {
					case ok:
						c.Out.SetStr(i, s)
					case try:
						c.Out.SetNull(i)
					default:
						return errs.New(c.Env.Pos, "CANNOT_DECODE_URL", "url", strings.Clone(c.In[0].Str(i)))
					}
					return nil
				})
			}}}}
	}
	return []udfs.Def{
		parse("parse_url", "2.0.0", ".", false),
		parse("try_parse_url", "4.0.0", "; NULL when the URL is not valid.", true),
		decode("try_url_decode", "4.0.0", ", NULL when they are not valid.", true),
		decode("url_decode", "3.4.0", ".", false),
		{
			Name: "url_encode", Group: "url_funcs", Since: "3.4.0",
			Usage:    "url_encode(str) - Returns text with the escapes of application/x-www-form-urlencoded.",
			Examples: example("SELECT url_encode('https://spark.apache.org')", "https%3A%2F%2Fspark.apache.org"), Traits: pure,
			Overloads: []udfs.Overload{sig(str, func(c *udfs.Call) error { return StrMap1(c, urlEncode) }, str)},
		},
	}
}

func urlEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case isLetter(c) || c >= '0' && c <= '9' || strings.IndexByte(".-*_", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func urlDecode(s string) (string, bool) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			out = append(out, ' ')
		case '%':
			if i+2 >= len(s) || hexValue(s[i+1]) < 0 || hexValue(s[i+2]) < 0 {
				return "", false
			}
			out = append(out, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return strings.ToValidUTF8(string(out), string(utf8.RuneError)), true
}

var urlShape = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$`)

// urlPart reads a part of a URL; ok is false when it has none, valid when it is no URL by RFC 2396.
func urlPart(u, part, key string, keyed bool) (value string, ok, valid bool) {
	m := urlShape.FindStringSubmatchIndex(u)
	if m == nil || strings.ContainsAny(u, " \"<>\\^`{|}\n\t") || badEscapes(u) {
		return "", false, false
	}
	group := func(g int) (string, bool) {
		if m[2*g] < 0 {
			return "", false
		}
		return u[m[2*g]:m[2*g+1]], true
	}
	scheme, hasScheme := group(1)
	authority, hasAuthority := group(2)
	path, _ := group(3)
	query, hasQuery := group(4)
	opaque := hasScheme && !hasAuthority && !strings.HasPrefix(path, "/")
	switch part {
	case "PROTOCOL":
		return scheme, hasScheme, true
	case "AUTHORITY":
		return authority, hasAuthority && authority != "", true
	case "HOST", "USERINFO":
		user, host, has := strings.Cut(authority, "@")
		if !has {
			user, host = "", authority
		}
		if part == "USERINFO" {
			return user, has, true
		}
		if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
			host = host[:i]
		}
		return host, host != "", true
	case "PATH":
		return path, !opaque, true
	case "FILE":
		if hasQuery {
			path += "?" + query
		}
		return path, !opaque, true
	case "REF":
		v, has := group(5)
		return v, has, true
	case "QUERY":
		if !keyed {
			return query, hasQuery, true
		}
		for _, pair := range strings.Split(query, "&") {
			if k, v, has := strings.Cut(pair, "="); has && k == key {
				return v, true, true
			}
		}
	}
	return "", false, true
}

func badEscapes(u string) bool {
	for i := 0; i < len(u); i++ {
		if u[i] == '%' && (i+2 >= len(u) || hexValue(u[i+1]) < 0 || hexValue(u[i+2]) < 0) {
			return true
		}
	}
	return false
}
