package lines

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sparksql/catalog"
	"sparksql/exec/vec"
	"sparksql/sql/types"
)

// TestRangesCoverEveryLineOnce cuts files at every two places.
func TestRangesCoverEveryLineOnce(t *testing.T) {
	for _, text := range []string{"a\nbb\n\nccc\n", "a\r\nbb\r\n\r\nc", "a\rbb\r\rc\r", "x", "\n", "\xef\xbb\xbfa\nb"} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		read := func(cuts ...int64) string {
			var out []string
			for i := range len(cuts) - 1 {
				_, err := Records(catalog.File{Path: path}, cuts[i], cuts[i+1], Lines(""), nil, func(r []byte) error {
					out = append(out, string(r))
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			return strings.Join(out, "|")
		}
		n := int64(len(text))
		want := read(0, n)
		if strings.ContainsAny(want, "\r\n\xef") {
			t.Errorf("%q: %q", text, want)
		}
		for a := int64(1); a < n; a++ {
			if text[0] == 0xef && a < 4 {
				continue
			}
			for b := a + 1; b <= n; b++ {
				if got := read(0, a, b, n+1); got != want {
					t.Fatalf("%q cut at %d, %d: %q, want %q", text, a, b, got, want)
				}
			}
		}
	}
}

func TestCodecsRoundTrip(t *testing.T) {
	var want bytes.Buffer
	for i := range 60000 {
		fmt.Fprintf(&want, "line %d of this file\n", i)
	}
	for name := range codecs {
		opts := map[string]string{"compression": name}
		ext, err := Suffix(opts)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "f"+ext)
		w, err := Create(path, opts, 1, nil, func(b []byte, row []any) ([]byte, error) { return append(append(b, row[0].(string)...), '\n'), nil })
		if err != nil {
			t.Fatal(err)
		}
		v := vec.New(types.StringType, 0)
		for _, l := range strings.Split(strings.TrimSuffix(want.String(), "\n"), "\n") {
			v.Append(l)
		}
		if err := w.Write(&vec.Batch{Cols: []*vec.Vec{v}, N: v.Len}); err != nil {
			t.Fatal(err)
		}
		size, err := w.Close()
		st, _ := os.Stat(path)
		if err != nil || st.Size() != size || ext != "" && size > int64(want.Len())/2 {
			t.Errorf("%s: %d bytes, %d, %v", name, size, st.Size(), err)
		}
		fd, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, done, err := decompress(path, fd)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		done()
		fd.Close()
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s: %d bytes read, %v", name, len(got), err)
		}
	}
}

// Files of bzip2 are read, though none are written.
func TestBzip2(t *testing.T) {
	r, done, err := decompress("f.bz2", strings.NewReader("\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x14\x60\xfc\x32\x00\x00\x01\xd1\x80\x00\x10\x40\x00\x22\x65\x94\x00\x20\x00\x31\x00\xd3\x4d\x04\x06\x86\x42\x02\x98\xe7\x22\xb7\x0f\x78\xbb\x92\x29\xc2\x84\x80\xa3\x07\xe1\x90"))
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if got, err := io.ReadAll(r); err != nil || string(got) != "a line\nanother\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestBrokenBlocks gives an error for frames that lie about their sizes.
func TestBrokenBlocks(t *testing.T) {
	for _, s := range []string{"\x00\x00\x00\x05", "\x00\x00\x00\x05\x00\x00\x00\x09ab", "\xff\xff\xff\xff\x00\x00\x00\x01a", "\x00\x00\x00\x05\x00\x00\x00\x03abc"} {
		for _, ext := range []string{".snappy", ".lz4"} {
			r, _, err := decompress("f"+ext, strings.NewReader(s))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(r); err == nil {
				t.Errorf("%s %q was read", ext, s)
			}
		}
	}
}
