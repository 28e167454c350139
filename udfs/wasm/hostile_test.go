package wasm

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
	"sparksql/udfs/artifact"
)

// assembled is a module whose exports run the given code; text lies at address 1024 and describes the functions.
func assembled(text string, abi, functions, arena, call []byte) []byte {
	section := func(id byte, items ...[]byte) []byte {
		body := slices.Concat(append([][]byte{uleb(uint64(len(items)))}, items...)...)
		return slices.Concat([]byte{id}, uleb(uint64(len(body))), body)
	}
	sized := func(b []byte) []byte { return append(uleb(uint64(len(b))), b...) }
	export := func(name string, kind, index byte) []byte { return append(sized([]byte(name)), kind, index) }
	code := func(b []byte) []byte { return sized(slices.Concat([]byte{0}, b, []byte{0x0b})) }
	const i32, i64 = 0x7f, 0x7e
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
		section(1, []byte{0x60, 0, 1, i32}, []byte{0x60, 0, 1, i64}, []byte{0x60, 1, i32, 1, i32}, []byte{0x60, 2, i32, i32, 1, i32}),
		section(3, []byte{0}, []byte{1}, []byte{2}, []byte{3}),
		section(5, []byte{0, 2}),
		section(7, export("memory", 2, 0), export("sparksql_abi", 0, 0), export("sparksql_functions", 0, 1), export("sparksql_arena", 0, 2), export("sparksql_call", 0, 3)),
		section(10, code(abi), code(functions), code(arena), code(call)),
		section(11, slices.Concat([]byte{0, 0x41}, sleb(1024), []byte{0x0b}, sized([]byte(text)))))
}

// described is sparksql_functions of a module with so long a text at 1024.
func described(size int) []byte {
	return slices.Concat([]byte{0x42}, sleb(1024), []byte{0x42, 32, 0x86, 0x42}, sleb(int64(size)), []byte{0x84}) // 1024 << 32 | size
}

// returning stores word at an address in the block, which is the second parameter, and returns the status.
func returning(status byte, words map[int]int) []byte {
	var out []byte
	for k, x := range words {
		out = slices.Concat(out, []byte{0x20, 1, 0x41}, sleb(int64(x)), []byte{0x36, 2}, uleb(uint64(4*k)))
	}
	return append(out, 0x41, status)
}

// recursing calls sparksql_call twice, and so on to the given depth, which is counted in the first parameter.
func recursing(depth int64) []byte {
	again := []byte{0x20, 0, 0x41, 1, 0x6a, 0x20, 1, 0x10, 3}
	return slices.Concat([]byte{0x20, 0}, i32Const(depth), []byte{0x46, 0x04, 0x7f, 0x41, 0, 0x05}, again, []byte{0x1a}, again, []byte{0x0b})
}

const textToText = `[{"name":"f","signatures":[{"id":0,"in":["STRING"],"out":"STRING","strict":true}]}]   `

func loaded(t *testing.T, code []byte) ([]udfs.Def, error) {
	t.Helper()
	r, err := New(context.Background(), 1<<22)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r.Open(context.Background(), &artifact.File{Kind: artifact.WASM, Path: "m.wasm", Data: code})
}

// run runs the first function over three strings, for up to 100 ms.
func run(t *testing.T, code []byte) error {
	t.Helper()
	return runWith(t, code, map[string]string{udfs.TimeoutKey: "100ms"})
}

func runWith(t *testing.T, code []byte, conf map[string]string) error {
	t.Helper()
	defs, err := loaded(t, code)
	if err != nil {
		t.Fatal(err)
	}
	env := &udfs.Env{Conf: func(key string) string { return conf[key] }}
	k, err := defs[0].Overloads[0].New(env)
	if err != nil {
		t.Fatal(err)
	}
	in := vec.New(types.StringType, 0)
	for _, s := range []string{"a", "bc", "a longer one than a view holds"} {
		in.Append(s)
	}
	return k(&udfs.Call{Ctx: context.Background(), Env: env, In: []*vec.Vec{in}, N: 3, Out: vec.New(types.StringType, 3)})
}

// turning goes round until the local, its first parameter, is n, and then does what then says, within the loop.
func turning(n int64, then []byte) []byte {
	return slices.Concat([]byte{0x03, 0x40, 0x20, 0}, i32Const(1), []byte{0x6a, 0x22, 0}, i32Const(n), []byte{0x46, 0x04, 0x40}, then,
		[]byte{0x0b, 0x0c, 0, 0x0b, 0x00})
}

