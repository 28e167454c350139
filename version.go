package sparksql

import (
	"cmp"
	"runtime"
	"runtime/debug"
)

// Version is the release of the engine; SparkVersion the release of Spark whose behaviour it has.
const (
	Version      = "0.1.0"
	SparkVersion = "4.0.1"
)

// Build tells what the running program was built from.
type Build struct {
	Version  string   `json:"version"`           // release of the engine
	Commit   string   `json:"commit,omitempty"`  // "" when the build saw no repository
	Date     string   `json:"date,omitempty"`    // of the commit, as RFC 3339 writes it
	Modified bool     `json:"modified"`          // files differed from the commit
	Go       string   `json:"go_version"`        // toolchain, such as go1.26.0
	Platform string   `json:"platform"`          // such as linux/amd64
	Spark    string   `json:"spark_version"`     // release of Spark whose behaviour the engine has
	Modules  []Module `json:"modules,omitempty"` // everything that is linked, for a bill of materials
}

// Module is one module of the program; Sum is its checksum, as go.sum writes it.
type Module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	Sum     string `json:"sum,omitempty"`
}

// Set by the linker alone, where a build sees no repository, as in a container:
// go build -ldflags "-X sparksql.commit=HASH -X sparksql.date=2026-01-31T12:00:00Z"
var commit, date string

// ReadBuild reads what the program carries about its build.
func ReadBuild() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	return buildOf(info, commit, date)
}

// buildOf describes a build; what the repository told the go command counts before what the linker was told.
func buildOf(info *debug.BuildInfo, commit, date string) Build {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	b := Build{
		Version: Version, Spark: SparkVersion, Go: info.GoVersion, Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Commit: cmp.Or(set["vcs.revision"], commit), Date: cmp.Or(set["vcs.time"], date), Modified: set["vcs.modified"] == "true",
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Modules = append(b.Modules, Module{Path: m.Path, Version: m.Version, Sum: m.Sum})
	}
	return b
}
