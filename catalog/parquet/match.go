package parquet

import (
	"github.com/parquet-go/parquet-go/format"

	"sparksql/sql/errs"
	"sparksql/sql/types"
)

// matcher finds the nodes of a file for the columns of a table.
type matcher struct {
	file   *File
	leaves []*nestedLeaf
}

func (m *matcher) mismatch(n *Node, t types.Type) error {
	return errs.New(errs.Pos{}, "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH", "path", m.file.Path,
		"column", "["+n.Name+"]", "expectedType", t.String(), "actualType", n.String())
}

// field matches a member, which may be a repeated one that stands for an array.
func (m *matcher) field(n *Node, t types.Type, slot, rep int) (*tree, error) {
	if n.Rep != format.Repeated {
		return m.node(n, t, slot, rep)
	}
	if t.Kind() != types.Array {
		return nil, m.mismatch(n, t)
	}
	kid, err := m.node(n, t.Elem(), n.Def, n.RepLvl)
	if err != nil {
		return nil, err
	}
	return m.finish(&tree{typ: t, def: n.Def - 1, slot: slot, rep: rep, elem: n.Def, kids: []*tree{kid}}, n)
}

// node matches a value; slot and rep are the levels of the nearest repeated ancestor.
func (m *matcher) node(n *Node, t types.Type, slot, rep int) (*tree, error) {
	out := &tree{typ: t, def: n.Def, slot: slot, rep: rep}
	if n.Kids == nil {
		if t.IsNested() {
			return nil, m.mismatch(n, t)
		}
		c, err := newConv(m.file, n, t)
		if err != nil {
			return nil, err
		}
		out.leaf = m.leaf(n, c)
		return out, nil
	}
	switch t.Kind() {
	case types.Struct:
		for _, f := range t.Fields() {
			k, ambiguous := n.kid(f.Name)
			if ambiguous {
				return nil, corruptf("more than one field of %s is called %s", n.Name, f.Name)
			}
			if k == nil {
				out.kids = append(out.kids, &tree{typ: f.Type, missing: true})
				continue
			}
			kid, err := m.field(k, f.Type, slot, rep)
			if err != nil {
				return nil, err
			}
			out.kids = append(out.kids, kid)
		}
	case types.Array:
		if len(n.Kids) != 1 || n.Kids[0].Rep != format.Repeated {
			return nil, m.mismatch(n, t)
		}
		out.elem = n.Kids[0].Def
		kid, err := m.node(listElement(n), t.Elem(), out.elem, rep+1)
		if err != nil {
			return nil, err
		}
		out.kids = []*tree{kid}
	case types.Map:
		if len(n.Kids) != 1 || n.Kids[0].Rep != format.Repeated || len(n.Kids[0].Kids) != 2 {
			return nil, m.mismatch(n, t)
		}
		kv := n.Kids[0]
		out.elem = kv.Def
		for i, kt := range []types.Type{t.Key(), t.Elem()} {
			kid, err := m.field(kv.Kids[i], kt, out.elem, rep+1)
			if err != nil {
				return nil, err
			}
			out.kids = append(out.kids, kid)
		}
	default:
		return nil, m.mismatch(n, t)
	}
	return m.finish(out, n)
}

// finish gives a group a leaf to take levels from: one that is read anyway, else the first beneath.
func (m *matcher) finish(t *tree, n *Node) (*tree, error) {
	for _, k := range t.kids {
		if !k.missing {
			t.leaf = k.leaf
			return t, nil
		}
	}
	l := n
	for l.Kids != nil {
		if len(l.Kids) == 0 {
			return nil, corruptf("the group %s is empty", n.Name)
		}
		l = l.Kids[0]
	}
	lt, err := convertLeaf(l)
	if err != nil {
		return nil, err
	}
	c, err := newConv(m.file, l, lt)
	if err != nil {
		return nil, err
	}
	t.leaf = m.leaf(l, c)
	// A leaf that lies deeper than the group's own level repeats rows: only its levels are used.
	return t, nil
}

func (m *matcher) leaf(n *Node, c *conv) *nestedLeaf {
	l := &nestedLeaf{}
	l.chunk.leaf, l.conv = n, c
	m.leaves = append(m.leaves, l)
	return l
}
