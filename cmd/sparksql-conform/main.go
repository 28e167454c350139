// Command sparksql-conform is the shell of sparksql with the functions registered that Spark's own test cases call: udf, which
// gives back its argument by way of its text, and the helpers booleq, boolne and vol.
package main

import (
	"os"

	sparksql "sparksql"
	"sparksql/cmd/sparksql/shell"
)

func main() {
	os.Exit(shell.Main(sparksql.With(functions()...)))
}
