package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// Each kind of mistake is told with its exact place, in characters, and with what
// was meant.
func TestErrors(t *testing.T) {
	const site = "[[site]]\nname = \"a\"\nhome = \"http://a.example/\"\n"
	for _, test := range []struct {
		name, text   string
		kind         Kind
		line, column int
		key          string
		message      string // part of it
		nearest      string
	}{
		{"no toml", "lang = \n", Syntax, 1, 8, "", "", ""},
		{"unclosed", "lang = \"zh\n", Syntax, 1, 11, "", "", ""},
		{"no quotes", "lang = zh\n", Syntax, 1, 8, "", `a text must stand in quotes: "…"`, ""},
		{"no quotes round a number", "[defaults]\ndelay = 3s\n", Syntax, 2, 10, "", "must stand in quotes", ""},
		{"no value", "lang =\n", Syntax, 1, 7, "", "there is no value", ""},
		{"no end of a text", "# 说明\nlang = \"zh\n", Syntax, 2, 11, "", "the quote that ends the text is missing", ""},
		{"quotes of Chinese text", "lang = “zh”\n", Syntax, 1, 8, "", "the sign “ is one of Chinese text; TOML wants \"", ""},
		{"equals sign of Chinese text", "lang ＝ \"zh\"\n", Syntax, 1, 6, "", "TOML wants =", ""},
		{"comma of Chinese text", "[[site]]\nregions = [\"江西\"，\"福建\"]\n", Syntax, 2, 16, "", "the sign ， is one of Chinese text; TOML wants ,", ""},
		{"set twice", "lang = \"zh\"\nlang = \"en\"\n", Syntax, 2, 1, "lang", "already", ""},
		{"not UTF-8", "# ok\ncontact = \"\xbd\xad\"\n", Syntax, 2, 12, "", "UTF-8", ""},

		{"unknown key", "langg = \"zh\"\n", UnknownKey, 1, 1, "langg", "unknown key langg at the top", "lang"},
		{"unknown key in a site", site + "dealy = \"3s\"\n", UnknownKey, 4, 1, "site.dealy", "in [[site]]", "delay"},
		{"unknown key in rules", site + "[site.rules]\nitem-date = \"b\"\n", UnknownKey, 5, 1, "site.rules.item-date", "[site.rules]", "item_date"},
		{"unknown key in a listing", site + "[[site.listings]]\nurl = \"http://a.example/b\"\nregoin = \"36\"\n", UnknownKey, 6, 1, "site.listings.regoin", "[[site.listings]]", "region"},
		{"unknown key in a region", site + "regions = [\"江西\", { code = \"36\", lable = \"赣\" }]\n", UnknownKey, 4, 33, "site.regions.lable", "lable", "label"},
		{"unknown table", "[limit]\ntimeout = \"3s\"\n", UnknownKey, 1, 2, "limit", "limit", "limits"},
		{"key of another table", "timeout = \"3s\"\n", UnknownKey, 1, 1, "timeout", "it belongs to [limits]", "limits.timeout"},
		{"top key after a site", site + "contact = \"a@example.org\"\n", UnknownKey, 4, 1, "site.contact", "it belongs to the top of the file", "contact"},
		{"nothing near", site + "quux = 1\n", UnknownKey, 4, 1, "site.quux", "it can have name, preset", ""},

		{"wrong type", site + "daily_cap = \"many\"\n", BadValue, 4, 13, "site.daily_cap", "want a whole number", ""},
		{"number for a duration", site + "delay = 3\n", BadValue, 4, 9, "site.delay", `want a duration such as "3s"`, ""},
		{"bad duration", site + "delay = \"unexpected\"\n", BadValue, 4, 9, "site.delay", `want a duration such as "3s"`, ""},
		{"negative duration", "[defaults]\ndelay = \"-3s\"\n", BadValue, 2, 9, "defaults.delay", "want a duration", ""},
		{"bad size", "[limits]\nmax_body = \"20 parsecs\"\n", BadValue, 2, 12, "limits.max_body", "want a size", ""},
		{"size too small", "[limits]\nmax_body = \"5B\"\n", BadValue, 2, 1, "limits.max_body", "1KiB", ""},
		{"one include", "include = \"sites/*.toml\"\n", BadValue, 1, 11, "include", "want a list", ""},
		{"single brackets", "[site]\nname = \"a\"\n", BadValue, 1, 2, "site", "double brackets", ""},

		{"language", "lang = \"fr\"\n", BadValue, 1, 1, "lang", `lang = "fr"`, ""},
		{"contact", "\ncontact = \"somebody\"\n", BadValue, 2, 1, "contact", "e-mail", ""},
		{"user agent", "user_agent = \"a (b)\"\n", BadValue, 1, 1, "user_agent", "without brackets", ""},
		{"ntp", "ntp = \"http://ntp/\"\n", BadValue, 1, 1, "ntp", "host name", ""},
		{"timeout", "[limits]\ntimeout = \"5h\"\n", BadValue, 2, 1, "limits.timeout", "1h", ""},
		{"concurrency", "[limits]\nconcurrency = 0\n", BadValue, 2, 1, "limits.concurrency", "from 1 to 1000", ""},
		{"attachment too small", "[limits]\nmax_attachment = \"5B\"\n", BadValue, 2, 1, "limits.max_attachment", "1KiB", ""},
		{"ending with a dot", "[limits]\nattachments = [\"pdf\", \".doc\"]\n", BadValue, 2, 23, "limits.attachments.1", "no ending", ""},
		{"platform without a star", "platforms = [\"cq.gov.cn\"]\n", BadValue, 1, 14, "platforms.0", "*.cq.gov.cn", ""},
		{"requisites", "[defaults]\nrequisites = \"pages\"\n", BadValue, 2, 1, "defaults.requisites", `"none"`, "page"},
		{"daily cap", "[defaults]\ndaily_cap = -1\n", BadValue, 2, 1, "defaults.daily_cap", "0 for no limit", ""},

		{"no name", "\n[[site]]\nhome = \"http://a.example/\"\n", Missing, 2, 3, "site", "no name", ""},
		{"bad name", "[[site]]\nname = \"a b\"\nhome = \"http://a.example/\"\n", BadValue, 2, 1, "site.name", "want a name", ""},
		{"no home", "[[site]]\nname = \"a\"\n", Missing, 1, 3, "site", "has no home", ""},
		{"home without scheme", "[[site]]\nname = \"a\"\nhome = \"a.example\"\n", BadValue, 3, 1, "site.home", "want an http(s) address", "http://a.example"},
		{"home of another scheme", "[[site]]\nname = \"a\"\nhome = \"ftp://a.example\"\n", BadValue, 3, 1, "site.home", "http(s)", ""},
		{"unknown preset", "[[site]]\npreset = \"zgw132\"\n", BadValue, 2, 1, "site.preset", "no preset", "zgw123"},
		{"unknown region", site + "regions = [\"江西\", \"内蒙\"]\n", BadValue, 4, 18, "site.regions.1", "内蒙", "内蒙古"},
		{"unknown code", site + "regions = [{ code = \"99\", label = \"x\" }]\n", BadValue, 4, 12, "site.regions.0", "code \"99\"", ""},
		{"region without label", site + "regions = [{ code = \"360222\" }]\n", Missing, 4, 12, "site.regions.0", "no label", ""},
		{"region twice", site + "regions = [\"江西\", \"江西\"]\n", Twice, 4, 18, "site.regions.1", "twice", ""},
		{"category twice", site + "categories = [\"展会\", \"展会\"]\n", Twice, 4, 21, "site.categories.1", "twice", ""},
		{"listing without url", site + "[[site.listings]]\nregion = \"36\"\n", Missing, 4, 8, "site.listings.0", "no url", ""},
		{"listing twice", site + "[[site.listings]]\nurl = \"http://a.example/b\"\n[[site.listings]]\nurl = \"http://a.example/b\"\n", Twice, 7, 1, "site.listings.1.url", "twice", ""},
		{"region of a listing", site + "[[site.listings]]\nurl = \"http://a.example/b\"\nregion = \"江\"\n", BadValue, 6, 1, "site.listings.0.region", "not known", ""},
		{"host", site + "hosts = [\"http://b.example/\"]\n", BadValue, 4, 10, "site.hosts.0", "host names", "b.example"},
		{"impolite", site + "delay = \"200ms\"\n", BadValue, 4, 1, "site.delay", "too short", ""},
		{"impolite by default", "[defaults]\ndelay = \"0s\"\n" + site, BadValue, 2, 1, "site.delay", "too short", ""},
		{"tls", site + "tls = \"unverify\"\n", BadValue, 4, 1, "site.tls", "want \"legacy\"", "unverified"},
		{"proxy", site + "proxy = \"127.0.0.1:1080\"\n", BadValue, 4, 1, "site.proxy", "socks5", ""},
		{"seen", site + "seen = \"yesterday\"\n", BadValue, 4, 1, "site.seen", "2026-08", ""},
		{"selector", site + "rules.item = \"ul >\"\n", BadValue, 4, 7, "site.rules.item", "no CSS selector", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := files(t, map[string]string{FileName: test.text})
			_, err := Load(path, nil)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Kind != test.kind || e.Line != test.line || e.Column != test.column || e.File != path {
				t.Errorf("got %s at %s:%d:%d, want %s at %d:%d (%v)", e.Kind, e.File, e.Line, e.Column, test.kind, test.line, test.column, err)
			}
			if test.key != "" && e.Key != test.key {
				t.Errorf("key is %q, want %q", e.Key, test.key)
			}
			if !strings.Contains(e.Message, test.message) || e.Nearest != test.nearest {
				t.Errorf("message is %q, meant %q; want %q and %q", e.Message, e.Nearest, test.message, test.nearest)
			}
		})
	}
}

