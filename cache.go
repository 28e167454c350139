package sparksql

import (
	"context"
	"slices"
	"strings"
	"sync"

	"sparksql/catalog"
	"sparksql/catalog/memory"
	"sparksql/sql/analyze"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
)

// cacheStore holds the tables kept by CACHE TABLE, by their full folded name.
type cacheStore struct {
	mu     sync.Mutex
	tables map[string]cached
}

// cached is a kept table and the files that its rows come from. Without a table it is still to be filled, by the first
// statement that reads it (CACHE LAZY TABLE).
type cached struct {
	catalog.Table
	files []string
	level memory.Level
}

func newCacheStore() *cacheStore {
	return &cacheStore{tables: map[string]cached{}}
}

func cacheKey(name []string) string { return strings.ToLower(strings.Join(name, "\x00")) }

// wrap gives the cached rows of an object, when it is cached.
func (c *cacheStore) wrap(o *analyze.Object) *analyze.Object {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.tables[cacheKey(o.Name)]; ok && t.Table != nil {
		return &analyze.Object{Name: o.Name, Table: t.Table}
	}
	return o
}

func (c *cacheStore) put(name []string, t cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tables[cacheKey(name)] = t
}

// level is the storage level of a cached table; "" for one that is not cached.
func (c *cacheStore) level(name []string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tables[cacheKey(name)].level.Name
}

// lazy takes a table that is still to be filled out of the store.
func (c *cacheStore) lazy(name []string) (level memory.Level, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.tables[cacheKey(name)]
	if !ok || t.Table != nil {
		return memory.Level{}, false
	}
	delete(c.tables, cacheKey(name))
	return t.level, true
}

// drop forgets a cached table; ok tells whether there was one.
func (c *cacheStore) drop(name []string) (ok bool) {
	c.mu.Lock()
	t, ok := c.tables[cacheKey(name)]
	delete(c.tables, cacheKey(name))
	c.mu.Unlock()
	if m, isMem := t.Table.(*memory.Table); isMem {
		m.Clear()
	}
	return ok
}

// written forgets the tables whose rows come from files in a folder, which has changed.
func (c *cacheStore) written(dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	inside := func(file string) bool { return strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/") }
	for k, t := range c.tables {
		if !slices.ContainsFunc(t.files, inside) {
			continue
		}
		delete(c.tables, k)
		if m, ok := t.Table.(*memory.Table); ok {
			m.Clear()
		}
	}
}

func (c *cacheStore) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.tables {
		if m, ok := t.Table.(*memory.Table); ok {
			m.Clear()
		}
	}
	clear(c.tables)
}

// cacheTable is CACHE [LAZY] TABLE name [OPTIONS ('storageLevel' = ...)] [AS query].
func (s *Session) cacheTable(ctx context.Context, st *tree.Cache) (*Rows, error) {
	name := option(st.Options, "storageLevel")
	if name == "" {
		name = memory.MemoryAndDisk
	}
	level, ok := memory.LevelOf(name)
	if !ok {
		return nil, errs.New(st.P, "INVALID_STORAGE_LEVEL", "level", name)
	}
	if st.Query != nil {
		parts, err := s.name(ctx, st.Name)
		if err != nil {
			return nil, err
		}
		text := &errs.Text{SQL: st.Text, Kind: "VIEW", Name: quoted(parts)}
		q, err := parse.Relation(text, s.parseOptions())
		if err != nil {
			return nil, err
		}
		a := s.analyzer()
		n, err := a.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		v := &analyze.View{Text: text, Query: q, Conf: a.Conf, Database: a.Database, Columns: plan.Schema(n).Fields, Temp: true}
		if err := s.putTempView(parts, &view{name: parts[len(parts)-1], query: v}, false, false, st.P); err != nil {
			return nil, err
		}
	}
	o, err := s.relation(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if s.cache.level(o.Name) != "" {
		return s.done(), nil
	}
	if st.Lazy {
		s.cache.put(o.Name, cached{level: level})
		return s.done(), nil
	}
	return s.done(), s.keepRows(ctx, o.Name, st.Name, level)
}

// keepRows fills a cached table. Rows that may be kept in memory alone and do not fit there are not kept at all: the
// table is read from its source as before.
func (s *Session) keepRows(ctx context.Context, name []string, source tree.ObjectName, level memory.Level) error {
	a := s.analyzer()
	n, err := a.Query(ctx, &tree.Table{Rel: tree.Rel{P: source.P}, Parts: source.Parts, Ident: source.Ident})
	if err != nil {
		return err
	}
	t := memory.NewKept(plan.Schema(n), s.engine.run.Memory(), s.engine.run.SpillFiles(), level)
	_, err = s.write(ctx, a, n, t, catalog.WriteSpec{Mode: catalog.Overwrite, Schema: t.Schema(), Workers: s.engine.opts.workers})
	if err == nil {
		s.cache.put(name, cached{t, sourceFiles(n), level})
		return nil
	}
	t.Clear()
	if level.Disk || !errs.Is(err, "UNABLE_TO_ACQUIRE_MEMORY") {
		return err
	}
	if s.engine.opts.warn != nil {
		s.engine.opts.warn("The rows of " + quoted(name) + " do not fit in memory and are not kept there; MEMORY_AND_DISK would keep them.")
	}
	return nil
}

// sourceFiles are the files that a plan reads.
func sourceFiles(n plan.Node) []string {
	var out []string
	plan.Walk(n, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			if t, ok := s.Table.(interface{ Files() []string }); ok {
				out = append(out, t.Files()...)
			}
		}
		return true
	})
	return out
}

func (s *Session) uncache(ctx context.Context, st *tree.Uncache) (*Rows, error) {
	if st.All {
		s.cache.clear()
		return s.done(), nil
	}
	o, err := s.relation(ctx, st.Name)
	if err != nil {
		if st.IfExists && errs.Is(err, "TABLE_OR_VIEW_NOT_FOUND") {
			return s.done(), nil
		}
		return nil, err
	}
	s.cache.drop(o.Name)
	return s.done(), nil
}

// refresh forgets what is kept of a table: its files are looked at anew by every statement, so only a cached copy goes.
func (s *Session) refresh(ctx context.Context, st *tree.Refresh) (*Rows, error) {
	if st.Path != "" || st.Function {
		return s.done(), nil
	}
	o, err := s.relation(ctx, st.Name)
	if err != nil {
		return nil, err
	}
	if level := s.cache.level(o.Name); level != "" {
		s.cache.drop(o.Name)
		return s.cacheTable(ctx, &tree.Cache{Stmt: st.Stmt, Name: st.Name, Options: map[string]string{"storageLevel": level}})
	}
	return s.done(), nil
}
