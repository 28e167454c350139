package parse

// The marks: calls in core SQL that stand for Spark's own forms. The front writes them, the lowering reads
// them, and nothing else makes a name that begins with a dollar sign. Arguments in order; ? is a value kept
// beside the text.
const (
	mCast        = "$cast"        // x, ?type: CAST(x AS type) and x::type
	mTryCast     = "$try_cast"    // x, ?type
	mItem        = "$item"        // x, i: x[i]
	mField       = "$field"       // x, name: x.name on an expression, and parts of a name beyond the third
	mConcat      = "$concat"      // a, b: a || b
	mUshr        = "$ushr"        // a, b: a >>> b
	mXor         = "$xor"         // a, b: a ^ b, whose level differs
	mDistinctTo  = "$is_distinct" // a, b: a IS DISTINCT FROM b; and
	mSameAs      = "$is_not_distinct"
	mLike        = "$like" // ?likeForm, x, pattern...: LIKE, ILIKE, RLIKE in all forms but the plain one
	mIsUnknown   = "$is_unknown"
	mNotUnknown  = "$is_not_unknown"
	mStar        = "$star" // ?starForm: t.*, * EXCEPT (...), and * as an argument
	mCall        = "$call" // ?parts, args...: a call whose name has several parts or is odd
	mFilter      = "$filter"
	mWithinGroup = "$within_group" // call, keys...
	mIgnoreNulls = "$ignore_nulls"
	mRespect     = "$respect_nulls"
	mOver        = "$over" // call, row_number() OVER spec
	mDistinct    = "$distinct"
	mAs          = "$as"    // x, names...: an alias among arguments, or with several names
	mNamed       = "$named" // x, name: name => x
	mLambda      = "$lambda"
	mCollate     = "$collate"    // x, ?name
	mIdentifier  = "$identifier" // x: IDENTIFIER(x)
	mIdentCall   = "$identifier_call"
	mTableArg    = "$table" // (query): TABLE(...)
	mDesc        = "$desc"  // x: a sort key inside a mark; and
	mNullsFirst  = "$nulls_first"
	mNullsLast   = "$nulls_last"
	mSets        = "$grouping_sets" // items; and ROLLUP, CUBE
	mRollup      = "$rollup"
	mCube        = "$cube"
	mSet         = "$set" // a...: one grouping set
	mGroupAll    = "$group_all"
	mOrderAll    = "$order_all"
	mSortBy      = "$sort_by" // keys...
	mDistribute  = "$distribute_by"
	mCluster     = "$cluster_by"
	mWhole       = "$whole" // (): the select list of a select that is just its FROM
	mPivot       = "$pivot" // $set(aggregates), $set(columns), $set(values)
	mUnpivot     = "$unpivot"
	mByName      = "$by_name"  // (): like $whole, and the set operator before it goes BY NAME
	mOldSets     = "$old_sets" // items..., $grouping_sets(...): GROUP BY items GROUPING SETS (...)
	mHint        = "$hint"     // ?hints
	mOnCross     = "$cross"    // in ON: what kind of join it is, with its condition
	mOnInner     = "$inner"
	mOnFull      = "$full"
	mOnSemi      = "$semi"
	mOnAnti      = "$anti"
	mOnLeft      = "$left"
	mOnRight     = "$right"
	mOnUsing     = "$using" // names..., inside one of the above
	mOnNatural   = "$natural"
)

// mark is the text that opens a call of a mark.
func mark(name string) string { return "`" + name + "`(" }

// The values kept beside the text, apart from literals (tree.Expr), types and names.
type (
	likeForm struct {
		kind            string // LIKE, ILIKE, RLIKE
		not, quant, all bool
		escape          string
	}
	starForm struct {
		qualifier []string
		except    [][]string
	}
	hintForm []hintItem
	hintItem struct {
		name string
		args []any // tree.Expr
		span span
	}
)
