// Package artifact reads files that hold functions, before anything in them runs: it sees to it that nobody else could
// have written them, knows their SHA-256, and keeps to a list of those allowed. What is checked is what is run: loaders
// get the bytes that were read, never the path again.
package artifact

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sparksql/sql/errs"
)

// Kind is a kind of files of functions, as statements write it.
type Kind string

const (
	Plugin Kind = "PLUGIN"
	WASM   Kind = "WASM"
)

// KindOf tells by the ending of a path what it is; "" for other files.
func KindOf(path string) Kind {
	switch filepath.Ext(path) {
	case ".so":
		return Plugin
	case ".wasm":
		return WASM
	}
	return ""
}

// File is a file of functions as it was when it was read.
type File struct {
	Kind Kind
	Path string // absolute
	Data []byte
	Sum  string // SHA-256 in hexadecimal
}

// Read reads a file. allow are the sums that may be loaded; nil allows all. Errors are CANNOT_LOAD_FUNCTION_FILE: NOT_FOUND,
// NOT_TRUSTED when others than the user or root can change the file or its folder, NOT_ALLOWED.
func Read(kind Kind, path string, allow []string) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fail(path, "NOT_FOUND", "reason", err.Error())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fail(path, "NOT_FOUND", "reason", reason(err))
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fail(path, "NOT_FOUND", "reason", reason(err))
	}
	if st.IsDir() {
		return nil, fail(path, "NOT_FOUND", "reason", "it is a folder")
	}
	if err := trusted(path, st); err != nil {
		return nil, err
	}
	data := make([]byte, st.Size())
	if n, err := f.ReadAt(data, 0); n < len(data) {
		return nil, fail(path, "NOT_FOUND", "reason", reason(err))
	}
	sum := sha256.Sum256(data)
	out := &File{Kind: kind, Path: path, Data: data, Sum: hex.EncodeToString(sum[:])}
	if allow != nil && !slices.Contains(allow, out.Sum) {
		return nil, fail(path, "NOT_ALLOWED", "sum", out.Sum)
	}
	return out, nil
}

// Fail makes an error about the file.
func (f *File) Fail(condition string, args ...string) error { return fail(f.Path, condition, args...) }

func fail(path, condition string, args ...string) error {
	return errs.New(errs.Pos{}, "CANNOT_LOAD_FUNCTION_FILE."+condition, append([]string{"path", path}, args...)...)
}

// reason is what an error of the file system says without the path, which the message names itself.
func reason(err error) string {
	if p, ok := err.(*os.PathError); ok {
		err = p.Err
	}
	return err.Error()
}

// Allowed reads the setting spark.sparksql.udf.allow: sums separated by commas, or the path of a file with one on each line
// (what follows the sum, as sha256sum prints it, and lines that begin with # do not count). Empty allows all: nil.
func Allowed(setting string) ([]string, error) {
	if strings.TrimSpace(setting) == "" {
		return nil, nil
	}
	out := []string{}
	for item := range strings.SplitSeq(setting, ",") {
		item = strings.TrimSpace(item)
		if isSum(item) {
			out = append(out, strings.ToLower(item))
			continue
		}
		sums, err := sumsOf(item)
		if err != nil {
			return nil, fmt.Errorf("spark.sparksql.udf.allow: %q is neither a SHA-256 nor a file of them: %w", item, err)
		}
		out = append(out, sums...)
	}
	return out, nil
}

// sumsOf reads the sums of a file, which is trusted as the files it allows are.
func sumsOf(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if err := trusted(path, st); err != nil {
		return nil, err
	}
	var out []string
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if !isSum(words[0]) {
			return nil, fmt.Errorf("line %d is no SHA-256", n)
		}
		out = append(out, strings.ToLower(words[0]))
	}
	return out, lines.Err()
}

func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}
