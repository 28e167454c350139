package shell_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuideShowsWhatHappens runs the console blocks of the guide to production, one after the other in one folder, and compares
// what they print; times may differ.
func TestGuideShowsWhatHappens(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not there")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs/production.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"queries", "testdata"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for _, block := range strings.Split(string(text), "```console\n$ ")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for _, step := range strings.Split(block, "\n$ ") {
			command, want, _ := strings.Cut(step, "\n")
			bash := exec.Command("bash", "-c", command)
			bash.Dir = dir
			got, _ := bash.CombinedOutput()
			if g, w := timeless(string(got)), timeless(want); g != w {
				t.Errorf("%s\nprints\n%s\nthe guide shows\n%s", command, g, w)
			}
			n++
		}
	}
	if n < 10 {
		t.Errorf("found %d commands in the guide", n)
	}
}

var times = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d+Z?|"seconds": [\d.e-]+`)

func timeless(s string) string { return strings.TrimSpace(times.ReplaceAllString(s, "TIME")) }
