package portaltest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/tools/txtar"
)

// A file is one answer, ready to be sent.
type file struct {
	status      int
	header      http.Header
	body        []byte
	times       int // answers before the next file of the same name; the last stays
	delay, drip time.Duration
	cut         int // bytes of the body sent, -1 for all
	etag        bool
	raw         bool
	hang, reset bool
}

// read parses an archive into the answers of each name.
func read(archive []byte, portal string) (map[string][]*file, error) {
	files := map[string][]*file{}
	for _, f := range txtar.Parse(archive).Files {
		parsed, err := readFile(f.Data, portal)
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", f.Name, err)
		}
		files[f.Name] = append(files[f.Name], parsed)
	}
	return files, nil
}

func readFile(data []byte, portal string) (*file, error) {
	f := &file{status: http.StatusOK, header: http.Header{}, times: 1, cut: -1}
	d := directives{file: f}
	for {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		head, ok := bytes.CutPrefix(line, []byte("> "))
		if !ok {
			break
		}
		data = rest
		if err := d.line(strings.ReplaceAll(string(head), "$PORTAL", portal)); err != nil {
			return nil, err
		}
	}
	f.body = bytes.ReplaceAll(data, []byte("$PORTAL"), []byte(portal))
	return f, d.finish()
}

// directives are the words of a file that change its body once it is known.
type directives struct {
	file    *file
	charset encoding.Encoding
	size    int
	gzip    bool
	hex     bool
}

func (d *directives) line(line string) error {
	if name, value, ok := strings.Cut(line, ": "); ok {
		d.file.header.Add(name, value)
		return nil
	}
	for _, word := range strings.Fields(line) {
		if err := d.word(word); err != nil {
			return fmt.Errorf("word %q: %w", word, err)
		}
	}
	return nil
}

func (d *directives) word(word string) (err error) {
	f := d.file
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "charset":
		d.charset, err = encodingOf(value)
	case "delay":
		f.delay, err = time.ParseDuration(value)
	case "drip":
		f.drip, err = time.ParseDuration(value)
	case "cut":
		f.cut, err = strconv.Atoi(value)
	case "times":
		f.times, err = strconv.Atoi(value)
	case "size":
		d.size, err = sizeOf(value)
	case "gzip":
		d.gzip = true
	case "hex":
		d.hex = true
	case "etag":
		f.etag = true
	case "raw":
		f.raw = true
	case "hang":
		f.hang = true
	case "reset":
		f.reset = true
	default:
		f.status, err = strconv.Atoi(word)
	}
	return err
}

// finish makes the body what it is on the wire.
func (d *directives) finish() (err error) {
	f := d.file
	if d.hex {
		if f.body, err = hex.DecodeString(strings.Join(strings.Fields(string(f.body)), "")); err != nil {
			return fmt.Errorf("body in hexadecimal: %w", err)
		}
	}
	if d.charset != nil {
		if f.body, err = d.charset.NewEncoder().Bytes(f.body); err != nil {
			return fmt.Errorf("encode body: %w", err)
		}
	}
	missing := d.size - len(f.body)
	if d.gzip {
		f.header.Set("Content-Encoding", "gzip")
		if f.body, err = zipped(f.body, missing); err != nil {
			return err
		}
	} else if missing > 0 {
		f.body = append(f.body, bytes.Repeat([]byte(" "), missing)...)
	}
	if f.etag {
		f.header.Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(f.body))[:18]+`"`)
	}
	if f.header.Get("Content-Type") == "" {
		f.header.Set("Content-Type", "text/html")
	}
	return nil
}

// zipped is body with so many blanks behind it, in gzip. Blanks are members of their
// own, which make one body but need not all be compressed.
func zipped(body []byte, blanks int) ([]byte, error) {
	const megabyte = 1 << 20
	all, err := member(body)
	if err != nil || blanks <= 0 {
		return all, err
	}
	whole, err := member(bytes.Repeat([]byte(" "), megabyte))
	if err != nil {
		return nil, err
	}
	rest, err := member(bytes.Repeat([]byte(" "), blanks%megabyte))
	return slices.Concat(all, bytes.Repeat(whole, blanks/megabyte), rest), err
}

func member(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encodingOf(name string) (encoding.Encoding, error) {
	switch name {
	case "gbk":
		return simplifiedchinese.GBK, nil
	case "gb18030":
		return simplifiedchinese.GB18030, nil
	case "big5":
		return traditionalchinese.Big5, nil
	}
	return nil, fmt.Errorf("unknown charset, want gbk, gb18030 or big5")
}

func sizeOf(value string) (int, error) {
	number, unit := strings.CutSuffix(value, "MB")
	n, err := strconv.Atoi(number)
	if unit {
		n <<= 20
	}
	return n, err
}
