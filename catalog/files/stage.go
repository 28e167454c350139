package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"
)

const (
	success  = "_SUCCESS"
	stageTag = ".sparksql-" // in the names of staging folders: .NAME.sparksql-ID beside NAME, .sparksql-ID inside
	workDir  = "new"
	oldDir   = "old"
	lockFile = "lock"
	noteFile = "commit.json"
)

// stage is a folder in which a write collects its files: beside the target, or inside one that cannot be replaced
// (a mount point, or a folder whose parent cannot be written to). A lock on a file in it lives as long as its process:
// a stage whose lock is free was left by a killed writer.
type stage struct {
	target string // without symbolic links
	dir    string
	inside bool
	lock   *os.File
	step   func(string)
}

func (s *stage) work() string { return filepath.Join(s.dir, workDir) }

func (s *stage) at(name string) {
	if s.step != nil {
		s.step(name)
	}
}

// realTarget follows symbolic links of a target, which need not exist.
func realTarget(target string) (string, error) {
	abs, err := filepath.Abs(target)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		parent, err := filepath.EvalSymlinks(filepath.Dir(abs))
		if err != nil {
			return abs, nil
		}
		return filepath.Join(parent, filepath.Base(abs)), nil
	}
	return real, err
}

// fixed tells whether a folder has to stay where it is.
func fixed(target string) bool {
	var t, p unix.Stat_t
	parent := filepath.Dir(target)
	if unix.Stat(target, &t) != nil || unix.Stat(parent, &p) != nil {
		return false
	}
	return t.Dev != p.Dev || parent == target || unix.Access(parent, unix.W_OK) != nil
}

// newStage removes what killed writers of the target left and makes a stage.
func newStage(target string, step func(string)) (*stage, error) {
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return nil, err
	}
	if err := sweep(target, true); err != nil {
		return nil, err
	}
	real, err := realTarget(target)
	if err != nil {
		return nil, err
	}
	s := &stage{target: real, inside: fixed(real), step: step}
	id := uuid.NewString()
	if s.inside {
		s.dir = filepath.Join(real, stageTag+id)
	} else {
		s.dir = filepath.Join(filepath.Dir(real), "."+filepath.Base(real)+stageTag+id)
	}
	if err := s.make(); err != nil {
		return nil, err
	}
	s.at("staged")
	return s, nil
}

// make makes the folder with its lock, under the lock of its place: a stage without one was left by a killed writer.
func (s *stage) make() error {
	unlock, err := lockFolders(context.Background(), map[string]bool{filepath.Dir(s.dir): true})
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Mkdir(s.dir, 0o777); err != nil {
		return err
	}
	if err = os.Mkdir(s.work(), 0o777); err == nil {
		err = s.takeLock()
	}
	if err != nil {
		os.RemoveAll(s.dir)
	}
	return err
}

// takeLock makes the lock file, locked before it can be seen under its name.
func (s *stage) takeLock() error {
	tmp := filepath.Join(s.dir, lockFile+".tmp")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return err
	}
	if err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err == nil {
		err = os.Rename(tmp, filepath.Join(s.dir, lockFile))
	}
	if err != nil {
		f.Close()
		return err
	}
	s.lock = f
	return nil
}

// drop removes the stage and frees its lock.
func (s *stage) drop() error {
	err := removeStage(s.dir)
	if s.lock != nil {
		s.lock.Close()
		s.lock = nil
	}
	return err
}

// removeStage removes a staging folder, its note first: what is left of it then says nothing any more. The lock goes last,
// so that whoever finds the rest can tell that its writer is gone.
func removeStage(dir string) error {
	if err := os.Remove(filepath.Join(dir, noteFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, part := range []string{workDir, oldDir} {
		if err := os.RemoveAll(filepath.Join(dir, part)); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}

// stages lists the staging folders of a target.
func stages(target string) []string {
	real, err := realTarget(target)
	if err != nil {
		return nil
	}
	var out []string
	look := func(dir, prefix string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
				out = append(out, filepath.Join(dir, e.Name()))
			}
		}
	}
	look(filepath.Dir(real), "."+filepath.Base(real)+stageTag)
	look(real, stageTag)
	return out
}

// abandoned locks a stage whose writer is gone; nil when it lives. One without a lock is left to writers (litter): whether
// it is being made or was left like that is known under the lock of its place.
func abandoned(dir string, litter bool) *os.File {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) && litter {
		unlock, err := lockFolders(context.Background(), map[string]bool{filepath.Dir(dir): true})
		if err != nil {
			return nil
		}
		defer unlock()
		if _, err := os.Lstat(filepath.Join(dir, lockFile)); err == nil {
			return nil
		}
		f, _ = os.Open(dir)
		return f
	}
	if err != nil {
		return nil
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		f.Close()
		return nil
	}
	return f
}

// sweep completes the commits that killed writers of the target had decided, and removes the rest of what they left
// when litter is true.
func sweep(target string, litter bool) error {
	for _, dir := range stages(target) {
		lock := abandoned(dir, litter)
		if lock == nil {
			continue
		}
		err := complete(dir, litter)
		lock.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// recoverTarget makes a table whole before it is read.
func recoverTarget(root string) error {
	if root == "" || strings.ContainsAny(root, "*?[{") {
		return nil
	}
	return writeError(root, sweep(root, false))
}

// syncDirs makes the names in a folder, and in those beneath, durable.
func syncDirs(dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(p)
	})
}

func syncDir(p string) error {
	f, err := os.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) {
		return err
	}
	return nil
}
