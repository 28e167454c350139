package exec

import "context"

// Task is what an operator's part knows of the running query: context, worker, memory.
type Task struct {
	context.Context
	Worker, Workers int
}
