package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHistoryIsSharedAndHasEachStatementOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("select 'old';\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := loadHistory(path), loadHistory(path)
	a.add(historyEntry{SQL: "select 1;", At: time.Now(), Seconds: 0.5, Rows: 1})
	b.add(historyEntry{SQL: "select\n  2;", Rows: 2})
	a.add(historyEntry{SQL: "select 'old';", Error: "DIVIDE_BY_ZERO"})
	a.add(historyEntry{SQL: "select 1;", Rows: 7})
	got := loadHistory(path)
	var all []string
	for _, e := range got.entries {
		all = append(all, e.SQL)
	}
	if s := strings.Join(all, "|"); s != "select\n  2;|select 'old';|select 1;" {
		t.Errorf("got %q", s)
	}
	if e := got.entries[2]; e.Rows != 7 {
		t.Errorf("the last run of a statement counts, got %+v", e)
	}
	if found := got.search("OLD"); len(found) != 1 || found[0].Error != "DIVIDE_BY_ZERO" {
		t.Errorf("found %+v", found)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 2*maxHistory + 10 {
		fmt.Fprintf(&b, "select %d;\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h := loadHistory(path)
	text, err := os.ReadFile(path)
	if err != nil || len(h.entries) != maxHistory || strings.Count(string(text), "\n") != maxHistory {
		t.Errorf("kept %d statements, %d lines, %v", len(h.entries), strings.Count(string(text), "\n"), err)
	}
	if h := loadHistory(filepath.Join(t.TempDir(), "none", "history")); len(h.entries) != 0 {
		t.Error("a history out of nothing")
	}
}
