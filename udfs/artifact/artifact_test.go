package artifact

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sparksql/sql/errs"
)

func file(t *testing.T, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.so")
	if err := os.WriteFile(path, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

const contentSum = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"

func TestReadKnowsTheSum(t *testing.T) {
	path := file(t, 0o644)
	for _, allow := range [][]string{nil, {"00", contentSum}} {
		f, err := Read(Plugin, path, allow)
		if err != nil || f.Sum != contentSum || string(f.Data) != "content" || f.Path != path {
			t.Errorf("%+v, %v", f, err)
		}
	}
	if _, err := Read(Plugin, path, []string{}); !errs.Is(err, "CANNOT_LOAD_FUNCTION_FILE.NOT_ALLOWED") || !strings.Contains(err.Error(), contentSum) {
		t.Errorf("a file that is not allowed: %v", err)
	}
}

func TestReadTrustsNoFileOfOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	open := file(t, 0o666)
	dir := file(t, 0o644)
	if err := os.Chmod(filepath.Dir(dir), 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.so")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{open: "the file can be written by everyone", dir: "its folder", link: "its folder"} {
		if _, err := Read(Plugin, path, nil); !errs.Is(err, "CANNOT_LOAD_FUNCTION_FILE.NOT_TRUSTED") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := os.Chmod(filepath.Dir(dir), 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(Plugin, dir, nil); err != nil {
		t.Errorf("in a folder where others cannot replace it: %v", err)
	}
	theirs := file(t, 0o644)
	if err := os.Chown(theirs, 12345, -1); err != nil {
		t.Log("only root gives files away: the owner is not tested")
		return
	}
	if _, err := Read(Plugin, theirs, nil); !errs.Is(err, "CANNOT_LOAD_FUNCTION_FILE.NOT_TRUSTED") {
		t.Errorf("another user's file: %v", err)
	}
}

func TestAllowed(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(list, []byte("# ours\n\n"+strings.ToUpper(contentSum)+"  f.so\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	zeros := strings.Repeat("0", 64)
	for setting, want := range map[string]string{"": "", " ": "", contentSum: contentSum, zeros + ", " + list: zeros + " " + contentSum} {
		got, err := Allowed(setting)
		if err != nil || strings.Join(got, " ") != want || (got == nil) != (want == "") {
			t.Errorf("%q: %q, %v", setting, got, err)
		}
	}
	if err := os.WriteFile(list, []byte("# nothing\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Allowed(list); err != nil || got == nil || len(got) != 0 {
		t.Errorf("an empty list allows %q, %v", got, err)
	}
	for _, bad := range []string{"abc", "/no/such/file", contentSum + ","} {
		if got, err := Allowed(bad); err == nil {
			t.Errorf("%q allows %q", bad, got)
		}
	}
}
