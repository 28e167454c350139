package functions

import (
	"strconv"
	"strings"
)

// pathStep is one step of a JSON path: a name, an index, or all members or elements.
type pathStep struct {
	name  string
	index int
	kind  pathKind
}

type pathKind uint8

const (
	pathName pathKind = iota
	pathIndex
	pathAllNames
	pathAllElements
)

// jsonPath is a compiled path; ok is false for text that is none.
type jsonPath struct {
	text  string
	steps []pathStep
	names bool // names only: the value is found without building a tree
	ok    bool
}

// compilePath reads $, .name, ['name'], [n], [*], .* in any number.
func compilePath(text string) *jsonPath {
	p := &jsonPath{text: text, names: true}
	s, found := strings.CutPrefix(text, "$")
	if !found {
		return p
	}
	for s != "" {
		var step pathStep
		switch {
		case strings.HasPrefix(s, "['"):
			end := strings.Index(s, "']")
			if end < 0 {
				return p
			}
			step = pathStep{name: s[2:end]}
			if step.name == "*" {
				step.kind = pathAllNames
			}
			s = s[end+2:]
			if strings.ContainsAny(step.name, "'?") || step.name == "" {
				return p
			}
		case s[0] == '[':
			end := strings.IndexByte(s, ']')
			if end < 0 {
				return p
			}
			if inner := s[1:end]; inner == "*" {
				step.kind = pathAllElements
			} else if n, err := strconv.Atoi(inner); err == nil && n >= 0 && inner[0] != '+' {
				step = pathStep{kind: pathIndex, index: n}
			} else {
				return p
			}
			s = s[end+1:]
		case s[0] == '.':
			end := strings.IndexAny(s[1:], ".[")
			if end < 0 {
				end = len(s) - 1
			}
			if step.name = s[1 : end+1]; step.name == "" {
				return p
			}
			if step.name == "*" {
				step.kind = pathAllNames
			}
			s = s[end+1:]
		default:
			return p
		}
		p.names = p.names && step.kind == pathName
		p.steps = append(p.steps, step)
	}
	p.ok = true
	return p
}

// get finds the path's value in JSON text; ok is false when there is none, or what was read is not JSON.
func (p *jsonPath) get(s string) (string, bool) {
	if !p.ok {
		return "", false
	}
	if p.names {
		return p.getNamed(s)
	}
	v, ok := parseJSON(s, lenientJSON)
	if !ok {
		return "", false
	}
	var g jsonOut
	ok = g.follow(&v, p.steps, styleRaw)
	return string(g.b), ok
}

// getNamed follows names down, passing over all else.
func (p *jsonPath) getNamed(s string) (string, bool) {
	r := jsonReader{s: s, opts: lenientJSON}
	result, found := "", false
	var level func(steps []pathStep) bool
	level = func(steps []pathStep) bool {
		r.blanks()
		if len(steps) == 0 {
			var v jsonValue
			if !r.value(&v) {
				return false
			}
			if found = true; v.kind == '"' {
				result = v.text
			} else {
				result = string(appendJSON(nil, &v))
			}
			return true
		}
		if r.at >= len(r.s) || r.s[r.at] != '{' {
			return r.value(nil)
		}
		r.at++
		for first := true; ; first = false {
			if first && r.eat('}') {
				return true
			}
			k, ok := r.key()
			if !ok {
				return false
			}
			if r.blanks(); !found && k == steps[0].name && !strings.HasPrefix(r.s[r.at:], "null") {
				ok = level(steps[1:])
			} else {
				ok = r.value(nil)
			}
			if !ok {
				return false
			}
			if r.eat('}') {
				return true
			}
			if !r.eat(',') {
				return false
			}
		}
	}
	if !level(p.steps) {
		return "", false
	}
	return result, found
}

// writeStyle says how a value that is reached is written.
type writeStyle uint8

const (
	styleRaw     writeStyle = iota // texts without quotes
	styleQuoted                    // as JSON
	styleFlatten                   // as JSON, the elements of arrays without their brackets
)

// jsonOut is JSON being written: values of a list with commas between them.
type jsonOut struct {
	b     []byte
	count int
	list  bool
}

func (g *jsonOut) put(b []byte) {
	if g.list && g.count > 0 {
		g.b = append(g.b, ',')
	}
	g.b = append(g.b, b...)
	g.count++
}

// follow writes what the steps reach in v and tells whether that was anything.
func (g *jsonOut) follow(v *jsonValue, steps []pathStep, style writeStyle) bool {
	if len(steps) == 0 {
		switch {
		case v.kind == '"' && style == styleRaw:
			g.put([]byte(v.text))
		case v.kind == '[' && style == styleFlatten:
			any := false
			for i := range v.kids {
				any = g.follow(&v.kids[i], nil, style) || any
			}
			return any
		default:
			g.put(appendJSON(nil, v))
		}
		return true
	}
	step, rest := steps[0], steps[1:]
	switch {
	case v.kind == '{' && (step.kind == pathName || step.kind == pathAllNames):
		for i := range v.kids {
			if step.kind == pathName && v.keys[i] != step.name || v.kids[i].kind == 'n' && step.kind == pathName {
				continue
			}
			if g.follow(&v.kids[i], rest, style) {
				return true
			}
		}
	case v.kind == '[' && step.kind == pathAllElements:
		return g.elements(v, rest, style)
	case v.kind == '[' && step.kind == pathIndex && step.index < len(v.kids):
		if len(rest) > 0 && rest[0].kind == pathAllElements {
			style = styleQuoted
		}
		return g.follow(&v.kids[step.index], rest, style)
	}
	return false
}

// elements writes what the steps reach in all elements: one value as itself, several as an array.
func (g *jsonOut) elements(v *jsonValue, rest []pathStep, style writeStyle) bool {
	sub := jsonOut{list: true}
	any, n := false, 0
	inner := style
	switch {
	case len(rest) > 0 && rest[0].kind == pathAllElements:
		inner, rest = styleFlatten, rest[1:]
		for i := range v.kids {
			if v.kids[i].kind != '[' {
				continue
			}
			for k := range v.kids[i].kids {
				any = sub.follow(&v.kids[i].kids[k], rest, inner) || any
			}
		}
		g.put(append(append([]byte{'['}, sub.b...), ']'))
		return any
	case style == styleRaw:
		inner = styleQuoted
	}
	for i := range v.kids {
		if sub.follow(&v.kids[i], rest, inner) {
			n++
		}
	}
	switch {
	case style == styleQuoted:
		g.put(append(append([]byte{'['}, sub.b...), ']'))
	case n > 1:
		g.put(append(append([]byte{'['}, sub.b...), ']'))
	case n == 1:
		g.put(sub.b)
	}
	return n > 0
}
