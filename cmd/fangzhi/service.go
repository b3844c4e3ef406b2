package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A service tells systemd how the program is: sd_notify(3), where NOTIFY_SOCKET says
// that somebody listens. Its methods may be called from several goroutines.
type service struct {
	conn net.Conn // nil when nobody listens
	done chan struct{}
	wait sync.WaitGroup

	mu   sync.Mutex
	told time.Time
}

// statusEvery is the time between two changes of the status line.
const statusEvery = time.Second

// newService says that the program is ready, and from then on that it is alive.
func (a *app) newService() *service {
	s := &service{done: make(chan struct{})}
	address := a.getenv("NOTIFY_SOCKET")
	if address == "" {
		return s
	}
	if strings.HasPrefix(address, "@") { // a socket without a file
		address = "\x00" + address[1:]
	}
	conn, err := net.Dial("unixgram", address)
	if err != nil { // a crawl is worth more than its status line
		fmt.Fprintln(a.stderr, a.lang.say("fangzhi: warning: NOTIFY_SOCKET: %v", "fangzhi: 警告：NOTIFY_SOCKET：%v", err))
		return s
	}
	s.conn = conn
	s.say("READY=1")
	if us, err := strconv.ParseInt(a.getenv("WATCHDOG_USEC"), 10, 64); err == nil && us > 0 {
		s.wait.Go(func() { s.live(time.Duration(us) * time.Microsecond / 2) })
	}
	return s
}

func (s *service) live(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		s.say("WATCHDOG=1")
		select {
		case <-tick.C:
		case <-s.done:
			return
		}
	}
}

// status changes the line that `systemctl status` shows.
func (s *service) status(text string) {
	if s == nil || s.conn == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); now.Sub(s.told) >= statusEvery {
		s.told = now
		s.say("STATUS=" + text)
	}
}

// say sends one message. Whether it arrives is systemd's concern.
func (s *service) say(text string) { _, _ = s.conn.Write([]byte(text)) }

func (s *service) stop() {
	close(s.done)
	s.wait.Wait()
	if s.conn != nil {
		s.say("STOPPING=1")
		_ = s.conn.Close()
	}
}
