package sparksql

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestCgroupMemory(t *testing.T) {
	const group = "proc/self/cgroup"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"no cgroups", nil, math.MaxInt64},
		{"version 2, a container", map[string]string{group: "0::/\n", "sys/fs/cgroup/memory.max": "4294967296\n"}, 4 << 30},
		{"version 2, no limit", map[string]string{group: "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, math.MaxInt64},
		{"version 2, a group of a group", map[string]string{
			group:                                  "0::/batch.slice/job.service\n",
			"sys/fs/cgroup/batch.slice/memory.max": "1000\n",
			"sys/fs/cgroup/batch.slice/job.service/memory.max": "2000\n",
		}, 1000},
		{"version 2, above the namespace", map[string]string{group: "0::/../..\n", "sys/fs/cgroup/memory.max": "3000\n"}, 3000},
		{"version 1, the group's own", map[string]string{
			group: "5:cpu,cpuacct:/other\n4:hugetlb,memory:/jobs/one\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":          "9223372036854771712\n",
			"sys/fs/cgroup/memory/jobs/one/memory.limit_in_bytes": "5000\n",
			"sys/fs/cgroup/memory/other/memory.limit_in_bytes":    "1\n",
		}, 5000},
		{"version 1, a path of the machine", map[string]string{
			group: "4:memory:/kubepods/pod1/abc\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "6000\n",
		}, 6000},
		{"both, the least counts", map[string]string{
			group: "4:memory:/\n0::/\nnonsense\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "8000\n",
			"sys/fs/cgroup/memory.max":                   "7000\n",
		}, 7000},
	} {
		root := fstest.MapFS{}
		for name, text := range c.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := cgroupMemory(root); got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, got, c.want)
		}
	}
}

func TestInstalledMemory(t *testing.T) {
	root := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal:       16384 kB\nMemFree: 1 kB\n")}}
	if got := installedMemory(root); got != 16<<20 {
		t.Errorf("%d bytes, want %d", got, 16<<20)
	}
	if got := installedMemory(fstest.MapFS{}); got != 8<<30 {
		t.Errorf("%d bytes where there is no meminfo, want %d", got, int64(8<<30))
	}
}
