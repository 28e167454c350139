// Package plugin loads functions from Go plugins: shared objects that the same toolchain built, with the same flags, from
// the same source of the engine and the same versions of the modules that both use. What does not fit is told before the
// runtime sees the file, which could only say that something differs.
//
// A plugin is a package main with 'func Functions() []udfs.Def', as 'sparksql udf build' makes it from any package that has
// one. Loading is compiled in with the tag plugins, and needs cgo: it costs every program 13 MB
// and some start-up memory, used or not.
package plugin

import (
	"fmt"
	"runtime/debug"
	"strings"

	"sparksql/udfs"
	"sparksql/udfs/artifact"
)

// Symbol is what a plugin exports.
const Symbol = "Functions"

// Open loads a plugin and gives its functions. source identifies the engine's source, see Path. The same content is loaded
// once in a process, whatever the path; there is no unloading. Errors are CANNOT_LOAD_FUNCTION_FILE.
func Open(f *artifact.File, source string) (defs []udfs.Def, err error) {
	if !Supported {
		return nil, f.Fail("NO_PLUGINS")
	}
	diffs, err := Check(f, source)
	if err != nil {
		return nil, err
	}
	if len(diffs) > 0 {
		return nil, f.Fail("WRONG_BUILD", "differences", list(diffs))
	}
	defer func() {
		if p := recover(); p != nil {
			defs, err = nil, f.Fail("FAILED", "reason", fmt.Sprintf("it panics when it starts: %v", p))
		}
	}()
	path, err := keep(f)
	if err != nil {
		return nil, f.Fail("FAILED", "reason", "no private copy can be made: "+err.Error())
	}
	symbol, err := open(path)
	if err != nil {
		return nil, openError(f, err)
	}
	functions, ok := symbol.(func() []udfs.Def)
	if !ok {
		return nil, f.Fail("NO_FUNCTIONS")
	}
	return functions(), nil
}

// openError is what the runtime says, in our words where they are known.
func openError(f *artifact.File, err error) error {
	msg := err.Error()
	if _, pkg, ok := strings.Cut(msg, "built with a different version of package "); ok {
		return f.Fail("WRONG_BUILD", "differences", "the package "+strings.Fields(pkg)[0]+" differs in its source or flags")
	}
	if strings.Contains(msg, "symbol "+Symbol+" not found") {
		return f.Fail("NO_FUNCTIONS")
	}
	return f.Fail("FAILED", "reason", msg)
}

// Path is the import path of a plugin's package main: it names the engine's source, so that a plugin of another release is
// told by name, and the plugin's content, so that two builds of one package can be loaded side by side.
func Path(source, content, pkg string) string {
	return pathPrefix + source + "/" + content + "/" + pkg
}

const pathPrefix = "sparksql.plugin/"

// SourceOf is the engine's source that a plugin was built from; "" when it was not built by Path's rules.
func SourceOf(b *debug.BuildInfo) string {
	rest, ok := strings.CutPrefix(b.Path, pathPrefix)
	if !ok {
		return ""
	}
	source, _, _ := strings.Cut(rest, "/")
	return source
}
