// Command sparksql is Spark SQL in one binary: an interactive shell, a runner of SQL files, and the runner of jobs.
package main

import (
	"os"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
	"sparksql/udfs/ecommerce"
)

func main() {
	os.Exit(shell.Main(sparksql.WithGarbagePacing(), sparksql.With(ecommerce.Functions()...)))
}
