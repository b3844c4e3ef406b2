package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"fangzhi/archive"
)

// An Exchange is all that one request came to.
type Exchange struct {
	Capture *archive.Capture     // nil when there is none
	Err     error                // why: an *Error, or the cause of a cancelled context
	Body    []byte               // of Capture, without its content coding
	BodyErr error                // why Body is not all of it
	Conns   []archive.Connection // made for it: none when a kept one was used
}

// A Transport is a Client with the face of an http.RoundTripper. Responses have
// decoded bodies, and no charset in their Content-Type: colly would convert the
// body by it. It belongs to one user, who makes one request at a time.
type Transport struct {
	Client *Client
	last   Exchange
	conns  []archive.Connection
}

// NewTransport makes a Transport with a Client of its own. No body is unpacked to
// more than Options.MaxBody bytes.
func NewTransport(opt Options) (*Transport, error) {
	t := &Transport{}
	also := opt.Connected
	opt.Connected = func(c archive.Connection) {
		t.conns = append(t.conns, c)
		if also != nil {
			also(c)
		}
	}
	var err error
	if t.Client, err = New(opt); err != nil {
		return nil, err
	}
	return t, nil
}

// Close closes the connections that are kept.
func (t *Transport) Close() { t.Client.Close() }

// Take is the exchange of the last request, once.
func (t *Transport) Take() Exchange {
	last := t.last
	t.last = Exchange{}
	return last
}

// limitKey is the context's key of the limit of a body.
type limitKey struct{}

// WithMaxBody gives one request another limit than Options.MaxBody.
func WithMaxBody(ctx context.Context, limit int64) context.Context {
	return context.WithValue(ctx, limitKey{}, limit)
}

func (o Options) maxBody(ctx context.Context) int64 {
	if limit, ok := ctx.Value(limitKey{}).(int64); ok {
		return limit
	}
	return o.MaxBody
}

// RoundTrip makes one exchange. A body that came in part, or decodes in part, is
// handed out as far as it goes: whether that will do is for whoever takes the
// exchange.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	c, err := t.Client.Do(req.Context(), req)
	t.last = Exchange{Capture: c, Err: err, Conns: t.conns}
	t.conns = nil
	if err != nil {
		return nil, err
	}
	t.last.Body, t.last.BodyErr = c.Body(t.Client.opt.maxBody(req.Context()))
	return respond(req, c, t.last.Body), nil
}

// respond makes a response of a capture and its decoded body.
func respond(req *http.Request, c *archive.Capture, body []byte) *http.Response {
	header := c.Header.Clone()
	for _, name := range []string{"Content-Encoding", "Transfer-Encoding", "Trailer"} {
		header.Del(name)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Content-Type", withoutCharset(c.Header.Get("Content-Type")))
	return &http.Response{
		Status: strconv.Itoa(c.Status) + " " + http.StatusText(c.Status), StatusCode: c.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
		Uncompressed: true, Request: req,
	}
}

// withoutCharset is a media type without its parameters, well written or not.
func withoutCharset(contentType string) string {
	kind := strings.FieldsFunc(contentType, func(r rune) bool { return strings.ContainsRune("; ,\t", r) })
	if len(kind) == 0 {
		return ""
	}
	return kind[0]
}

var _ http.RoundTripper = (*Transport)(nil)
