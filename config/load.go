package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Load reads a configuration file, what it includes, the presets it names and the
// FANGZHI_* variables of environ (in the form of os.Environ), and validates the
// result. With path "" there is no file. What is wrong with the content is an
// *Error or Errors; fs.ErrNotExist says that there is no such file.
func Load(path string, environ []string) (*Config, error) {
	l := loader{read: os.ReadFile}
	return l.load(path, environ)
}

// A loader gathers one configuration out of its files.
type loader struct {
	read         func(string) ([]byte, error)
	emptyInclude bool // an include may match nothing, for now

	config   *Config
	included map[string]Place // files by absolute path, and where they were asked for
	errs     Errors
}

func (l *loader) load(path string, environ []string) (*Config, error) {
	l.config, l.included = Default(), map[string]Place{}
	if path != "" {
		if err := l.main(path); err != nil {
			return nil, err
		}
	}
	l.errs = append(l.errs, l.config.readEnvironment(environ)...)
	l.config.complete()
	if errs := append(l.errs, l.config.check()...); len(errs) > 0 {
		return nil, errs.asError()
	}
	return l.config, nil
}

// main reads the file that may say everything.
func (l *loader) main(path string) error {
	data, err := l.text(path)
	if err != nil {
		return err
	}
	l.included[absolute(path)] = Place{File: path, Line: 1, Column: 1}
	x, errs := decode(path, data, l.config)
	if errs != nil {
		return errs.asError()
	}
	l.config.from = originsOf(x, "")
	l.config.Files = append(l.config.Files, path)
	sites := l.config.Sites
	l.config.Sites = nil
	l.sites(sites, x)
	l.includes(path, l.config.Include, x, []string{absolute(path)})
	return nil
}

func (l *loader) text(path string) ([]byte, error) {
	data, err := l.read(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// includes reads the files that match the patterns of a file. chain are the files
// that led here.
func (l *loader) includes(path string, patterns []string, x index, chain []string) {
	for i, pattern := range patterns {
		at := x.at(fmt.Sprintf("include.%d", i))
		full := pattern
		if !filepath.IsAbs(pattern) {
			full = filepath.Join(escapePattern(filepath.Dir(path)), pattern)
		}
		matches, err := filepath.Glob(full)
		switch {
		case err != nil:
			l.wrong(&Error{Kind: BadInclude, Place: at, Key: "include", Message: fmt.Sprintf("%q is no file pattern", pattern)})
		case len(matches) == 0 && !l.emptyInclude:
			l.wrong(&Error{Kind: BadInclude, Place: at, Key: "include", Message: fmt.Sprintf("no file matches %q (looked in %s)", pattern, filepath.Dir(full))})
		}
		slices.Sort(matches)
		for _, match := range matches {
			l.include(match, at, chain)
		}
	}
}

func (l *loader) include(path string, at Place, chain []string) {
	name := absolute(path)
	if slices.Contains(chain, name) {
		l.wrong(&Error{Kind: BadInclude, Place: at, Key: "include", Also: l.included[name],
			Message: fmt.Sprintf("%s includes itself through this; it was read from %s", path, l.included[name])})
		return
	}
	if first, twice := l.included[name]; twice {
		l.wrong(&Error{Kind: Twice, Place: at, Key: "include", Also: first, Message: fmt.Sprintf("%s is included already by %s", path, first)})
		return
	}
	l.included[name] = at
	data, err := l.text(path)
	if err != nil {
		l.wrong(&Error{Kind: BadInclude, Place: at, Key: "include", Message: err.Error()})
		return
	}
	var part Config
	x, errs := decode(path, data, &part)
	if errs = append(errs, misplaced(x, l.config.Files[0])...); len(errs) > 0 {
		l.errs = append(l.errs, errs...)
		return
	}
	l.config.Files = append(l.config.Files, path)
	l.sites(part.Sites, x)
	l.includes(path, part.Include, x, append(chain[:len(chain):len(chain)], name))
}

// misplaced are keys in an included file that only the main file may have.
func misplaced(x index, main string) (errs Errors) {
	for _, name := range keysIn("") {
		if name == "site" || name == "include" {
			continue
		}
		if at, ok := x[name]; ok {
			errs = append(errs, &Error{Kind: BadValue, Place: at, Key: name,
				Message: fmt.Sprintf("%s belongs to %s; an included file has only [[site]] and include", name, main)})
		}
	}
	return errs
}

// sites adds the sites of one file, with their presets.
func (l *loader) sites(sites []Site, x index) {
	for i := range sites {
		s := sites[i]
		s.from = originsOf(x.below(fmt.Sprintf("site.%d", i)), "")
		if s.Preset != "" {
			if err := s.usePreset(); err != nil {
				l.wrong(err)
				continue
			}
		}
		l.config.Sites = append(l.config.Sites, s)
	}
}

func (l *loader) wrong(err *Error) { l.errs = append(l.errs, err) }

// absolute names a file the same whatever way led to it.
func absolute(path string) string {
	if full, err := filepath.EvalSymlinks(path); err == nil {
		path = full
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	return path
}

// escapePattern keeps brackets in the name of a directory from being a pattern.
func escapePattern(dir string) string {
	if os.PathSeparator == '\\' {
		return dir // Windows has no escapes in patterns
	}
	var b bytes.Buffer
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Exists tells whether there is a configuration file at path.
func Exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
