package shell

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// jobLog writes a job's log: lines as Python's logging writes them, or JSON.
type jobLog struct {
	out  io.Writer
	json *slog.Logger // nil: text
}

func newJobLog(out io.Writer, format string) (*jobLog, error) {
	switch format {
	case "", "text":
		return &jobLog{out: out}, nil
	case "json":
		return &jobLog{json: slog.New(slog.NewJSONHandler(out, nil))}, nil
	}
	return nil, errUsage{fmt.Errorf("--log-format is text or json, not %q", format)}
}

// write writes one record of the named logger.
func (l *jobLog) write(logger string, level slog.Level, msg string) {
	if l.json != nil {
		l.json.Log(nil, level, msg, "logger", logger)
		return
	}
	stamp := strings.Replace(time.Now().Format("2006-01-02 15:04:05.000"), ".", ",", 1)
	name := level.String()
	if level == slog.LevelWarn {
		name = "WARNING"
	}
	fmt.Fprintf(l.out, "%s - %s - %s - %s\n", stamp, logger, name, msg)
}

func (l *jobLog) info(msg string)    { l.write(mainLogger, slog.LevelInfo, msg) }
func (l *jobLog) warning(msg string) { l.write(mainLogger, slog.LevelWarn, msg) }
func (l *jobLog) error(msg string)   { l.write(mainLogger, slog.LevelError, msg) }

// The names of loggers: the job's own, and that of its data processing.
const (
	mainLogger       = "__main__"
	processingLogger = "data_processing"
)
