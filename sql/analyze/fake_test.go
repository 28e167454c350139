package analyze

import (
	"context"
	"strings"
	"time"

	"sparksql/catalog"
	"sparksql/functions"
	"sparksql/sql/conf"
	"sparksql/sql/errs"
	"sparksql/sql/parse"
	"sparksql/sql/plan"
	"sparksql/sql/tree"
	"sparksql/sql/types"
	"sparksql/udfs"
)

// fakeTable is a table without rows.
type fakeTable struct {
	catalog.Table
	schema *types.Schema
}

func (t fakeTable) Schema() *types.Schema { return t.schema }
func (t fakeTable) Stats() *catalog.Stats { return nil }

// fakeSession holds tables and views in memory and knows the few commands that make them.
type fakeSession struct {
	conf      *conf.Conf
	database  string
	objects   map[string]*Object
	functions map[string]*SQLFunction
	registry  *functions.Registry
}

var losAngeles, _ = time.LoadLocation("America/Los_Angeles")

func newFake() *fakeSession {
	return &fakeSession{conf: conf.New(), database: "default", objects: map[string]*Object{}, functions: map[string]*SQLFunction{},
		registry: functions.Builtins().Child()}
}

func (s *fakeSession) key(parts []string) string {
	parts = parts[max(0, len(parts)-2):]
	if len(parts) == 1 {
		parts = []string{s.database, parts[0]}
	}
	return strings.ToLower(strings.Join(parts, "."))
}

func (s *fakeSession) Relation(_ context.Context, parts []string, _ errs.Pos) (*Object, error) {
	if len(parts) == 1 {
		if o := s.objects[strings.ToLower(parts[0])]; o != nil {
			return o, nil
		}
	}
	return s.objects[s.key(parts)], nil
}
func (s *fakeSession) Names(context.Context, []string) [][]string { return nil }
func (s *fakeSession) Files(context.Context, string, string, map[string]string, errs.Pos) (catalog.Table, bool, error) {
	return nil, false, nil
}
func (s *fakeSession) Function(_ context.Context, parts []string) (*SQLFunction, error) {
	return s.functions[strings.ToLower(parts[len(parts)-1])], nil
}
func (s *fakeSession) Variable([]string) *Variable { return nil }

func (s *fakeSession) analyzer() *Analyzer {
	env := udfs.Env{ANSI: s.conf.Bool("spark.sql.ansi.enabled"), Zone: losAngeles, ZoneName: "America/Los_Angeles", Database: s.database, Catalog: "spark_catalog",
		User: "user", Conf: s.conf.String, Now: 1700000000000000}
	return &Analyzer{Objects: s, Conf: s.conf, Env: env, Database: s.database, Functions: func(name []string) (*udfs.Def, bool) {
		if len(name) > 1 && !strings.EqualFold(name[0], "builtin") && !strings.EqualFold(name[0], "system") {
			return nil, false
		}
		return s.registry.Lookup(name[len(name)-1])
	}}
}

func (s *fakeSession) parse(sql string) (tree.Statement, error) {
	return parse.Statement(&errs.Text{SQL: sql}, parse.Options{Ansi: s.conf.Bool("spark.sql.ansi.enabled"), Zone: losAngeles, Now: time.Unix(1700000000, 0)})
}

// run analyses a query; of commands it does those that make what queries refer to. The plan is nil for a command.
func (s *fakeSession) run(sql string) (plan.Node, error) {
	st, err := s.parse(sql)
	if err != nil {
		return nil, err
	}
	switch x := st.(type) {
	case *tree.Query:
		return s.analyzer().Query(context.Background(), x.Rel)
	case *tree.CreateView:
		return nil, s.createView(x)
	case *tree.CreateTable:
		return nil, s.createTable(x)
	case *tree.Drop:
		delete(s.objects, s.key(x.Name.Parts))
		if len(x.Name.Parts) == 1 {
			delete(s.objects, strings.ToLower(x.Name.Parts[0]))
		}
	case *tree.Use:
		s.database = strings.ToLower(x.Name.Parts[len(x.Name.Parts)-1])
	case *tree.Set:
		if x.Value != nil {
			_, err = s.conf.Set(x.Key, *x.Value)
		}
		return nil, err
	case *tree.Cache:
		if x.Query != nil {
			return nil, s.createView(&tree.CreateView{Name: x.Name, Temp: true, Query: x.Query})
		}
	case *tree.CreateFunction:
		return nil, s.createFunction(x)
	}
	return nil, nil
}

func (s *fakeSession) createView(x *tree.CreateView) error {
	n, err := s.analyzer().Query(context.Background(), x.Query)
	if err != nil {
		return err
	}
	if !x.Temp {
		a := s.analyzer()
		a.Persistent = &Persistent{Kind: "VIEW", Name: quoteParts(s.full(x.Name.Parts))}
		if _, err := a.Query(context.Background(), x.Query); err != nil {
			return err
		}
	}
	v := &View{Query: x.Query, Conf: s.conf.Clone(), Temp: x.Temp, Database: s.database, Columns: plan.Schema(n).Fields, ByName: x.Columns == nil}
	for i, c := range x.Columns {
		v.Columns[i].Name = c.Name
	}
	name := x.Name.Parts[len(x.Name.Parts)-1]
	if x.Temp {
		v.Conf = nil
		s.objects[strings.ToLower(name)] = &Object{Name: []string{name}, View: v}
		return nil
	}
	s.objects[s.key(x.Name.Parts)] = &Object{Name: s.full(x.Name.Parts), View: v}
	return nil
}

func (s *fakeSession) full(parts []string) []string {
	k := strings.SplitN(s.key(parts), ".", 2)
	return []string{"spark_catalog", k[0], k[1]}
}

func (s *fakeSession) createTable(x *tree.CreateTable) error {
	t := fakeTable{schema: &types.Schema{}}
	if x.Query != nil {
		n, err := s.analyzer().Query(context.Background(), x.Query)
		if err != nil {
			return err
		}
		t.schema = plan.Schema(n)
	}
	for _, c := range append(x.Columns, x.Props.Partitions...) {
		t.schema.Fields = append(t.schema.Fields, types.Field{Name: c.Name, Type: c.Type, Nullable: !c.NotNull})
	}
	s.objects[s.key(x.Name.Parts)] = &Object{Name: s.full(x.Name.Parts), Table: t}
	return nil
}

func (s *fakeSession) createFunction(x *tree.CreateFunction) error {
	f := &SQLFunction{Name: s.full(x.Name.Parts), Params: x.Params, Expr: x.BodyExpr, Query: x.Body, IsTable: x.ReturnsIsTable}
	if x.Temp {
		f.Name = x.Name.Parts
	}
	if x.Returns != nil {
		f.Returns = x.Returns.Type
	}
	for _, c := range x.ReturnsTable {
		f.Table = append(f.Table, types.Field{Name: c.Name, Type: c.Type, Nullable: true})
	}
	if err := s.analyzer().CheckFunction(context.Background(), f); err != nil {
		return err
	}
	s.functions[strings.ToLower(x.Name.Parts[len(x.Name.Parts)-1])] = f
	return nil
}
