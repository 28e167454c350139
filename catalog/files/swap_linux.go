package files

import "golang.org/x/sys/unix"

// swap exchanges two names in one step, so that there is no moment without either.
func swap(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}
