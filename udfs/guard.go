package udfs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// The settings that concern users' functions.
const (
	RedactKey  = "spark.sparksql.udf.redactArguments"
	TimeoutKey = "spark.sparksql.udf.timeout"
	FuelKey    = "spark.sparksql.udf.wasm.fuel"
)

// Panic is the cause of the error that a panic of a user's function becomes.
type Panic struct {
	Value any
	At    string // file and line, "" when not known
}

func (p *Panic) Error() string {
	s := "panic: " + fmt.Sprint(p.Value)
	if p.At != "" {
		s += " at " + p.At
	}
	return s
}

// guard stands between the engine and a user's function, for one worker: panics become errors, errors name the
// function, the row and its arguments, time is limited and counted.
type guard struct {
	name    string
	timeout time.Duration
	redact  bool
	meter   *Meter
}

func newGuard(name string, env *Env) guard {
	g := guard{name: name}
	if env == nil {
		g.meter = (*Stats)(nil).Meter(name)
		return g
	}
	g.meter = env.Stats.Meter(name)
	if env.Conf != nil {
		g.redact = strings.EqualFold(env.Conf(RedactKey), "true")
		g.timeout, _ = conf.ParseDuration(env.Conf(TimeoutKey)) // checked when it was set
	}
	return g
}

// run calls f, which does the given number of rows; w.at is the row at work, -1 for none in particular.
func (g *guard) run(c *Call, rows int, w *walk, f func(context.Context) error) (err error) {
	start := time.Now()
	parent := c.Ctx
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := parent, context.CancelFunc(func() {})
	if g.timeout > 0 {
		ctx, cancel = context.WithTimeout(parent, g.timeout)
	}
	defer func() {
		if p := recover(); p != nil {
			err = &Panic{p, panicPlace()}
		}
		switch {
		case err == nil:
		case parent.Err() != nil:
			err = context.Cause(parent)
		case ctx.Err() != nil:
			err = g.failed(c, w.at, fmt.Errorf("%w: a batch took longer than %s allows, %s", context.DeadlineExceeded, TimeoutKey, g.timeout))
		default:
			err = g.failed(c, w.at, err)
		}
		cancel()
		g.meter.add(rows, time.Since(start)-w.away, err != nil)
	}()
	return f(ctx)
}

// failed is the error of a function, with the row where it is known; one with a condition of its own stays.
func (g *guard) failed(c *Call, row int, err error) error {
	if known := (*errs.Error)(nil); errors.As(err, &known) {
		return err
	}
	reason := err.Error()
	if row >= 0 {
		reason += fmt.Sprintf(" (row %d of its batch, %s)", row, g.arguments(c, row))
	}
	in, out := make([]types.Type, len(c.In)), "state"
	for i, v := range c.In {
		in[i] = v.Type
	}
	if c.Out != nil {
		out = c.Out.Type.SQL()
	}
	e := errs.New(errs.Pos{}, "FAILED_EXECUTE_UDF", "functionName", g.name, "signature", typeNames(in), "result", out, "reason", reason)
	e.Err = err
	return e
}

// maxShown is the length in bytes at which an argument in a message is cut.
const maxShown = 200

// arguments are those of a row as a message shows them.
func (g *guard) arguments(c *Call, row int) string {
	if g.redact {
		return "arguments redacted"
	}
	parts := make([]string, len(c.In))
	for i, v := range c.In {
		switch x := v.Value(row).(type) {
		case nil:
			parts[i] = "NULL"
		case string:
			parts[i] = strconv.Quote(x)
		case types.Int128:
			parts[i] = x.DecimalString(v.Type.Scale())
		default:
			parts[i] = fmt.Sprint(x)
		}
		if len(parts[i]) > maxShown {
			parts[i] = strings.ToValidUTF8(parts[i][:maxShown], "") + "..."
		}
	}
	return "arguments: " + strings.Join(parts, ", ")
}

// panicPlace is the line that panicked: the first outside of the runtime beneath the panic. It is called while the
// panic is recovered.
func panicPlace() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime."):
			return filepath.Base(f.File) + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return ""
		}
	}
}
