package owner

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"fangzhi/archive"
)

// promiseTime is how long readers leave a free lock to the crawl it was handed
// over to.
const promiseTime = 3 * time.Second

// A tenure is the time in which this process has the archive open. Calls enter
// and leave; end waits for them.
type tenure struct {
	me   message
	opt  Options
	lock *lock   // nil in a read-only directory
	srv  *server // nil where nothing can be served

	ready   chan struct{} // closed when the archive is open, or openErr set
	backend Backend
	openErr error

	kill context.CancelFunc // of all calls that are still running after the grace
	dead context.Context
	save func() func(context.Context, string) (Saved, error)

	mu     sync.Mutex
	calls  int
	ending bool
	idle   chan struct{} // closed when ending and calls is 0
	once   sync.Once
	endErr error
}

// begin starts a tenure with the lock taken: it says who it is and listens before
// it opens the archive, so that others learn at once whom to wait for.
func (s *Session) begin(ctx context.Context, l *lock) (*tenure, error) {
	t := s.newTenure(l)
	srv, address, err := newServer(s.dir, t)
	if err == nil {
		t.srv, t.me.Address = srv, address
	}
	if sayErr := l.say(t.me); sayErr != nil {
		err = errors.Join(err, fmt.Errorf("write %s: %w", FileName, sayErr))
	}
	if err != nil && s.role == Crawl { // a reader that cannot be asked is better than none
		return nil, errors.Join(err, t.end(0))
	}
	t.open(ctx, s.dir, ReadWrite)
	if t.openErr != nil {
		err := errors.Join(t.openErr, t.end(0))
		if errors.Is(err, archive.ErrNoArchive) {
			l.forget()
		}
		return nil, err
	}
	return t, nil
}

// beginReadOnly opens an archive in a directory that cannot be written, without
// a lock.
func (s *Session) beginReadOnly(ctx context.Context) (*tenure, error) {
	t := s.newTenure(nil)
	t.open(ctx, s.dir, ReadOnly)
	if t.openErr != nil {
		return nil, errors.Join(t.openErr, t.end(0))
	}
	return t, nil
}

func (s *Session) newTenure(l *lock) *tenure {
	dead, kill := context.WithCancel(context.Background())
	return &tenure{
		me:    message{PID: self, Since: s.opt.Now().UTC().Truncate(time.Second), Role: s.role, Token: rand.Text(), Version: s.opt.Version, Protocol: protocol},
		opt:   s.opt,
		lock:  l,
		ready: make(chan struct{}),
		idle:  make(chan struct{}),
		dead:  dead,
		kill:  kill,
		save:  s.saver,
	}
}

func (t *tenure) open(ctx context.Context, dir string, mode Mode) {
	t.backend, t.openErr = t.opt.Open(ctx, dir, mode)
	close(t.ready)
}

// use makes one call of the archive. It is errMoved when the tenure ended before
// the call was done: whoever asked has to ask the next owner.
func (t *tenure) use(ctx context.Context, call func(context.Context, Backend) error) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	defer t.leave()
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.dead, cancel)()
	err := call(inner, t.backend)
	if t.dead.Err() != nil && ctx.Err() == nil {
		return errMoved
	}
	return err
}

func (t *tenure) enter(ctx context.Context) error {
	select {
	case <-t.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ending || t.openErr != nil {
		return errMoved
	}
	t.calls++
	return nil
}

func (t *tenure) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls--
	if t.ending && t.calls == 0 {
		close(t.idle)
	}
}

// end closes the archive and releases the lock, promised to a process or, with 0,
// to nobody. Only the first call does anything; all return when it is done.
func (t *tenure) end(promised int) error {
	t.once.Do(func() { t.endErr = t.close(promised) })
	return t.endErr
}

func (t *tenure) close(promised int) error {
	t.drain()
	var errs []error
	if t.srv != nil {
		errs = append(errs, t.srv.stopListening())
	}
	if t.backend != nil {
		errs = append(errs, t.backend.Close())
	}
	if t.lock == nil {
		return errors.Join(errs...)
	}
	var m message
	if promised != 0 {
		m = message{Promised: promised, Until: time.Now().Add(promiseTime).UTC()}
	}
	_ = t.lock.say(m) // stale words only cost the next one a moment
	return errors.Join(append(errs, t.lock.release())...)
}

// drain lets no call begin any more and waits for those in hand, which are ended
// when they take longer than the grace.
func (t *tenure) drain() {
	t.mu.Lock()
	t.ending = true
	if t.calls == 0 {
		close(t.idle)
	}
	t.mu.Unlock()
	grace := time.NewTimer(t.opt.Grace)
	defer grace.Stop()
	select {
	case <-t.idle:
	case <-grace.C:
		t.kill()
		<-t.idle
	}
	t.kill()
}
