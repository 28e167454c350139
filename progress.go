package sparksql

import (
	"context"

	"sparksql/exec"
)

// Progress is how far statements have come; see Watch.
type Progress = exec.Snapshot

type watchKey struct{}

// Watch returns a context and a function that tells how far the statements are that run under it, those that return only
// when they are done included. The function may be called at any time and from anywhere; it counts what was started since
// Watch.
func Watch(ctx context.Context) (context.Context, func() Progress) {
	p := &exec.Progress{}
	return context.WithValue(ctx, watchKey{}, p), p.Snapshot
}

// watching is what follows the statements of a context, nil for nothing.
func watching(ctx context.Context) *exec.Progress {
	p, _ := ctx.Value(watchKey{}).(*exec.Progress)
	return p
}
