package avro

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// noise is a column of numbers in order and one of bytes that hardly compress.
func noise(n int) (*types.Schema, [][]any) {
	s := &types.Schema{Fields: []types.Field{{Name: "n", Type: types.IntType, Nullable: true}, {Name: "x", Type: types.BinaryType, Nullable: true}}}
	rng := rand.New(rand.NewPCG(1, 2))
	rows := make([][]any, n)
	for i := range rows {
		b := make([]byte, 64)
		for k := 0; k < len(b); k += 8 {
			binary.LittleEndian.PutUint64(b[k:], rng.Uint64())
		}
		rows[i] = []any{int32(i), b}
	}
	return s, rows
}

// ordinals are the values of the column n that the splits of a scan give.
func ordinals(t *testing.T, spec *catalog.FileScan, r catalog.Reader, splits int) (out []int32) {
	t.Helper()
	last := int64(-1)
	for i := range splits {
		err := r.Read(t.Context(), i, func(b *vec.Batch) error {
			if int64(b.Seq) <= last {
				t.Fatalf("Seq %d after %d", b.Seq, last)
			}
			last = int64(b.Seq)
			out = append(out, vec.Values[int32](b.Cols[0])[:b.N]...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func numberScan(path string, s *types.Schema, workers int) *catalog.FileScan {
	st, err := os.Stat(path)
	if err != nil {
		panic(err)
	}
	return &catalog.FileScan{Files: []catalog.File{{Path: path, Size: st.Size()}}, Schema: s, Workers: workers, Stats: &catalog.ScanStats{},
		Columns: []catalog.FileColumn{{Name: "n", Type: types.IntType, Part: -1}}}
}

func inOrder(t *testing.T, got []int32, n int) {
	t.Helper()
	for i, x := range got {
		if int(x) != i {
			t.Fatalf("row %d is %d", i, x)
		}
	}
	if len(got) != n {
		t.Fatalf("%d rows of %d", len(got), n)
	}
}

// Wherever a file is cut, every block is read once.
func TestRangesHoldEveryBlockOnce(t *testing.T) {
	s, rows := noise(6000)
	for codec := range written {
		spec := numberScan(write(t, s, rows, codec), s, 1)
		size := spec.Files[0].Size
		rng := rand.New(rand.NewPCG(3, 4))
		for trial := range 40 {
			var parts []chunk
			from := int64(0)
			for from < size {
				to := from + 1 + rng.Int64N(size/int64(1+trial%9))
				if trial < 3 { // within the header
					to = from + int64(100*(trial+1))
					if from > 1000 {
						to = size
					}
				}
				parts = append(parts, chunk{0, from, to})
				from = to
			}
			parts = append(parts, chunk{0, from, math.MaxInt64})
			inOrder(t, ordinals(t, spec, newReader(spec, parts), len(parts)), len(rows))
		}
	}
}

// A large file is work for several workers.
func TestLargeFilesHaveSeveralSplits(t *testing.T) {
	s, rows := noise(60_000)
	for _, codec := range []string{"deflate", "snappy", "zstandard"} {
		spec := numberScan(write(t, s, rows, codec), s, 2)
		sc, err := Format{}.Scan(context.Background(), spec)
		if err != nil {
			t.Fatal(err)
		}
		if sc.Splits < 3 {
			t.Errorf("%s: %d splits of %d bytes", codec, sc.Splits, spec.Files[0].Size)
		}
		r, err := sc.Open()
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, ordinals(t, spec, r, sc.Splits), len(rows))
	}
}
