package owner

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// heartbeat is the time between the blank lines of an answer that is being made.
const heartbeat = time.Second

// A server answers the questions of other processes during one tenure.
type server struct {
	tenure   *tenure
	listener net.Listener
	http     *http.Server
	served   chan struct{}
}

func newServer(dir string, t *tenure) (*server, string, error) {
	l, address, err := listen(dir)
	if err != nil {
		return nil, "", fmt.Errorf("listen for other processes: %w", err)
	}
	s := &server{tenure: t, listener: l, served: make(chan struct{})}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	s.http.SetKeepAlivesEnabled(false)
	go func() {
		defer close(s.served)
		s.http.Serve(l) // ends with the listener
	}()
	return s, address, nil
}

// stopListening lets nobody connect any more and removes the socket; answers in
// hand are still written.
func (s *server) stopListening() error {
	err := s.listener.Close()
	<-s.served
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// finish waits until the last answers are written, for a little while.
func (s *server) finish() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		s.http.Close()
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	if !ok || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	if subtle.ConstantTimeCompare([]byte(r.Header.Get(headerToken)), []byte(s.tenure.me.Token)) != 1 {
		http.Error(w, "wrong token", http.StatusForbidden)
		return
	}
	question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err != nil {
		http.Error(w, "question is too long", http.StatusRequestEntityTooLarge)
		return
	}
	ctx, cancel := contextOf(r)
	defer cancel()
	reply(w, func() (any, error) { return s.answer(ctx, name, r.Header, question) })
}

// contextOf ends when the asker goes away, or when it wants a partial answer.
func contextOf(r *http.Request) (context.Context, context.CancelFunc) {
	ms, err := strconv.Atoi(r.Header.Get(headerTimeout))
	if err != nil || ms <= 0 {
		return context.WithCancel(r.Context())
	}
	return context.WithTimeout(r.Context(), time.Duration(ms)*time.Millisecond)
}

func (s *server) answer(ctx context.Context, name string, header http.Header, question []byte) (any, error) {
	switch name {
	case "hello":
		me := s.tenure.me
		me.Token = ""
		return me, nil
	case "handover":
		return s.handover(question)
	}
	if p := header.Get(headerProtocol); p != strconv.Itoa(protocol) {
		return nil, fmt.Errorf("fangzhi %s speaks protocol %q, the owner of the archive %d", header.Get(headerVersion), p, protocol)
	}
	if name == "save" {
		return s.save(ctx, question)
	}
	m, ok := methods[name]
	if !ok {
		return nil, fmt.Errorf("no method %q", name)
	}
	var result any
	err := s.tenure.use(ctx, func(ctx context.Context, b Backend) (err error) {
		result, err = m(ctx, b, question)
		return err
	})
	return result, err
}

// handover ends the tenure for a crawl that asks; a crawl hands over to nobody.
func (s *server) handover(question []byte) (any, error) {
	var q handoverQuestion
	if err := json.Unmarshal(question, &q); err != nil || q.PID <= 0 {
		return nil, fmt.Errorf("handover to %q", question)
	}
	if s.tenure.me.Role == Crawl {
		return nil, errors.New("a crawl does not hand over")
	}
	<-s.tenure.ready
	// An error of closing is the reader's loss: its archive is closed and the
	// lock released either way.
	_ = s.tenure.end(q.PID)
	return nothing{}, nil
}

func (s *server) save(ctx context.Context, question []byte) (any, error) {
	var url string
	if err := json.Unmarshal(question, &url); err != nil {
		return nil, err
	}
	save := s.tenure.save()
	if save == nil || s.tenure.me.Role != Crawl {
		return nil, ErrNoCrawl
	}
	var saved Saved
	err := s.tenure.use(ctx, func(ctx context.Context, _ Backend) (err error) {
		saved, err = save(ctx, url)
		return err
	})
	return saved, err
}

// reply writes what work returns, and blank lines until it does.
func reply(w http.ResponseWriter, work func() (any, error)) {
	w.Header().Set("Content-Type", "application/json")
	done := make(chan envelope, 1)
	go func() { done <- enveloped(work) }()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case e := <-done:
			json.NewEncoder(w).Encode(e) // a peer that went away hears nothing
			return
		case <-beat.C:
			io.WriteString(w, "\n")
			http.NewResponseController(w).Flush()
		}
	}
}

// enveloped catches panics: a question must not end a crawl.
func enveloped(work func() (any, error)) (e envelope) {
	defer func() {
		if bug := recover(); bug != nil {
			e = envelope{Error: &wireError{Code: "failed", Message: fmt.Sprintf("bug in the owner: %v", bug)}}
		}
	}()
	result, err := work()
	if err != nil {
		return envelope{Error: toWire(err)}
	}
	b, err := json.Marshal(result)
	if err != nil {
		return envelope{Error: toWire(err)}
	}
	if len(b) > maxAnswer/2 {
		return envelope{Error: toWire(fmt.Errorf("answer of %d bytes is too long: ask for less", len(b)))}
	}
	return envelope{Result: b}
}
