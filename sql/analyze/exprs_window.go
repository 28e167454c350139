package analyze

import (
	"math"

	"sparksql/sql/errs"
	"sparksql/sql/expr"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// typeWindow puts a function over its window.
func (a *Analyzer) typeWindow(e *tree.Call, f expr.Expr, sc Scope) (expr.Expr, error) {
	spec := e.Over
	if spec.Name != "" && spec.PartitionBy == nil && spec.OrderBy == nil && spec.Frame == nil {
		var err error
		if spec, err = sc.NamedWindow(spec.Name, spec.P); err != nil {
			return nil, err
		}
	}
	w := &expr.Window{Func: f, IgnoreNulls: e.Nulls == tree.IgnoreNulls, At: e.P}
	var err error
	if w.PartitionBy, err = a.typeAll(spec.PartitionBy, sc); err != nil {
		return nil, err
	}
	if w.OrderBy, err = a.typeOrder(spec.OrderBy, sc); err != nil {
		return nil, err
	}
	for _, x := range w.Children()[1:] {
		if k := x.Type().Kind(); k == types.Map || k == types.Variant {
			return nil, errs.New(x.Pos(), "EXPRESSION_TYPE_IS_NOT_ORDERABLE", "expr", quoteExpr(x.String()), "exprType", "\""+x.Type().SQL()+"\"")
		}
	}
	if agg, ok := f.(*expr.Agg); ok && agg.Distinct {
		w.Frame = defaultFrame(w)
		return nil, errs.New(e.P, "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "windowExpr", quoteExpr(w.String()))
	}
	if agg, ok := f.(*expr.Agg); ok && (agg.Traits().Has(udfs.OrderedSet) || agg.Def.Name == "median") && (len(w.OrderBy) > 0 || spec.Frame != nil) {
		return nil, errs.New(e.P, "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", "aggFunc", quoteExpr(agg.String()))
	}
	return w, a.setFrame(w, spec.Frame, sc)
}

func defaultFrame(w *expr.Window) expr.Frame {
	if len(w.OrderBy) == 0 {
		return expr.Frame{Rows: true, Lo: expr.Bound{Kind: expr.UnboundedPreceding}, Hi: expr.Bound{Kind: expr.UnboundedFollowing}}
	}
	return expr.Frame{Lo: expr.Bound{Kind: expr.UnboundedPreceding}, Hi: expr.Bound{Kind: expr.CurrentRow}}
}

// setFrame fixes the frame: the function's own, the written, or the default.
func (a *Analyzer) setFrame(w *expr.Window, f *tree.Frame, sc Scope) error {
	if call, ok := w.Func.(*expr.Call); ok {
		if own, ok := ownFrame(call); ok {
			return a.setOwnFrame(w, call, own, f, sc)
		}
	}
	if f == nil {
		w.Frame = defaultFrame(w)
		return nil
	}
	w.Frame = expr.Frame{Rows: f.Rows, Given: true}
	var err error
	if w.Frame.Lo, err = a.typeBound(f.Lo, sc); err != nil {
		return err
	}
	if w.Frame.Hi, err = a.typeBound(f.Hi, sc); err != nil {
		return err
	}
	if err := a.checkFrame(w, w.At); err != nil {
		return err
	}
	return nil
}

// ownFrame is the only frame of functions that ignore the written one: that of the ranking functions, and
// the one row that lag and lead look at.
func ownFrame(call *expr.Call) (f expr.Frame, ok bool) {
	if !call.Traits().Has(udfs.NeedsOrder) {
		return f, false
	}
	f = expr.Frame{Rows: true, Lo: expr.Bound{Kind: expr.UnboundedPreceding}, Hi: expr.Bound{Kind: expr.CurrentRow}}
	switch call.Def.Name {
	case "cume_dist":
		f.Rows = false
	case "lag", "lead":
		var off expr.Expr = &expr.Literal{Typ: types.IntType, Value: int32(1), At: call.At}
		if len(call.Args) > 1 {
			off = call.Args[1]
		}
		if l, isLit := stripCast(off).(*expr.Literal); isLit && call.Def.Name == "lag" {
			off = &expr.Literal{Typ: l.Typ, Value: negated(l.Value), At: l.At}
		}
		f.Lo, f.Hi = expr.Bound{Kind: expr.Following, Offset: off}, expr.Bound{Kind: expr.Following, Offset: off}
	}
	return f, true
}

func stripCast(x expr.Expr) expr.Expr {
	if c, ok := x.(*expr.Cast); ok && c.Implicit {
		return stripCast(c.X)
	}
	return x
}

func negated(v any) any {
	switch v := v.(type) {
	case int8:
		return -v
	case int16:
		return -v
	case int32:
		return -v
	case int64:
		return -v
	}
	return v
}

func (a *Analyzer) setOwnFrame(w *expr.Window, call *expr.Call, own expr.Frame, f *tree.Frame, sc Scope) error {
	w.Frame = own
	if len(w.OrderBy) == 0 {
		return errs.New(w.At, "_LEGACY_ERROR_TEMP_1037", "wf", call.String())
	}
	if f == nil {
		return nil
	}
	offset := call.Def.Name == "lag" || call.Def.Name == "lead"
	if offset {
		return errs.New(w.At, "_LEGACY_ERROR_TEMP_1035", "prettyName", call.Name)
	}
	if f.Rows != own.Rows || f.Lo.Kind != tree.UnboundedPreceding || f.Hi.Kind != tree.CurrentRow {
		return errs.New(w.At, "_LEGACY_ERROR_TEMP_1036", "wf", call.String(), "required", own.String())
	}
	return nil
}

func (a *Analyzer) typeBound(b tree.Bound, sc Scope) (expr.Bound, error) {
	out := expr.Bound{Kind: expr.BoundKind(b.Kind)}
	if b.Offset == nil {
		return out, nil
	}
	var err error
	out.Offset, err = a.typeExpr(b.Offset, sc)
	return out, err
}

// checkFrame checks the bounds of a written frame and casts offsets to the type that the key is moved by.
func (a *Analyzer) checkFrame(w *expr.Window, at errs.Pos) error {
	f := &w.Frame
	text := quoteExpr(f.String())
	for i, b := range []*expr.Bound{&f.Lo, &f.Hi} {
		location := [...]string{"lower", "upper"}[i]
		if b.Offset == nil {
			continue
		}
		if !foldable(b.Offset) {
			return errs.New(at, "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE", "sqlExpr", text, "location", location, "expressionInput", quoteExpr(b.Offset.String()))
		}
		if f.Rows && !fitsInt(b.Offset) {
			return errs.New(at, "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "sqlExpr", text, "location", location,
				"exprType", "\""+b.Offset.Type().SQL()+"\"", "expectedType", "\"INT\"")
		}
		if f.Rows {
			b.Offset = a.castTo(b.Offset, types.IntType)
		}
	}
	if f.Lo.Kind == expr.UnboundedFollowing || f.Hi.Kind == expr.UnboundedPreceding {
		return errs.New(at, "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "sqlExpr", text, "lower", quoteExpr(f.Lo.String()), "upper", quoteExpr(f.Hi.String()))
	}
	if !f.Rows {
		if err := a.checkRange(w, at); err != nil {
			return err
		}
	}
	if a.beyond(f.Lo, f.Hi) {
		return errs.New(at, "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "sqlExpr", text, "comparison", "less than or equal")
	}
	return nil
}

func fitsInt(x expr.Expr) bool {
	switch x.Type().Kind() {
	case types.TinyInt, types.SmallInt, types.Int:
		return true
	}
	return false
}

// beyond tells whether the lower bound is certainly behind the upper.
func (a *Analyzer) beyond(lo, hi expr.Bound) bool {
	l, ok1 := a.offset(lo)
	h, ok2 := a.offset(hi)
	return ok1 && ok2 && l > h
}

// offset is the place of a bound relative to the current row.
func (a *Analyzer) offset(b expr.Bound) (float64, bool) {
	sign := 1.0
	switch b.Kind {
	case expr.UnboundedPreceding:
		return math.Inf(-1), true
	case expr.UnboundedFollowing:
		return math.Inf(1), true
	case expr.CurrentRow:
		return 0, true
	case expr.Preceding:
		sign = -1
	}
	v, ok, err := a.constant(b.Offset)
	if !ok || err != nil {
		return 0, false
	}
	switch v := v.(type) {
	case int8:
		return sign * float64(v), true
	case int16:
		return sign * float64(v), true
	case int32:
		return sign * float64(v), true
	case int64:
		return sign * float64(v), true
	case float32:
		return sign * float64(v), true
	case float64:
		return sign * v, true
	case types.Int128:
		return sign * v.Float64() / math.Pow10(b.Offset.Type().Scale()), true
	}
	return 0, false
}

// checkRange: offsets of RANGE need one key, of a type that can be moved by them.
func (a *Analyzer) checkRange(w *expr.Window, at errs.Pos) error {
	f := &w.Frame
	spec := quoteExpr(specText(w))
	if len(w.OrderBy) == 0 {
		if f.Lo.Kind == expr.UnboundedPreceding && f.Hi.Kind == expr.UnboundedFollowing {
			return nil
		}
		return errs.New(at, "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", "sqlExpr", spec)
	}
	for _, b := range []*expr.Bound{&f.Lo, &f.Hi} {
		if b.Offset == nil {
			continue
		}
		if len(w.OrderBy) > 1 {
			return errs.New(at, "DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "sqlExpr", spec, "orderSpec", w.OrderBy[0].String()+","+w.OrderBy[1].String())
		}
		key, off := w.OrderBy[0].X.Type(), b.Offset.Type()
		want, ok := rangeOffset(key, off)
		if !ok {
			return errs.New(at, "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE", "sqlExpr", spec,
				"orderSpecType", "\""+key.SQL()+"\"", "valueBoundaryType", "\""+off.SQL()+"\"")
		}
		b.Offset = a.castTo(b.Offset, want)
	}
	return nil
}

func specText(w *expr.Window) string {
	s := w.String()
	return s[len(w.Func.String())+len(" OVER "):]
}

// rangeOffset is the type to which an offset is cast for a key.
func rangeOffset(key, off types.Type) (types.Type, bool) {
	switch {
	case key.IsNumeric() && (off.IsNumeric() || off.IsString()):
		if off.IsNumeric() && !types.CanUpCast(off, key) && !(off.IsIntegral() && key.IsFractional()) && !(key.IsIntegral() && off.IsIntegral()) {
			return key, key.Kind() != types.Decimal && off.Kind() == types.Decimal && key.IsFractional()
		}
		return key, true
	case key.Kind() == types.Date && fitsIntType(off):
		return types.IntType, true
	case key.Kind() == types.Date && off.Kind() == types.DayTimeInterval:
		return off, off.To() == types.DayField
	case key.IsDatetime() && (off.IsInterval() || off.Kind() == types.CalendarInterval):
		return off, true
	case key.IsInterval() && off.Kind() == key.Kind():
		return key, true
	}
	return key, false
}

func fitsIntType(t types.Type) bool {
	return t.Kind() == types.Int || t.Kind() == types.SmallInt || t.Kind() == types.TinyInt
}
