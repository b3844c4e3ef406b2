package config

import (
	"embed"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A preset is a file presets/<name>.toml with one [[site]] of that name: listing
// pages that were seen, when they were seen, and what made the pages.
//
//go:embed presets/*.toml
var presetFiles embed.FS

// Presets are the portals that need but their name, in order of names.
func Presets() []Site { return slices.Clone(loadPresets()) }

// loadPresets reads the embedded files; that they load is tested.
var loadPresets = sync.OnceValue(func() []Site {
	entries, err := presetFiles.ReadDir("presets")
	if err != nil {
		panic("config: read embedded presets: " + err.Error())
	}
	var sites []Site
	for _, entry := range entries {
		site, err := loadPreset(entry.Name())
		if err != nil {
			panic("config: embedded preset: " + err.Error())
		}
		sites = append(sites, site)
	}
	return sites
})

func loadPreset(file string) (Site, error) {
	data, err := presetFiles.ReadFile("presets/" + file)
	if err != nil {
		return Site{}, err
	}
	var c Config
	x, errs := decode(file, data, &c)
	if errs != nil {
		return Site{}, errs
	}
	name := strings.TrimSuffix(file, ".toml")
	if len(c.Sites) != 1 || c.Sites[0].Name != name {
		return Site{}, fmt.Errorf("%s: want one [[site]] with name = %q", file, name)
	}
	s := c.Sites[0]
	s.from = originsOf(x.below("site.0"), name)
	s.fillRegions()
	return s, nil
}

// PresetText is the commented file a preset comes from.
func PresetText(name string) (text string, ok bool) {
	data, err := presetFiles.ReadFile("presets/" + name + ".toml")
	return string(data), err == nil
}

func presetNames() []string {
	var names []string
	for _, s := range loadPresets() {
		names = append(names, s.Name)
	}
	return names
}

// usePreset takes from the preset what the site itself does not say.
func (s *Site) usePreset() *Error {
	i := slices.IndexFunc(loadPresets(), func(p Site) bool { return p.Name == s.Preset })
	if i < 0 {
		e := &Error{Kind: BadValue, Place: s.from.at("preset").Place, Key: "site.preset",
			Message: fmt.Sprintf("there is no preset %q", s.Preset), Nearest: nearest(s.Preset, presetNames())}
		if e.Nearest == "" {
			e.Message += "; there are " + list(presetNames(), 20)
		}
		return e
	}
	preset := loadPresets()[i]
	override(reflect.ValueOf(s).Elem(), reflect.ValueOf(&preset).Elem(), "site", "", s.from, preset.from)
	return nil
}

// override copies each value of preset to site that site does not set. A table is
// overridden key by key, a list as a whole.
func override(site, preset reflect.Value, table, prefix string, from, presetFrom origins) {
	for i, name := range keysIn(table) {
		path := join(prefix, name)
		k, _ := keyAt(join(table, name))
		if k.table && site.Field(i).Kind() == reflect.Struct {
			override(site.Field(i), preset.Field(i), k.path, path, from, presetFrom)
			continue
		}
		if from.has(path) || !presetFrom.has(path) {
			continue
		}
		site.Field(i).Set(clone(preset.Field(i)))
		from.copyBelow(presetFrom, path)
	}
}

// clone keeps two sites with one preset from sharing a list.
func clone(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Slice {
		return v
	}
	return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
}
