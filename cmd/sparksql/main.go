// Command sparksql is Spark SQL in one binary: an interactive shell, a runner of SQL files, and the runner of jobs.
package main

import (
	"os"
	"runtime/debug"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"
)

func main() {
	paceGarbage()
	os.Exit(shell.Main(sparksql.With(ecommerce.Functions()...)))
}

// paceGarbage lets the heap grow to thrice what is live before memory is collected: queries hold little and make much.
// GOGC, where it is set, has the last word; a memory limit still bounds the heap.
func paceGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}
