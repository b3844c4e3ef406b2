package portaltest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const sample = `
-- /robots.txt --
User-agent: *
-- /gbk.html --
> charset=gbk
> Content-Type: text/html; charset=gb2312
江西
-- /moved --
> 302
> Location: $PORTAL/gbk.html
-- /flaky --
> 503 times=2
> Retry-After: 3
-- /flaky --
well
-- /cut --
> cut=4
a body that stops
-- /reset --
> reset
-- /raw --
> raw
HTTP/1.1 204 Nothing

-- /big --
> size=3MB gzip
start
-- /same --
> etag
same
-- //other.test/a?b=c --
other
-- /slow --
> delay=10s drip=1s
0123456789abcdef
`

func fetch(t *testing.T, p *Portal, target string, header ...string) (*http.Response, string, error) {
	t.Helper()
	transport := &http.Transport{DialContext: p.Dial, DisableCompression: true, DisableKeepAlives: true}
	if strings.HasPrefix(target, "/") {
		target = p.URL + target
	}
	req, err := http.NewRequestWithContext(context.Background(), "GET", target, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestPortal(t *testing.T) {
	for _, kind := range []struct {
		name  string
		serve func(testing.TB, string) *Portal
	}{{"loopback", Serve}, {"pipe", Pipe}} {
		t.Run(kind.name, func(t *testing.T) { testPortal(t, kind.serve(t, sample)) })
	}
}

func testPortal(t *testing.T, p *Portal) {
	tests := []struct {
		target string
		status int
		body   string
	}{
		{"/gbk.html", 200, "\xbd\xad\xce\xf7\n"},
		{"/moved", 302, ""},
		{"/flaky", 503, ""}, {"/flaky", 503, ""}, {"/flaky", 200, "well\n"}, {"/flaky", 200, "well\n"},
		{"/raw", 204, ""},
		{"http://other.test/a?b=c", 200, "other\n"},
		{"/a?b=c", 404, "404 page not found\n"},
	}
	for _, test := range tests {
		resp, body, err := fetch(t, p, test.target)
		if err != nil {
			t.Errorf("%s: %v", test.target, err)
			continue
		}
		if resp.StatusCode != test.status || body != test.body {
			t.Errorf("%s: got %d %q, want %d %q", test.target, resp.StatusCode, body, test.status, test.body)
		}
	}
	if _, body, err := fetch(t, p, "/cut"); !errors.Is(err, io.ErrUnexpectedEOF) || body != "a bo" {
		t.Errorf("/cut: got %q, %v", body, err)
	}
	if _, _, err := fetch(t, p, "/reset"); err == nil {
		t.Error("/reset answered")
	}
	if _, body, err := fetch(t, p, "/big"); err != nil || len(body) > 10_000 {
		t.Errorf("/big: got %d bytes, %v; want it small on the wire", len(body), err)
	}
	resp, _, err := fetch(t, p, "/same")
	if err != nil {
		t.Fatal(err)
	}
	if resp, _, err = fetch(t, p, "/same", "If-None-Match", resp.Header.Get("ETag")); err != nil || resp.StatusCode != 304 {
		t.Errorf("/same asked again: got %v, %v, want 304", resp, err)
	}
	if got := p.Asked(); !slices.Equal(got[:3], []string{"/gbk.html", "/moved", "/flaky"}) {
		t.Errorf("log begins %q", got[:3])
	}
}

func TestTimePassesInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := Pipe(t, sample)
		start := time.Now()
		if _, body, err := fetch(t, p, "/slow"); err != nil || body != "0123456789abcdef\n" {
			t.Errorf("got %q, %v", body, err)
		}
		if took := time.Since(start); took != 26*time.Second {
			t.Errorf("took %v, want 10 s of delay and 16 s between 17 pieces", took)
		}
	})
}

func TestUnreadableArchives(t *testing.T) {
	for _, head := range []string{"> 4xx", "> delay=soon", "> charset=latin9", "> size=big"} {
		if _, err := read([]byte("-- /a --\n"+head+"\n"), ""); err == nil {
			t.Errorf("%q was read", head)
		}
	}
}
