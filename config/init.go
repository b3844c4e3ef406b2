package config

import (
	_ "embed"
	"strings"
)

//go:embed init.toml
var initText string

//go:embed init_site.toml
var initSiteText string

// InitOptions are what a new configuration says from the start.
type InitOptions struct {
	Contact string
	Lang    string
	Sites   []Site // none for the preset zgw123
}

// Init is the text of a new fangzhi.toml, with every key explained in English and
// Chinese. It is valid as it is; only a contact is missing unless it is given.
func Init(o InitOptions) string {
	text := initText
	if o.Contact != "" {
		text = strings.Replace(text, "\ncontact = \"\"\n", "\ncontact = "+quote(o.Contact)+"\n", 1)
	}
	if o.Lang != "" {
		text = strings.Replace(text, "\n#lang = \"\"\n", "\nlang = "+quote(o.Lang)+"\n", 1)
	}
	if len(o.Sites) == 0 {
		o.Sites = []Site{{Preset: "zgw123"}}
	}
	var blocks []string
	for _, s := range o.Sites {
		blocks = append(blocks, s.TOML())
	}
	return text + strings.Join(blocks, "\n") + initSiteText
}
