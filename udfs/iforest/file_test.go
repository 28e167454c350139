package iforest

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestForestsAreReadAsTheyWereWritten(t *testing.T) {
	rows := make([][]float64, 300)
	for i := range rows {
		rows[i] = []float64{float64(i % 17), float64(i * i % 23)}
	}
	f := Train(rows, Options{Trees: 5, Contamination: 0.1, Seed: 1})
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if back, err := Read(&b); err != nil || !reflect.DeepEqual(back, f) {
		t.Errorf("another forest: %v", err)
	}
	for what, broken := range map[string]string{
		"cut":        text[:len(text)/2],
		"none":       "{}",
		"a loop":     strings.Replace(text, `"Left":[1`, `"Left":[0`, 1),
		"no feature": strings.Replace(text, `"Features":2`, `"Features":1`, 1),
		"short":      strings.Replace(text, `"N":[256,`, `"N":[`, 1),
	} {
		if broken == text {
			t.Fatalf("%s: nothing is broken", what)
		}
		if _, err := Read(strings.NewReader(broken)); err == nil {
			t.Errorf("%s: read without an error", what)
		}
	}
}
