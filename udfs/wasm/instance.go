package wasm

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"sparksql/udfs"
	"sparksql/udfs/wasm/abi"
)

// instance is one copy of a module, with memory of its own: one worker at a time uses it.
type instance struct {
	mod         api.Module
	arena, call api.Function
	env         api.Function // may be nil
	stop        api.MutableGlobal
	spent, fuel api.MutableGlobal
	stderr      tail
	told        told // what env was told last

	at, size uint32 // of the arena
	stack    [2]uint64
}

// errFuel ends a call that spends more than it may.
var errFuel = errors.New("out of fuel")

// told is what a module knows of the session.
type told struct {
	ansi                         bool
	now                          int64
	zone, user, database, redact string
}

// tail keeps the beginning of what a module writes to its standard error: a runtime that gives up says there why.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	if room := 1000 - t.Len(); room > 0 {
		t.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

// instantiate makes a copy of the module.
func (m *module) instantiate(ctx context.Context) (*instance, error) {
	inst := &instance{}
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithStderr(&inst.stderr).WithStdout(io.Discard).
		WithSysWalltime().WithSysNanotime().WithRandSource(rand.Reader)
	mod, err := m.runtime.InstantiateModule(ctx, m.compiled, config)
	if err != nil {
		return nil, m.file.Fail("NOT_A_MODULE", "reason", "it does not start: "+inst.trap(err))
	}
	inst.mod = mod
	if err := inst.exports(ctx); err != nil {
		mod.Close(ctx)
		return nil, m.file.Fail("NOT_A_MODULE", "reason", err.Error())
	}
	return inst, nil
}

// exports finds what a module of functions has to export, and starts it.
func (inst *instance) exports(ctx context.Context) error {
	version := inst.mod.ExportedFunction("sparksql_abi")
	inst.arena, inst.call = inst.mod.ExportedFunction("sparksql_arena"), inst.mod.ExportedFunction("sparksql_call")
	inst.env = inst.mod.ExportedFunction("sparksql_env")
	for name, f := range map[string]api.Function{"sparksql_abi": version, "sparksql_arena": inst.arena, "sparksql_call": inst.call,
		"sparksql_functions": inst.mod.ExportedFunction("sparksql_functions")} {
		if f == nil {
			return fmt.Errorf("it does not export %s", name)
		}
	}
	for name, to := range map[string]*api.MutableGlobal{stopGlobal: &inst.stop, spentGlobal: &inst.spent, fuelGlobal: &inst.fuel} {
		*to = inst.mod.ExportedGlobal(name).(api.MutableGlobal) // instrumented modules have them
	}
	if start := inst.mod.ExportedFunction("_initialize"); start != nil {
		if err := inst.work(ctx, start, loadFuel); err != nil {
			return errors.New("it does not start: " + inst.trap(err))
		}
	}
	if err := inst.work(ctx, version, loadFuel); err != nil {
		return errors.New("sparksql_abi: " + inst.trap(err))
	}
	if v := inst.stack[0]; v != abi.Version {
		return fmt.Errorf("it speaks version %v of the ABI, this program version %d", v, abi.Version)
	}
	return nil
}

// work calls a function of the module with the words of the stack, where its result is then. The end of ctx stops it, and so
// does spending more than fuel: errFuel.
func (inst *instance) work(ctx context.Context, f api.Function, fuel int64) error {
	inst.spent.Set(0)
	inst.fuel.Set(uint64(fuel))
	calm := func() bool { return true }
	if ctx.Done() != nil {
		calm = context.AfterFunc(ctx, func() { inst.stop.Set(1) })
	}
	err := f.CallWithStack(context.WithoutCancel(ctx), inst.stack[:])
	switch {
	case !calm():
		return ctx.Err()
	case err != nil && int64(inst.fuel.Get()) < 0:
		return errFuel
	}
	return err
}

// describe is the module's description of its functions.
func (inst *instance) describe(ctx context.Context) ([]byte, error) {
	if err := inst.work(ctx, inst.mod.ExportedFunction("sparksql_functions"), loadFuel); err != nil {
		return nil, errors.New("sparksql_functions: " + inst.trap(err))
	}
	place := inst.stack[0]
	text, ok := inst.mod.Memory().Read(uint32(place>>32), uint32(place))
	if !ok {
		return nil, errors.New("sparksql_functions gives an address outside of its memory")
	}
	return bytes.Clone(text), nil
}

// acquire gives a copy of the module that nobody uses, a new one when all are at work.
func (m *module) acquire(ctx context.Context, env *udfs.Env) (*instance, error) {
	m.mu.Lock()
	var inst *instance
	if n := len(m.idle); n > 0 {
		inst, m.idle = m.idle[n-1], m.idle[:n-1]
	}
	m.mu.Unlock()
	if inst == nil {
		var err error
		if inst, err = m.instantiate(context.WithoutCancel(ctx)); err != nil {
			return nil, err
		}
	}
	if err := inst.tell(ctx, env); err != nil {
		inst.mod.Close(ctx)
		return nil, err
	}
	return inst, nil
}

func (m *module) release(inst *instance) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.idle = append(m.idle, inst)
}

// tell gives a module the context of calls, when it wants to know.
func (inst *instance) tell(ctx context.Context, env *udfs.Env) error {
	if inst.env == nil || env == nil {
		return nil
	}
	t := told{env.ANSI, env.Now, env.ZoneName, env.User, env.Database, ""}
	if env.Conf != nil {
		t.redact = env.Conf(udfs.RedactKey)
	}
	if t == inst.told {
		return nil
	}
	inst.told = t
	text, err := json.Marshal(abi.Env{ANSI: t.ansi, Zone: t.zone, Now: t.now, User: t.user, Database: t.database,
		Conf: map[string]string{udfs.RedactKey: t.redact}})
	if err != nil {
		return err
	}
	if err := inst.reserve(ctx, uint32(len(text))); err != nil {
		return err
	}
	if !inst.mod.Memory().Write(inst.at, text) {
		return errors.New("sparksql_arena gives an address outside of the module's memory")
	}
	inst.stack = [2]uint64{uint64(inst.at), uint64(len(text))}
	if err := inst.work(ctx, inst.env, loadFuel); err != nil {
		return errors.New("sparksql_env: " + inst.trap(err))
	}
	return nil
}

// reserve makes the arena hold size bytes.
func (inst *instance) reserve(ctx context.Context, size uint32) error {
	if size <= inst.size {
		return nil
	}
	inst.stack[0] = uint64(size)
	if err := inst.work(ctx, inst.arena, loadFuel); err != nil {
		return errors.New("no memory for the columns: " + inst.trap(err))
	}
	inst.at, inst.size = uint32(inst.stack[0]), size
	if inst.at%8 != 0 || inst.at == 0 {
		return fmt.Errorf("sparksql_arena gives %d, which is no address at a multiple of 8", inst.at)
	}
	return nil
}

// trap is why a call into a module ended: what the module wrote last, or what the machine says.
func (inst *instance) trap(err error) string {
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		if line := firstLine(inst.stderr.String()); line != "" {
			return line
		}
		return fmt.Sprintf("it exits with code %d", exit.ExitCode())
	}
	msg := firstLine(err.Error())
	if line := firstLine(inst.stderr.String()); line != "" {
		msg += ": " + line
	}
	return msg
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
