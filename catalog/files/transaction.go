package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// Transaction commits several writes together: either all become visible or none, also when the process is killed.
// Writes started with its Context are only made ready by their own commits.
type Transaction struct {
	mu   sync.Mutex
	list []*commit
	step func(string)
}

// NewTransaction begins a transaction.
func NewTransaction() *Transaction { return &Transaction{} }

type transactionKey struct{}

// Context gives a context whose writes belong to the transaction.
func (tx *Transaction) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, transactionKey{}, tx)
}

func transactionOf(ctx context.Context) *Transaction {
	tx, _ := ctx.Value(transactionKey{}).(*Transaction)
	return tx
}

func (tx *Transaction) add(c *commit) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.list = append(tx.list, c)
}

func (tx *Transaction) holds(s *stage) bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	for _, c := range tx.list {
		if c.stage == s {
			return true
		}
	}
	return false
}

// Commit makes the writes visible. Two writes of one folder are an error: neither would be whole.
func (tx *Transaction) Commit(ctx context.Context) error {
	list := tx.take()
	if len(list) == 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, c := range list {
		if seen[c.stage.target] {
			err := errors.New("a folder is written to more than once in one transaction")
			return errors.Join(writeError(c.stage.target, err), dropAll(list))
		}
		seen[c.stage.target] = true
	}
	if err := commitAll(ctx, list, tx.step); err != nil {
		return writeError(list[0].stage.target, err)
	}
	return nil
}

// Abort drops what is staged.
func (tx *Transaction) Abort() error { return dropAll(tx.take()) }

// take empties the transaction.
func (tx *Transaction) take() []*commit {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	list := tx.list
	tx.list = nil
	return list
}

// Keep moves what is staged to a folder, by the names of its targets, for another transaction to Adopt. Nothing is made visible. The
// folder has to be on the file system of the targets.
func (tx *Transaction) Keep(dir string) error {
	list := tx.take()
	err := os.MkdirAll(dir, 0o777)
	for _, c := range list {
		if err == nil {
			err = moveFolder(c.stage.work(), filepath.Join(dir, filepath.Base(c.stage.target)))
		}
	}
	return errors.Join(err, dropAll(list))
}

// Adopt stages a folder that Keep has made, as all that its target is to hold.
func (tx *Transaction) Adopt(dir, target string) error {
	s, err := newStage(target, tx.step)
	if err != nil {
		return writeError(target, err)
	}
	if err := moveFolder(filepath.Join(dir, filepath.Base(target)), s.work()); err != nil {
		return errors.Join(writeError(target, err), s.drop())
	}
	tx.add(&commit{stage: s})
	return nil
}

// moveFolder moves a folder to a place on the same file system, whose own one goes.
func moveFolder(from, to string) error {
	return errors.Join(os.RemoveAll(to), os.Rename(from, to))
}

func dropAll(list []*commit) error {
	var errAll error
	for _, c := range list {
		errAll = errors.Join(errAll, c.stage.drop())
	}
	return errAll
}
