package sparksql

import (
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// machineMemory is the memory in bytes that the process may use: the least limit of its cgroups, else the machine's.
func machineMemory() int64 {
	root := os.DirFS("/")
	return min(installedMemory(root), cgroupMemory(root))
}

// installedMemory is the machine's memory in bytes; 8 GiB where that cannot be told.
func installedMemory(root fs.FS) int64 {
	text, _ := fs.ReadFile(root, "proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "MemTotal:" {
			if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return 8 << 30
}

// cgroupMemory is the least limit in bytes of the process's cgroup and of those that hold it, in version 1 and 2 of cgroups.
// In a container the paths are often the machine's and lead nowhere: the limit is then that of the mounted root.
func cgroupMemory(root fs.FS) int64 {
	least := int64(math.MaxInt64)
	text, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(text)) {
		base, file, group := memoryGroup(strings.TrimSpace(line))
		if base == "" {
			continue
		}
		for dir := path.Join(base, group); ; dir = path.Dir(dir) {
			least = min(least, limitIn(root, path.Join(dir, file)))
			if dir == base {
				break
			}
		}
	}
	return least
}

// memoryGroup reads a line ID:CONTROLLERS:PATH: where the controller of memory is mounted, the file with its limit, and the
// group; base is "" when the line is of another controller.
func memoryGroup(line string) (base, file, group string) {
	f := strings.SplitN(line, ":", 3)
	switch {
	case len(f) != 3:
		return "", "", ""
	case f[1] == "":
		base, file = "sys/fs/cgroup", "memory.max"
	case slices.Contains(strings.Split(f[1], ","), "memory"):
		base, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
	}
	return base, file, path.Clean("/" + f[2])
}

// limitIn is the number in a file; without one, as in "max", there is no limit.
func limitIn(root fs.FS, name string) int64 {
	text, _ := fs.ReadFile(root, name)
	if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
		return n
	}
	return math.MaxInt64
}
