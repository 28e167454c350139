package memory

import (
	"context"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/mem"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

func batch(seq uint64, vals ...int64) *vec.Batch {
	v := vec.New(types.BigIntType, 0)
	for _, x := range vals {
		v.Append(x)
	}
	return &vec.Batch{Cols: []*vec.Vec{v}, N: len(vals), Seq: seq}
}

func read(t *testing.T, tab *Table) (out []int64) {
	t.Helper()
	s, err := tab.Scan(context.Background(), catalog.Request{Columns: []int{0}})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := s.Open()
	for k := range s.Splits {
		err := r.Read(context.Background(), k, func(b *vec.Batch) error {
			for i := range b.N {
				out = append(out, b.Cols[0].Value(i).(int64))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// sum reads the values as digits.
func sum(xs []int64) (s int64) {
	for _, x := range xs {
		s = s*10 + x
	}
	return s
}

func TestTableKeepsItsOwnRows(t *testing.T) {
	budget := mem.Root(0)
	tab := New(&types.Schema{Fields: []types.Field{{Name: "n", Type: types.BigIntType}}}, budget)
	b := batch(0, 1, 2, 3)
	b.Sel = []int32{0, 2}
	if err := tab.Add(b); err != nil {
		t.Fatal(err)
	}
	vec.Values[int64](b.Cols[0])[0] = 9
	if got := sum(read(t, tab)); got != 13 {
		t.Errorf("rows %d", got)
	}
	if budget.Used() == 0 || tab.Stats().Rows != 2 {
		t.Errorf("%d bytes, %d rows", budget.Used(), tab.Stats().Rows)
	}
	for _, c := range []struct {
		mode catalog.WriteMode
		want int64
	}{{catalog.Append, 1345}, {catalog.Overwrite, 45}} {
		job, err := tab.Write(context.Background(), catalog.WriteSpec{Mode: c.mode})
		if err != nil {
			t.Fatal(err)
		}
		late, early := mustOpen(t, job), mustOpen(t, job)
		late.Write(context.Background(), batch(2, 5))
		early.Write(context.Background(), batch(1, 4))
		late.Close()
		early.Close()
		if _, err := job.Commit(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := sum(read(t, tab)); got != c.want {
			t.Errorf("after mode %d: %d, want %d", c.mode, got, c.want)
		}
	}
	tab.Clear()
	if budget.Used() != 0 {
		t.Errorf("%d bytes left", budget.Used())
	}
}

func mustOpen(t *testing.T, j catalog.Job) catalog.Writer {
	w, err := j.Open()
	if err != nil {
		t.Fatal(err)
	}
	return w
}
