package wire

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"fangzhi/archive"
)

// certificate is one that signs itself, for host.
func certificate(t *testing.T, host string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func pool(t *testing.T, cert tls.Certificate) *x509.CertPool {
	t.Helper()
	parsed, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	p.AddCert(parsed)
	return p
}

const helloResponse = "HTTP/1.1 200 OK\r\nx-Odd: 1\r\nContent-Length: 5\r\n\r\nhello"

// serveTLS serves helloResponse.
func serveTLS(t *testing.T, config *tls.Config) *server {
	return serveOn(t, tls.NewListener(listen(t), config), answers(helloResponse, helloResponse))
}

func TestTLSModes(t *testing.T) {
	const host = "www.example.gov.cn"
	nextYear, lastHour := time.Now().AddDate(1, 0, 0), time.Now().Add(-time.Hour)
	good, wrongHost, expired := certificate(t, host, nextYear), certificate(t, "other.cn", nextYear), certificate(t, host, lastHour)
	old := func(c *tls.Config) {
		c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	}
	for _, test := range []struct {
		name     string
		mode     TLSMode
		cert     tls.Certificate
		roots    bool // the certificate is among our roots
		server   func(*tls.Config)
		taken    bool
		verified bool
	}{
		{"verified, trusted", Verified, good, true, nil, true, true},
		{"verified, self-signed", Verified, good, false, nil, false, false},
		{"verified, other host", Verified, wrongHost, true, nil, false, false},
		{"verified, expired", Verified, expired, true, nil, false, false},
		{"verified, TLS 1.0", Verified, good, true, old, false, false},
		{"legacy, TLS 1.0", Legacy, good, true, old, true, true},
		{"legacy, self-signed", Legacy, good, false, nil, false, false},
		{"unverified, self-signed", Unverified, good, false, nil, true, false},
		{"unverified, expired", Unverified, expired, true, nil, true, false},
		{"unverified, other host", Unverified, wrongHost, true, nil, true, false},
		{"unverified, TLS 1.0", Unverified, wrongHost, false, old, true, false},
		{"unverified, and yet trusted", Unverified, good, true, nil, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{test.cert}}
			if test.server != nil {
				test.server(config)
			}
			s := serveTLS(t, config)
			opt := Options{TLS: test.mode, Dial: dialTo(s.addr()), Roots: x509.NewCertPool()}
			if test.roots {
				opt.Roots = pool(t, test.cert)
			}
			var made []archive.Connection
			opt.Connected = func(c archive.Connection) { made = append(made, c) }
			capture, err := client(t, opt).Do(t.Context(), get(t, "https://"+host+"/"))
			if !test.taken {
				var failure *Error
				if !errors.As(err, &failure) || failure.Reason != archive.NoConnection || len(made) != 0 {
					t.Errorf("capture %v, error %v, connections %v", capture, err, made)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if string(capture.Response) != helloResponse || !strings.HasPrefix(string(capture.Request), "GET / HTTP/1.1\r\n") {
				t.Errorf("%q -> %q", capture.Request, capture.Response)
			}
			m := made[0]
			if m.Host != host+":443" || m.Verified != test.verified || m.TLSMode != string(test.mode) || m.TLS == "" || m.Cipher == "" {
				t.Errorf("reported %+v", m)
			}
			if len(m.Chain) != 1 || m.Chain[0] != base64.StdEncoding.EncodeToString(test.cert.Certificate[0]) {
				t.Errorf("chain %q", m.Chain)
			}
		})
	}
}

func TestTLSConnectionIsKept(t *testing.T) {
	cert := certificate(t, "example.cn", time.Now().AddDate(1, 0, 0))
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{cert}})
	c := client(t, Options{Roots: pool(t, cert), Dial: dialTo(s.addr())})
	for range 2 {
		if got := do(t, c, "https://example.cn/"); string(got.Response) != helloResponse {
			t.Errorf("got %q", got.Response)
		}
	}
	if s.count() != 1 {
		t.Errorf("%d connections", s.count())
	}
}

func TestHandshakeThatHangs(t *testing.T) {
	s := serve(t, func(_ *server, _ int, _ net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) })
	_, err := client(t, Options{TLSTimeout: 300 * time.Millisecond}).Do(t.Context(), get(t, "https://"+s.addr()+"/"))
	var failure *Error
	if !errors.As(err, &failure) || failure.Reason != archive.NoConnection {
		t.Errorf("error %v", err)
	}
}

func TestUnknownMode(t *testing.T) {
	if _, err := New(Options{TLS: "strict"}); err == nil {
		t.Error("taken")
	}
}

func TestRootsOfAMachineWithoutAny(t *testing.T) {
	if mozillaRoots().Equal(x509.NewCertPool()) {
		t.Error("no roots embedded")
	}
}
