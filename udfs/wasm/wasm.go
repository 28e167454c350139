// Package wasm runs functions of WASM modules: in a sandbox without files, network or environment, with limits to its
// memory and its work, and stopped by the time limit of users' functions and by the end of a query. Whole columns are handed over in the
// module's memory; docs/wasm-abi.md describes how.
package wasm

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/artifact"
	"sparksql/udfs/wasm/abi"
)

// Runtime holds the modules of an engine. It is safe for concurrent use.
type Runtime struct {
	runtime wazero.Runtime
}

// pageBytes is the unit of a module's memory.
const pageBytes = 1 << 16

// New makes a runtime whose modules have up to memory bytes each; every worker that runs a module has a copy of it.
func New(ctx context.Context, memory int64) (*Runtime, error) {
	pages := uint32(min(max(memory/pageBytes, 1), 1<<16))
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(pages)
	if dir, err := artifact.Cache("wasm"); err == nil { // else modules are compiled at each start
		if cache, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
			config = config.WithCompilationCache(cache)
		}
	}
	r := wazero.NewRuntimeWithConfig(ctx, config)
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		r.Close(ctx)
		return nil, err
	}
	return &Runtime{r}, nil
}

// Close ends all modules.
func (r *Runtime) Close() error { return r.runtime.Close(context.Background()) }

// Open compiles a module and gives its functions. Errors are CANNOT_LOAD_FUNCTION_FILE.
func (r *Runtime) Open(ctx context.Context, f *artifact.File) ([]udfs.Def, error) {
	code, err := instrumented(f.Data)
	if err != nil {
		return nil, f.Fail("NOT_A_MODULE", "reason", err.Error())
	}
	compiled, err := r.runtime.CompileModule(ctx, code)
	if err != nil {
		return nil, f.Fail("NOT_A_MODULE", "reason", firstLine(err.Error()))
	}
	m := &module{file: f, runtime: r.runtime, compiled: compiled}
	inst, err := m.instantiate(ctx)
	if err != nil {
		return nil, err
	}
	defer m.release(inst)
	text, err := inst.describe(ctx)
	if err != nil {
		return nil, f.Fail("NOT_A_MODULE", "reason", err.Error())
	}
	var list []abi.Function
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, f.Fail("NOT_A_MODULE", "reason", "its description of functions is no JSON: "+err.Error())
	}
	var out []udfs.Def
	for i := range list {
		d, err := m.def(&list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// module is a compiled module with the copies of it that are not at work.
type module struct {
	file     *artifact.File
	runtime  wazero.Runtime
	compiled wazero.CompiledModule

	mu   sync.Mutex
	idle []*instance
}

// def is the record of a function.
func (m *module) def(f *abi.Function) (udfs.Def, error) {
	d := udfs.Def{Name: f.Name, Aliases: f.Aliases, Group: f.Group, Usage: f.Usage, Note: f.Note, Since: f.Since, Cost: f.Cost,
		Traits: udfs.Fallible | udfs.Columnar}
	if f.Deterministic {
		d.Traits |= udfs.Deterministic
	}
	if f.Name == "" || len(f.Signatures) == 0 {
		why := f.Unsupported
		if why == "" {
			why = "it has no signature"
		}
		return d, m.file.Fail("NOT_SUPPORTED", "functionName", "`"+f.Name+"`", "reason", why)
	}
	for _, a := range f.Args {
		d.Args = append(d.Args, udfs.Arg{Name: a.Name, Doc: a.Doc})
	}
	for _, e := range f.Examples {
		d.Examples = append(d.Examples, udfs.Example{SQL: e.SQL, Out: e.Out})
	}
	for i := range f.Signatures {
		o, err := m.overload(f.Name, &f.Signatures[i])
		if err != nil {
			return d, err
		}
		d.Overloads = append(d.Overloads, o)
	}
	return d, nil
}

// overload is a signature: a function of whole columns, guarded as others are.
func (m *module) overload(name string, s *abi.Signature) (udfs.Overload, error) {
	bad := func(t string, err error) error {
		return m.file.Fail("NOT_SUPPORTED", "functionName", "`"+name+"`", "reason", fmt.Sprintf("its type %q: %v", t, err))
	}
	out, err := carried(s.Out)
	if err != nil {
		return udfs.Overload{}, bad(s.Out, err)
	}
	in := make([]types.Type, len(s.In))
	for i, text := range s.In {
		if in[i], err = carried(text); err != nil {
			return udfs.Overload{}, bad(text, err)
		}
	}
	call := &signature{module: m, id: uint64(s.ID)}
	o := udfs.Vector(name, call.eval, out, in).Overloads[0]
	traits := udfs.Fallible
	if s.Strict {
		traits |= udfs.Strict
	}
	o.Traits, o.Variadic, o.Nullable = &traits, s.Variadic, s.Nullable || !s.Strict
	return o, nil
}

func carried(text string) (types.Type, error) {
	t, err := parse.DataType(&errs.Text{SQL: text})
	if err == nil && !abi.Carried(t) {
		err = fmt.Errorf("values of it do not cross the border of a module")
	}
	return t, err
}
