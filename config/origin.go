package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// An Origin says where a value came from. The zero Origin is the built-in default.
type Origin struct {
	Place
	Preset   string // the preset it stands in; Place is inside of that
	Variable string // the environment variable that gave it
}

// String is "default", "fangzhi.toml:12", "preset zgw123" or "environment
// FANGZHI_LANG".
func (o Origin) String() string {
	switch {
	case o.Variable != "":
		return "environment " + o.Variable
	case o.Preset != "":
		return "preset " + o.Preset
	case o.File != "":
		return fmt.Sprintf("%s:%d", filepath.Base(o.File), o.Line)
	}
	return "default"
}

// origins are the Origins of keys and elements of lists: limits.timeout,
// regions.3.label. What is not there was not set by anyone.
type origins map[string]Origin

func originsOf(x index, preset string) origins {
	from := origins{}
	for path, place := range x {
		from[path] = Origin{Place: place, Preset: preset}
	}
	return from
}

func (o origins) has(path string) bool {
	_, ok := o[path]
	return ok
}

// at is the Origin of a path, or of the nearest table around it.
func (o origins) at(path string) Origin {
	for path != "" {
		if origin, ok := o[path]; ok {
			return origin
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return o[""]
}

// copyBelow takes over from another what it knows of a path and of what is in it.
func (o origins) copyBelow(other origins, path string) { o.copyAs(other, path, path) }

// copyAs is copyBelow under another path.
func (o origins) copyAs(other origins, path, as string) {
	for p, origin := range other {
		if p == path || strings.HasPrefix(p, path+".") {
			o[as+strings.TrimPrefix(p, path)] = origin
		}
	}
}
