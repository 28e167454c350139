package files

import "golang.org/x/sys/unix"

// swap exchanges two names in one step, so that there is no moment without either.
func swap(a, b string) error { return unix.RenamexNp(a, b, unix.RENAME_SWAP) }
