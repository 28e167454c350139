package render

import (
	"bufio"
	"errors"
	"io"

	"sparksql/exec/vec"
	"sparksql/exec/vec/arrowipc"
)

// arrowPrinter prints an Arrow IPC stream, in Spark's mapping of types.
type arrowPrinter struct {
	out    *bufio.Writer
	stream *arrowipc.Stream
}

func (p *arrowPrinter) begin(w io.Writer, in *Input) (err error) {
	p.out = bufio.NewWriterSize(w, 1<<16)
	p.stream, err = arrowipc.NewStream(p.out, in.Schema.Fields, in.Hive.Zone.String())
	return err
}

func (p *arrowPrinter) batch(b *vec.Batch) error { return p.stream.Write(b) }
func (p *arrowPrinter) end() error               { return errors.Join(p.stream.Close(), p.out.Flush()) }
func (p *arrowPrinter) abort() error             { return nil }
