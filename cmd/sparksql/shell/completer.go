package shell

import (
	"context"
	"strings"
)

// completion is what may stand in place of the bytes from start to the cursor.
type completion struct {
	start int
	items []completionItem
}

type completionItem struct{ text, kind, detail string }

// complete offers what fits at a byte offset of what is typed: of a statement, or of a meta command.
func (r *runner) complete(text string, cursor int) completion {
	if isMetaLine(text) || text == `\` || text == "." {
		return r.completeMeta(text, cursor)
	}
	found := r.session.Complete(context.Background(), text, cursor)
	out := completion{start: found.Start}
	for _, s := range found.Suggestions {
		out.items = append(out.items, completionItem{s.Text, string(s.Kind), s.Detail})
	}
	return out
}

// completeMeta completes the name of a meta command, and its argument as a statement would have it there.
func (r *runner) completeMeta(text string, cursor int) completion {
	name, _, hasArgument := strings.Cut(text[:cursor], " ")
	if !hasArgument {
		out := completion{}
		for _, m := range metaCommands() {
			for _, n := range m.names {
				if strings.HasPrefix(n, name) {
					out.items = append(out.items, completionItem{n, "command", m.help})
				}
			}
		}
		return out
	}
	m := metaNamed(name)
	if m == nil || m.like == "" {
		return completion{start: cursor}
	}
	typed := strings.TrimLeft(text[len(name):cursor], " ")
	found := r.complete(m.like+typed, len(m.like)+len(typed))
	found.start += cursor - len(typed) - len(m.like)
	return found
}
