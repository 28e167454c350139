// Package sparksql is Spark SQL in one process: the embeddable engine. Open makes an Engine, Engine.Session a Session,
// Session.Query runs a statement:
//
//	eng, err := sparksql.Open()
//	defer eng.Close()
//	rows, err := eng.Session().Query(ctx, "SELECT count(*) FROM parquet.`orders`")
//
// The package is the only wiring of the parts beneath it; the command line is a thin client of it.
package sparksql

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"sparksql/catalog/metastore"
	"sparksql/catalog/parquet"
	"sparksql/exec"
	"sparksql/functions"
	"sparksql/optimizer"
	"sparksql/sql/conf"
	"sparksql/udfs"
	"sparksql/udfs/artifact"
)

// neededRules are those without which some plans do not run.
var neededRules = []string{"RewriteSubquery", "ReplaceSetOp", "Decorrelate", "ChooseJoin"}

// Engine owns what sessions share: workers, memory, the warehouse and its metastore, cached tables. It is safe for
// concurrent use.
type Engine struct {
	opts     options
	run      *exec.Engine
	store    *metastore.Store
	funcs    *functions.Registry
	library  *library
	parquet  *parquet.Format // keeps footers between tables
	commands map[string]command
	stats    *udfs.Stats // of users' functions
	noted    sync.Map    // options of files that were warned of

	mu     sync.Mutex
	global map[string]*view // global temporary views
}

type options struct {
	workers     int
	memoryLimit int64
	spillDir    string
	warehouse   string
	batchRows   int
	warn        func(string)
	conf        map[string]string
	funcs       []udfs.Def
	pace        bool
	udfFiles    []string

	withoutRules map[string]bool
}

// Option changes how an engine is opened.
type Option func(*options)

// WithWorkers sets the number of workers; the default is GOMAXPROCS.
func WithWorkers(n int) Option { return func(o *options) { o.workers = n } }

// WithMemoryLimit sets the memory in bytes that all queries together may hold; the default is 60 % of the machine's or
// cgroup's.
func WithMemoryLimit(bytes int64) Option { return func(o *options) { o.memoryLimit = bytes } }

// WithSpillDir sets the folder for spill files; the default is the system's temporary folder.
func WithSpillDir(dir string) Option { return func(o *options) { o.spillDir = dir } }

// WithWarehouse sets the folder of managed tables; the default is spark-warehouse in the current folder.
func WithWarehouse(dir string) Option { return func(o *options) { o.warehouse = dir } }

// WithConf gives every session a setting.
func WithConf(key, value string) Option {
	return func(o *options) { o.conf[key] = value }
}

// WithGarbagePacing lets the engine set how often the garbage of the whole process is collected, by the memory that lives
// and the limit: for programs that are the engine and little else. GOGC, where it is set, has the last word.
func WithGarbagePacing() Option { return func(o *options) { o.pace = true } }

// With registers functions for every session.
func With(defs ...udfs.Def) Option {
	return func(o *options) { o.funcs = append(o.funcs, defs...) }
}

// WithUDFFiles registers the functions of plugins (.so) and WASM modules (.wasm) for every session.
func WithUDFFiles(paths ...string) Option {
	return func(o *options) { o.udfFiles = append(o.udfFiles, paths...) }
}

// WithWarnings passes on what users should know and is no error, such as a setting that is not known.
func WithWarnings(f func(msg string)) Option { return func(o *options) { o.warn = f } }

// WithBatchRows sets the number of rows that scans hand on at once; 4096 is the default and the most.
func WithBatchRows(n int) Option { return func(o *options) { o.batchRows = n } }

// WithoutRules leaves out rules of the optimizer by name, to see what they do or to compare answers without them. What
// turns subqueries and set operations into joins cannot be left out.
func WithoutRules(names ...string) Option {
	return func(o *options) {
		for _, n := range names {
			o.withoutRules[n] = true
		}
	}
}

// Rules lists the optimizer's rules that may be left out, in the order of their first use.
func Rules() []string {
	var out []string
	for _, b := range optimizer.Batches() {
		for _, r := range b.Rules {
			if !slices.Contains(neededRules, r.Name) && !slices.Contains(out, r.Name) {
				out = append(out, r.Name)
			}
		}
	}
	return out
}

// Open makes an engine.
func Open(opts ...Option) (*Engine, error) {
	o := options{workers: runtime.GOMAXPROCS(0), conf: map[string]string{}, withoutRules: map[string]bool{}}
	for _, f := range opts {
		f(&o)
	}
	for name := range o.withoutRules {
		if !slices.Contains(Rules(), name) {
			return nil, fmt.Errorf("there is no rule %s that may be left out; there are %s", name, strings.Join(Rules(), ", "))
		}
	}
	c := conf.New()
	for k, v := range o.conf {
		known, err := c.Set(k, v)
		if err != nil {
			return nil, err
		}
		o.noteKey(k, known)
	}
	if o.warehouse == "" {
		o.warehouse = c.String("spark.sql.warehouse.dir")
	}
	dir, err := filepath.Abs(o.warehouse)
	if err != nil {
		return nil, err
	}
	o.warehouse = dir
	if o.memoryLimit == 0 {
		o.memoryLimit = c.Bytes("spark.sparksql.memory.limit")
	}
	if o.memoryLimit <= 0 {
		o.memoryLimit = machineMemory() * 6 / 10
	}
	if o.spillDir == "" {
		o.spillDir = c.String("spark.local.dir")
	}
	if o.spillDir == "" {
		o.spillDir = os.TempDir()
	}
	lib, err := newLibrary(&o, c)
	if err != nil {
		return nil, err
	}
	e := &Engine{opts: o, library: lib, store: metastore.Open(dir), funcs: functions.Builtins().Child(), global: map[string]*view{}, parquet: parquet.New(), commands: commandTable(), stats: udfs.NewStats(nil)}
	if err := e.funcs.Register(o.funcs...); err != nil {
		return nil, err
	}
	if err := e.addFiles(o.udfFiles); err != nil {
		return nil, err
	}
	limitRuntime(o.memoryLimit)
	if o.pace {
		paceGarbage(o.memoryLimit)
	}
	e.run = exec.New(exec.Config{Workers: o.workers, Memory: o.memoryLimit, SpillDir: o.spillDir, BatchRows: o.batchRows})
	return e, nil
}

// addFiles registers the functions of files for every session.
func (e *Engine) addFiles(paths []string) error {
	for _, path := range paths {
		path, err := absPath(path)
		if err != nil {
			return err
		}
		file, err := e.library.load(context.Background(), artifact.KindOf(path), path)
		if err != nil {
			return err
		}
		if err := adopt(e.funcs, file, path); err != nil {
			return err
		}
	}
	return nil
}

// noteKey warns of a spark.* key that is not in the table of settings.
func (o *options) noteKey(key string, known bool) {
	if !known && o.warn != nil && strings.HasPrefix(key, "spark.") {
		o.warn("The setting " + key + " is not known: it is kept, and has no effect.")
	}
}

// Settings lists the known settings with their types, defaults and meanings.
func Settings() []conf.Key { return conf.Keys() }

// Info is what an engine was opened with.
type Info struct {
	Warehouse, SpillDir string
	Workers             int
	MemoryLimit         int64 // bytes
}

// Info says what the session's engine was opened with.
func (s *Session) Info() Info {
	o := s.engine.opts
	return Info{o.warehouse, o.spillDir, o.workers, o.memoryLimit}
}

// Close releases what the engine holds. Sessions must not be used afterwards.
func (e *Engine) Close() error {
	return errors.Join(e.library.close(), e.store.Close())
}
