package udfs

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"unsafe"

	"sparksql/exec/vec"
	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// loadKid is c.load for a kid of any form; a NULL that the Go type cannot hold is an error.
func (c *codec) loadKid(e *Env, v *vec.Vec, lo, n int, dst cells) error {
	if !c.missing && (v.Valid != nil || v.Form != vec.Flat || v.Type.Kind() == types.Null) {
		for i := lo; i < lo+n; i++ {
			if v.IsNull(i) {
				return fmt.Errorf("a NULL within an argument does not fit %s: use udfs.Null[%s]", c.gotype, c.gotype)
			}
		}
	}
	if v.Form != vec.Flat {
		v = vec.Flatten(v, vec.New(v.Type, 0), nil)
	}
	return c.load(e, v, lo, n, dst)
}

// setMissing makes row i NULL, and ends it where it is one of a sequence.
func setMissing(v *vec.Vec, i int) {
	v.SetNull(i)
	closeEmpty(v, i)
}

func closeEmpty(v *vec.Vec, i int) {
	switch v.Type.Kind() {
	case types.Array, types.Map:
		v.CloseRow(i)
	case types.Struct:
		for _, k := range v.Kids {
			closeEmpty(k, i)
		}
	}
}

// codec is that of a value and a flag.
func (Null[T]) codec(b *builder) (*codec, error) {
	inner, err := b.of(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	if inner.missing {
		return nil, fmt.Errorf("%s can be NULL by itself", reflect.TypeFor[T]())
	}
	c := &codec{typ: inner.typ, missing: true, fails: inner.fails, heap: inner.heap}
	c.load, c.store = loadNull[T](inner), storeNull[T](inner)
	return c, nil
}

func loadNull[T any](inner *codec) func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
	return func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
		missing := v.Valid != nil || v.Type.Kind() == types.Null
		if inner.native {
			put := slots[Null[T]](dst, n)
			for i, x := range view[T](v)[lo : lo+n] {
				if put != nil {
					put[i] = Null[T]{x, true}
				} else {
					*(*Null[T])(dst.at(i)) = Null[T]{x, true}
				}
			}
		} else if !missing {
			for i := range n {
				(*Null[T])(dst.at(i)).OK = true
			}
			return inner.load(e, v, lo, n, dst)
		}
		for i := 0; missing && i < n; i++ {
			x := (*Null[T])(dst.at(i))
			if v.IsNull(lo + i) {
				*x = Null[T]{}
				continue
			}
			if x.OK = true; inner.native {
				continue
			}
			if err := inner.load(e, v, lo+i, 1, cells{dst.at(i), dst.stride}); err != nil {
				return err
			}
		}
		return nil
	}
}

func storeNull[T any](inner *codec) func(v *vec.Vec, lo, n int, src cells) error {
	return func(v *vec.Vec, lo, n int, src cells) error {
		if inner.native {
			out, from := view[T](v)[lo:lo+n], slots[Null[T]](src, n)
			for i := range out {
				x := Null[T]{}
				if from != nil {
					x = from[i]
				} else {
					x = *(*Null[T])(src.at(i))
				}
				if out[i] = x.V; !x.OK {
					v.SetNull(lo + i)
				}
			}
			return nil
		}
		for i := range n {
			if x := (*Null[T])(src.at(i)); !x.OK {
				x.V = *new(T)
				v.SetNull(lo + i)
			}
		}
		return inner.store(v, lo, n, src)
	}
}

// pointer is the codec of *T, nil for NULL.
func (b *builder) pointer(t reflect.Type) (*codec, error) {
	inner, err := b.of(t.Elem())
	if err != nil {
		return nil, err
	}
	if inner.missing {
		return nil, fmt.Errorf("%s can be NULL by itself", t.Elem())
	}
	list, size := reflect.SliceOf(t.Elem()), inner.size()
	c := &codec{typ: inner.typ, missing: true, fails: inner.fails}
	c.load = func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
		backing := cells{reflect.MakeSlice(list, n, n).UnsafePointer(), size}
		for i := range n {
			to := (*unsafe.Pointer)(dst.at(i))
			if *to = nil; v.IsNull(lo + i) {
				continue
			}
			*to = backing.at(i)
			if err := inner.load(e, v, lo+i, 1, cells{backing.at(i), size}); err != nil {
				return err
			}
		}
		return nil
	}
	c.store = func(v *vec.Vec, lo, n int, src cells) error {
		for i := range n {
			p := *(*unsafe.Pointer)(src.at(i))
			if p == nil {
				setMissing(v, lo+i)
			} else if err := inner.store(v, lo+i, 1, cells{p, size}); err != nil {
				return err
			}
		}
		return nil
	}
	c.heap = func(p unsafe.Pointer) int64 { return int64(size) }
	return c, nil
}

