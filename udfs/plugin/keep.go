package plugin

import (
	"os"
	"path/filepath"
	"time"

	"sparksql/udfs/artifact"
)

// keptFor is the time after which a copy that nothing has used goes.
const keptFor = 30 * 24 * time.Hour

// keep copies the bytes that were checked to a folder of the user's own, named by their sum. The runtime maps the copy: whoever
// changes the plugin's file changes neither what was checked nor what runs, and a changed file is another plugin.
func keep(f *artifact.File) (string, error) {
	dir, err := artifact.Cache("plugins")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, f.Sum+".so")
	if st, err := os.Stat(path); err == nil && st.Size() == int64(len(f.Data)) {
		now := time.Now()
		os.Chtimes(path, now, now)
		return path, nil
	}
	clean(dir)
	tmp, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(f.Data); err != nil {
		tmp.Close()
		return "", err
	}
	if err := tmp.Close(); err != nil {
		return "", err
	}
	return path, os.Rename(tmp.Name(), path)
}

// clean removes copies that nobody has used for long.
func clean(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if st, err := e.Info(); err == nil && time.Since(st.ModTime()) > keptFor {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
