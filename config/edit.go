package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrChanged says that somebody else wrote to a file while we were adding to it.
// Nothing was written then.
var ErrChanged = errors.New("file was changed by somebody else meanwhile")

// Create writes a new file, and fails with fs.ErrExist if there is one.
func Create(path, text string) error {
	if _, err := Parse(path, []byte(text)); err != nil {
		return err
	}
	return writeNew(path, []byte(text))
}

// Parse is Load for a text that would stand at path.
func Parse(path string, text []byte) (*Config, error) {
	l := loader{read: overlay(path, text), emptyInclude: true}
	return l.load(path, nil)
}

// AddSite adds a site to the configuration at path: as a file of its own,
// sites/<name>.toml, where an include would find it, else at the end of the file.
// What is there already stays byte for byte. Nothing is written unless the result
// loads; else the error is that of Load. added is the file that was written.
func AddSite(path string, site Site) (added string, err error) {
	l := loader{read: os.ReadFile, emptyInclude: true}
	c, err := l.load(path, nil)
	if err != nil {
		return "", err
	}
	if site.Name == "" {
		site.Name = site.Preset
	}
	if own := c.ownFile(path, site.Name); own != "" {
		return own, addFile(path, own, site)
	}
	return path, appendSite(path, site)
}

// ownFile is the file for a site by itself, "" if no include would find it.
func (c *Config) ownFile(path, name string) string {
	own := filepath.Join("sites", name+".toml")
	for _, pattern := range c.Include {
		if ok, err := filepath.Match(filepath.FromSlash(pattern), own); ok && err == nil {
			return filepath.Join(filepath.Dir(path), own)
		}
	}
	return ""
}

func addFile(path, own string, site Site) error {
	text := []byte(site.TOML())
	if err := checkSite(site, own, text); err != nil {
		return err
	}
	if Exists(own) {
		return fmt.Errorf("add site %s: %s: %w", site.Name, own, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Dir(own), 0o777); err != nil {
		return fmt.Errorf("add site %s: %w", site.Name, err)
	}
	if err := writeNew(own, text); err != nil {
		return err
	}
	l := loader{read: os.ReadFile}
	if _, err := l.load(path, nil); err != nil { // a twin in another file
		return errors.Join(err, os.Remove(own))
	}
	return nil
}

// checkSite loads a file with nothing but the site.
func checkSite(site Site, file string, text []byte) error {
	l := loader{read: overlay(file, text)}
	_, err := l.load(file, nil)
	return err
}

func appendSite(path string, site Site) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("add site %s: %w", site.Name, err)
	}
	text := appended(old, site.TOML())
	l := loader{read: overlay(path, text), emptyInclude: true}
	if _, err := l.load(path, nil); err != nil {
		return err
	}
	return replace(path, old, text)
}

// appended puts a block at the end of a text, with its line endings.
func appended(old []byte, block string) []byte {
	newline := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		newline = "\r\n"
		block = strings.ReplaceAll(block, "\n", newline)
	}
	text := bytes.Clone(old)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, newline...)
	}
	if len(text) > 0 {
		text = append(text, newline...)
	}
	return append(text, block...)
}

// overlay reads files from disk, but one as if it held text.
func overlay(path string, text []byte) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if absolute(name) == absolute(path) {
			return text, nil
		}
		return os.ReadFile(name)
	}
}

// writeNew puts a file where there is none: complete, or not at all.
func writeNew(path string, text []byte) error {
	temp, err := writeTemp(filepath.Dir(path), text, 0o644)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if Exists(path) { // no links on this file system: a rename must do
		return fmt.Errorf("create %s: %w", path, fs.ErrExist)
	}
	return rename(temp, path)
}

// replace puts text in place of old, if old is still there. A symbolic link stays
// one, and so does the file's mode.
func replace(path string, old, text []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	temp, err := writeTemp(filepath.Dir(target), text, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer os.Remove(temp) // of no effect after the rename
	now, err := os.ReadFile(target)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if !bytes.Equal(now, old) {
		return fmt.Errorf("write %s: %w", path, ErrChanged)
	}
	return rename(temp, target)
}

// writeTemp writes a file beside its future place and returns after its fsync.
func writeTemp(dir string, text []byte, mode fs.FileMode) (name string, err error) {
	f, err := os.CreateTemp(dir, ".fangzhi-*.toml.tmp")
	if err != nil {
		return "", fmt.Errorf("write configuration: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(fmt.Errorf("write configuration: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// rename is done when the directory is on disk, where directories can be synced.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(to)); err == nil {
		_ = dir.Sync() // Windows and some network file systems cannot
		dir.Close()
	}
	return nil
}
