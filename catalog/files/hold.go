package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// A table is read as it was at one moment: its files are opened when a scan of it starts, all of them before any row is
// handed out, and stay readable whoever replaces the table meanwhile. When one is gone already, the table was replaced
// between listing and opening: it is listed again. No writer has to wait for readers, or to know of them.

const (
	mostHeld  = 1000 // files that one scan keeps open; those beyond are opened when they are read
	mostTries = 100
)

// held are the files that a scan keeps open until it ends.
type held struct{ files []*os.File }

// hold opens the files of a scan. An error is fs.ErrNotExist: one of them is not there any more.
func hold(spec *catalog.FileScan) (*held, error) {
	h := &held{}
	spec.Files = slices.Clone(spec.Files)
	for i := range spec.Files[:min(len(spec.Files), heldFiles())] {
		f, err := os.Open(spec.Files[i].Path)
		if errors.Is(err, fs.ErrNotExist) {
			h.close()
			return nil, err
		}
		if err != nil { // too many are open, or it is not readable, which is for its reader to say
			break
		}
		h.files = append(h.files, f)
		spec.Files[i].Held = f
	}
	return h, nil
}

// heldFiles leaves most of what the process may open to others.
func heldFiles() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(min(mostHeld, uint64(l.Cur)/16))
}

func (h *held) close() {
	for _, f := range h.files {
		f.Close()
	}
	h.files = nil
}

// passing makes a scan pass over the rest of files that cannot be read.
func passing(s *catalog.Scan) {
	open := s.Open
	s.Open = func() (catalog.Reader, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		return passingReader{r}, nil
	}
}

type passingReader struct{ catalog.Reader }

// Read implements catalog.Reader.
func (r passingReader) Read(ctx context.Context, split int, emit func(*vec.Batch) error) error {
	var emitErr error
	err := r.Reader.Read(ctx, split, func(b *vec.Batch) error {
		emitErr = emit(b)
		return emitErr
	})
	if emitErr == nil && (errs.Is(err, "FAILED_READ_FILE") || errs.Is(err, "CANNOT_READ_FILE_FOOTER")) {
		return nil
	}
	return err
}

// again is the table as it is now; nil when it is not one with the same columns any more.
func (t *Table) again(ctx context.Context) (*Table, error) {
	open := t.spec.Again
	if open == nil {
		open = func(ctx context.Context) (*Table, error) { return Open(ctx, t.spec) }
	}
	now, err := open(ctx)
	if err != nil || now == nil || !sameColumns(now.schema, t.schema) || !slices.Equal(now.parts, t.parts) {
		return nil, err
	}
	return now, nil
}

func sameColumns(a, b *types.Schema) bool {
	return slices.EqualFunc(a.Fields, b.Fields, func(x, y types.Field) bool { return x.Name == y.Name && types.SameType(x.Type, y.Type) })
}
