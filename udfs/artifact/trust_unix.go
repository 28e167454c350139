//go:build unix

package artifact

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// trusted refuses a file that others than the user and root could have written, and one in a folder where they could have
// put it. path is absolute; links are followed, so that it is the file's true folder that counts.
func trusted(path string, st fs.FileInfo) error {
	if why := exposed(st); why != "" {
		return fail(path, "NOT_TRUSTED", "reason", "the file "+why)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fail(path, "NOT_FOUND", "reason", reason(err))
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(real)} {
		st, err := os.Stat(dir)
		if err != nil {
			return fail(path, "NOT_FOUND", "reason", reason(err))
		}
		if why := exposed(st); why != "" {
			return fail(path, "NOT_TRUSTED", "reason", "its folder "+dir+" "+why)
		}
	}
	return nil
}

// exposed tells how others can change a file or folder, "" when they cannot.
func exposed(st fs.FileInfo) string {
	if st.Mode().Perm()&0o002 != 0 && !(st.IsDir() && st.Mode()&fs.ModeSticky != 0) { // others cannot replace our files in /tmp
		return fmt.Sprintf("can be written by everyone (mode %04o); chmod o-w makes it safe", st.Mode().Perm())
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok && sys.Uid != 0 && int(sys.Uid) != os.Geteuid() {
		return fmt.Sprintf("belongs to another user (uid %d)", sys.Uid)
	}
	return ""
}

// private sees to it that a folder belongs to the user and that nobody else can write in it.
func private(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok && int(sys.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to another user (uid %d)", dir, sys.Uid)
	}
	if st.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s can be written by others (mode %04o)", dir, st.Mode().Perm())
	}
	return nil
}
