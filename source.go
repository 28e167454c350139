package sparksql

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

// ownSource is the engine's own source: functions are built against exactly what this program was built from, wherever
// it runs.
//
//go:embed go.mod go.sum *.go */*.go */*/*.go */*/*/*.go sql/profile/page.html
var ownSource embed.FS

// Source calls f for every file of the engine's source that a build needs, in the order of their paths.
func Source(f func(path string, text []byte) error) error {
	return fs.WalkDir(ownSource, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "testdata/") {
			return err
		}
		text, err := ownSource.ReadFile(path)
		if err != nil {
			return err
		}
		return f(path, text)
	})
}

// SourceID identifies the engine's source: the same for the same files.
var SourceID = sync.OnceValue(func() string {
	h := sha256.New()
	Source(func(path string, text []byte) error {
		h.Write([]byte(path + "\x00"))
		h.Write(text)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil))[:12]
})
