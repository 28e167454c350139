package udfs

import "sync"

// Once makes state of functions when it is first asked for, once for all goroutines: a model that is loaded, a table
// that is built. A failure, and a panic, is the error of every call. A function that uses it gives the error on:
//
//	model := udfs.Once(loadModel)
//	udfs.Scalar("score", func(x float64) (float64, error) {
//		m, err := model()
//		if err != nil {
//			return 0, err
//		}
//		return m.Score(x), nil
//	})
func Once[T any](build func() (T, error)) func() (T, error) {
	return sync.OnceValues(func() (x T, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = &Panic{p, panicPlace()}
			}
		}()
		return build()
	})
}