// header is the memory of a slice.
type header struct {
	p        unsafe.Pointer
	len, cap int
}

// slice is the codec of []T, an array. A nil slice is an empty array.
func (b *builder) slice(t reflect.Type) (*codec, error) {
	elem, err := b.of(t.Elem())
	if err != nil {
		return nil, err
	}
	size := elem.size()
	c := &codec{typ: types.ArrayOf(elem.typ, true), fails: elem.fails || !elem.missing}
	c.load = func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
		if n == 0 {
			return nil
		}
		first, end := int(v.Offs[lo]), int(v.Offs[lo+n])
		all := cells{reflect.MakeSlice(t, end-first, end-first).UnsafePointer(), size}
		for i := range n {
			from, to := v.Range(lo + i)
			h := header{all.p, to - from, to - from}
			if h.len > 0 {
				h.p = all.at(from - first)
			}
			*(*header)(dst.at(i)) = h
		}
		return elem.loadKid(e, v.Kids[0], first, end-first, all)
	}
	c.store = func(v *vec.Vec, lo, n int, src cells) error {
		v.Offs[lo] = int32(v.Kids[0].Len) // rows before may have been left out
		for i := range n {
			h := (*header)(src.at(i))
			at := v.Kids[0].Extend(h.len)
			if err := elem.store(v.Kids[0], at, h.len, cells{h.p, size}); err != nil {
				return err
			}
			v.CloseRow(lo + i)
		}
		return nil
	}
	per := int64(size)
	if elem.heap != nil {
		per += 24 // a guess: going through the elements would cost more than it tells
	}
	c.heap = func(p unsafe.Pointer) int64 { return int64((*header)(p).cap) * per }
	return c, nil
}

// structure is the codec of a struct: its fields by name, in order.
func (b *builder) structure(t reflect.Type) (*codec, error) {
	var fields []types.Field
	var parts []*codec
	var offs []uintptr
	c := &codec{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := fieldName(f)
		if name == "" {
			continue
		}
		part, err := b.of(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s of %s: %w", f.Name, t, err)
		}
		c.fails = c.fails || part.fails || !part.missing
		fields = append(fields, types.Field{Name: name, Type: part.typ, Nullable: part.missing})
		parts, offs = append(parts, part), append(offs, f.Offset)
	}
	if len(fields) == 0 {
		return nil, fmt.Errorf("%s has no fields", t)
	}
	c.typ = types.StructOf(fields...)
	c.load = func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
		if n == 0 { // dst may be nothing
			return nil
		}
		for k, part := range parts {
			if err := part.loadField(e, v, k, lo, n, cells{unsafe.Add(dst.p, offs[k]), dst.stride}); err != nil {
				return err
			}
		}
		return nil
	}
	c.store = func(v *vec.Vec, lo, n int, src cells) error {
		if n == 0 {
			return nil
		}
		for k, part := range parts {
			if err := part.store(v.Kids[k], lo, n, cells{unsafe.Add(src.p, offs[k]), src.stride}); err != nil {
				return err
			}
		}
		return nil
	}
	if slices.ContainsFunc(parts, func(p *codec) bool { return p.heap != nil }) {
		c.heap = func(p unsafe.Pointer) (n int64) {
			for k, part := range parts {
				if part.heap != nil {
					n += part.heap(unsafe.Add(p, offs[k]))
				}
			}
			return n
		}
	}
	return c, nil
}

// loadField loads kid k of structs; where a struct is NULL, its fields count for nothing.
func (c *codec) loadField(e *Env, v *vec.Vec, k, lo, n int, dst cells) error {
	if v.Valid == nil {
		return c.loadKid(e, v.Kids[k], lo, n, dst)
	}
	for i := range n {
		if v.IsNull(lo + i) {
			continue
		}
		if err := c.loadKid(e, v.Kids[k], lo+i, 1, cells{dst.at(i), dst.stride}); err != nil {
			return err
		}
	}
	return nil
}

