// Package examples is a gallery of users' functions, one a file: a text made tidy, a distance on the globe, a field of a
// JSON text, a median, the words of a text, a forest trained by a query and a score by it.
package examples

import (
	"os"

	"sparksql/udfs"
	"sparksql/udfs/iforest"
)

// ModelVariable is the environment variable with the file of the forest that score uses.
const ModelVariable = "SPARKSQL_FOREST"

// Functions are the functions of the gallery.
func Functions() []udfs.Def {
	return []udfs.Def{
		distanceKm(), forestOf(), jsonField(), median(), tidyText(), words(),
		Score(func() (*iforest.Forest, error) { return iforest.Load(os.Getenv(ModelVariable)) }),
	}
}
