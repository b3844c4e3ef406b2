package parser

import (
	"net/url"
	"strings"
)

// attachable are the endings of files that hang on articles.
var attachable = map[string]bool{
	"pdf": true, "doc": true, "docx": true, "xls": true, "xlsx": true, "ppt": true, "pptx": true, "zip": true, "rar": true, "7z": true,
	"wps": true, "et": true, "dps": true, "txt": true, "rtf": true, "ofd": true, "csv": true, "ceb": true, "caj": true, "tar": true, "gz": true,
	"odt": true, "ods": true, "dwg": true, "docm": true, "xlsm": true,
}

// downloads are scripts that hand out attachments.
var downloads = []string{"downfile.jsp", "download.jsp", "/attachment/", "downloadattach", "attachdownload", "/download.do", "download.aspx"}

// isAttachment tells whether a link leads to a file that hangs on the article.
func isAttachment(address, text string) bool {
	if hasFileEnding(text) {
		return true
	}
	if address == "" {
		return false
	}
	path, query, _ := strings.Cut(address, "?")
	if hasFileEnding(path) {
		return true
	}
	lower := strings.ToLower(address)
	for _, d := range downloads {
		if strings.Contains(lower, d) {
			return true
		}
	}
	return query != "" && strings.Contains(lower, "filename=")
}

func hasFileEnding(s string) bool {
	i := strings.LastIndexByte(s, '.')
	if i < 0 || len(s)-i > 6 || len(s)-i < 3 {
		return false
	}
	return attachable[strings.ToLower(s[i+1:])]
}

// fileName is the name of an attachment: its text, or what the address says.
func fileName(address, text string) string {
	if text != "" {
		return text
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if name := u.Query().Get("showname"); name != "" {
		return name
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}
