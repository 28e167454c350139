// Package conf is the table of settings: Spark's keys and our own, with type, default and effect.
//
// A Conf is a session's settings. Nothing below sql/analyze and the root reads one at run time: what an
// expression needs of its context is captured when it is analysed.
package conf

import (
	"maps"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"sparksql/sql/errs"
)

// Effect says what setting a key does here.
type Effect uint8

const (
	Effective Effect = iota // changes behaviour
	Accepted                // known to Spark, accepted, without effect here; SET -v says so
	Static                  // can only be given when the engine is opened
)

// Key is one row of the table.
type Key struct {
	Name    string
	Kind    string // boolean, int, bytes, string, duration, zone
	Default string
	Effect  Effect
	Doc     string
	Values  []string                 // of a string: what it may be, for completion
	Check   func(value string) error // nil: any value of Kind
}

// Conf holds the settings of one session. It is safe for concurrent use. The zero value has the defaults.
type Conf struct {
	mu  sync.RWMutex
	set map[string]string
}

// New returns a Conf with the defaults.
func New() *Conf { return &Conf{} }

// Clone copies the settings.
func (c *Conf) Clone() *Conf {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return &Conf{set: maps.Clone(c.set)}
}

// Set checks and stores a value. Unknown spark.* and other keys are stored as they are, as Spark does;
// known tells whether the key is in the table.
func (c *Conf) Set(key, value string) (known bool, err error) {
	k := Lookup(key)
	if k != nil {
		if err := k.check(value); err != nil {
			return true, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set == nil {
		c.set = map[string]string{}
	}
	c.set[key] = value
	return k != nil, nil
}

// Reset removes a setting, so that the default holds again; an empty key removes all.
func (c *Conf) Reset(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if key == "" {
		c.set = nil
		return
	}
	delete(c.set, key)
}

// Get returns the value of a key, its default when it is not set; ok is false when it has neither.
func (c *Conf) Get(key string) (value string, ok bool) {
	c.mu.RLock()
	v, ok := c.set[key]
	c.mu.RUnlock()
	if ok {
		return v, true
	}
	if k := Lookup(key); k != nil {
		return k.Default, true
	}
	return "", false
}

// IsSet tells whether the key was set explicitly.
func (c *Conf) IsSet(key string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	_, ok := c.set[key]
	return ok
}

// All returns what was set explicitly.
func (c *Conf) All() map[string]string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return maps.Clone(c.set)
}

// String, Bool, Int and Bytes read a known key; values were checked when they were set.
func (c *Conf) String(key string) string { v, _ := c.Get(key); return v }
func (c *Conf) Bool(key string) bool     { return strings.EqualFold(c.String(key), "true") }
func (c *Conf) Int(key string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(c.String(key)), 10, 64)
	return n
}
func (c *Conf) Bytes(key string) int64 { n, _ := ParseBytes(c.String(key)); return n }

// Duration reads a known key; 0 is none.
func (c *Conf) Duration(key string) time.Duration {
	d, _ := ParseDuration(c.String(key))
	return d
}

func (k *Key) check(value string) error {
	ok := true
	switch k.Kind {
	case "boolean":
		ok = strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	case "int":
		_, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		ok = err == nil
	case "bytes":
		_, ok = ParseBytes(value)
	case "duration":
		_, ok = ParseDuration(value)
	}
	if !ok {
		return errs.New(errs.Pos{}, "INVALID_CONF_VALUE.TYPE_MISMATCH", "confName", k.Name, "confValue", value, "confType", k.Kind)
	}
	if k.Check != nil {
		return k.Check(value)
	}
	return nil
}

// ParseBytes reads a size as Spark writes them: 10485760, 10MB, 64m, -1b, 1g.
func ParseBytes(s string) (n int64, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	i := len(s)
	for i > 0 && (s[i-1] < '0' || s[i-1] > '9') {
		i--
	}
	shift, ok := map[string]uint{"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20,
		"g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40}[s[i:]]
	n, err := strconv.ParseInt(s[:i], 10, 64)
	return n << shift, ok && err == nil
}

// ParseDuration reads a time as Spark writes them: 500ms, 30s, 5m, 5min, 1h, 2d; without a unit, milliseconds.
func ParseDuration(s string) (d time.Duration, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	i := len(s)
	for i > 0 && (s[i-1] < '0' || s[i-1] > '9') {
		i--
	}
	unit, ok := map[string]time.Duration{"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
		"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[s[i:]]
	n, err := strconv.ParseInt(s[:i], 10, 64)
	if err != nil || !ok || n < 0 || n > math.MaxInt64/int64(unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
