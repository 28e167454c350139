package sparksql

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

// machineMemory is the memory in bytes that the process may use: the cgroup's limit, else the machine's.
func machineMemory() int64 {
	total := int64(8 << 30)
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					total = kb << 10
				}
			}
		}
	}
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(path); err == nil {
			if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil && n > 0 {
				total = min(total, n)
			}
		}
	}
	return total
}

// limitRuntime makes the garbage collector work harder when the heap nears limit and a reserve for what is not accounted
// for, unless GOMEMLIMIT is set.
func limitRuntime(limit int64) {
	if os.Getenv("GOMEMLIMIT") != "" || debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	debug.SetMemoryLimit(limit + limit/8 + 64<<20)
	if os.Getenv("GOGC") == "" {
		runtime.SetFinalizer(&collection{}, (*collection).ended)
	}
}

// collection is garbage of every collection: its end sets how far the heap may grow until the next one, in the large
// by a part of what lives only, so that the process stays near what is accounted.
type collection struct{ _ *byte }

// What the heap may grow by: at least so many bytes, and so many percent of what lives.
const (
	leastGrowth        = 128 << 20
	leastGrowthPercent = 20
	mostGrowthPercent  = 100
)

func (c *collection) ended() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := mostGrowthPercent
	if n := live[0].Value.Uint64(); n > 0 {
		percent = max(leastGrowthPercent, min(mostGrowthPercent, int(100*leastGrowth/n)))
	}
	debug.SetGCPercent(percent)
	runtime.SetFinalizer(c, (*collection).ended)
}
