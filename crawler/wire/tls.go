package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// encrypt puts TLS under link and notes what was agreed.
func (c *Client) encrypt(o order, link *conn) error {
	secure, err := c.handshake(o.ctx, link.Conn, c.tlsConfig(o.host, c.opt.TLS))
	if err != nil {
		return fmt.Errorf("tls with %s: %w", o.addr, err)
	}
	link.Conn = secure
	state := secure.ConnectionState()
	link.info.TLS = tls.VersionName(state.Version)
	link.info.Cipher = tls.CipherSuiteName(state.CipherSuite)
	link.info.Verified = len(state.VerifiedChains) > 0 || c.verifies(state.PeerCertificates, o.host)
	for _, cert := range state.PeerCertificates {
		link.info.Chain = append(link.info.Chain, base64.StdEncoding.EncodeToString(cert.Raw))
	}
	return nil
}

// handshake takes over nc: it is closed when the handshake fails.
func (c *Client) handshake(ctx context.Context, nc net.Conn, config *tls.Config) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.TLSTimeout)
	defer cancel()
	secure := tls.Client(nc, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, err
	}
	return secure, nil
}

func (c *Client) tlsConfig(host string, mode TLSMode) *tls.Config {
	config := &tls.Config{
		ServerName: host,
		RootCAs:    c.roots(),
		NextProtos: []string{"http/1.1"},
		MinVersion: tls.VersionTLS12,
	}
	if mode == Verified {
		return config
	}
	config.MinVersion = tls.VersionTLS10
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	// The large key shares of today make some old servers hang up.
	config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
	config.Renegotiation = tls.RenegotiateOnceAsClient
	config.InsecureSkipVerify = mode == Unverified
	return config
}

// verifies tells what verifying would have said of a chain that was taken as it is.
func (c *Client) verifies(chain []*x509.Certificate, host string) bool {
	if len(chain) == 0 {
		return false
	}
	opt := x509.VerifyOptions{DNSName: host, Roots: c.roots(), Intermediates: x509.NewCertPool()}
	for _, cert := range chain[1:] {
		opt.Intermediates.AddCert(cert)
	}
	_, err := chain[0].Verify(opt)
	return err == nil
}

func (c *Client) roots() *x509.CertPool {
	if c.opt.Roots != nil {
		return c.opt.Roots
	}
	return machineRoots()
}

// machineRoots are the roots of the machine, or Mozilla's on one that has none:
// a container made from nothing.
var machineRoots = sync.OnceValue(func() *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err == nil && !pool.Equal(x509.NewCertPool()) {
		return pool
	}
	return mozillaRoots()
})

func mozillaRoots() *x509.CertPool {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		switch {
		case err != nil: // one that this version of Go does not take
		case root.Constraint != nil:
			pool.AddCertWithConstraint(cert, root.Constraint)
		default:
			pool.AddCert(cert)
		}
	}
	return pool
}
