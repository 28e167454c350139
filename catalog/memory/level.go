package memory

import "strings"

// Level is where the rows of a table are kept.
type Level struct {
	Name         string // as users write it
	Memory, Disk bool
}

// MemoryAndDisk is the level of CACHE TABLE without one.
const MemoryAndDisk = "MEMORY_AND_DISK"

// LevelOf finds a storage level by its name, whatever its case. Serialised levels and those of two copies keep rows like the
// plain ones: rows have one form here, and there is one machine.
func LevelOf(name string) (Level, bool) {
	name = strings.ToUpper(name)
	plain := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_2"), "_3"), "_SER")
	switch plain {
	case "MEMORY_ONLY", "OFF_HEAP":
		return Level{Name: name, Memory: true}, true
	case MemoryAndDisk, "MEMORY_AND_DISK_DESER":
		return Level{Name: name, Memory: true, Disk: true}, true
	case "DISK_ONLY":
		return Level{Name: name, Disk: true}, true
	}
	return Level{}, false
}
