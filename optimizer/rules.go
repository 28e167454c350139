package optimizer

// Batches is the ordered list of rules.
func Batches() []Batch {
	return []Batch{
		{"Subqueries", 1, []Rule{pushNot, rewriteSubquery, replaceSetOp, decorrelate}},
		{"Simplify", 4, []Rule{flattenStructKeys, foldConstants, mergeProjects, extractCommon, pushFilter}},
		{"Infer filters", 1, []Rule{inferSides}},
		{"Push down", 4, []Rule{pushFilter, foldConstants, mergeProjects, pushLimit}},
		{"Join order", 1, []Rule{pushSemi, reorderJoins, pushFilter}},
		{"Prune", 2, []Rule{pruneColumns, mergeProjects}},
		{"Share", 1, []Rule{shareRowPicks, mergeProjects}},
		{"Physical", 1, []Rule{orderConditions, makeTopN, reuseSubplans, chooseJoin, addDynamicFilters}},
	}
}
