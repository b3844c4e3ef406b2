package config

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"strings"
)

// A Setting is one effective value and where it came from.
type Setting struct {
	Key    string `json:"key"`   // site.zgw123.delay: of a site, by its name
	Value  string `json:"value"` // as it would be written in the file; passwords are hidden
	Origin string `json:"origin"`
}

// Show lists every effective value in the order of Init's text, sites last. Keys
// of sites that nobody set are left out.
func (c *Config) Show() []Setting {
	var all []Setting
	v := reflect.ValueOf(c).Elem()
	for _, k := range schema() {
		if strings.HasPrefix(k.path, "site") || k.table {
			continue
		}
		all = append(all, Setting{k.path, shown(k, v.FieldByIndex(k.field)), c.from.origin(k.path).String()})
	}
	for i := range c.Sites {
		all = append(all, c.Sites[i].show()...)
	}
	return all
}

func (s *Site) show() []Setting {
	var all []Setting
	site := reflect.ValueOf(s).Elem()
	for _, k := range schema() {
		path, ok := strings.CutPrefix(k.path, "site.")
		if !ok || k.table && k.name() == "rules" || strings.HasPrefix(path, "regions.") || strings.HasPrefix(path, "listings.") {
			continue
		}
		field := site.FieldByIndex(k.field[1:])
		if field.IsZero() && !s.says(path) {
			continue
		}
		all = append(all, Setting{"site." + s.Name + "." + path, shown(k, field), s.from.origin(path).String()})
	}
	return all
}

// origin is the Origin of a value itself: of a list, also where its first element
// stands when it is written as [[…]].
func (o origins) origin(path string) Origin {
	if origin, ok := o[path]; ok {
		return origin
	}
	return o[path+".0"]
}

// shown is the value of a key as text of a file.
func shown(k key, v reflect.Value) string {
	if k.name() == "proxy" {
		return quote(redacted(v.String()))
	}
	return tomlValue(v)
}

// redacted hides the password of an address.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return address
}

func tomlValue(v reflect.Value) string {
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, _ := m.MarshalText() // neither Duration nor Size fails
		return quote(string(text))
	}
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Slice:
		return tomlList(v)
	case reflect.Struct:
		return tomlTable(v)
	}
	return fmt.Sprint(v.Interface())
}

func tomlList(v reflect.Value) string {
	elements := make([]string, v.Len())
	for i := range elements {
		elements[i] = tomlValue(v.Index(i))
	}
	return "[" + strings.Join(elements, ", ") + "]"
}

// tomlTable writes a Region or Listing in a line. A province is its label alone.
func tomlTable(v reflect.Value) string {
	if r, ok := v.Interface().(Region); ok {
		if code, _ := regionCode(r.Label); code == r.Code || r.Code == "" {
			return quote(r.Label)
		}
	}
	var pairs []string
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			pairs = append(pairs, v.Type().Field(i).Tag.Get("toml")+" = "+tomlValue(v.Field(i)))
		}
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// quote writes a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// TOML is the effective configuration as one file without includes, presets or
// passwords, for the record of a run. Loaded, it means the same.
func (c *Config) TOML() string {
	var b strings.Builder
	table := ""
	v := reflect.ValueOf(c).Elem()
	for _, k := range schema() {
		field := v.FieldByIndex(k.field[:1])
		switch {
		case strings.HasPrefix(k.path, "site") || k.name() == "include" || k.table && field.Kind() == reflect.Slice:
			continue
		case k.table:
			table = k.path
			fmt.Fprintf(&b, "\n[%s]\n", table)
		default:
			fmt.Fprintf(&b, "%s = %s\n", k.name(), shown(k, v.FieldByIndex(k.field)))
		}
	}
	for _, s := range c.Sites {
		s.Preset = ""
		b.WriteString("\n" + s.TOML())
	}
	return b.String()
}

// TOML is the site as a [[site]] block: every value that is not empty.
func (s Site) TOML() string {
	var head, listings, rules strings.Builder
	v := reflect.ValueOf(s)
	for _, k := range schema() {
		path, ok := strings.CutPrefix(k.path, "site.")
		if !ok || strings.HasPrefix(path, "regions.") || strings.HasPrefix(path, "listings.") || path == "rules" || path == "listings" {
			continue
		}
		field := v.FieldByIndex(k.field[1:])
		if field.IsZero() && !s.says(path) {
			continue
		}
		out := &head
		if strings.HasPrefix(path, "rules.") {
			out = &rules
		}
		fmt.Fprintf(out, "%s = %s\n", k.name(), shown(k, field))
	}
	for _, l := range s.Listings {
		listings.WriteString("\n[[site.listings]]\n")
		table := reflect.ValueOf(l)
		for i := range table.NumField() {
			if !table.Field(i).IsZero() {
				fmt.Fprintf(&listings, "%s = %s\n", table.Type().Field(i).Tag.Get("toml"), tomlValue(table.Field(i)))
			}
		}
	}
	text := "[[site]]\n" + head.String()
	if rules.Len() > 0 {
		text += "\n[site.rules]\n" + rules.String()
	}
	return text + listings.String()
}

// says tells whether an empty value must be written, because its absence means
// something else.
func (s Site) says(path string) bool {
	switch path {
	case "daily_cap", "hours", "backfill", "max_requests", "max_bytes":
		return s.from != nil // loaded: 0 is no limit, not the default
	case "regions":
		return s.from.has(path) // none, not the 31
	}
	return false
}
