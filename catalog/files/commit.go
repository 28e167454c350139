package files

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// keep says which files of the old table stay.
type keep struct {
	all     bool            // all of them, but
	except  map[string]bool // those in these partition folders, and
	beneath []string        // those beneath the partitions with these values, "" for any
}

// stays tells whether an old file, named by its path in the table, stays.
func (k *keep) stays(rel string) bool {
	if !k.all || rel == success {
		return false
	}
	dir := filepath.Dir(rel)
	if dir == "." {
		dir = ""
	}
	if k.except[dir] {
		return false
	}
	if k.beneath == nil {
		return true
	}
	parts := strings.Split(dir, string(filepath.Separator))
	for i, want := range k.beneath {
		if want != "" && (i >= len(parts) || parts[i] != want) {
			return true
		}
	}
	return false
}

// commit is one folder that is about to change.
type commit struct {
	stage  *stage
	plan   keep
	note   note
	around func(ctx context.Context, publish func() error) error // nil: nothing is to be done around it
}

// note is what has to be known to complete a commit that was decided: kept in the stage as JSON.
type note struct {
	Target  string
	Inside  bool
	Leader  string   // the stage that holds the decision
	Members []string // of the leader: all stages that are committed together
	Inode   uint64   // of the new folder
	Remove  []string // inside: files to take out, and to put in
	Add     []string
}

const decided = "decided" // its presence in the leader's stage is the commit

// commitAll makes the staged folders visible: a single one by one exchange of folders; several, or one inside its
// target, by a decision written down first and completed by whoever comes next should this process die.
func commitAll(ctx context.Context, cs []*commit, step func(string)) error {
	unlock, err := lockParents(ctx, cs)
	if err != nil {
		return err
	}
	defer unlock()
	for _, c := range cs {
		if err := c.prepare(); err != nil {
			return err
		}
	}
	publish := func() error { return publishAll(cs) }
	for _, c := range cs {
		if around, inner := c.around, publish; around != nil {
			publish = func() error { return around(ctx, inner) }
		}
	}
	return publish()
}

// publishAll exchanges the folders that are ready.
func publishAll(cs []*commit) error {
	if len(cs) == 1 && !cs[0].stage.inside {
		s := cs[0].stage
		s.at("prepared")
		done, err := exchange(s.work(), s.target)
		if err != nil {
			return err
		}
		if done {
			s.at("exchanged")
			err := syncDir(filepath.Dir(s.target))
			return errors.Join(err, s.drop())
		}
	}
	return decide(cs)
}

func decide(cs []*commit) error {
	lead := cs[0].stage
	for i, c := range cs {
		c.note.Leader = lead.dir
		if i == 0 {
			for _, m := range cs {
				c.note.Members = append(c.note.Members, m.stage.dir)
			}
		}
		if err := writeNote(c.stage.dir, &c.note); err != nil {
			return err
		}
	}
	lead.at("noted")
	if err := writeFile(filepath.Join(lead.dir, decided), nil); err != nil {
		return err
	}
	lead.at("decided")
	for _, c := range cs {
		if err := apply(c.stage.dir, &c.note); err != nil {
			return err
		}
		lead.at("applied")
	}
	for i := len(cs) - 1; i >= 0; i-- {
		if err := cs[i].stage.drop(); err != nil {
			return err
		}
		lead.at("dropped")
	}
	return nil
}

