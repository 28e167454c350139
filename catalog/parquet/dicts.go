package parquet

import (
	"sync"

	"sparksql/exec/vec"
)

// dictCache holds the dictionaries of one scan, so that the readers of a column chunk share one.
type dictCache struct {
	mu sync.Mutex
	m  map[dictKey]*dictEntry
}

type dictKey struct {
	file        *File
	group, leaf int
}

type dictEntry struct {
	once sync.Once
	dict *vec.Dict
	err  error
}

// get gives the dictionary, read by the first who asks. A broken one is an error for everyone.
func (d *dictCache) get(f *File, group, leaf int, read func() (*vec.Dict, error)) (*vec.Dict, error) {
	k := dictKey{f, group, leaf}
	d.mu.Lock()
	if d.m == nil {
		d.m = map[dictKey]*dictEntry{}
	}
	e := d.m[k]
	if e == nil {
		e = &dictEntry{}
		d.m[k] = e
	}
	d.mu.Unlock()
	e.once.Do(func() {
		defer guard(&e.err)
		e.err = corrupt("the dictionary page is broken")
		e.dict, e.err = read()
	})
	return e.dict, e.err
}

// drop forgets the dictionaries of a row group that no split will ask for any more.
func (d *dictCache) drop(f *File, group int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for leaf := range f.Leaves {
		delete(d.m, dictKey{f, group, leaf})
	}
}
