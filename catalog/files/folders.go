package files

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Folder is a partition that is known by name, whatever folders exist: its path within the table, name=value/name=value
// with escapes, and its place where that is another.
type Folder struct{ Spec, Location string }

// ParseSpec reads a partition's path: the names of the columns and the raw values, nil for NULL.
func ParseSpec(spec string) (names []string, values []*string) {
	v := dirOf(filepath.Join("/", spec), "/")
	return v.names, v.vals
}

// listFolders finds the data files of the folders of a tracked table; raw are the values of each file.
func (s *Spec) listFolders() (out []found, p *partitions, err error) {
	p = &partitions{names: s.PartitionBy}
	root := LocalPath(s.Paths[0])
	for _, f := range s.Folders {
		dir := f.Location
		if dir == "" {
			dir = filepath.Join(root, f.Spec)
		}
		if out, err = s.listRoot(out, dir); err != nil {
			return nil, nil, err
		}
		names, values := ParseSpec(f.Spec)
		row := make([]*string, len(s.PartitionBy))
		for i, n := range names {
			if c := indexFold(s.PartitionBy, n); c >= 0 {
				row[c] = values[i]
			}
		}
		for len(p.raw) < len(out) {
			p.raw = append(p.raw, row)
		}
	}
	return out, p, nil
}

// find lists the table's files, and again when its folder was exchanged for another meanwhile: the files are those of one
// state of the table.
func (s *Spec) find(root string) (out []found, p *partitions, err error) {
	for range 10 {
		before := inode(root)
		if s.Folders != nil {
			out, p, err = s.listFolders()
		} else {
			out, err = s.list()
			p = nil
		}
		if inode(root) == before {
			break
		}
	}
	return out, p, err
}

// inode tells folders of one name apart; 0: there is none.
func inode(path string) uint64 {
	var st unix.Stat_t
	if path == "" || strings.ContainsAny(path, "*?[{") || unix.Stat(path, &st) != nil {
		return 0
	}
	return st.Ino
}

// Found lists the folders beneath a path that look like partitions of the columns by, with files in them, as specs.
func Found(path string, by []string) ([]string, error) {
	root := LocalPath(path)
	if _, err := os.Stat(root); os.IsNotExist(err) {
		return nil, nil
	}
	files, err := (&Spec{Paths: []string{root}, MayBeEmpty: true}).list()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		rel, err := filepath.Rel(f.base, filepath.Dir(f.path))
		if err != nil {
			return nil, err
		}
		rel = filepath.ToSlash(rel)
		names, _ := ParseSpec(rel)
		if len(names) != len(by) || len(out) > 0 && out[len(out)-1] == rel {
			continue
		}
		fits := true
		for i, n := range names {
			fits = fits && strings.EqualFold(n, by[i])
		}
		if fits {
			out = append(out, rel)
		}
	}
	return out, nil
}
