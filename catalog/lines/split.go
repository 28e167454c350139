package lines

import (
	"bufio"
	"bytes"
)

// Lines splits at sep; when that is empty, at \n, \r and \r\n.
func Lines(sep string) bufio.SplitFunc {
	if sep == "" {
		return anyLine
	}
	return func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.Index(data, []byte(sep)); i >= 0 {
			return i + len(sep), data[:i], nil
		}
		if atEOF && len(data) > 0 {
			return len(data), data, nil
		}
		return 0, nil, nil
	}
}

func anyLine(data []byte, atEOF bool) (int, []byte, error) {
	line, found := data, false
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		line, found = data[:i], true
	}
	if k := bytes.IndexByte(line, '\r'); k >= 0 {
		switch {
		case k+1 < len(data) && data[k+1] == '\n':
			return k + 2, data[:k], nil
		case k+1 < len(data) || atEOF:
			return k + 1, data[:k], nil
		}
		return 0, nil, nil
	}
	switch {
	case found:
		return len(line) + 1, line, nil
	case atEOF && len(data) > 0:
		return len(data), data, nil
	}
	return 0, nil, nil
}

// Whole takes a file as one record.
func Whole(data []byte, atEOF bool) (int, []byte, error) {
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
