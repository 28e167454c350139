package catalog

import (
	"io"
	"os"
	"time"
)

// File is one file of a table, with the values of the table's partition columns in Go form.
type File struct {
	Path  string
	Size  int64
	Mod   time.Time
	Parts []any
	Held  *os.File // kept open by the table for the scan, so that it can be read after it was replaced; nil: found by Path
}

// OpenFile is a file that is read: Read and Seek have a place of their own in it.
type OpenFile struct {
	*io.SectionReader
	Mod time.Time
	own *os.File
}

// Open opens the file at its beginning.
func (f File) Open() (*OpenFile, error) {
	fd, own := f.Held, (*os.File)(nil)
	if fd == nil {
		var err error
		if fd, err = os.Open(f.Path); err != nil {
			return nil, err
		}
		own = fd
	}
	st, err := fd.Stat()
	if err != nil {
		if own != nil {
			own.Close()
		}
		return nil, err
	}
	return &OpenFile{io.NewSectionReader(fd, 0, st.Size()), st.ModTime(), own}, nil
}

// Close leaves files open that the table holds.
func (f *OpenFile) Close() error {
	if f.own == nil {
		return nil
	}
	return f.own.Close()
}
