//go:build wasip1

// Command wasm is a WASM module of functions, with the exports written out that 'sparksql udf build --wasm' writes for a package:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o example.wasm ./udfs/examples/wasm
//	sparksql --udf example.wasm -e "SELECT slug('Hello, World!')"
package main

import (
	"sparksql/udfs/wasm/abi"
	"sparksql/udfs/wasm/guest"
)

// module is made when the module starts; the exports below are all that the engine calls.
var module = guest.New(functions())

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
