package functions

// javaRandom is java.util.Random, which some of Spark's sketches draw from.
type javaRandom struct{ seed int64 }

const javaMask = 1<<48 - 1

func newJavaRandom(seed int64) javaRandom { return javaRandom{(seed ^ 0x5DEECE66D) & javaMask} }

func (r *javaRandom) next(bits int) int32 {
	r.seed = (r.seed*0x5DEECE66D + 0xB) & javaMask
	return int32(r.seed >> (48 - bits))
}

// intN is evenly spread over 0..n-1.
func (r *javaRandom) intN(n int32) int32 {
	x := r.next(31)
	if n&(n-1) == 0 {
		return int32(int64(n) * int64(x) >> 31)
	}
	for {
		m := x % n
		if x-m+(n-1) >= 0 {
			return m
		}
		x = r.next(31)
	}
}

func (r *javaRandom) double() float64 {
	hi := int64(r.next(26)) << 27
	return float64(hi+int64(r.next(27))) * 0x1p-53
}
