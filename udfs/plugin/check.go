package plugin

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"runtime/debug"
	"slices"
	"strings"

	"sparksql/udfs/artifact"
)

// Difference is one thing in which a plugin and this program were built differently. Empty values are absent ones.
type Difference struct{ What, Host, Plugin string }

func (d Difference) String() string {
	return d.What + " is " + cmp.Or(d.Plugin, "not set") + ", here " + cmp.Or(d.Host, "not set")
}

func list(diffs []Difference) string {
	out := make([]string, len(diffs))
	for i, d := range diffs {
		out[i] = d.String()
	}
	return strings.Join(out, "; ")
}

// engineModule is the module whose identity is its source, not a version.
const engineModule = "sparksql"

// settings are those of a build that must be equal; those of the compiler's architecture level (GOAMD64) are compared too.
var settings = []string{"GOOS", "GOARCH", "GOEXPERIMENT", "GOFIPS140", "-compiler", "-trimpath", "-race", "-msan", "-asan", "-cover", "-pgo", "-gcflags", "-asmflags", "-tags",
	"GO386", "GOAMD64", "GOARM", "GOARM64", "GOPPC64", "GORISCV64"}

// Check compares the builds of a plugin and of this program, and runs nothing of the plugin. It fails with NOT_A_PLUGIN when
// the file is none.
func Check(f *artifact.File, source string) ([]Difference, error) {
	theirs, err := buildinfo.Read(bytes.NewReader(f.Data))
	if err != nil {
		return nil, f.Fail("NOT_A_PLUGIN", "reason", err.Error())
	}
	if mode := setting(theirs, "-buildmode"); mode != "plugin" {
		return nil, f.Fail("NOT_A_PLUGIN", "reason", "it was built with -buildmode="+cmp.Or(mode, "exe"))
	}
	ours, ok := debug.ReadBuildInfo()
	if !ok {
		return nil, f.Fail("FAILED", "reason", "this program carries no build information")
	}
	return compare(ours, theirs, source), nil
}

func compare(ours, theirs *debug.BuildInfo, source string) []Difference {
	var out []Difference
	add := func(what, host, plugin string) {
		if host != plugin {
			out = append(out, Difference{what, host, plugin})
		}
	}
	add("Go", ours.GoVersion, theirs.GoVersion)
	for _, key := range settings {
		add(key, setting(ours, key), setting(theirs, key))
	}
	if s := SourceOf(theirs); s != "" {
		add("the source of sparksql", source, s)
	}
	mine := modules(ours)
	for path, version := range modules(theirs) {
		if host, ok := mine[path]; ok && path != engineModule {
			add("module "+path, host, version)
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int {
		if strings.HasPrefix(a.What, "module ") && strings.HasPrefix(b.What, "module ") {
			return strings.Compare(a.What, b.What)
		}
		return 0
	})
	return out
}

func setting(b *debug.BuildInfo, key string) string {
	for _, s := range b.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// modules maps the modules of a build to their versions, with what replaced them.
func modules(b *debug.BuildInfo) map[string]string {
	out := map[string]string{}
	for _, m := range b.Deps {
		v := m.Version
		if m.Replace != nil {
			v += " => " + m.Replace.Path + " " + m.Replace.Version
		}
		out[m.Path] = v
	}
	return out
}
