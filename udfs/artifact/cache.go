package artifact

import (
	"fmt"
	"os"
	"path/filepath"
)

// Cache is a folder for what is made from files of functions, below the user's cache folder: nobody else can write in it.
func Cache(name string) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = filepath.Join(os.TempDir(), fmt.Sprintf("cache-%d", os.Getuid()))
	}
	dir := filepath.Join(base, "sparksql", name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, private(dir)
}