func TestEnvironmentErrors(t *testing.T) {
	for _, test := range []struct {
		entry, key, message, nearest string
		kind                         Kind
	}{
		{"FANGZHI_CONTCT=a@example.org", "FANGZHI_CONTCT", "unknown variable", "FANGZHI_CONTACT", UnknownKey},
		{"FANGZHI_LIMITS_TIMEOUT=soon", "FANGZHI_LIMITS_TIMEOUT", "want a duration", "", BadValue},
		{"FANGZHI_LIMITS_CONCURRENCY=x", "FANGZHI_LIMITS_CONCURRENCY", "want a whole number", "", BadValue},
		{"FANGZHI_LANG=fr", "FANGZHI_LANG", `lang = "fr"`, "", BadValue},
	} {
		_, err := Load("", []string{test.entry})
		var e *Error
		if !errors.As(err, &e) || e.File != "environment" || e.Key != test.key || e.Kind != test.kind || e.Nearest != test.nearest || !strings.Contains(e.Message, test.message) {
			t.Errorf("%s gives %#v", test.entry, err)
		}
	}
}

// A mistake that concerns two places names both.
func TestErrorsWithTwoPlaces(t *testing.T) {
	const a = "[[site]]\nname = \"a\"\nhome = \"http://a.example/\"\n"
	for _, test := range []struct {
		name     string
		files    map[string]string
		kind     Kind
		at, also string
	}{
		{"site twice in a file", map[string]string{FileName: a + strings.ToUpper("[[") + "site]]\nname = \"A\"\nhome = \"http://b.example/\"\n"},
			Twice, "fangzhi.toml:4:3", "fangzhi.toml:2:1"},
		{"site twice in two files", map[string]string{FileName: "include = [\"sites/*.toml\"]\n" + a, "sites/x.toml": "\n" + a},
			Twice, "sites/x.toml:2:3", "fangzhi.toml:3:1"},
		{"preset twice", map[string]string{FileName: "[[site]]\npreset = \"jilin\"\n[[site]]\npreset = \"jilin\"\n"},
			Twice, "fangzhi.toml:3:3", "fangzhi.toml:1:3"},
		{"file twice", map[string]string{FileName: "include = [\"s.toml\",\n \"*s.toml\"]\n", "s.toml": a},
			Twice, "fangzhi.toml:2:2", "fangzhi.toml:1:12"},
		{"loop", map[string]string{FileName: "include = [\"s.toml\"]\n", "s.toml": "include = [\"fangzhi.toml\"]\n"},
			BadInclude, "s.toml:1:12", "fangzhi.toml:1:1"},
		{"includes itself", map[string]string{FileName: "lang = \"zh\"\ninclude = [\"*.toml\"]\n"},
			BadInclude, "fangzhi.toml:2:12", "fangzhi.toml:1:1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := files(t, test.files)
			_, err := Load(path, nil)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			dir := filepath.Dir(path) + string(filepath.Separator)
			at, also := strings.TrimPrefix(e.Place.String(), dir), strings.TrimPrefix(e.Also.String(), dir)
			if e.Kind != test.kind || at != test.at || also != test.also {
				t.Errorf("got %s at %s, also %s; want %s at %s, also %s", e.Kind, at, also, test.kind, test.at, test.also)
			}
			if !strings.Contains(err.Error(), e.Also.String()) {
				t.Errorf("%q does not name the other place", err)
			}
		})
	}
}

