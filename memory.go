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
	if os.Getenv("GOMEMLIMIT") == "" && debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(limit + limit/8 + 64<<20)
	}
}

// How far the heap may grow between two collections under WithGarbagePacing: by so many percent of what lives as long as
// that is less than mostGrowth bytes or an eighth of the limit, whichever is less; by that many bytes when more lives; but
// always by the least percentage. Queries hold little and make much: a small heap may triple, a large one may not.
const (
	mostGrowth         = 768 << 20
	mostGrowthPercent  = 200
	leastGrowthPercent = 20
)

// pacer is garbage of every collection: its end sets by how much the heap may grow until the next one.
type pacer struct{ growth uint64 }

// paceGarbage paces the collector for an engine of the given limit, unless GOGC is set.
func paceGarbage(limit int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(mostGrowthPercent)
		runtime.SetFinalizer(&pacer{growth: uint64(min(mostGrowth, limit/8))}, (*pacer).collected)
	}
}

func (p *pacer) collected() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := uint64(mostGrowthPercent)
	if n := live[0].Value.Uint64(); n > 0 {
		percent = max(leastGrowthPercent, min(mostGrowthPercent, 100*p.growth/n))
	}
	debug.SetGCPercent(int(percent))
	runtime.SetFinalizer(p, (*pacer).collected)
}
