package deploy

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGuideIsRun holds the guide to what it says of itself: its blocks are those with a $, which the test of the shell runs and
// compares, and those of sh, each of which cluster_test.sh runs.
func TestGuideIsRun(t *testing.T) {
	guide, err := os.ReadFile("../docs/production.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("cluster_test.sh")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	section, open, n := "", false, 0
	for i, line := range strings.Split(string(guide), "\n") {
		kind, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open:
			open = false
		case fence && kind == "sh":
			open = true
			n++
			want = append(want, fmt.Sprintf("%s, block %d", section, n))
		case fence && kind == "console":
			open = true
		case fence:
			t.Errorf("line %d: a block of %q, which nobody runs", i+1, kind)
		case !open && strings.HasPrefix(line, "## "):
			section, n = strings.TrimPrefix(line, "## "), 0
		}
	}
	for _, call := range regexp.MustCompile(`(?m)^  run '(.*)' (\d+)$`).FindAllStringSubmatch(string(script), -1) {
		got = append(got, call[1]+", block "+call[2])
	}
	if !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("cluster_test.sh runs\n  %s\nthe guide has\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
