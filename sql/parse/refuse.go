package parse

import (
	"strings"

	"sparksql/sql/errs"
	"sparksql/sql/tree"
)

// Refusals that Spark's parser makes after its grammar has accepted a text.

// invalid reports a value that stands where it cannot.
func (p *front) invalid(at errs.Pos, what string) { p.fail(at, "_LEGACY_ERROR_TEMP_0064", "msg", what) }

// notAllowed reports an operation that the grammar takes and Spark does not.
func (p *front) notAllowed(at errs.Pos, what string) {
	p.fail(at, "_LEGACY_ERROR_TEMP_0035", "message", what)
}

// quoted is a name with all its parts in backquotes.
func quoted(parts []string) string {
	out := make([]string, len(parts))
	for i, n := range parts {
		out[i] = "`" + strings.ReplaceAll(n, "`", "``") + "`"
	}
	return strings.Join(out, ".")
}

// foldable tells whether an expression is a constant before any name is resolved.
func foldable(e tree.Expr) bool {
	switch e := e.(type) {
	case *tree.Literal, *tree.Param:
		return true
	case *tree.Unary:
		return foldable(e.X)
	case *tree.Binary:
		return foldable(e.L) && foldable(e.R)
	case *tree.Cast:
		return foldable(e.X)
	}
	return false
}

// checkJoin refuses what LATERAL, NATURAL and their companions do not go with.
func (p *front) checkJoin(kind string, natural, lateral, using bool, at errs.Pos) {
	words := map[string]string{mOnRight: "RIGHT OUTER", mOnFull: "FULL OUTER", mOnSemi: "LEFT SEMI", mOnAnti: "LEFT ANTI"}
	switch {
	case natural && kind == mOnCross:
		p.fail(at, "INCOMPATIBLE_JOIN_TYPES", "joinType1", "NATURAL", "joinType2", "CROSS")
	case lateral && natural:
		p.fail(at, "UNSUPPORTED_FEATURE.LATERAL_NATURAL_JOIN")
	case lateral && using:
		p.fail(at, "UNSUPPORTED_FEATURE.LATERAL_JOIN_USING")
	case lateral && words[kind] != "":
		p.fail(at, "INVALID_LATERAL_JOIN_TYPE", "joinType", words[kind])
	}
}

// checkWindows refuses definitions that repeat, or that refer to what is not there.
type windowNames map[string]bool // whether it is a definition, not a reference

func (p *front) checkWindow(names windowNames, name string, at errs.Pos) {
	if _, ok := names[lower(name)]; ok {
		p.fail(at, "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", "windowName", "`"+name+"`")
	}
}

func (p *front) checkReferences(names windowNames, refs map[string]errs.Pos) {
	for r, at := range refs {
		def, ok := names[lower(r)]
		switch {
		case !ok:
			p.fail(at, "INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE", "windowName", "`"+r+"`")
		case !def:
			p.fail(at, "INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE", "windowName", "`"+r+"`")
		}
	}
}

// checkPipeAggregate refuses grouping analytics, and grouping and window functions, between two tokens of
// |> AGGREGATE.
func (p *front) checkPipeAggregate(from, to int) {
	refuse := func(k int, what string) {
		p.fail(p.at(p.toks[k].start, p.toks[k].end), "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE", "case", what)
	}
	for k := from; k < to; k++ {
		t := &p.toks[k]
		if p.isQuery(k) && t.mate > 0 {
			k = t.mate
			continue
		}
		bracket := p.toks[k+1].op == "("
		switch {
		case t.word == "OVER" && (bracket || p.toks[k+1].kind == kWord):
			refuse(k, "window functions")
		case t.kind == kWord && bracket && (t.word == "GROUPING" || lower(p.textOf(t)) == "grouping_id"):
			refuse(k, upper(p.textOf(t)))
		case t.word == "GROUPING" && p.toks[k+1].word == "SETS":
			refuse(k, "GROUPING SETS")
		case (t.word == "CUBE" || t.word == "ROLLUP") && (bracket || p.toks[k-1].word == "WITH"):
			refuse(k, "GROUP BY "+t.word)
		}
	}
}

// checkFullSpec refuses a partition without all its values.
func (p *front) checkFullSpec(spec *tree.PartitionSpec, at errs.Pos) {
	if spec == nil {
		return
	}
	for i, v := range spec.Values {
		if v == nil {
			p.fail(at, "INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE", "partKey", "`"+spec.Names[i]+"`")
		}
	}
}

// checkIfNotExists refuses IF NOT EXISTS where INSERT does not overwrite one known partition.
func (p *front) checkIfNotExists(in *tree.Insert, s int) {
	if !in.Overwrite {
		p.fail(p.since(s), "INVALID_STATEMENT_OR_CLAUSE", "operation", "INSERT INTO ... IF NOT EXISTS")
	}
	if in.Partition == nil {
		return
	}
	for _, v := range in.Partition.Values {
		if v == nil {
			p.notAllowed(p.since(s), "IF NOT EXISTS with dynamic partitions")
		}
	}
}

// checkNoEmptySet refuses () among the sets of the CUBE or ROLLUP written since at.
func (p *front) checkNoEmptySet(at, start int) {
	written := p.w.pieces[at+1:]
	for i := range written[:len(written)-1] {
		if written[i].text == mark(mSet) && written[i+1].text == ")" {
			word, _, _ := strings.Cut(p.src[start:], "(")
			p.fail(p.since(start), "_LEGACY_ERROR_TEMP_0051", "element", upper(strings.TrimSpace(word)))
		}
	}
}

// checkFunction refuses what CREATE FUNCTION cannot combine.
func (p *front) checkFunction(f *tree.CreateFunction, at errs.Pos) {
	switch {
	case f.IfNotExists && f.Replace:
		p.fail(at, "INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE")
	case f.Temp && f.IfNotExists:
		p.fail(at, "INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS")
	case f.Temp && len(f.Name.Parts) == 2:
		p.fail(at, "INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_DATABASE", "database", "`"+f.Name.Parts[0]+"`")
	case f.Temp && len(f.Name.Parts) > 2:
		p.fail(at, "INVALID_SQL_SYNTAX.MULTI_PART_NAME", "statement", "CREATE TEMPORARY FUNCTION", "name", quoted(f.Name.Parts))
	}
}
