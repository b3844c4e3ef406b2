package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fangzhi/archive"
)

// Limits of what a peer may send.
const (
	maxQuestion = 256 << 10
	maxAnswer   = 256 << 20
)

// Headers of a question.
const (
	headerToken    = "Fangzhi-Token"
	headerProtocol = "Fangzhi-Protocol"
	headerVersion  = "Fangzhi-Version"
	headerTimeout  = "Fangzhi-Timeout-Ms" // after which a partial answer is wanted
)

// An envelope is an answer: exactly one field is set.
type envelope struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *wireError      `json:"error,omitempty"`
}

// A wireError is an error with a code that means the same on either side.
type wireError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Bucket  string `json:"bucket,omitempty"`
	Key     string `json:"key,omitempty"`
}

// codes are the errors that callers branch on. Never rename one.
var codes = []struct {
	code string
	err  error
}{
	{"not-found", archive.ErrNotFound},
	{"ambiguous", archive.ErrAmbiguous},
	{"no-archive", archive.ErrNoArchive},
	{"newer", archive.ErrNewer},
	{"closed", archive.ErrClosed},
	{"moved", errMoved},
	{"no-crawl", ErrNoCrawl},
	{"read-only", ErrReadOnly},
	{"canceled", context.Canceled},
	{"deadline", context.DeadlineExceeded},
}

// toWire names err for the other side.
func toWire(err error) *wireError {
	w := &wireError{Code: "failed", Message: err.Error()}
	if damaged := (*archive.DamagedError)(nil); errors.As(err, &damaged) {
		w.Code, w.Bucket, w.Key = "damaged", damaged.Bucket, damaged.Key
		return w
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			w.Code = c.code
			break
		}
	}
	return w
}

// fromWire is the error that the owner had, as far as callers can tell.
func fromWire(w *wireError) error {
	if w.Code == "damaged" {
		return &askedError{w.Message, &archive.DamagedError{Bucket: w.Bucket, Key: w.Key}}
	}
	for _, c := range codes {
		if w.Code == c.code {
			return &askedError{w.Message, c.err}
		}
	}
	return errors.New(w.Message)
}

// An askedError is an error of the owner, in its own words.
type askedError struct {
	message string
	cause   error
}

func (e *askedError) Error() string { return e.message }
func (e *askedError) Unwrap() error { return e.cause }

// Questions with more than one argument.
type (
	exportQuestion struct {
		Query  archive.Query `json:"query"`
		Cursor string        `json:"cursor,omitempty"`
		N      int           `json:"n"`
	}
	observationsQuestion struct {
		Site string `json:"site,omitempty"`
		N    int    `json:"n"`
	}
	pausedQuestion struct {
		Site   string `json:"site"`
		Paused bool   `json:"paused"`
	}
	handoverQuestion struct {
		PID int `json:"pid"`
	}
	nothing struct{}
)

// A method answers one kind of question.
type method func(ctx context.Context, b Backend, question []byte) (any, error)

// methods are what any owner answers; hello, handover and save, which concern the
// tenure, are the server's.
var methods = map[string]method{
	"search": answering(func(ctx context.Context, b Backend, q archive.Query) (*archive.Results, error) {
		return b.Search(ctx, q)
	}),
	"article": answering(func(ctx context.Context, b Backend, ref string) (*archive.Article, error) {
		return b.Article(ctx, ref)
	}),
	"export": answering(func(ctx context.Context, b Backend, q exportQuestion) (*archive.ExportPage, error) {
		return b.Export(ctx, q.Query, q.Cursor, q.N)
	}),
	"observations": answering(func(ctx context.Context, b Backend, q observationsQuestion) ([]archive.Observation, error) {
		return b.Observations(ctx, q.Site, q.N)
	}),
	"report": answering(func(ctx context.Context, b Backend, q archive.ReportQuery) ([]archive.URLReport, error) {
		return b.Report(ctx, q)
	}),
	"coverage": answering(func(ctx context.Context, b Backend, q archive.CoverageQuery) (*archive.Coverage, error) {
		return b.Coverage(ctx, q)
	}),
	"pending": answering(func(ctx context.Context, b Backend, _ nothing) (*archive.Pending, error) {
		return b.Pending(ctx)
	}),
	"status": answering(func(ctx context.Context, b Backend, _ nothing) (*archive.Status, error) {
		return b.Status(ctx)
	}),
	"pause": answering(func(ctx context.Context, b Backend, q pausedQuestion) (nothing, error) {
		return nothing{}, b.SetPaused(ctx, q.Site, q.Paused)
	}),
}

func answering[Q, A any](f func(context.Context, Backend, Q) (A, error)) method {
	return func(ctx context.Context, b Backend, question []byte) (any, error) {
		var q Q
		if err := json.Unmarshal(question, &q); err != nil {
			return nil, fmt.Errorf("read question: %w", err)
		}
		return f(ctx, b, q)
	}
}

// timeoutFor is what is told to the owner of the time that ctx leaves, so that
// its partial answer arrives before ctx ends; 0 for no limit.
func timeoutFor(ctx context.Context) time.Duration {
	end, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	left := time.Until(end)
	return max(left-max(left/10, 20*time.Millisecond), time.Millisecond)
}
