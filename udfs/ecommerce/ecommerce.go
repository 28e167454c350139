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
	group, since := udfs.Group("ecommerce"), udfs.Since("1.0.0")
	return []udfs.Def{
		anomalyScore(udfs.Once(standardModel)),
		udfs.Scalar("calculate_discount", udfs.Fn2(calculateDiscount), group, since, udfs.Params("price", "rate"),
			udfs.Doc("Returns `price` reduced by the share `rate`, in single precision."),
			udfs.Shows("SELECT calculate_discount(150.0D, 0.1D)", "135.0")),
		udfs.Scalar("calculate_customer_tier", udfs.Fn1(customerTier), group, since, udfs.Params("total"),
			udfs.Doc("Returns VIP, Gold, Silver or Bronze for what a customer has spent; Bronze when that is not known."),
			udfs.Shows("SELECT calculate_customer_tier(5000.0D)", "Gold")),
		udfs.Scalar("categorize_price", udfs.Fn1(categorizePrice), group, since, udfs.Params("price"),
			udfs.Doc("Returns Low, Medium or High, Unknown for a price that is not known."),
			udfs.Shows("SELECT categorize_price(150.0D)", "Medium")),
		udfs.Scalar("clean_text", cleanText, group, since, udfs.Params("text"), udfs.Cost(80),
			udfs.Doc("Returns the text in lower case without white space at its ends, each two blanks made one, once."),
			udfs.Shows("SELECT clean_text('  Product  A ')", "product a")),
		udfs.Vector("fast_calculation", fastCalculation, types.FloatType, []types.Type{types.DoubleType}, group, since, udfs.Params("x"),
			udfs.Doc("Returns 2x + 1 in single precision, NULL for NaN."),
			udfs.Shows("SELECT fast_calculation(1.5D)", "4.0")),
		udfs.Scalar("parse_json_metadata", udfs.Fn1(parseJSONMetadata), group, since, udfs.Params("json"), udfs.Cost(500),
			udfs.Doc("Returns the members of a JSON object as a map of texts, an empty map for anything else."),
			udfs.Shows(`SELECT parse_json_metadata('{"a": true}')`, `{"a":"True"}`)),
		udfs.Scalar("process_text", udfs.Fn1(processText), group, since, udfs.Params("text"), udfs.Cost(80),
			udfs.Doc("Returns the text in upper case, NULL when it is empty."),
			udfs.Shows("SELECT process_text('straße')", "STRASSE")),
	}
}

// calculateDiscount computes in double precision and rounds once; what is too large becomes infinite.
func calculateDiscount(price, rate float64) float32 { return float32(price * (1 - rate)) }

// customerTier compares as IEEE does: NaN is no VIP.
func customerTier(total udfs.Null[float64]) string {
	switch {
	case !total.OK:
		return "Bronze"
	case total.V >= 10000:
		return "VIP"
	case total.V >= 5000:
		return "Gold"
	case total.V >= 1000:
		return "Silver"
	}
	return "Bronze"
}

func categorizePrice(price udfs.Null[float64]) string {
	switch {
	case !price.OK:
		return "Unknown"
	case price.V < 100:
		return "Low"
	case price.V < 500:
		return "Medium"
	}
	return "High"
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
