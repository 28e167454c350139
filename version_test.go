package sparksql

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuildOf(t *testing.T) {
	want := Build{Version: Version, Spark: SparkVersion, Go: "go1.26.1", Platform: runtime.GOOS + "/" + runtime.GOARCH}
	repository := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-31T12:00:00Z"}, {Key: "vcs.modified", Value: "true"}}

	fromGit := want
	fromGit.Commit, fromGit.Date, fromGit.Modified = "abc", "2026-01-31T12:00:00Z", true
	if d := cmp.Diff(fromGit, buildOf(&debug.BuildInfo{GoVersion: "go1.26.1", Settings: repository}, "linker", "linker")); d != "" {
		t.Error("from the repository:", d)
	}

	fromLinker := want
	fromLinker.Commit, fromLinker.Date = "def", "2026-02-01T00:00:00Z"
	fromLinker.Modules = []Module{{Path: "example.com/a", Version: "v1.0.0", Sum: "h1:a"}, {Path: "example.com/c", Version: "v2.0.0"}}
	deps := []*debug.Module{{Path: "example.com/a", Version: "v1.0.0", Sum: "h1:a"},
		{Path: "example.com/b", Version: "v1.1.0", Replace: &debug.Module{Path: "example.com/c", Version: "v2.0.0"}}}
	if d := cmp.Diff(fromLinker, buildOf(&debug.BuildInfo{GoVersion: "go1.26.1", Deps: deps}, "def", "2026-02-01T00:00:00Z")); d != "" {
		t.Error("from the linker, with modules:", d)
	}

	if d := cmp.Diff(want, buildOf(&debug.BuildInfo{GoVersion: "go1.26.1"}, "", "")); d != "" {
		t.Error("from neither:", d)
	}
}
