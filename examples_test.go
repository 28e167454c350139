package sparksql

import (
	"context"
	"strings"
	"testing"

	"sparksql/functions"
)

// Every example in the record of a function prints what the record says.
func TestFunctionExamplesPrintWhatTheySay(t *testing.T) {
	eng, err := Open(WithWarehouse(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	s := eng.Session()
	n := 0
	for _, d := range functions.Builtins().Defs() {
		for _, ex := range d.Examples {
			n++
			var out strings.Builder
			rows, err := s.Query(context.Background(), strings.TrimSuffix(strings.TrimSpace(ex.SQL), ";"))
			if err == nil {
				_, err = rows.Print(&out, Format{Format: "spark"})
			}
			if got := strings.TrimRight(out.String(), "\n"); err != nil || got != strings.TrimRight(ex.Out, "\n") {
				t.Errorf("%s: %s\n got %q, %v\nwant %q", d.Name, ex.SQL, got, err, ex.Out)
			}
		}
	}
	t.Logf("%d examples", n)
}
