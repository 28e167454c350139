package files

import (
	"context"
	"errors"
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
	tx.mu.Lock()
	list := tx.list
	tx.list = nil
	tx.mu.Unlock()
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
func (tx *Transaction) Abort() error {
	tx.mu.Lock()
	list := tx.list
	tx.list = nil
	tx.mu.Unlock()
	return dropAll(list)
}

func dropAll(list []*commit) error {
	var errAll error
	for _, c := range list {
		errAll = errors.Join(errAll, c.stage.drop())
	}
	return errAll
}
