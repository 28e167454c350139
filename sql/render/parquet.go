package render

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"sparksql/catalog"
	"sparksql/catalog/parquet"
	"sparksql/exec/vec"
)

// parquetPrinter prints a Parquet file, as tables are stored. A file has its index at its end, so it is made in the system's
// temporary folder first.
type parquetPrinter struct {
	out  io.Writer
	dir  string
	file catalog.FileWriter
}

func (p *parquetPrinter) path() string { return filepath.Join(p.dir, "rows.parquet") }

func (p *parquetPrinter) begin(w io.Writer, in *Input) (err error) {
	p.out = w
	if p.dir, err = os.MkdirTemp("", "sparksql-parquet-*"); err != nil {
		return err
	}
	if p.file, err = parquet.New().Create(p.path(), in.Schema, in.Parquet, in.Hive.Zone.String()); err != nil {
		return errors.Join(err, p.abort())
	}
	return nil
}

func (p *parquetPrinter) batch(b *vec.Batch) error { return p.file.Write(b) }

func (p *parquetPrinter) end() error {
	_, err := p.file.Close()
	if err == nil {
		err = p.copy()
	}
	return errors.Join(err, p.abort())
}

func (p *parquetPrinter) copy() error {
	f, err := os.Open(p.path())
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(p.out, f)
	return err
}

func (p *parquetPrinter) abort() error { return os.RemoveAll(p.dir) }
