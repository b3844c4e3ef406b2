package owner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fangzhi/archive"
)

// A Session is an archive as a command uses it: an archive.Reader that owns the
// archive or asks who does. Its methods may be called from several goroutines.
type Session struct {
	dir  string
	role Role
	opt  Options
	turn chan struct{} // held while seeking

	mu     sync.Mutex
	own    *tenure // nil while asking
	peer   *peer   // nil while owning, and before the first question
	closed bool
	save   func(context.Context, string) (Saved, error)
}

var _ archive.Reader = (*Session)(nil)

// Open opens the archive in dir, or finds out who has it open. For a crawl the
// error is *BusyError when there is another one.
func Open(ctx context.Context, dir string, role Role, opt Options) (*Session, error) {
	s := &Session{dir: dir, role: role, opt: opt.withDefaults(), turn: make(chan struct{}, 1)}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, archive.ErrNoArchive)
	}
	if err := s.seek(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the session. Who owns the archive closes it first: calls in hand are
// finished, and others take over.
func (s *Session) Close() error {
	s.mu.Lock()
	own := s.own
	s.closed, s.own, s.peer = true, nil, nil
	s.mu.Unlock()
	if own == nil {
		return nil
	}
	err := own.end(0)
	if own.srv != nil {
		own.srv.finish()
	}
	return err
}

// OnSave registers what a crawl does when another process asks it to save a page.
func (s *Session) OnSave(save func(ctx context.Context, url string) (Saved, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.save = save
}

func (s *Session) saver() func(context.Context, string) (Saved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.save
}

// do makes one call: here when this process owns the archive, else there. While
// the archive changes hands it seeks again, for as long as its patience lasts.
func (s *Session) do(ctx context.Context, here func(context.Context, Backend) error, there func(context.Context, *peer) error) error {
	var wait backoff
	for {
		own, p, err := s.way()
		if err != nil {
			return err
		}
		switch {
		case own != nil:
			err = own.use(ctx, here)
		case p != nil:
			err = there(ctx, p)
		default:
			err = errMoved
		}
		if !isGone(err) {
			return err
		}
		s.leave(own, p)
		if err := wait.next(ctx, s.opt.Patience, err); err != nil {
			return err
		}
		if err := s.seek(ctx); err != nil {
			return err
		}
	}
}

// isGone tells whether another owner may have the answer.
func isGone(err error) bool {
	gone := (*goneError)(nil)
	return errors.Is(err, errMoved) || errors.As(err, &gone)
}

func (s *Session) way() (*tenure, *peer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, archive.ErrClosed
	}
	return s.own, s.peer, nil
}

// leave forgets a way that led nowhere, unless another one was found since.
func (s *Session) leave(own *tenure, p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own != nil && s.own == own {
		s.own = nil
	}
	if p != nil && s.peer == p {
		s.peer = nil
	}
}

func (s *Session) found(own *tenure, p *peer) error {
	s.mu.Lock()
	if !s.closed {
		s.own, s.peer = own, p
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	if own != nil {
		return errors.Join(archive.ErrClosed, own.end(0))
	}
	return archive.ErrClosed
}

// seek finds a way to the archive: it takes the lock or learns who has it. One
// goroutine of the session seeks at a time, the others use what it found.
func (s *Session) seek(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if own, p, err := s.way(); err != nil || own != nil || p != nil {
		return err
	}
	var wait backoff
	for {
		own, p, err := s.try(ctx)
		if err == nil {
			return s.found(own, p)
		}
		if !isGone(err) {
			return err
		}
		if err := wait.next(ctx, s.opt.Patience, err); err != nil {
			return s.blame(err)
		}
	}
}

// try takes the lock, or reaches whoever has it. errMoved and *goneError mean
// that it may be otherwise in a moment.
func (s *Session) try(ctx context.Context) (*tenure, *peer, error) {
	name := filepath.Join(s.dir, FileName)
	l, err := tryLock(name)
	if errors.Is(err, ErrReadOnly) {
		return s.tryReadOnly(ctx, name)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open archive %s: %w", s.dir, err)
	}
	if l == nil {
		p, err := s.meet(ctx, name)
		return nil, p, err
	}
	if s.role == Read && l.message().keptFrom(self, time.Now()) {
		return nil, nil, errors.Join(errMoved, l.release())
	}
	own, err := s.begin(ctx, l)
	return own, nil, err
}

// tryReadOnly reads without a lock, unless somebody who has one can be asked.
func (s *Session) tryReadOnly(ctx context.Context, name string) (*tenure, *peer, error) {
	if s.role == Crawl {
		return nil, nil, fmt.Errorf("open archive %s: %w", s.dir, ErrReadOnly)
	}
	if m, err := readMessage(name); err == nil && m.Address != "" {
		p := newPeer(s.dir, m, s.opt.Version)
		if p.hello(ctx) == nil {
			return nil, p, nil
		}
	}
	own, err := s.beginReadOnly(ctx)
	return own, nil, err
}

// meet reaches the process that has the lock. A crawl wants the archive of it.
func (s *Session) meet(ctx context.Context, name string) (*peer, error) {
	m, err := readMessage(name)
	if errors.Is(err, errTorn) || err == nil && m.Address == "" {
		return nil, &goneError{cause: errors.New("it has not said where it is")}
	}
	if err != nil {
		return nil, err
	}
	p := newPeer(s.dir, m, s.opt.Version)
	if err := p.hello(ctx); err != nil {
		return nil, err
	}
	if s.role == Read {
		return p, nil
	}
	if p.message.Role == Crawl {
		return nil, &BusyError{Dir: s.dir, PID: p.message.PID, Since: p.message.Since}
	}
	if err := p.ask(ctx, "handover", handoverQuestion{PID: self}, &nothing{}); err != nil {
		return nil, err
	}
	return nil, errMoved // and the lock is free, or will be
}

// blame names the process that has the lock and does not answer.
func (s *Session) blame(err error) error {
	late := (*lateError)(nil)
	if !errors.As(err, &late) {
		return err
	}
	m, _ := readMessage(filepath.Join(s.dir, FileName))
	if s.role == Crawl && m.Role == Crawl {
		return &BusyError{Dir: s.dir, PID: m.PID, Since: m.Since}
	}
	return &SilentError{Dir: s.dir, PID: m.PID, Since: m.Since, Cause: late.last}
}

// A backoff waits between attempts, longer each time.
type backoff struct {
	began time.Time
	pause time.Duration
}

// A lateError says that patience is at an end.
type lateError struct{ last error }

func (e *lateError) Error() string { return e.last.Error() }
func (e *lateError) Unwrap() error { return e.last }

func (b *backoff) next(ctx context.Context, patience time.Duration, last error) error {
	if b.began.IsZero() {
		b.began, b.pause = time.Now(), time.Millisecond
	}
	if time.Since(b.began) > patience {
		return &lateError{last}
	}
	select {
	case <-time.After(b.pause):
	case <-ctx.Done():
		return ctx.Err()
	}
	b.pause = min(2*b.pause, 50*time.Millisecond)
	return nil
}
