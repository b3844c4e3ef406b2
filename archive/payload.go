package archive

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
)

// payload is the body of a message after removing its transfer coding. What
// cannot be un-chunked to its end (a truncated response) is given as far as it goes.
func payload(body []byte, header http.Header) []byte {
	if !strings.EqualFold(header.Get("Transfer-Encoding"), "chunked") {
		return body
	}
	plain, err := io.ReadAll(httputil.NewChunkedReader(bufio.NewReader(bytes.NewReader(body))))
	if err != nil && len(plain) == 0 {
		return nil
	}
	return plain
}
