package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"sparksql/sql/errs"
)

// found is a data file, with the folder that partition columns are counted from.
type found struct {
	path string
	base string
	size int64
	mod  time.Time
}

// hidden names are not data: those that begin with . or _, except partition folders (_a=1).
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") && !strings.Contains(name, "=") || strings.HasSuffix(name, "._COPYING_")
}

// LocalPath turns file:/a, file:///a and plain paths into a path of this machine.
func LocalPath(p string) string {
	if rest, ok := strings.CutPrefix(p, "file:"); ok {
		if after, ok := strings.CutPrefix(rest, "//"); ok {
			rest = after
		}
		p = rest
	}
	return filepath.Clean(p)
}

// uri is a path as Spark names it in messages.
func uri(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		p = abs
	}
	return "file:" + p
}

// expand gives the paths that a path with wildcards stands for, sorted; itself when it has none.
func expand(p string) ([]string, error) {
	if _, err := os.Lstat(p); err == nil || !strings.ContainsAny(p, "*?[{") {
		return []string{p}, nil
	}
	seen := map[string]bool{}
	var out []string
	for _, alt := range braces(p) {
		hits, err := filepath.Glob(alt)
		if err != nil {
			return nil, errs.New(errs.Pos{}, "PATH_NOT_FOUND", "path", uri(p))
		}
		for _, h := range hits {
			if !seen[h] && !hidden(filepath.Base(h)) {
				seen[h] = true
				out = append(out, h)
			}
		}
	}
	sort.Strings(out)
	return out, nil
}

// braces writes out {a,b} alternatives, which Go's patterns do not have.
func braces(p string) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 {
		return []string{p}
	}
	depth, start := 0, open+1
	var alts []string
	for i := open; i < len(p); i++ {
		switch p[i] {
		case '{':
			depth++
		case ',':
			if depth == 1 {
				alts = append(alts, p[start:i])
				start = i + 1
			}
		case '}':
			if depth--; depth > 0 {
				continue
			}
			alts = append(alts, p[start:i])
			var out []string
			for _, a := range alts {
				out = append(out, braces(p[:open]+a+p[i+1:])...)
			}
			return out
		}
	}
	return []string{p}
}

// list finds the data files beneath the paths, in the order of their names.
func (s *Spec) list() ([]found, error) {
	var out []found
	for _, p := range s.Paths {
		p = LocalPath(p)
		roots, err := expand(p)
		if err != nil {
			return nil, err
		}
		if len(roots) == 0 && !s.MayBeEmpty {
			return nil, errs.New(errs.Pos{}, "PATH_NOT_FOUND", "path", uri(p))
		}
		for _, r := range roots {
			if out, err = s.listRoot(out, r); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (s *Spec) listRoot(out []found, root string) ([]found, error) {
	chosen, err := s.chosen()
	if err != nil {
		return nil, err
	}
	st, err := os.Stat(root)
	if err != nil {
		if os.IsNotExist(err) {
			if s.MayBeEmpty {
				return out, nil
			}
			return nil, errs.New(errs.Pos{}, "PATH_NOT_FOUND", "path", uri(root))
		}
		return nil, fail(root, err)
	}
	if st.IsDir() { // a link to a folder is that folder
		if real, err := filepath.EvalSymlinks(root); err == nil {
			root = real
		}
	}
	base := root
	if b := s.option("basepath"); b != "" {
		base = LocalPath(b)
	} else if !st.IsDir() {
		base = filepath.Dir(root)
	}
	if !st.IsDir() {
		if chosen(filepath.Base(root), st.ModTime()) {
			out = append(out, found{root, base, st.Size(), st.ModTime()})
		}
		return out, nil
	}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if os.IsNotExist(err) && p != root {
				return nil // removed while we looked
			}
			return err
		case p != root && hidden(d.Name()):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		info, err := os.Stat(p)
		if err != nil || info.IsDir() || info.Size() == 0 || !chosen(d.Name(), info.ModTime()) {
			return nil
		}
		out = append(out, found{p, base, info.Size(), info.ModTime()})
		return nil
	})
	if err != nil {
		return nil, fail(root, err)
	}
	return out, nil
}

// fail names the path that a failure of the file system is about.
func fail(path string, err error) error {
	e := errs.New(errs.Pos{}, "FAILED_READ_FILE.NO_HINT", "path", path, "reason", err.Error())
	e.Err = err
	return e
}
