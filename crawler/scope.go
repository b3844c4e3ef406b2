package crawler

import (
	"net/url"
	"path"
	"strings"
)

// A scope tells what belongs to a site: its hosts, each with and without www.
type scope map[string]bool

// scopeOf are the hosts of a site's home page, labels and listings, and its further ones.
func scopeOf(s Site) scope {
	in := scope{}
	in.add(s.Home)
	for _, l := range s.Regions {
		in.add(l.URL)
	}
	for _, l := range s.Categories {
		in.add(l.URL)
	}
	for _, l := range s.Listings {
		in.add(l.URL)
	}
	for _, host := range s.Hosts {
		in.add("http://" + host)
	}
	return in
}

func (s scope) add(rawURL string) {
	if u, err := url.Parse(rawURL); err == nil && u.Host != "" {
		s[bareHost(u)] = true
	}
}

func (s scope) contains(u *url.URL) bool { return s[bareHost(u)] }

// bareHost is host and port without a leading www, by which twins are one.
func bareHost(u *url.URL) string {
	return strings.TrimPrefix(hostOf(u), "www.")
}

// hostOf names the host of u to the gate: lower case, with its port unless that
// is the one of its scheme.
func hostOf(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		return host
	}
	return host + ":" + port
}

// fileSuffixes name what is downloaded, not read: rows that lead to them are
// listed, not followed (PORTALS.md, section 8, no. 9).
var fileSuffixes = map[string]bool{
	".pdf": true, ".doc": true, ".docx": true, ".xls": true, ".xlsx": true, ".ppt": true, ".pptx": true,
	".wps": true, ".et": true, ".dps": true, ".ofd": true, ".rtf": true, ".ceb": true, ".gd": true,
	".zip": true, ".rar": true, ".7z": true, ".gz": true, ".tar": true, ".apk": true, ".exe": true,
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".bmp": true, ".webp": true, ".svg": true, ".ico": true,
	".mp3": true, ".mp4": true, ".wav": true, ".avi": true, ".flv": true, ".wmv": true, ".swf": true, ".m3u8": true,
	".css": true, ".js": true, ".woff": true, ".ttf": true,
}

// isFile tells whether u names a file by its suffix.
func isFile(u *url.URL) bool { return fileSuffixes[strings.ToLower(path.Ext(u.Path))] }
