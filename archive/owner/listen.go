package owner

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// maxSocketPath: longer paths fail with "invalid argument" (104 bytes on BSD, 108
// on Linux, the final zero included).
const maxSocketPath = 100

// socketPrefix begins the names of all sockets of one archive.
func socketPrefix(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(dir))
	return "fangzhi-" + hex.EncodeToString(sum[:8]) + "-"
}

// listen opens a socket that only this user can use; its address goes into the
// message. The caller holds the lock: other sockets of this archive are those of
// owners that were killed, and are removed.
func listen(dir string) (net.Listener, string, error) {
	l, path, err := listenUnix(dir)
	if err == nil {
		return l, "unix:" + path, nil
	}
	l, tcpErr := net.Listen("tcp", "127.0.0.1:0")
	if tcpErr != nil {
		return nil, "", errors.Join(err, tcpErr)
	}
	return l, "tcp:" + l.Addr().String(), nil
}

func listenUnix(dir string) (net.Listener, string, error) {
	folder := os.Getenv("XDG_RUNTIME_DIR")
	if st, err := os.Stat(folder); err != nil || !st.IsDir() {
		folder = os.TempDir()
	}
	prefix := filepath.Join(folder, socketPrefix(dir))
	path := prefix + rand.Text()[:8] + ".sock" // a name of its own: whoever closes late unlinks only his own
	if len(path) >= maxSocketPath {
		return nil, "", fmt.Errorf("socket path %s has %d bytes", path, len(path))
	}
	stale, _ := filepath.Glob(prefix + "*.sock")
	for _, name := range stale {
		os.Remove(name)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, "", err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, "", err
	}
	return l, path, nil
}
