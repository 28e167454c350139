package functions

import (
	"strconv"

	"sparksql/sql/errs"
	"sparksql/sql/types"
	"sparksql/udfs"
)

const ansiConfig = `"spark.sql.ansi.enabled"`

// docRoot is the address that some conditions carry as a parameter.
const docRoot = "https://spark.apache.org/docs/latest"

// onFail says what an operation does with a value that has no result.
type onFail uint8

const (
	raise onFail = iota // ANSI
	wrap                // legacy: integers wrap around, others become NULL
	null                // try_ functions
)

func failMode(env *udfs.Env) onFail {
	if env != nil && !env.ANSI {
		return wrap
	}
	return raise
}

func overflow(message, alternative string) error {
	if alternative != "" {
		alternative = " Use '" + alternative + "' to tolerate overflow and return NULL instead."
	}
	return errs.New(errs.Pos{}, "ARITHMETIC_OVERFLOW", "message", message, "alternative", alternative, "config", ansiConfig)
}

func divideByZero() error { return errs.New(errs.Pos{}, "DIVIDE_BY_ZERO", "config", ansiConfig) }

func decimalOverflow(value string, p, s int) error {
	return errs.New(errs.Pos{}, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", value,
		"precision", strconv.Itoa(p), "scale", strconv.Itoa(s), "config", ansiConfig)
}

// quoted is an expression as error parameters show it.
func quoted(sql string) string { return `"` + sql + `"` }

// typeParam is a type as error parameters show it.
func typeParam(t types.Type) string { return `"` + t.SQL() + `"` }

// mismatch is a DATATYPE_MISMATCH about the call, with sqlExpr filled in.
func mismatch(ctx *udfs.ResolveCtx, sub string, args ...string) error {
	return errs.New(ctx.Env.Pos, "DATATYPE_MISMATCH."+sub, append(args, "sqlExpr", quoted(ctx.Pretty()))...)
}

// unexpected is the mismatch of argument i (from 0), which should be of the required type.
func unexpected(ctx *udfs.ResolveCtx, args []udfs.ArgInfo, i int, required string) error {
	return mismatch(ctx, "UNEXPECTED_INPUT_TYPE", "paramIndex", Ordinal(i), "inputSql", quoted(args[i].SQL),
		"inputType", typeParam(args[i].Type), "requiredType", required)
}

var ordinalWords = [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// Ordinal is the word for place i, counted from 0.
func Ordinal(i int) string {
	if i < len(ordinalWords) {
		return ordinalWords[i]
	}
	return strconv.Itoa(i+1) + "th"
}

// fixed makes a Binding's New of a kernel without state.
func fixed(k udfs.Kernel) func(*udfs.Env) (udfs.Kernel, error) {
	return func(*udfs.Env) (udfs.Kernel, error) { return k, nil }
}

// coercion is the lattice of the call's mode.
func coercion(env *udfs.Env) types.Coercion {
	return types.Coercion{Legacy: env != nil && !env.ANSI}
}

// argTypes are the types of args.
func argTypes(args []udfs.ArgInfo) []types.Type {
	out := make([]types.Type, len(args))
	for i, a := range args {
		out[i] = a.Type
	}
	return out
}

func anyNullable(args []udfs.ArgInfo) bool {
	for _, a := range args {
		if a.Nullable {
			return true
		}
	}
	return false
}
