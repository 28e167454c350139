package functions

import (
	"sparksql/exec/vec"
	"sparksql/udfs"
)

// The lifts turn functions on values into kernels on columns. They run over the live rows; NULLs of Strict
// functions are set before a kernel runs, so values of NULL rows are computed and never seen. They are kept
// small so that a function literal given to them is inlined.

// Map1 sets out = f(a).
func Map1[A, R vec.Native](c *udfs.Call, f func(A) R) error {
	a, out := vec.Values[A](c.In[0]), vec.Values[R](c.Out)
	if c.Sel == nil {
		a, out = a[:c.N], out[:c.N]
		for i := range a {
			out[i] = f(a[i])
		}
		return nil
	}
	for _, i := range c.Sel {
		out[i] = f(a[i])
	}
	return nil
}

// Map2 sets out = f(a, b).
func Map2[A, B, R vec.Native](c *udfs.Call, f func(A, B) R) error {
	a, b, out := vec.Values[A](c.In[0]), vec.Values[B](c.In[1]), vec.Values[R](c.Out)
	if c.Sel == nil {
		a, b, out = a[:c.N], b[:c.N], out[:c.N]
		for i := range a {
			out[i] = f(a[i], b[i])
		}
		return nil
	}
	for _, i := range c.Sel {
		out[i] = f(a[i], b[i])
	}
	return nil
}

// Map3 sets out = f(a, b, d).
func Map3[A, B, D, R vec.Native](c *udfs.Call, f func(A, B, D) R) error {
	a, b, d, out := vec.Values[A](c.In[0]), vec.Values[B](c.In[1]), vec.Values[D](c.In[2]), vec.Values[R](c.Out)
	if c.Sel == nil {
		for i := range c.N {
			out[i] = f(a[i], b[i], d[i])
		}
		return nil
	}
	for _, i := range c.Sel {
		out[i] = f(a[i], b[i], d[i])
	}
	return nil
}

// MapErr1 sets out = f(a), where f can fail.
func MapErr1[A, R vec.Native](c *udfs.Call, f func(A) (R, error)) error {
	a, out := vec.Values[A](c.In[0]), vec.Values[R](c.Out)
	return c.Each(func(i int) (err error) {
		out[i], err = f(a[i])
		return err
	})
}

// MapErr2 sets out = f(a, b), where f can fail.
func MapErr2[A, B, R vec.Native](c *udfs.Call, f func(A, B) (R, error)) error {
	a, b, out := vec.Values[A](c.In[0]), vec.Values[B](c.In[1]), vec.Values[R](c.Out)
	return c.Each(func(i int) (err error) {
		out[i], err = f(a[i], b[i])
		return err
	})
}

// MapNull1 sets out = f(a), NULL where f says false.
func MapNull1[A, R vec.Native](c *udfs.Call, f func(A) (R, bool)) error {
	a, out := vec.Values[A](c.In[0]), vec.Values[R](c.Out)
	return c.Each(func(i int) error {
		r, ok := f(a[i])
		if out[i] = r; !ok {
			c.Out.SetNull(i)
		}
		return nil
	})
}

// MapNull2 sets out = f(a, b), NULL where f says false.
func MapNull2[A, B, R vec.Native](c *udfs.Call, f func(A, B) (R, bool)) error {
	a, b, out := vec.Values[A](c.In[0]), vec.Values[B](c.In[1]), vec.Values[R](c.Out)
	return c.Each(func(i int) error {
		r, ok := f(a[i], b[i])
		if out[i] = r; !ok {
			c.Out.SetNull(i)
		}
		return nil
	})
}

// StrMap1 sets a string or binary from one. The strings given to f share the column's memory: f must not
// keep them.
func StrMap1(c *udfs.Call, f func(s string) string) error {
	return c.Each(func(i int) error {
		c.Out.SetStr(i, f(c.In[0].Str(i)))
		return nil
	})
}

// StrMap2 sets a string from two.
func StrMap2(c *udfs.Call, f func(a, b string) string) error {
	return c.Each(func(i int) error {
		c.Out.SetStr(i, f(c.In[0].Str(i), c.In[1].Str(i)))
		return nil
	})
}

// StrMap3 sets a string from three.
func StrMap3(c *udfs.Call, f func(a, b, d string) string) error {
	return c.Each(func(i int) error {
		c.Out.SetStr(i, f(c.In[0].Str(i), c.In[1].Str(i), c.In[2].Str(i)))
		return nil
	})
}

// StrMapNull1 sets a string from one, NULL where f says false; an error ends the call.
func StrMapNull1(c *udfs.Call, f func(s string) (r string, ok bool, err error)) error {
	return c.Each(func(i int) error {
		r, ok, err := f(c.In[0].Str(i))
		if err != nil {
			return err
		}
		if ok {
			c.Out.SetStr(i, r)
		} else {
			c.Out.SetNull(i)
		}
		return nil
	})
}

// StrTo1 sets a fixed-width value from a string.
func StrTo1[R vec.Native](c *udfs.Call, f func(s string) R) error {
	out := vec.Values[R](c.Out)
	return c.Each(func(i int) error {
		out[i] = f(c.In[0].Str(i))
		return nil
	})
}

// StrTo2 sets a fixed-width value from two strings.
func StrTo2[R vec.Native](c *udfs.Call, f func(a, b string) R) error {
	out := vec.Values[R](c.Out)
	return c.Each(func(i int) error {
		out[i] = f(c.In[0].Str(i), c.In[1].Str(i))
		return nil
	})
}

// StrToNull1 sets a fixed-width value from a string, NULL where f says false; an error ends the call.
func StrToNull1[R vec.Native](c *udfs.Call, f func(s string) (r R, ok bool, err error)) error {
	out := vec.Values[R](c.Out)
	return c.Each(func(i int) error {
		r, ok, err := f(c.In[0].Str(i))
		if out[i] = r; !ok && err == nil {
			c.Out.SetNull(i)
		}
		return err
	})
}

// StrFrom1 sets a string from a fixed-width value.
func StrFrom1[A vec.Native](c *udfs.Call, f func(a A) string) error {
	a := vec.Values[A](c.In[0])
	return c.Each(func(i int) error {
		c.Out.SetStr(i, f(a[i]))
		return nil
	})
}

// StrNum2 sets a string from a string and a fixed-width value.
func StrNum2[B vec.Native](c *udfs.Call, f func(s string, b B) string) error {
	b := vec.Values[B](c.In[1])
	return c.Each(func(i int) error {
		c.Out.SetStr(i, f(c.In[0].Str(i), b[i]))
		return nil
	})
}