// Fuel is what turns and calls use up, to a quantum for each open function, also where no function turns as often as that.
func TestFuel(t *testing.T) {
	one, list := i32Const(1), described(len(textToText))
	back := slices.Concat(i32Const(4096), []byte{0x0f}) // return 4096
	reset := []byte{0x41, 0, 0x21, 0}                   // parameter 0 is the size of the arena
	short := slices.Concat(reset, turning(500, back))
	often := slices.Concat(reset, []byte{0x03, 0x40, 0x41, 0, 0x10, 2, 0x1a, 0x20, 0}, i32Const(1), []byte{0x6a, 0x22, 0}, i32Const(400), []byte{0x48, 0x0d, 0, 0x0b}, returning(7, nil))
	fits := returning(0, map[int]int{8: 64, 10: 4096, 11: 0}) // three empty strings
	for name, c := range map[string]struct {
		code []byte
		work int64
	}{
		"one loop":          {assembled(textToText, one, list, i32Const(4096), slices.Concat(reset, turning(300_000, slices.Concat(fits, []byte{0x0f})))), 300_000},
		"loops in loops":    {assembled(textToText, one, list, short, often), 400 * 501},
		"calls without end": {assembled(textToText, one, list, i32Const(4096), recursing(60)), 1 << 60},
	} {
		for _, few := range []int64{1, c.work / 2, c.work - 3000} {
			err := runWith(t, c.code, map[string]string{udfs.FuelKey: strconv.FormatInt(min(few, 5_000_000), 10)})
			if !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), "out of fuel: "+udfs.FuelKey) {
				t.Errorf("%s, %d turns of %d: %v", name, few, c.work, err)
			}
		}
		if c.work < 1<<30 {
			if err := runWith(t, c.code, map[string]string{udfs.FuelKey: strconv.FormatInt(c.work+3000, 10)}); err != nil && strings.Contains(err.Error(), "fuel") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestModulesThatLieAreErrors(t *testing.T) {
	one, arena := i32Const(1), i32Const(4096)
	list := described(len(textToText))
	const result = 8 // first word of the result's column, after one argument
	for name, c := range map[string]struct {
		code []byte
		want string
	}{
		"traps":                   {assembled(textToText, one, list, arena, []byte{0x00}), "unreachable"},
		"never ends":              {assembled(textToText, one, list, arena, []byte{0x03, 0x40, 0x0c, 0, 0x0b, 0x00}), "100ms"},
		"recurses without a loop": {assembled(textToText, one, list, arena, recursing(60)), "100ms"},
		"offsets outside":         {assembled(textToText, one, list, arena, returning(0, map[int]int{result + 2: -1})), "offsets"},
		"strings outside":         {assembled(textToText, one, list, arena, returning(0, map[int]int{result: 8000, result + 2: 4096, result + 3: -1})), "strings"},
		"offsets that fall":       {assembled(textToText, one, list, arena, returning(0, map[int]int{result: 64, result + 2: 4096, result + 3: 8})), "offsets"},
		"fails without a message": {assembled(textToText, one, list, arena, returning(7, nil)), "status 7"},
		"message outside":         {assembled(textToText, one, list, arena, returning(1, map[int]int{2: -1, 3: 4000})), "without a message"},
		"arena outside":           {assembled(textToText, one, list, []byte{0x41, 0x78}, returning(0, nil)), "outside"},
		"arena at an odd address": {assembled(textToText, one, list, i32Const(4097), returning(0, nil)), "multiple of 8"},
		"arena traps":             {assembled(textToText, one, list, []byte{0x00}, returning(0, nil)), "no memory"},
	} {
		err := run(t, c.code)
		if !errs.Is(err, "FAILED_EXECUTE_UDF") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestFilesThatAreNoModulesOfFunctions(t *testing.T) {
	one, arena, fine := i32Const(1), i32Const(4096), returning(0, nil)
	withText := func(text string) []byte {
		text += strings.Repeat(" ", 64)
		return assembled(text, one, described(len(text)), arena, fine)
	}
	for name, c := range map[string]struct{ code, want string }{
		"empty":             {"", "does not begin"},
		"text":              {"no module at all", "does not begin"},
		"cut short":         {string(assembled(textToText, one, described(90), arena, fine)[:60]), "cut short"},
		"no exports":        {"\x00asm\x01\x00\x00\x00", "does not export"},
		"another version":   {string(assembled(textToText, i32Const(64), described(90), arena, fine)), "version"},
		"description":       {string(assembled(textToText, one, []byte{0x42, 0x7f}, arena, fine)), "outside"},
		"no JSON":           {string(withText("{")), "no JSON"},
		"a type":            {string(withText(`[{"name":"f","signatures":[{"in":["NO_TYPE"],"out":"INT"}]}]`)), "NO_TYPE"},
		"a type of arrays":  {string(withText(`[{"name":"f","signatures":[{"in":["INT"],"out":"ARRAY<INT>"}]}]`)), "border"},
		"no signature":      {string(withText(`[{"name":"f","signatures":[],"unsupported":"it is an aggregate"}]`)), "an aggregate"},
		"never starts":      {string(assembled(textToText, []byte{0x03, 0x40, 0x0c, 0, 0x0b, 0x00}, described(90), arena, fine)), "out of fuel"},
		"ends at its start": {string(assembled(textToText, []byte{0x00}, described(90), arena, fine)), "sparksql_abi"},
	} {
		_, err := loaded(t, []byte(c.code))
		if !errs.Is(err, "CANNOT_LOAD_FUNCTION_FILE") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// Whatever its bytes, a module is an error or a module; one that is well-formed stays so.
func FuzzInstrumented(f *testing.F) {
	for _, call := range [][]byte{{0x03, 0x40, 0x0c, 0, 0x0b, 0x00}, recursing(3), turning(9, []byte{0x41, 1, 0x0f})} {
		f.Add(assembled(textToText, i32Const(1), described(90), i32Const(4096), call))
	}
	f.Add([]byte("\x00asm\x01\x00\x00\x00\x0a\x05\x01\x03\x00\x0e\xff"))
	ctx := context.Background()
	machine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(16))
	f.Fuzz(func(t *testing.T, code []byte) {
		out, err := instrumented(code)
		if err != nil {
			return
		}
		m, err := machine.CompileModule(ctx, code)
		if err != nil {
			return
		}
		defer m.Close(ctx)
		if len(m.ExportedMemories()) == 0 {
			return // it has no functions for us
		}
		counted, err := machine.CompileModule(ctx, out)
		if err != nil {
			t.Fatalf("a module is none any more: %v", err)
		}
		counted.Close(ctx)
	})
}
