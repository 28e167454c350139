package sparksql

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sparksql/functions"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/udfs"
	"sparksql/udfs/artifact"
	"sparksql/udfs/plugin"
	"sparksql/udfs/wasm"
)

// library holds the files of functions that an engine has loaded, each once for all sessions. A file that changes on disk
// stays as it was loaded until a statement asks for it anew.
type library struct {
	allow  []string // sums that may be loaded; nil: all
	memory int64    // of a copy of a WASM module, in bytes
	path   []string // folders and files whose functions are found by name when nothing else has it
	warn   func(string)

	mu    sync.Mutex
	files map[fileKey]*loadedFile
	wasm  *wasm.Runtime       // nil: not needed yet
	found *functions.Registry // functions of path; nil: not loaded yet
}

// fileKey names a file that was loaded.
type fileKey struct {
	kind artifact.Kind
	path string
}

// loadedFile is a file with its functions.
type loadedFile struct {
	sum   string
	defs  []*udfs.Def
	named map[[2]string]*udfs.Def // by export and the name that a definition gives it: one record each
}

func newLibrary(o *options, c *conf.Conf) (*library, error) {
	allow := c.String("spark.sparksql.udf.allow")
	sums, err := artifact.Allowed(allow)
	if err != nil {
		return nil, errs.New(errs.Pos{}, "INVALID_CONF_VALUE.REQUIREMENT", "confName", "spark.sparksql.udf.allow", "confValue", allow, "confRequirement", err.Error())
	}
	l := &library{allow: sums, memory: c.Bytes("spark.sparksql.udf.wasm.memory"), warn: o.warn, files: map[fileKey]*loadedFile{}}
	for _, p := range filepath.SplitList(c.String("spark.sparksql.udf.path")) {
		if p = strings.TrimSpace(p); p != "" {
			l.path = append(l.path, p)
		}
	}
	return l, nil
}

// load gives a file as it was loaded before, or loads it.
func (l *library) load(ctx context.Context, kind artifact.Kind, path string) (*loadedFile, error) {
	return l.open(ctx, kind, path, func(*loadedFile) bool { return true })
}

// reload gives a file as it is on disk now.
func (l *library) reload(ctx context.Context, kind artifact.Kind, path string) (*loadedFile, error) {
	return l.open(ctx, kind, path, func(*loadedFile) bool { return false })
}

func (l *library) open(ctx context.Context, kind artifact.Kind, path string, keep func(*loadedFile) bool) (*loadedFile, error) {
	path, err := absPath(path)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.files[fileKey{kind, path}]
	if have != nil && keep(have) {
		return have, nil
	}
	f, err := artifact.Read(kind, path, l.allow)
	if err != nil {
		return nil, err
	}
	if have != nil && have.sum == f.Sum {
		return have, nil
	}
	defs, err := l.functions(ctx, f)
	if err != nil {
		return nil, err
	}
	file := &loadedFile{sum: f.Sum, named: map[[2]string]*udfs.Def{}}
	for i := range defs {
		defs[i].Source = path
		file.defs = append(file.defs, &defs[i])
	}
	l.files[fileKey{kind, path}], l.found = file, nil
	return file, nil
}

// functions runs the loader of the file's kind. l.mu is held.
func (l *library) functions(ctx context.Context, f *artifact.File) (_ []udfs.Def, err error) {
	switch f.Kind {
	case artifact.Plugin:
		return plugin.Open(f, SourceID())
	case artifact.WASM:
		if l.wasm == nil {
			if l.wasm, err = wasm.New(ctx, l.memory); err != nil {
				return nil, err
			}
		}
		return l.wasm.Open(ctx, f)
	}
	return nil, f.Fail("UNKNOWN_KIND")
}

// close ends the modules. Plugins stay as long as the process.
func (l *library) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.wasm == nil {
		return nil
	}
	return l.wasm.Close()
}

// function is one function of a file, under the name that its definition gives it.
func (l *library) function(ctx context.Context, kind artifact.Kind, path, export, name string) (*udfs.Def, error) {
	file, err := l.load(ctx, kind, path)
	if err != nil {
		return nil, err
	}
	return l.named(file, path, export, name)
}

func (l *library) named(file *loadedFile, path, export, name string) (*udfs.Def, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := [2]string{strings.ToLower(export), strings.ToLower(name)}
	if d := file.named[key]; d != nil {
		return d, nil
	}
	for _, d := range file.defs {
		if strings.EqualFold(d.Name, export) || slices.ContainsFunc(d.Aliases, func(a string) bool { return strings.EqualFold(a, export) }) {
			c := *d
			c.Name, c.Aliases = key[1], nil
			file.named[key] = &c
			return &c, nil
		}
	}
	return nil, errs.New(errs.Pos{}, "CANNOT_LOAD_FUNCTION_FILE.NO_SUCH_FUNCTION", "path", path, "functionName", "`"+export+"`", "candidates", file.names())
}

func (f *loadedFile) names() string {
	var out []string
	for _, d := range f.defs {
		out = append(out, "`"+d.Name+"`")
	}
	if len(out) == 0 {
		return "none"
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// onPath finds a function in the folders of spark.sparksql.udf.path. They are read when first asked: a program that needs
// none of their functions starts without them.
func (l *library) onPath() *functions.Registry {
	l.mu.Lock()
	found := l.found
	l.mu.Unlock()
	if found != nil || len(l.path) == 0 {
		return found
	}
	found = functions.Builtins().Child()
	for _, path := range l.filesOnPath() {
		file, err := l.load(context.Background(), artifact.KindOf(path), path)
		if err != nil {
			l.warning(err)
			continue
		}
		for _, d := range file.defs {
			if err := found.Register(*d); err != nil {
				l.warning(errs.New(errs.Pos{}, "CANNOT_LOAD_FUNCTION_FILE.FAILED", "path", path, "reason", err.Error()))
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = found
	return found
}

// warning reports a file of the path that cannot be loaded: it takes no other function away.
func (l *library) warning(err error) {
	if l.warn != nil {
		l.warn(err.Error())
	}
}

// filesOnPath lists the files of functions in the folders of the path, in order.
func (l *library) filesOnPath() []string {
	var out []string
	for _, p := range l.path {
		st, err := os.Stat(p)
		if err != nil || !st.IsDir() {
			out = append(out, p) // its loader says what is wrong
			continue
		}
		entries, err := os.ReadDir(p)
		if err != nil {
			l.warning(err)
		}
		for _, e := range entries {
			if e.Type()&fs.ModeDir == 0 && artifact.KindOf(e.Name()) != "" {
				out = append(out, filepath.Join(p, e.Name()))
			}
		}
	}
	return out
}

// has tells whether a file was loaded.
func (l *library) has(kind artifact.Kind, path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files[fileKey{kind, path}] != nil
}
