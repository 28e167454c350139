//go:build wasip1

package main

import (
	"errors"
	"math"
	"strings"

	"sparksql/exec/vec"
	"sparksql/udfs"
)

// functions are written as those of any other package: the same could be compiled in or be a plugin.
func functions() []udfs.Def {
	return []udfs.Def{
		udfs.Scalar("haversine_km", udfs.Fn4(haversine),
			udfs.Doc("Returns the distance of two places on Earth in kilometres, along the surface."),
			udfs.Params("lat1 degrees", "lon1 degrees", "lat2 degrees", "lon2 degrees"),
			udfs.Shows("SELECT round(haversine_km(52.52, 13.405, 48.8566, 2.3522), 1)", "877.5")),
		udfs.Scalar("slug", slug,
			udfs.Doc("Returns a text as it can stand in an address."),
			udfs.Params("text"),
			udfs.Shows("SELECT slug('  Hello, World! ')", "hello-world")),
		udfs.Scalar("checked_ratio", ratio,
			udfs.Doc("Returns a / b and fails when b is 0."), udfs.Params("a", "b"),
			udfs.Shows("SELECT checked_ratio(3, 2)", "1.5")),
		udfs.Scalar("or_zero", udfs.Fn1(func(x udfs.Null[int64]) int64 { return x.V }),
			udfs.Doc("Returns x, or 0 when it is NULL."), udfs.Params("x"),
			udfs.Shows("SELECT or_zero(NULL)", "0")),
		udfs.Scalar("even_half", udfs.Fn1(func(x int64) udfs.Null[int64] {
			if x%2 != 0 {
				return udfs.Null[int64]{}
			}
			return udfs.Some(x / 2)
		}), udfs.Doc("Returns half of an even number, NULL for an odd one."), udfs.Params("x"),
			udfs.Shows("SELECT even_half(6)", "3")),
		udfs.Scalar("at_index", func(i int64) int64 { return []int64{10, 20, 30}[i] },
			udfs.Doc("Returns 10, 20 or 30, and panics for an index other than 0, 1, 2."), udfs.Params("i"),
			udfs.Shows("SELECT at_index(1)", "20")),
		udfs.Scalar("collatz_steps", collatz,
			udfs.Doc("Returns the steps from n to 1: half of an even number, three times an odd one plus one. It never ends for 0."),
			udfs.Params("n"), udfs.Shows("SELECT collatz_steps(27)", "111")),
		udfs.Scalar("discounted", func(price, rate float64) float64 { return price * (1 - rate) },
			udfs.Doc("Returns a price less a share of it."), udfs.Params("price", "rate"),
			udfs.Shows("SELECT discounted(8, 0.25)", "6.0")),
		udfs.Vector("discounted_columns", discountedColumns, udfs.Double, []udfs.Type{udfs.Double, udfs.Double}, udfs.SkipNulls(), udfs.NeverNull(),
			udfs.Doc("Returns what discounted does, a column at a time."), udfs.Params("price", "rate"),
			udfs.Shows("SELECT discounted_columns(8, 0.25)", "6.0")),
		udfs.Scalar("cleaned", func(s string) string { return strings.ToLower(strings.TrimSpace(s)) },
			udfs.Doc("Returns a text in lower case without blanks around it."), udfs.Params("text"),
			udfs.Shows("SELECT cleaned('  A b ')", "a b")),
		udfs.Vector("scaled", func(c *udfs.Call) error {
			in, out := vec.Values[float64](c.In[0]), vec.Values[float64](c.Out)
			for i, x := range in[:c.N] {
				out[i] = x*1.5 + 1
			}
			return nil
		}, udfs.Double, []udfs.Type{udfs.Double}, udfs.SkipNulls(), udfs.NeverNull(),
			udfs.Doc("Returns x * 1.5 + 1, a column at a time."), udfs.Params("x"),
			udfs.Shows("SELECT scaled(2)", "4.0")),
	}
}

func discountedColumns(c *udfs.Call) error {
	price, rate, out := vec.Values[float64](c.In[0]), vec.Values[float64](c.In[1]), vec.Values[float64](c.Out)
	for i := range out[:c.N] {
		out[i] = price[i] * (1 - rate[i])
	}
	return nil
}

func haversine(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, radian = 6371.0, math.Pi / 180
	a, b := math.Sin((lat2-lat1)*radian/2), math.Sin((lon2-lon1)*radian/2)
	return 2 * radius * math.Asin(math.Sqrt(a*a+math.Cos(lat1*radian)*math.Cos(lat2*radian)*b*b))
}

func slug(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') })
	return strings.Join(words, "-")
}

func ratio(a, b float64) (float64, error) {
	if b == 0 {
		return 0, errors.New("the divisor is 0")
	}
	return a / b, nil
}

func collatz(n int64) int64 {
	steps := int64(0)
	for ; n != 1; steps++ {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
	}
	return steps
}
