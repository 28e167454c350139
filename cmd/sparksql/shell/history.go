package shell

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// historyEntry is a statement as it was run.
type historyEntry struct {
	SQL     string    `json:"sql"`
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
	Rows    int64     `json:"rows"`
	Error   string    `json:"error,omitempty"` // its condition
}

// history is the statements of this and earlier sessions, oldest first, each once: a statement that is run again moves to
// the end. The file has a JSON object a line; sessions append to it, so several may share it.
type history struct {
	path    string // "": not kept
	entries []historyEntry
}

// maxHistory is the number of statements kept.
const maxHistory = 10_000

// historyFile is where statements are remembered: SPARKSQL_HISTORY, else .sparksql_history at home; "" without a home.
func historyFile() string {
	if path, ok := os.LookupEnv("SPARKSQL_HISTORY"); ok {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".sparksql_history")
}

// loadHistory reads a file; lines that are no JSON are statements. A file that cannot be read is an empty history.
func loadHistory(path string) *history {
	h := &history{path: path}
	f, err := os.Open(path)
	if path == "" || err != nil {
		return h
	}
	defer f.Close()
	lines := 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	for ; sc.Scan(); lines++ {
		var e historyEntry
		if json.Unmarshal(sc.Bytes(), &e) != nil || e.SQL == "" {
			e = historyEntry{SQL: strings.TrimSpace(sc.Text())}
		}
		if e.SQL != "" {
			h.entries = append(h.entries, e)
		}
	}
	h.entries = lastOfEach(h.entries)
	if lines > 2*maxHistory {
		h.rewrite()
	}
	return h
}

// lastOfEach keeps the last entry of each statement, and at most maxHistory.
func lastOfEach(all []historyEntry) []historyEntry {
	last := map[string]int{}
	for i, e := range all {
		last[e.SQL] = i
	}
	out := all[:0]
	for i, e := range all {
		if last[e.SQL] == i {
			out = append(out, e)
		}
	}
	return out[max(0, len(out)-maxHistory):]
}

// rewrite makes the file as short as what is kept of it.
func (h *history) rewrite() {
	tmp := h.path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	enc := json.NewEncoder(f)
	for _, e := range h.entries {
		err = enc.Encode(e)
	}
	if f.Close() == nil && err == nil {
		os.Rename(tmp, h.path)
	}
}

// add remembers a statement. It is no error when it cannot be written down.
func (h *history) add(e historyEntry) {
	h.entries = lastOfEach(append(h.entries, e))
	if h.path == "" {
		return
	}
	line, err := json.Marshal(e)
	if err != nil {
		return
	}
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	f.Write(append(line, '\n'))
	f.Close()
}

// search lists the statements that hold a text, whatever the case.
func (h *history) search(text string) []historyEntry {
	var out []historyEntry
	for _, e := range h.entries {
		if strings.Contains(strings.ToLower(e.SQL), strings.ToLower(text)) {
			out = append(out, e)
		}
	}
	return out
}
