package render

import (
	"bufio"
	"io"
	"runtime"
	"sync"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
)

// lineFormat is a format of lines that know nothing of each other: batches can be made into text by several goroutines.
type lineFormat struct {
	header []byte
	sep    byte
	style  cellStyle
}

// formatter gives a function that appends the lines of batches; one goroutine uses it.
func (f *lineFormat) formatter(in *Input) func(dst []byte, b *vec.Batch) []byte {
	c := &columns{hive: in.Hive, style: f.style}
	return func(dst []byte, b *vec.Batch) []byte {
		cells := c.of(b)
		for k := range b.Rows() {
			i := k
			if b.Sel != nil {
				i = int(b.Sel[k])
			}
			for n, cell := range cells {
				if n > 0 {
					dst = append(dst, f.sep)
				}
				dst = cell(dst, i)
			}
			dst = append(dst, '\n')
		}
		return dst
	}
}

// text is a batch on its way to text.
type text struct {
	batch *vec.Batch
	buf   []byte
	err   error
	done  chan struct{}
}

// writeLines prints a result with as many goroutines as processors, in the order of the rows. A first batch that is the
// last needs none.
func writeLines(w io.Writer, in *Input, f *lineFormat) (rows int64, err error) {
	b := bufio.NewWriterSize(w, 1<<16)
	if _, err := b.Write(f.header); err != nil {
		return 0, err
	}
	p := &linePool{in: in, format: f, out: b}
	defer func() {
		if e := p.close(); err == nil {
			err = e
		}
		if e := b.Flush(); err == nil {
			err = e
		}
	}()
	for batch, err := range in.Batches {
		if err != nil {
			return rows, err
		}
		rows += int64(batch.Rows())
		if err := p.add(batch); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// linePool makes texts of batches and writes them in order.
type linePool struct {
	in     *Input
	format *lineFormat
	out    *bufio.Writer
	first  *vec.Batch // held until there is a second
	jobs   chan *text // to the formatters
	order  chan *text // to the writer
	wg     sync.WaitGroup
	mu     sync.Mutex
	err    error // of writing
	spare  sync.Pool
}

func (p *linePool) add(b *vec.Batch) error {
	if p.jobs == nil {
		if p.first == nil {
			p.first = b
			return nil
		}
		p.start()
		p.send(p.first)
		p.first = nil
	}
	p.send(b)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *linePool) send(b *vec.Batch) {
	t := &text{batch: b, done: make(chan struct{})}
	p.order <- t
	p.jobs <- t
}

// start starts the formatters and the writer; close waits for them.
func (p *linePool) start() {
	n := max(1, runtime.GOMAXPROCS(0))
	p.jobs, p.order = make(chan *text, 2*n), make(chan *text, 2*n)
	for range n {
		p.wg.Go(func() {
			format := p.format.formatter(p.in)
			for t := range p.jobs {
				p.make(t, format)
			}
		})
	}
	p.wg.Go(p.write)
}

// make makes a batch's text. What fails in it is the result's error.
func (p *linePool) make(t *text, format func([]byte, *vec.Batch) []byte) {
	defer close(t.done)
	defer func() {
		if x := recover(); x != nil {
			t.err = errs.Internal("printing rows: %v", x)
		}
	}()
	buf, _ := p.spare.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	t.buf = format((*buf)[:0], t.batch)
}

// write writes the texts in order. After an error it takes the rest without writing.
func (p *linePool) write() {
	failed := false
	for t := range p.order {
		<-t.done
		err := t.err
		if err == nil && !failed {
			_, err = p.out.Write(t.buf)
		}
		if err != nil && !failed {
			failed = true
			p.mu.Lock()
			p.err = err
			p.mu.Unlock()
		}
		p.spare.Put(&t.buf)
	}
}

func (p *linePool) close() error {
	if p.jobs != nil {
		close(p.jobs)
		close(p.order)
		p.wg.Wait()
		return p.err
	}
	if p.first == nil {
		return nil
	}
	_, err := p.out.Write(p.format.formatter(p.in)(nil, p.first))
	return err
}
