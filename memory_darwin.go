package sparksql

import "golang.org/x/sys/unix"

// machineMemory is the machine's memory in bytes; 8 GiB where that cannot be told.
func machineMemory() int64 {
	if n, err := unix.SysctlUint64("hw.memsize"); err == nil {
		return int64(n)
	}
	return 8 << 30
}
