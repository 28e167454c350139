package parse

import "strings"

// Split cuts a script into statements at semicolons outside quotes, comments and BEGIN ... END blocks.
// Pieces that hold nothing but blanks and comments are dropped.
func Split(script string) []Piece {
	s := splitter{script: script}
	for s.i < len(script) {
		s.step()
	}
	s.cut(len(script), false)
	return s.out
}

type splitter struct {
	script string
	i      int
	from   int  // where the current piece starts
	solid  bool // the piece holds something besides blanks and comments
	open   bool // the piece ends inside a quote or comment
	words  int  // words so far in the piece
	block  int  // depth of BEGIN, CASE, IF, LOOP ... END in a compound statement
	prev   string
	out    []Piece
}

func (s *splitter) step() {
	script, i := s.script, s.i
	c := script[i]
	switch {
	case c == ';' && s.block == 0:
		s.cut(i, true)
		s.i++
		s.from, s.solid, s.words, s.prev = s.i, false, 0, ""
		return
	case c == '-' && strings.HasPrefix(script[i:], "--"):
		s.i = lineComment(script, i)
		return
	case c == '/' && strings.HasPrefix(script[i:], "/*"):
		end, closed := blockComment(script, i)
		s.i, s.open = end, !closed
		s.solid = s.solid || !closed
		return
	case c == '\'' || c == '"' || s.atRawString():
		end, closed := stringEnd(script, i)
		s.i, s.open, s.solid = end, !closed, true
		s.prev = ""
		return
	case c == '`':
		end := strings.IndexByte(script[i+1:], '`')
		s.solid, s.prev = true, ""
		if end < 0 {
			s.i, s.open = len(script), true
		} else {
			s.i = i + 1 + end + 1
		}
		return
	case isWordByte(c) || c >= 0x80:
		end := max(wordEnd(script, i), i+1)
		s.word(strings.ToUpper(script[i:end]))
		s.i, s.solid = end, true
		return
	case c != ' ' && (c < '\t' || c > '\r'):
		s.solid, s.prev = true, string(c)
	}
	s.i++
}

func (s *splitter) atRawString() bool {
	c := s.script[s.i]
	return (c == 'r' || c == 'R') && s.i+1 < len(s.script) && (s.script[s.i+1] == '\'' || s.script[s.i+1] == '"')
}

// word tracks the depth of a compound statement, which starts with BEGIN.
func (s *splitter) word(w string) {
	s.words++
	if s.words == 1 && w == "BEGIN" {
		s.block = 1
	} else if s.block > 0 {
		switch w {
		case "BEGIN", "CASE", "IF", "LOOP", "WHILE", "REPEAT", "FOR":
			if s.prev != "END" && !(w != "CASE" && w != "BEGIN" && s.prev != ";" && s.prev != "BEGIN" && s.prev != ":" && s.prev != "THEN" && s.prev != "ELSE" && s.prev != "DO" && s.prev != "LOOP") {
				s.block++
			}
		case "END":
			s.block--
		}
	}
	s.prev = w
}

func (s *splitter) cut(end int, complete bool) {
	if s.solid {
		text, start := trimmed(s.script, s.from, end)
		s.out = append(s.out, Piece{Text: text, Start: start, Complete: complete && !s.open})
	}
}