// codec is that of a map in its own order.
func (Pairs[K, V]) codec(b *builder) (*codec, error) {
	return pairsCodec(b, func(p unsafe.Pointer) ([]K, []V, error) {
		from := *(*Pairs[K, V])(p)
		ks, vs := make([]K, len(from)), make([]V, len(from))
		for i, x := range from {
			ks[i], vs[i] = x.Key, x.Value
		}
		return ks, vs, unique(ks)
	}, func(p unsafe.Pointer, ks []K, vs []V) {
		to := make(Pairs[K, V], len(ks))
		for i := range to {
			to[i] = Pair[K, V]{ks[i], vs[i]}
		}
		*(*Pairs[K, V])(p) = to
	})
}

// mapCodec is that of a Go map of texts.
func mapCodec[V any](b *builder) (*codec, error) {
	return pairsCodec(b, func(p unsafe.Pointer) ([]string, []V, error) {
		from := *(*map[string]V)(p)
		ks := slices.Sorted(maps.Keys(from))
		vs := make([]V, len(ks))
		for i, k := range ks {
			vs[i] = from[k]
		}
		return ks, vs, nil
	}, func(p unsafe.Pointer, ks []string, vs []V) {
		to := make(map[string]V, len(ks))
		for i, k := range ks {
			to[k] = vs[i]
		}
		*(*map[string]V)(p) = to
	})
}

var errNullKey = errors.New("a key of a map is NULL")

// unique refuses a key that comes twice.
func unique[K comparable](keys []K) error {
	if len(keys) < 2 {
		return nil
	}
	seen := make(map[K]bool, len(keys))
	for _, k := range keys {
		if seen[k] {
			return errs.New(errs.Pos{}, "DUPLICATED_MAP_KEY", "key", fmt.Sprint(k), "mapKeyDedupPolicy", `"spark.sql.mapKeyDedupPolicy"`)
		}
		seen[k] = true
	}
	return nil
}

// pairsCodec is the codec of a type that can be taken apart into keys and values, and be made of them.
func pairsCodec[K comparable, V any](b *builder, split func(unsafe.Pointer) ([]K, []V, error), join func(unsafe.Pointer, []K, []V)) (*codec, error) {
	key, err := b.of(reflect.TypeFor[K]())
	if err != nil {
		return nil, err
	}
	val, err := b.of(reflect.TypeFor[V]())
	if err != nil {
		return nil, err
	}
	if key.missing || key.typ.Kind() == types.Map {
		return nil, fmt.Errorf("%s cannot be the key of a map", key.gotype)
	}
	c := &codec{typ: types.MapOf(key.typ, val.typ, true), fails: true}
	c.load = func(e *Env, v *vec.Vec, lo, n int, dst cells) error {
		for i := range n {
			from, to := v.Range(lo + i)
			ks, vs := make([]K, to-from), make([]V, to-from)
			if err := key.loadKid(e, v.Kids[0], from, to-from, cellsOf(ks)); err != nil {
				return errors.Join(errNullKey, err)
			}
			if err := val.loadKid(e, v.Kids[1], from, to-from, cellsOf(vs)); err != nil {
				return err
			}
			join(dst.at(i), ks, vs)
		}
		return nil
	}
	c.store = func(v *vec.Vec, lo, n int, src cells) error {
		v.Offs[lo] = int32(v.Kids[0].Len)
		for i := range n {
			ks, vs, err := split(src.at(i))
			if err != nil {
				return err
			}
			if err := key.store(v.Kids[0], v.Kids[0].Extend(len(ks)), len(ks), cellsOf(ks)); err != nil {
				return err
			}
			if err := val.store(v.Kids[1], v.Kids[1].Extend(len(vs)), len(vs), cellsOf(vs)); err != nil {
				return err
			}
			v.CloseRow(lo + i)
		}
		return nil
	}
	c.heap = func(p unsafe.Pointer) int64 {
		ks, _, _ := split(p)
		return int64(len(ks)) * int64(key.size()+val.size()+32)
	}
	return c, nil
}
