package sparksql

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

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
