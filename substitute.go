package sparksql

import (
	"os"
	"strings"

	"sparksql/sql/errs"
)

// maxSubstitutions bounds variables that name themselves.
const maxSubstitutions = 40

// substitute replaces ${name}, ${hivevar:name}, ${spark:key}, ${sparkconf:key}, ${hiveconf:key}, ${env:NAME} and
// ${system:name} as spark.sql.variable.substitute says. A variable that is not known stays as it is written.
func (s *Session) substitute(sql string) (string, error) {
	if !strings.Contains(sql, "${") || !s.conf.Bool("spark.sql.variable.substitute") {
		return sql, nil
	}
	n := 0
	return s.expand(sql, &n)
}

func (s *Session) expand(sql string, n *int) (string, error) {
	var b strings.Builder
	for {
		i := strings.Index(sql, "${")
		if i < 0 {
			b.WriteString(sql)
			return b.String(), nil
		}
		j := strings.IndexByte(sql[i:], '}')
		if j < 0 {
			b.WriteString(sql)
			return b.String(), nil
		}
		b.WriteString(sql[:i])
		name := sql[i+2 : i+j]
		if v, ok := s.variable(name); ok {
			if *n++; *n > maxSubstitutions {
				return "", errs.New(errs.Pos{}, "INTERNAL_ERROR", "message", "variable "+name+" refers to itself")
			}
			v, err := s.expand(v, n)
			if err != nil {
				return "", err
			}
			b.WriteString(v)
		} else {
			b.WriteString(sql[i : i+j+1])
		}
		sql = sql[i+j+1:]
	}
}

func (s *Session) variable(name string) (string, bool) {
	kind, key, prefixed := strings.Cut(name, ":")
	if !prefixed {
		kind, key = "hivevar", name
	}
	switch kind {
	case "hivevar":
		s.mu.RLock()
		v, ok := s.vars[key]
		s.mu.RUnlock()
		if ok || prefixed {
			return v, ok
		}
		return s.conf.Get(key)
	case "spark", "sparkconf", "hiveconf":
		return s.conf.Get(key)
	case "env":
		return os.LookupEnv(key)
	}
	return "", false
}