func TestIncludeErrors(t *testing.T) {
	for _, test := range []struct {
		name         string
		files        map[string]string
		line, column int
		message      string
	}{
		{"matches nothing", map[string]string{FileName: "include = [\n  \"sites/*.toml\",\n]\n"}, 2, 3, "no file matches"},
		{"no pattern", map[string]string{FileName: "include = [\"a[.toml\"]\n"}, 1, 12, "no file pattern"},
		{"top key in an included file", map[string]string{FileName: "include = [\"s.toml\"]\n", "s.toml": "\nlang = \"zh\"\n"}, 2, 1, "belongs to"},
		{"broken included file", map[string]string{FileName: "include = [\"s.toml\"]\n", "s.toml": "[[site]]\nname = 3\n"}, 2, 8, "want a name"},
	} {
		_, err := Load(files(t, test.files), nil)
		var e *Error
		if !errors.As(err, &e) || e.Line != test.line || e.Column != test.column || !strings.Contains(e.Message, test.message) {
			t.Errorf("%s: got %v, want %q at %d:%d", test.name, err, test.message, test.line, test.column)
		}
	}
}

func TestAllErrorsAreTold(t *testing.T) {
	_, err := Load(files(t, map[string]string{FileName: "lang = \"fr\"\n[[site]]\ntls = \"x\"\n[[site]]\npreset = \"nowhere\"\n"}), nil)
	var all Errors
	if !errors.As(err, &all) || len(all) != 5 {
		t.Errorf("got %v, want five: lang, name, home, tls, preset", err)
	}
}
