package build

import (
	"fmt"
	"strings"
)

// moduleMain is the package main of a WASM module.
func moduleMain(pkg string) string {
	return fmt.Sprintf(`package main

import (
	functions %q

	"sparksql/udfs/wasm/abi"
	"sparksql/udfs/wasm/guest"
)

var module = guest.New(functions.Functions())

//go:wasmexport sparksql_abi
func version() int32 { return abi.Version }

//go:wasmexport sparksql_functions
func list() int64 { return module.Functions() }

//go:wasmexport sparksql_arena
func arena(size int32) int32 { return module.Arena(size) }

//go:wasmexport sparksql_env
func env(at, size int32) { module.Env(at, size) }

//go:wasmexport sparksql_call
func call(signature, block int32) int32 { return module.Call(signature, block) }

func main() {}
`, pkg)
}

// programMain is the package main of a program: the command line with the functions of packages.
func programMain(packages []string) string {
	var imports, options strings.Builder
	for i, p := range packages {
		fmt.Fprintf(&imports, "\tp%d %q\n", i, p)
		fmt.Fprintf(&options, "\t\tsparksql.With(p%d.Functions()...),\n", i)
	}
	return fmt.Sprintf(`package main

import (
	"os"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"
%s)

func main() {
	os.Exit(shell.Main(
		sparksql.WithGarbagePacing(), sparksql.With(ecommerce.Functions()...),
%s	))
}
`, imports.String(), options.String())
}

// pluginMain is the package main of a plugin.
func pluginMain(pkg string) string {
	return fmt.Sprintf(`package main

import (
	functions %q

	"sparksql/udfs"
)

// Functions is what the engine looks for.
func Functions() []udfs.Def { return functions.Functions() }

func main() {}
`, pkg)
}
