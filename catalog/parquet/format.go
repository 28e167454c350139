package parquet

import (
	"context"
	"runtime"
	"strings"
	"sync"

	"sparksql/catalog"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// Format is the catalog's Parquet format. It keeps footers of files that were read, by name, time and size.
type Format struct {
	mu    sync.Mutex
	files map[string]*cached
}

const maxCached = 1 << 14 // footers

// cached is a footer with the indexes read so far.
type cached struct {
	*File
	mu      sync.Mutex
	indexes map[int]*groupIndex
	ndv     map[[2]int]int64 // by row group and leaf
}

// New returns the format with an empty cache.
func New() *Format { return &Format{files: map[string]*cached{}} }

func (*Format) Name() string { return "parquet" }

// open gives the footer of a file, from the cache where the file has not changed.
func (p *Format) open(f catalog.File) (*cached, error) {
	p.mu.Lock()
	c := p.files[f.Path]
	p.mu.Unlock()
	if c != nil && c.Size == f.Size && c.Mod.Equal(f.Mod) {
		return c, nil
	}
	file, err := openFooter(f)
	if err != nil {
		return nil, err
	}
	c = &cached{File: file, indexes: map[int]*groupIndex{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.files) >= maxCached {
		clear(p.files)
	}
	p.files[f.Path] = c
	return c, nil
}

// openAll reads the footers of files side by side.
func (p *Format) openAll(ctx context.Context, files []catalog.File) ([]*cached, error) {
	out, _, err := p.openSome(ctx, files, false)
	return out, err
}

// openSome is openAll; with broken it leaves out the files that cannot be read, and gives the others.
func (p *Format) openSome(ctx context.Context, files []catalog.File, broken bool) ([]*cached, []catalog.File, error) {
	out := make([]*cached, len(files))
	bad := make([]error, len(files))
	workers := min(len(files), max(2, runtime.GOMAXPROCS(0)))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(files) && ctx.Err() == nil; i += workers {
				out[i], bad[i] = p.open(files[i])
			}
		}()
	}
	wg.Wait()
	footers, kept := out[:0], make([]catalog.File, 0, len(files))
	for i, err := range bad {
		switch {
		case err != nil && !broken:
			return nil, nil, err
		case err == nil:
			footers, kept = append(footers, out[i]), append(kept, files[i])
		}
	}
	return footers, kept, ctx.Err()
}

// Infer takes the schema of the first file; with the option mergeSchema the union of all.
func (p *Format) Infer(ctx context.Context, files []catalog.File, options map[string]string) (*types.Schema, error) {
	broken, merge := strings.EqualFold(options["ignorecorruptfiles"], "true"), strings.EqualFold(options["mergeschema"], "true")
	if !merge && !broken {
		files = files[:1]
	}
	fs, _, err := p.openSome(ctx, files, broken)
	if err != nil {
		return nil, err
	}
	switch {
	case len(fs) == 0:
		return nil, errs.New(errs.Pos{}, "UNABLE_TO_INFER_SCHEMA", "format", "Parquet")
	case !merge:
		fs = fs[:1]
	}
	var merged *types.Schema
	for _, f := range fs {
		s, err := f.Schema()
		if err != nil {
			return nil, err
		}
		if merged == nil {
			merged = &types.Schema{Fields: append([]types.Field(nil), s.Fields...)}
			continue
		}
		if err := mergeFields(merged, s); err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// mergeFields adds what s has more to into. Columns of both must have one type, or decimals of one scale.
func mergeFields(into, s *types.Schema) error {
	for _, f := range s.Fields {
		at := -1
		for i := range into.Fields {
			if equalFold(into.Fields[i].Name, f.Name) {
				at = i
			}
		}
		if at < 0 {
			into.Fields = append(into.Fields, f)
			continue
		}
		t, ok := mergeTypes(into.Fields[at].Type, f.Type)
		if !ok {
			return errs.New(errs.Pos{}, "CANNOT_MERGE_SCHEMAS", "left", into.Struct().String(), "right", s.Struct().String())
		}
		into.Fields[at].Type = t
	}
	return nil
}

func mergeTypes(a, b types.Type) (types.Type, bool) {
	switch {
	case types.SameType(a, b):
		return a, true
	case a.Kind() == types.Struct && b.Kind() == types.Struct:
		s := &types.Schema{Fields: append([]types.Field(nil), a.Fields()...)}
		if mergeFields(s, &types.Schema{Fields: b.Fields()}) != nil {
			return a, false
		}
		return s.Struct(), true
	case a.Kind() == types.Array && b.Kind() == types.Array:
		e, ok := mergeTypes(a.Elem(), b.Elem())
		return types.ArrayOf(e, true), ok
	case a.Kind() == types.Map && b.Kind() == types.Map:
		k, ok1 := mergeTypes(a.Key(), b.Key())
		v, ok2 := mergeTypes(a.Elem(), b.Elem())
		return types.MapOf(k, v, true), ok1 && ok2
	case a.Kind() == types.Decimal && b.Kind() == types.Decimal && a.Scale() == b.Scale():
		if a.Precision() > b.Precision() {
			return a, true
		}
		return b, true
	}
	return a, false
}
