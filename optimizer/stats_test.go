package optimizer_test

import (
	"testing"

	"sparksql/optimizer"
)

// Groups are as many as their keys can have values.
func TestGroupsAreEstimatedByTheValuesOfTheirKeys(t *testing.T) {
	for key, want := range map[string][2]float64{
		"id % 3":      {3, 3},
		"pmod(id, 7)": {7, 7},
		"id > 10":     {2, 2},
		"month(date_add(DATE'2020-01-01', CAST(id AS INT)))":                     {12, 12},
		"CASE WHEN id < 10 THEN 'few' WHEN id < 100 THEN 'some' ELSE 'many' END": {3, 3},
		"if(id = 5, 'a', 'b')": {2, 3},
		"id % 3, id % 4":       {12, 12},
		"id":                   {1e6, 1e6},
		"id + 1":               {1e6, 1e6},
		"id % id":              {1e6, 1e6},
	} {
		_, n, err := optimize(t, newTables(t), "SELECT count(*) FROM range(1000000) GROUP BY "+key, "")
		if err != nil {
			t.Fatal(err)
		}
		if rows, _ := optimizer.Estimate(&optimizer.Ctx{}, n); rows < want[0] || rows > want[1] {
			t.Errorf("GROUP BY %s: %g groups, want %g to %g", key, rows, want[0], want[1])
		}
	}
}
