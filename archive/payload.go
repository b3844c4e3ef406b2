package archive

import (
	"net/http"
	"strings"

	"fangzhi/archive/warc"
)

// payload is the body of a message after removing its transfer coding.
func payload(body []byte, header http.Header) []byte {
	if strings.EqualFold(strings.TrimSpace(header.Get("Transfer-Encoding")), "chunked") {
		return warc.Unchunk(body)
	}
	return body
}

// ChunkedLen is warc.ChunkedLen, for who has nothing to do with WARC files.
func ChunkedLen(b []byte) (n int, whole bool) { return warc.ChunkedLen(b) }
