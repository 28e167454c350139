package functions

import (
	"math/big"
	"math/bits"

	"sparksql/exec/vec"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// decimalKernel is op on decimals of types a and b, with the result type out. Results that are certain to
// fit are computed in int64 or Int128 without checks, others with checks and big integers where needed.
func decimalKernel(op arithmetic, a, b, out types.Type, m onFail) udfs.Kernel {
	switch op.name {
	case "+", "-":
		if out.Width() == 8 {
			return addLongDecimals(op, a, b, out)
		}
	case "*":
		if out.Width() == 8 {
			return func(c *udfs.Call) error { return Map2(c, func(x, y int64) int64 { return x * y }) }
		}
	}
	if neverOverflows(op, a, b) && out.Scale() >= max(a.Scale(), b.Scale()) {
		if op.name == "*" {
			return mulExact
		}
		return addExact(op, a, b, out)
	}
	f := decimalOp(op, a, b, out)
	return func(c *udfs.Call) error { return eachDecimal(c, op, a, b, out, m, f) }
}

// neverOverflows tells whether the exact result of every two values has at most 38 digits.
func neverOverflows(op arithmetic, a, b types.Type) bool {
	switch op.name {
	case "+", "-":
		s := max(a.Scale(), b.Scale())
		return max(a.Precision()-a.Scale(), b.Precision()-b.Scale())+s+1 <= types.MaxPrecision
	case "*":
		return a.Precision()+b.Precision()+1 <= types.MaxPrecision
	}
	return false
}

// decimals are the unscaled values of a column of either width.
type decimals struct {
	narrow []int64
	wide   []types.Int128
}

func decimalsOf(v *vec.Vec) decimals {
	if v.Type.Width() == 8 {
		return decimals{narrow: vec.Values[int64](v)}
	}
	return decimals{wide: vec.Values[types.Int128](v)}
}

func (d *decimals) at(i int) types.Int128 {
	if d.wide != nil {
		return d.wide[i]
	}
	return types.FromInt64(d.narrow[i])
}

// mulWrap multiplies modulo 2^128: exact where the product is known to fit.
func mulWrap(x, y types.Int128) types.Int128 {
	hi, lo := bits.Mul64(x.Lo, y.Lo)
	return types.Int128{Lo: lo, Hi: int64(hi) + x.Hi*int64(y.Lo) + int64(x.Lo)*y.Hi}
}

// mulExact multiplies decimals whose product fits 38 digits. NULL rows may hold anything: nothing is checked.
func mulExact(c *udfs.Call) error {
	a, b, out := decimalsOf(c.In[0]), decimalsOf(c.In[1]), vec.Values[types.Int128](c.Out)
	if c.Sel == nil && a.wide == nil && b.wide == nil {
		x, y, out := a.narrow[:c.N], b.narrow[:c.N], out[:c.N]
		for i, v := range x {
			hi, lo := mulSigned(v, y[i])
			out[i] = types.Int128{Lo: uint64(lo), Hi: hi}
		}
		return nil
	}
	if c.Sel == nil {
		for i := range c.N {
			out[i] = mulWrap(a.at(i), b.at(i))
		}
		return nil
	}
	for _, i := range c.Sel {
		out[i] = mulWrap(a.at(int(i)), b.at(int(i)))
	}
	return nil
}

// addExact is a + b or a - b into 128 bits, where the result fits.
func addExact(op arithmetic, ta, tb, tout types.Type) udfs.Kernel {
	fa, fb := types.Pow10(tout.Scale()-ta.Scale()), types.Pow10(tout.Scale()-tb.Scale())
	if op.name == "-" {
		fb = fb.Neg()
	}
	return func(c *udfs.Call) error {
		a, b, out := decimalsOf(c.In[0]), decimalsOf(c.In[1]), vec.Values[types.Int128](c.Out)
		if c.Sel == nil {
			for i := range c.N {
				out[i] = mulWrap(a.at(i), fa).Add(mulWrap(b.at(i), fb))
			}
			return nil
		}
		for _, i := range c.Sel {
			out[i] = mulWrap(a.at(int(i)), fa).Add(mulWrap(b.at(int(i)), fb))
		}
		return nil
	}
}

func addLongDecimals(op arithmetic, a, b, out types.Type) udfs.Kernel {
	fa, _ := types.Pow10(out.Scale() - a.Scale()).Int64()
	fb, _ := types.Pow10(out.Scale() - b.Scale()).Int64()
	if op.name == "-" {
		fb = -fb
	}
	if fa == 1 && fb == 1 {
		return func(c *udfs.Call) error { return Map2(c, func(x, y int64) int64 { return x + y }) }
	}
	return func(c *udfs.Call) error { return Map2(c, func(x, y int64) int64 { return x*fa + y*fb }) }
}

// decimalFunc computes a result; ok is false when it does not fit.
type decimalFunc func(x, y types.Int128) (r types.Int128, ok bool)

func decimalOp(op arithmetic, a, b, out types.Type) decimalFunc {
	switch op.name {
	case "+", "-":
		return addDecimals(op, a, b, out)
	case "*":
		return mulDecimals(a, b, out)
	case "/":
		return divDecimals(a, b, out)
	case "%":
		return modDecimals(a, b, out)
	}
	return intDivDecimals(a, b)
}

func addDecimals(op arithmetic, a, b, out types.Type) decimalFunc {
	s := max(a.Scale(), b.Scale())
	fa, fb := types.Pow10(s-a.Scale()), types.Pow10(s-b.Scale())
	if op.name == "-" {
		fb = fb.Neg()
	}
	p := out.Precision()
	return func(x, y types.Int128) (types.Int128, bool) {
		l, ok1 := x.MulOverflow(fa)
		r, ok2 := y.MulOverflow(fb)
		if ok1 && ok2 && l.FitsPrecision(types.MaxPrecision) && r.FitsPrecision(types.MaxPrecision) {
			sum := l.Add(r) // two numbers of 38 digits fit 128 bits
			if s == out.Scale() {
				return sum, sum.FitsPrecision(p)
			}
			v, ok := sum.Rescale(s, out.Scale())
			return v, ok && v.FitsPrecision(p)
		}
		sum := new(big.Int).Mul(x.Big(), fa.Big())
		sum.Add(sum, new(big.Int).Mul(y.Big(), fb.Big()))
		return types.RescaleBig(sum, s, out.Scale(), p)
	}
}

func mulDecimals(a, b, out types.Type) decimalFunc {
	s, p := a.Scale()+b.Scale(), out.Precision()
	return func(x, y types.Int128) (types.Int128, bool) {
		if r, ok := x.MulOverflow(y); ok {
			if s == out.Scale() {
				return r, r.FitsPrecision(p)
			}
			if r.FitsPrecision(types.MaxPrecision) {
				v, ok := r.Rescale(s, out.Scale())
				return v, ok && v.FitsPrecision(p)
			}
		}
		return types.RescaleBig(new(big.Int).Mul(x.Big(), y.Big()), s, out.Scale(), p)
	}
}

func divDecimals(a, b, out types.Type) decimalFunc {
	up := out.Scale() - a.Scale() + b.Scale() // x * 10^up / y has the result's scale
	p := out.Precision()
	return func(x, y types.Int128) (types.Int128, bool) {
		if up >= 0 && up <= types.MaxPrecision {
			if n, ok := x.MulOverflow(types.Pow10(up)); ok {
				q, r := n.DivRem(y)
				if r2, d := r.Abs(), y.Abs(); r2.Cmp(d.Sub(r2)) >= 0 {
					q = q.Add(types.FromInt64(int64(x.Sign() * y.Sign())))
				}
				return q, q.FitsPrecision(p)
			}
		}
		n, d := x.Big(), y.Big()
		if up >= 0 {
			n.Mul(n, pow10Big(up))
		} else {
			d.Mul(d, pow10Big(-up))
		}
		q, r := n.QuoRem(n, d, new(big.Int))
		if r.Abs(r).Lsh(r, 1).CmpAbs(d) >= 0 {
			q.Add(q, big.NewInt(int64(x.Sign()*y.Sign())))
		}
		v, ok := types.FromBig(q)
		return v, ok && v.FitsPrecision(p)
	}
}

func pow10Big(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func modDecimals(a, b, out types.Type) decimalFunc {
	s := max(a.Scale(), b.Scale())
	fa, fb := types.Pow10(s-a.Scale()), types.Pow10(s-b.Scale())
	p := out.Precision()
	return func(x, y types.Int128) (types.Int128, bool) {
		l, ok1 := x.MulOverflow(fa)
		r, ok2 := y.MulOverflow(fb)
		if ok1 && ok2 {
			_, rem := l.DivRem(r)
			v, ok := rem.Rescale(s, out.Scale())
			return v, ok && v.FitsPrecision(p)
		}
		l2, r2 := new(big.Int).Mul(x.Big(), fa.Big()), new(big.Int).Mul(y.Big(), fb.Big())
		return types.RescaleBig(l2.Rem(l2, r2), s, out.Scale(), p)
	}
}

func intDivDecimals(a, b types.Type) decimalFunc {
	s := max(a.Scale(), b.Scale())
	fa, fb := types.Pow10(s-a.Scale()), types.Pow10(s-b.Scale())
	return func(x, y types.Int128) (types.Int128, bool) {
		l, r := new(big.Int).Mul(x.Big(), fa.Big()), new(big.Int).Mul(y.Big(), fb.Big())
		q := l.Quo(l, r)
		return types.FromInt64(q.Int64()), q.IsInt64()
	}
}

// eachDecimal runs f over the live rows, with operands and result of any width.
func eachDecimal(c *udfs.Call, op arithmetic, a, b, out types.Type, m onFail, f decimalFunc) error {
	divides := op.name == "/" || op.name == "%" || op.name == "div"
	x, y := c.In[0], c.In[1]
	set := decimalSetter(c.Out, out)
	return c.Each(func(i int) error {
		l, r := x.Decimal(i), y.Decimal(i)
		if divides && r.Sign() == 0 {
			if m == raise {
				return divideByZero()
			}
			c.Out.SetNull(i)
			return nil
		}
		v, ok := f(l, r)
		if ok {
			set(i, v)
			return nil
		}
		if m != raise {
			c.Out.SetNull(i)
			return nil
		}
		if op.name == "div" {
			return overflow("Overflow in integral divide", op.try)
		}
		return decimalOverflow(exactText(op, l, r, a, b), out.Precision(), out.Scale())
	})
}

// decimalSetter stores unscaled values in a column of decimals of either width, or of bigints.
func decimalSetter(v *vec.Vec, t types.Type) func(i int, x types.Int128) {
	if t.Width() == 8 {
		vals := vec.Values[int64](v)
		return func(i int, x types.Int128) { vals[i] = int64(x.Lo) }
	}
	vals := vec.Values[types.Int128](v)
	return func(i int, x types.Int128) { vals[i] = x }
}

// exactText is the exact result of an operation that does not fit, for the error.
func exactText(op arithmetic, x, y types.Int128, a, b types.Type) string {
	l := new(big.Rat).SetFrac(x.Big(), pow10Big(a.Scale()))
	r := new(big.Rat).SetFrac(y.Big(), pow10Big(b.Scale()))
	s := max(a.Scale(), b.Scale())
	switch op.name {
	case "+":
		l.Add(l, r)
	case "-":
		l.Sub(l, r)
	case "*":
		l.Mul(l, r)
		s = a.Scale() + b.Scale()
	case "/":
		l.Quo(l, r)
		s = types.MaxPrecision
	}
	return l.FloatString(s)
}
