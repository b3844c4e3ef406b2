package config

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// decode reads one file over what c holds. The errors are all *Error, at most one
// unless they are about unknown keys.
func decode(file string, data []byte, c *Config) (index, Errors) {
	if at := firstInvalid(data); at >= 0 {
		return nil, Errors{{Kind: Syntax, Place: placeAt(file, data, at), Message: "the file is not in UTF-8 here; save it as UTF-8"}}
	}
	decoder := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := decoder.Decode(c); err != nil {
		return nil, explain(file, data, err)
	}
	x := indexOf(file, data)
	if place, single := x["site"]; single && len(c.Sites) > 0 && !isListed(x) {
		return nil, Errors{{Kind: BadValue, Place: place, Key: "site", Message: "a site begins with [[site]], in double brackets"}}
	}
	return x, nil
}

// isListed tells whether sites stand in a list, as [[site]] or site = [ … ].
func isListed(x index) bool {
	_, ok := x["site.0"]
	return ok
}

// explain says in our words what the decoder found wrong.
func explain(file string, data []byte, err error) Errors {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var all Errors
		x := indexOf(file, data)
		for _, one := range strict.Errors {
			at := place(file, data, &one)
			all = append(all, unknownKey(at, x.key(at)))
		}
		return all
	}
	var one *toml.DecodeError
	if !errors.As(err, &one) {
		return Errors{badText(file, data, err)}
	}
	return Errors{badValue(place(file, data, one), data, one)}
}

// badValue is an error about the value of a known key, or else about the syntax.
func badValue(at Place, data []byte, err *toml.DecodeError) *Error {
	path := strings.ToLower(strings.Join(err.Key(), "."))
	k, known := keyAt(path)
	if !known || !isTOML(data) {
		return &Error{Kind: Syntax, Place: at, Key: path, Message: syntaxMessage(data, at, strings.TrimPrefix(err.Error(), "toml: "))}
	}
	return &Error{Kind: BadValue, Place: at, Key: path, Message: k.name() + ": want " + k.want}
}

// badText finds the text that a Duration or Size could not read: the decoder does
// not always tell where it stood.
func badText(file string, data []byte, err error) *Error {
	for _, t := range indexFile(file, data).texts {
		path := withoutNumbers(t.path)
		k, _ := keyAt(path)
		if k.reads == nil || k.reads().UnmarshalText([]byte(t.value)) == nil {
			continue
		}
		return &Error{Kind: BadValue, Place: t.at, Key: path, Message: k.name() + ": want " + k.want}
	}
	return &Error{Kind: Syntax, Place: Place{File: file}, Message: err.Error()}
}

// isTOML tells whether a document is in order by itself, so that what is wrong
// with it are its values.
func isTOML(data []byte) bool {
	var anything map[string]any
	return toml.Unmarshal(data, &anything) == nil
}

// unknownKey suggests the nearest key of its table, or the table it belongs to.
func unknownKey(at Place, path string) *Error {
	k := key{path: path}
	table, name := k.parent(), k.name()
	e := &Error{
		Kind: UnknownKey, Place: at, Key: join(table, name),
		Message: "unknown key " + name + " in " + tableName(table),
	}
	if table == "" {
		e.Message = "unknown key " + name + " at the top of the file"
	}
	here := keysIn(table)
	if e.Nearest = nearest(name, here); e.Nearest != "" {
		return e
	}
	if k, ok := elsewhere(name); ok {
		e.Message += "; it belongs to " + tableName(k.parent())
		e.Nearest = k.path
		return e
	}
	e.Message += "; it can have " + list(here, 20)
	return e
}

// elsewhere is the key of this name in another table.
func elsewhere(name string) (key, bool) {
	for _, k := range schema() {
		if k.name() == strings.ToLower(name) {
			return k, true
		}
	}
	return key{}, false
}

// place is where a decoder's error points to, in characters.
func place(file string, data []byte, err *toml.DecodeError) Place {
	line, column := err.Position()
	starts := lineStarts(data)
	if line < 1 || line > len(starts) {
		return Place{File: file}
	}
	start := starts[line-1]
	end := min(start+max(column-1, 0), len(data))
	return Place{file, line, utf8.RuneCount(data[start:end]) + 1}
}

func placeAt(file string, data []byte, offset int) Place {
	before := data[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return Place{file, bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1}
}

// firstInvalid is the offset of the first byte that is not UTF-8, -1 if all are.
func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
