package iforest

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// Write writes the forest as JSON, in one line.
func (f *Forest) Write(w io.Writer) error { return json.NewEncoder(w).Encode(f) }

// Read reads a forest that Write wrote.
func Read(r io.Reader) (*Forest, error) {
	f := &Forest{}
	if err := json.NewDecoder(r).Decode(f); err != nil {
		return nil, fmt.Errorf("iforest: no forest: %w", err)
	}
	return f, f.check()
}

// Load reads a forest from a file.
func Load(path string) (*Forest, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return Read(r)
}

// check sees that every path through every tree ends.
func (f *Forest) check() error {
	if f.Features < 1 || f.Samples < 1 || len(f.Trees) == 0 {
		return fmt.Errorf("iforest: a forest of %d trees, %d features, %d samples", len(f.Trees), f.Features, f.Samples)
	}
	for k, t := range f.Trees {
		n := len(t.Feature)
		if n == 0 || len(t.Threshold) != n || len(t.Left) != n || len(t.Right) != n || len(t.N) != n {
			return fmt.Errorf("iforest: the columns of tree %d differ in length", k)
		}
		for i, feature := range t.Feature {
			l, r := t.Left[i], t.Right[i]
			if feature >= f.Features || feature >= 0 && (l <= i || l >= n || r <= i || r >= n) {
				return fmt.Errorf("iforest: node %d of tree %d leads nowhere", i, k)
			}
		}
	}
	return nil
}
