package shell

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	sparksql "sparksql"
)

// goldenMark is the line before each statement of a script for programs; the line ";" ends it.
const goldenMark = "-- !query"

// initFile runs a file without printing rows; its errors end everything. Its meta commands change the session.
func (r *runner) initFile(ctx context.Context, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, u := range units(string(b)) {
		if u.meta != "" {
			err = r.meta(ctx, u)
		} else {
			err = r.session.Exec(ctx, u.sql, r.given()...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// units cuts a script of either kind.
func units(script string) []unit {
	if !strings.HasPrefix(script, goldenMark+"\n") {
		return cutAll(script)
	}
	var out []unit
	for _, sql := range markedStatements(script) {
		out = append(out, unit{sql: sql})
	}
	return out
}

// statements cuts a script of SQL into statements without their semicolons.
func statements(script string) []string {
	var out []string
	for _, p := range sparksql.Split(script) {
		if t := trimStatement(p.Text); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func markedStatements(script string) []string {
	var out []string
	var cur []string
	open := false
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == goldenMark && !open:
			open, cur = true, nil
		case line == ";" && open:
			out, open = append(out, strings.Join(cur, "\n")), false
		default:
			cur = append(cur, line)
		}
	}
	return out
}

// script runs a text; quit ends it.
func (r *runner) script(ctx context.Context, script string) error {
	for _, u := range units(script) {
		if err := r.step(ctx, u); err != nil {
			return quitted(err)
		}
	}
	return nil
}

// quitted is nil for quit.
func quitted(err error) error {
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}

// stream runs what comes from a reader, each statement as it arrives.
func (r *runner) stream(ctx context.Context, in io.Reader) error {
	s := &streamed{r: r}
	br := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := br.ReadString('\n')
		if e := s.line(ctx, line); e != nil {
			return quitted(e)
		}
		if err == io.EOF {
			return quitted(s.end(ctx))
		}
		if err != nil {
			return err
		}
	}
}

// streamed is what a stream has brought that is not run yet.
type streamed struct {
	r      *runner
	buf    strings.Builder
	marked bool
	lines  int // before what is in buf
}

// line takes in a line with its end.
func (s *streamed) line(ctx context.Context, line string) error {
	text := strings.TrimRight(line, "\r\n")
	switch {
	case !s.marked && text == goldenMark && strings.TrimSpace(s.buf.String()) == "":
		s.marked = true
		s.buf.Reset()
		return nil
	case s.marked && text == ";":
		stmt := strings.TrimSuffix(s.buf.String(), "\n")
		s.buf.Reset()
		s.marked = false
		err := s.r.step(ctx, unit{sql: stmt})
		if errors.Is(err, errReported) && s.r.golden() {
			s.r.failed, err = false, nil // the answer says so
		}
		return err
	}
	s.buf.WriteString(line)
	if s.marked || !strings.ContainsAny(line, `;\`) && !isMetaLine(line) {
		return nil
	}
	units, rest, at := cut(s.buf.String())
	before := lineOf(s.buf.String(), at) - 1
	s.buf.Reset()
	s.buf.WriteString(rest)
	err := s.run(ctx, units)
	s.lines += before
	return err
}

func (s *streamed) run(ctx context.Context, units []unit) error {
	for _, u := range units {
		u.line += s.lines
		if u.sql == "" && u.meta == "" {
			continue
		}
		if err := s.r.step(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// end runs what is left at the end of the stream.
func (s *streamed) end(ctx context.Context) error {
	if s.marked {
		return s.r.step(ctx, unit{sql: trimStatement(s.buf.String())})
	}
	return s.run(ctx, cutAll(s.buf.String()))
}
