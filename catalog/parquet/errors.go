package parquet

import (
	"errors"
	"fmt"
	"io/fs"

	"sparksql/sql/errs"
)

// footerError says that the end of a file, which describes the rest, cannot be used.
func footerError(path string, format string, args ...any) error {
	return errs.New(errs.Pos{}, "CANNOT_READ_FILE_FOOTER", "file", path, "reason", fmt.Sprintf(format, args...))
}

// readError names the file that a failure of reading is about. Errors that are a user's already pass through.
func readError(path string, err error) error {
	var e *errs.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	cond := "FAILED_READ_FILE.NO_HINT"
	if errors.Is(err, fs.ErrNotExist) {
		cond = "FAILED_READ_FILE.FILE_NOT_EXIST"
	}
	out := errs.New(errs.Pos{}, cond, "path", path, "reason", err.Error())
	out.Err = err
	return out
}

// corrupt is a broken file found while decoding; readError adds the name.
type corrupt string

func (c corrupt) Error() string { return string(c) }

func corruptf(format string, args ...any) error { return corrupt(fmt.Sprintf(format, args...)) }

// guard turns a panic of a decoder into an error about the file.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = corruptf("the data is broken: %v", r)
	}
}
