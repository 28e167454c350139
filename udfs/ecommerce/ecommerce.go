// Package ecommerce holds the user-defined functions of the e-commerce project: worked examples of scalar
// functions, of one over whole columns, and of one with a model. They behave as the Python functions that they
// replace, measured row by row: Python's idea of white space, case, numbers and truth, not SQL's.
package ecommerce

import (
	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// Functions are the package's functions. The model of anomaly_score is trained when it is first used.
func Functions() []udfs.Def {
	return []udfs.Def{
		anomalyScore(standardModel()),
		udfs.Scalar2(def("calculate_discount", "(price, rate) - Returns `price` reduced by the share `rate`, in single precision.",
			"SELECT calculate_discount(150.0D, 0.1D)", "135.0"), calculateDiscount),
		udfs.Scalar1(def("calculate_customer_tier", "(total) - Returns VIP, Gold, Silver or Bronze for what a customer has spent; Bronze when that is not known.",
			"SELECT calculate_customer_tier(5000.0D)", "Gold"), customerTier),
		udfs.Scalar1(def("categorize_price", "(price) - Returns Low, Medium or High, Unknown for a price that is not known.",
			"SELECT categorize_price(150.0D)", "Medium"), categorizePrice),
		udfs.Scalar1(def("clean_text", "(text) - Returns the text in lower case without white space at its ends, each two blanks made one, once.",
			"SELECT clean_text('  Product  A ')", "product a"), cleanText),
		udfs.Vector(def("fast_calculation", "(x) - Returns 2x + 1 in single precision, NULL for NaN.",
			"SELECT fast_calculation(1.5D)", "4.0"), types.FloatType, fastCalculation, types.DoubleType),
		parseJSONMetadata(),
		udfs.Scalar1(def("process_text", "(text) - Returns the text in upper case, NULL when it is empty.",
			"SELECT process_text('straße')", "STRASSE"), processText),
	}
}

func def(name, usage, sql, out string) udfs.Def {
	return udfs.Def{
		Name: name, Group: "ecommerce", Since: "1.0.0", Usage: name + usage,
		Examples: []udfs.Example{{SQL: sql, Out: out}}, Traits: udfs.Deterministic,
	}
}

// calculateDiscount computes in double precision and rounds once; what is too large becomes infinite.
func calculateDiscount(price, rate float64) (float32, error) {
	return float32(price * (1 - rate)), nil
}

// customerTier compares as IEEE does: NaN is no VIP.
func customerTier(total udfs.Null[float64]) (string, error) {
	switch {
	case !total.OK:
		return "Bronze", nil
	case total.V >= 10000:
		return "VIP", nil
	case total.V >= 5000:
		return "Gold", nil
	case total.V >= 1000:
		return "Silver", nil
	}
	return "Bronze", nil
}

func categorizePrice(price udfs.Null[float64]) (string, error) {
	switch {
	case !price.OK:
		return "Unknown", nil
	case price.V < 100:
		return "Low", nil
	case price.V < 500:
		return "Medium", nil
	}
	return "High", nil
}

// fastCalculation works on the column; a missing number is NaN to the original, so that NaN is missing too.
func fastCalculation(c *udfs.Call) error {
	in, out := vec.Values[float64](c.In[0]), vec.Values[float32](c.Out)
	return c.Each(func(i int) error {
		x := in[i]
		if out[i] = float32(x*2 + 1); x != x || c.In[0].IsNull(i) {
			c.Out.SetNull(i)
		}
		return nil
	})
}
