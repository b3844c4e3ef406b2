package ledger

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Key signs checkpoints. Its file has one line, as golang.org/x/mod/sumdb/note
// writes it, and is for its owner's eyes only.
type Key struct {
	note.Signer
	Public string // the verifier key: name, hash, Ed25519 public key
	Made   bool   // just now
}

// A KeyError says what is wrong with the file of a key.
type KeyError struct {
	File  string
	Cause error
}

func (e *KeyError) Error() string { return fmt.Sprintf("signing key %s: %v", e.File, e.Cause) }
func (e *KeyError) Unwrap() error { return e.Cause }

// LoadKey reads the key in a file; if there is no file it makes both. A file that
// others may read is refused: whoever has the key can sign another history.
func LoadKey(file string) (*Key, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, &KeyError{file, err}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, &KeyError{file, fmt.Errorf("its mode is %04o, so that others may read it; `chmod 600` it, and if others have had it, move it away: the next crawl makes a new one", mode)}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &KeyError{file, err}
	}
	return keyOf(file, string(text))
}

func keyOf(file, text string) (*Key, error) {
	secret := strings.TrimSpace(text)
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, &KeyError{file, errors.New("it is not a key as signed notes have them")}
	}
	public, err := publicOf(secret)
	if err != nil {
		return nil, &KeyError{file, err}
	}
	return &Key{Signer: signer, Public: public}, nil
}

func makeKey(file string) (*Key, error) {
	var id [8]byte
	rand.Read(id[:])
	secret, public, err := note.GenerateKey(rand.Reader, "fangzhi.local/"+hex.EncodeToString(id[:]))
	if err != nil {
		return nil, &KeyError{file, err}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return nil, &KeyError{file, err}
	}
	// Not by a rename: two processes must not make two.
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, &KeyError{file, err}
	}
	_, err = f.WriteString(secret + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, &KeyError{file, err}
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, &KeyError{file, err}
	}
	return &Key{Signer: signer, Public: public, Made: true}, nil
}

// publicOf is the verifier key that belongs to a secret one:
// PRIVATE+KEY+name+hash+base64 of an algorithm byte and the seed.
func publicOf(secret string) (string, error) {
	parts := strings.SplitN(secret, "+", 5)
	if len(parts) != 5 {
		return "", errors.New("it is not a key as signed notes have them")
	}
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errors.New("its seed is not of Ed25519")
	}
	return note.NewEd25519VerifierKey(parts[2], ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey))
}

// Verifiers are the keys in the lines of a text. An error names the line.
func Verifiers(text string) (note.Verifiers, error) {
	var all []note.Verifier
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" && text == "" {
			break
		}
		v, err := note.NewVerifier(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: not a verifier key: %w", i+1, err)
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}
