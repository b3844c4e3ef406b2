package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A lang is a language of what the user reads.
type lang string

const (
	english lang = "en"
	chinese lang = "zh"
)

// words say one thing in both languages.
type words struct{ en, zh string }

// of is w in language l.
func (l lang) of(w words) string {
	if l == chinese {
		return w.zh
	}
	return w.en
}

// say formats one of two texts that take the same arguments.
func (l lang) say(en, zh string, args ...any) string {
	text := l.of(words{en, zh})
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// count is "1 site", "2 sites", or "2 个站点".
func (l lang) count(n int, one, many, zh string) string {
	switch {
	case l == chinese:
		return fmt.Sprintf("%d %s", n, zh)
	case n == 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// langOf chooses: what the configuration says, else LC_ALL, else LC_MESSAGES, else
// LANG.
func langOf(configured string, getenv func(string) string) lang {
	for _, text := range []string{configured, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if text == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(text), "zh") {
			return chinese
		}
		return english
	}
	return english
}

// configuredLang reads lang out of a configuration and nothing else: help and
// errors must speak before the file is known to be right.
func configuredLang(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	var c struct {
		Lang string `toml:"lang"`
	}
	if toml.Unmarshal(text, &c) != nil {
		return ""
	}
	return c.Lang
}
