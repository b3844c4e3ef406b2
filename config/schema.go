package config

import (
	"encoding"
	"reflect"
	"strings"
	"sync"
)

// A key is one that a configuration may have.
type key struct {
	path   string // with its tables: site.rules.item
	want   string // what its value must be, for messages
	table  bool   // it holds other keys
	scalar bool   // it holds one value, which an environment variable may give
	field  []int  // index in Config, of keys outside of lists

	reads func() encoding.TextUnmarshaler // a new value that reads a text, nil if the type is TOML's own
}

// name is the last step of the path; parent what is before it, "" at the top.
func (k key) name() string   { return k.path[strings.LastIndexByte(k.path, '.')+1:] }
func (k key) parent() string { return strings.TrimSuffix(strings.TrimSuffix(k.path, k.name()), ".") }

// schema are the keys of Config in the order of its fields, read off the struct so
// that messages, Init's test and the environment cannot differ from it.
var schema = sync.OnceValue(func() []key { return keysOf(reflect.TypeFor[Config](), "", nil) })

func keysOf(t reflect.Type, prefix string, index []int) []key {
	var keys []key
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("toml")
		if name == "" || name == "-" {
			continue
		}
		at := append(index[:len(index):len(index)], i)
		k := key{path: prefix + name, want: f.Tag.Get("want"), field: at}
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		} else {
			k.scalar = !isTable(inner)
		}
		k.table = isTable(inner)
		if reflect.PointerTo(f.Type).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
			k.reads = func() encoding.TextUnmarshaler { return reflect.New(f.Type).Interface().(encoding.TextUnmarshaler) }
		}
		keys = append(keys, k)
		if k.table {
			keys = append(keys, keysOf(inner, k.path+".", at)...)
		}
	}
	return keys
}

// isTable tells whether values of type t are tables. A Duration is text.
func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[Duration]()
}

func keyAt(path string) (key, bool) {
	for _, k := range schema() {
		if k.path == path {
			return k, true
		}
	}
	return key{}, false
}

// keysIn are the names of the keys in a table.
func keysIn(table string) []string {
	var names []string
	for _, k := range schema() {
		if k.parent() == table {
			names = append(names, k.name())
		}
	}
	return names
}

// tableName is how a table is written in a file.
func tableName(path string) string {
	switch path {
	case "":
		return "the top of the file"
	case "site", "site.listings":
		return "[[" + path + "]]"
	}
	return "[" + path + "]"
}
