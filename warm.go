package sparksql

import (
	_ "github.com/apache/arrow/go/v17/arrow"
	_ "github.com/apache/arrow/go/v17/arrow/array"
	_ "github.com/apache/arrow/go/v17/arrow/memory"
	_ "github.com/chzyer/readline"
	_ "github.com/cockroachdb/apd/v3"
	_ "github.com/dlclark/regexp2/v2"
	_ "github.com/go-json-experiment/json/jsontext"
	_ "github.com/goccy/go-yaml"
	_ "github.com/klauspost/compress/snappy"
	_ "github.com/klauspost/compress/zstd"
	_ "github.com/mattn/go-runewidth"
	_ "github.com/parquet-go/bitpack"
	_ "github.com/parquet-go/parquet-go"
	_ "github.com/pierrec/lz4/v4"
	_ "github.com/pingcap/tidb/pkg/parser"
	_ "github.com/spf13/cobra"
	_ "github.com/google/uuid"
	_ "golang.org/x/text/cases"
	_ "golang.org/x/sys/unix"
	_ "modernc.org/sqlite"
)
