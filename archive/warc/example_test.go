package warc_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"fangzhi/archive/disk"
	"fangzhi/archive/warc"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "captures.warc.gz")

	f, size, err := disk.OS{}.Append(name)
	if err != nil {
		log.Fatal(err)
	}
	w := warc.NewWriter(f, size)
	x := warc.Exchange{URI: "http://www.zgw123.cn/", Date: time.Date(2022, 3, 31, 1, 0, 0, 0, time.UTC)}
	response := warc.Response(x, []byte("HTTP/1.1 200 OK\r\n\r\n方志"))
	spans, err := w.Write(response, warc.Request(x, response, []byte("GET / HTTP/1.1\r\n\r\n")))
	if err != nil {
		log.Fatal(err)
	}
	if err := w.Sync(); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	segment, err := os.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer segment.Close()
	r, err := warc.ReadAt(segment, spans[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %s %s %q\n", r.Type(), r.TargetURI(), r.Get("WARC-Date"), r.Block)
	// Output: response http://www.zgw123.cn/ 2022-03-31T01:00:00Z "HTTP/1.1 200 OK\r\n\r\n方志"
}