// prepare completes the new folder with the files that stay, and makes it durable.
func (c *commit) prepare() error {
	s := c.stage
	c.note.Target, c.note.Inside = s.target, s.inside
	old, err := filesOf(s.target)
	if err != nil {
		return err
	}
	if s.inside {
		for _, rel := range old {
			if !c.plan.stays(rel) {
				c.note.Remove = append(c.note.Remove, rel)
			}
		}
		if c.note.Add, err = filesOf(s.work()); err != nil {
			return err
		}
		return syncDirs(s.work())
	}
	for _, rel := range old {
		if !c.plan.stays(rel) {
			continue
		}
		to := filepath.Join(s.work(), rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := link(filepath.Join(s.target, rel), to); err != nil {
			return err
		}
	}
	if st, err := os.Stat(s.target); err == nil {
		if err := os.Chmod(s.work(), st.Mode().Perm()); err != nil {
			return err
		}
	}
	var st unix.Stat_t
	if err := unix.Stat(s.work(), &st); err != nil {
		return err
	}
	c.note.Inode = st.Ino
	return syncDirs(s.work())
}

// filesOf lists the files of a folder by their paths in it, without staging folders; none when it is not there.
func filesOf(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p == dir:
			if !d.IsDir() {
				out = append(out, "")
			}
			return nil
		case d.IsDir() && strings.HasPrefix(d.Name(), stageTag):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		out = append(out, rel)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if len(out) == 1 && out[0] == "" { // the target is a file, which goes as a whole
		out = nil
	}
	return out, err
}

// link gives a file a second name; where the file system has none of that, it is copied.
func link(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// exchange puts the folder from in the place of to, in one step; done is false when the file system cannot.
func exchange(from, to string) (done bool, err error) {
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		return true, os.Rename(from, to)
	}
	err = swap(from, to)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP):
		return false, nil
	}
	return false, &os.LinkError{Op: "exchange", Old: from, New: to, Err: err}
}

// apply carries out a decided commit; what was carried out before is recognised.
func apply(dir string, n *note) error {
	work := filepath.Join(dir, workDir)
	if n.Inside {
		return applyInside(dir, work, n)
	}
	var st unix.Stat_t
	err := unix.Stat(n.Target, &st)
	if err == nil && st.Ino == n.Inode {
		return nil
	}
	if _, err := os.Lstat(work); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	done, err := exchange(work, n.Target)
	if err == nil && !done {
		if err = os.Rename(n.Target, filepath.Join(dir, oldDir)); err == nil {
			err = os.Rename(work, n.Target)
		}
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(n.Target))
}

// applyInside takes the old files out, then puts the new ones in; a mark between the two tells how far it came.
func applyInside(dir, work string, n *note) error {
	mark := filepath.Join(dir, "removed")
	if _, err := os.Lstat(mark); err != nil {
		for _, rel := range n.Remove {
			if err := Move(filepath.Join(n.Target, rel), filepath.Join(dir, oldDir, rel)); err != nil {
				return err
			}
		}
		if err := writeFile(mark, nil); err != nil {
			return err
		}
	}
	for _, rel := range n.Add {
		if err := Move(filepath.Join(work, rel), filepath.Join(n.Target, rel)); err != nil {
			return err
		}
	}
	for _, rel := range n.Remove { // folders that are empty now go as well
		for d := filepath.Dir(rel); d != "." && os.Remove(filepath.Join(n.Target, d)) == nil; d = filepath.Dir(d) {
		}
	}
	return syncDirs(n.Target)
}

// Move renames a file or folder, into a folder that it makes; what is not there was moved before.
func Move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	err := os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// complete carries out what the writer of an abandoned stage had decided, and removes the stage; one that had decided
// nothing is removed as litter.
func complete(dir string, litter bool) error {
	var n note
	b, err := os.ReadFile(filepath.Join(dir, noteFile))
	if err != nil || json.Unmarshal(b, &n) != nil {
		if litter {
			return removeStage(dir)
		}
		return nil
	}
	if n.Leader != dir {
		lock := abandoned(n.Leader, true)
		if lock != nil {
			err := complete(n.Leader, true)
			lock.Close()
			if err != nil {
				return err
			}
		} else if _, err := os.Lstat(n.Leader); err == nil {
			return nil // someone is at it
		}
		return removeStage(dir)
	}
	if _, err := os.Lstat(filepath.Join(dir, decided)); err != nil {
		return removeStage(dir)
	}
	for _, m := range n.Members {
		var mn note
		b, err := os.ReadFile(filepath.Join(m, noteFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue // completed and removed before
		}
		if err == nil {
			err = json.Unmarshal(b, &mn)
		}
		if err == nil {
			err = apply(m, &mn)
		}
		if err != nil {
			return err
		}
	}
	for i := len(n.Members) - 1; i >= 0; i-- {
		if err := removeStage(n.Members[i]); err != nil {
			return err
		}
	}
	return nil
}

func writeNote(dir string, n *note) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, noteFile), b)
}

// writeFile makes a file appear with its content, durably.
func writeFile(path string, b []byte) error {
	tmp := path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
