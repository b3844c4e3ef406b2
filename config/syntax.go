package config

import (
	"fmt"
	"strings"
)

// fullWidth are signs that an input method for Chinese gives in the place of those of
// TOML.
var fullWidth = strings.NewReplacer("，", ",", "＝", "=", "：", ":", "［", "[", "］", "]", "｛", "{", "｝", "}", "【", "[", "】", "]",
	"。", ".", "．", ".", "＃", "#", "“", `"`, "”", `"`, "＂", `"`, "‘", "'", "’", "'", "、", ",", "\u3000", " ")

// syntaxMessage is what the decoder says of a mistake, in the words of somebody who
// writes a file, with what to do.
func syntaxMessage(data []byte, at Place, said string) string {
	sign := signAt(data, at)
	if plain := fullWidth.Replace(sign); plain != sign {
		return fmt.Sprintf("the sign %s is one of Chinese text; TOML wants %s", sign, plain)
	}
	switch {
	case strings.HasSuffix(said, "at start of value") && strings.TrimSpace(sign) == "":
		return "there is no value"
	case strings.HasSuffix(said, "at start of value"), said == "strings must be quoted":
		return `a text must stand in quotes: "…"`
	case strings.HasSuffix(said, "cannot have new lines"):
		return "the quote that ends the text is missing"
	}
	return said
}

// signAt is the character at a place, "" behind the end.
func signAt(data []byte, at Place) string {
	lines := strings.Split(string(data), "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	if signs := []rune(lines[at.Line-1]); at.Column >= 1 && at.Column <= len(signs) {
		return string(signs[at.Column-1])
	}
	return ""
}
