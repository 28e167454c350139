package exec

import "sparksql/sql/plan"

func (b *builder) aggregate(n *plan.Aggregate) ([]*stream, error) { return nil, notYet(n) }
