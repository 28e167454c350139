package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sort"
	"time"

	"golang.org/x/sys/unix"
)

// Locked runs f while no write of the table in the folder root can be committed.
func Locked(ctx context.Context, root string, f func() error) error {
	real, err := realTarget(LocalPath(root))
	if err != nil {
		return err
	}
	place := filepath.Dir(real)
	if fixed(real) {
		place = real
	}
	if _, err := os.Stat(place); errors.Is(err, os.ErrNotExist) {
		return f()
	}
	unlock, err := lockFolders(ctx, map[string]bool{place: true})
	if err != nil {
		return err
	}
	defer unlock()
	return f()
}

// lockParents keeps other writers from committing in the same places, so that none is lost by the other.
func lockParents(ctx context.Context, cs []*commit) (unlock func(), err error) {
	places := map[string]bool{}
	for _, c := range cs {
		if c.stage.inside {
			places[c.stage.target] = true
		} else {
			places[filepath.Dir(c.stage.target)] = true
		}
	}
	return lockFolders(ctx, places)
}

// lockFolders locks folders in the order of their names; it waits for whoever holds one.
func lockFolders(ctx context.Context, places map[string]bool) (unlock func(), err error) {
	var locks []*os.File
	unlock = func() {
		for _, f := range locks {
			f.Close()
		}
	}
	names := sorted(places)
	sort.Strings(names)
	for _, p := range names {
		f, err := os.Open(p)
		if err != nil {
			unlock()
			return nil, err
		}
		locks = append(locks, f)
		for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
			err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
			if err == nil {
				break
			}
			if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
				break // a file system without locks: commits are still whole, one by one
			}
			select {
			case <-ctx.Done():
				unlock()
				return nil, ctx.Err()
			case <-time.After(wait):
			}
		}
	}
	return unlock, nil
}
