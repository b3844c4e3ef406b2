package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// onlyFiles fails if an edit left something behind.
func onlyFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	var got []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %v, want %v", dir, got, want)
	}
}

func TestAddSiteKeepsWhatIsThere(t *testing.T) {
	for _, old := range []string{
		"# mine\n\nlang=\"zh\"   # as I like it\n[[site]]\n  preset = \"jilin\"",
		"\xef\xbb\xbf# mine\r\nlang = \"zh\"\r\n",
		"",
	} {
		path := files(t, map[string]string{FileName: old})
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		added, err := AddSite(path, Site{Preset: "zgw123", Delay: Duration{5e9}, Regions: []Region{{Label: "江西"}}})
		if err != nil || added != path {
			t.Fatalf("AddSite = %s, %v", added, err)
		}
		text := read(t, path)
		if !strings.HasPrefix(text, old) {
			t.Errorf("%q became %q", old, text)
		}
		if strings.Contains(old, "\r\n") && strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("line endings are mixed: %q", text)
		}
		c, err := Load(path, nil)
		if err != nil || c.Site("zgw123") == nil || c.Site("zgw123").Delay.String() != "5s" || !strings.Contains(text, `regions = ["江西"]`) {
			t.Errorf("after AddSite: %v %v", c, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("mode is %v, %v", info.Mode(), err)
		}
		onlyFiles(t, filepath.Dir(path), FileName)
	}
}

func TestAddSiteAsFileOfItsOwn(t *testing.T) {
	main := "include = [\"sites/*.toml\"]\n"
	path := files(t, map[string]string{FileName: main}) // the include matches nothing yet
	site := Site{Name: "浮梁", Home: "https://www.fuliang.example/", Regions: []Region{{Code: "360222", Label: "浮梁县"}}}
	added, err := AddSite(path, site)
	if err != nil || added != filepath.Join(filepath.Dir(path), "sites", "浮梁.toml") {
		t.Fatalf("AddSite = %s, %v", added, err)
	}
	if read(t, path) != main {
		t.Error("the main file was changed")
	}
	if c, err := Load(path, nil); err != nil || len(c.Sites) != 1 || c.Sites[0].Regions[0].Code != "360222" {
		t.Errorf("after AddSite: %+v, %v", c, err)
	}
	if _, err := AddSite(path, site); err == nil {
		t.Error("a site could be added twice")
	}
	onlyFiles(t, filepath.Join(filepath.Dir(path), "sites"), "浮梁.toml")
}

// Nothing is written that would not load, and the reason is told.
func TestAddSiteRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		site  Site
		kind  Kind
	}{
		"a twin":              {map[string]string{FileName: "[[site]]\npreset = \"jilin\"\n"}, Site{Preset: "jilin"}, Twice},
		"a twin elsewhere":    {map[string]string{FileName: "include = [\"sites/*.toml\"]\n[[site]]\npreset = \"jilin\"\n", "sites/a.toml": ""}, Site{Preset: "jilin"}, Twice},
		"a site without home": {map[string]string{FileName: ""}, Site{Name: "a"}, Missing},
		"an unknown preset":   {map[string]string{FileName: ""}, Site{Preset: "jilim"}, BadValue},
		"a path as a name":    {map[string]string{FileName: "include = [\"sites/*.toml\"]\n"}, Site{Name: "../a", Home: "http://a.example/"}, BadValue},
		"an inline list":      {map[string]string{FileName: "site = [{ preset = \"jilin\" }]\n"}, Site{Preset: "zgw123"}, Syntax},
		"a broken file":       {map[string]string{FileName: "lang = \n"}, Site{Preset: "zgw123"}, Syntax},
	} {
		path := files(t, test.files)
		_, err := AddSite(path, test.site)
		var e *Error
		if !errors.As(err, &e) || e.Kind != test.kind {
			t.Errorf("%s: got %v, want %s", name, err, test.kind)
		}
		for file, text := range test.files {
			if got := read(t, filepath.Join(filepath.Dir(path), file)); got != text {
				t.Errorf("%s: %s became %q", name, file, got)
			}
		}
		filepath.WalkDir(filepath.Dir(path), func(name string, d fs.DirEntry, err error) error {
			if rel, _ := filepath.Rel(filepath.Dir(path), name); !d.IsDir() && test.files[filepath.ToSlash(rel)] == "" && rel != FileName && rel != filepath.Join("sites", "a.toml") {
				t.Errorf("%s was left behind", rel)
			}
			return err
		})
	}
}

func TestReplaceSeesOtherWriters(t *testing.T) {
	path := files(t, map[string]string{FileName: "edited meanwhile"})
	if err := replace(path, []byte("as read"), []byte("new")); !errors.Is(err, ErrChanged) {
		t.Errorf("replace = %v, want ErrChanged", err)
	}
	if got := read(t, path); got != "edited meanwhile" {
		t.Errorf("file became %q", got)
	}
	onlyFiles(t, filepath.Dir(path), FileName)
}

func TestAddSiteFollowsSymbolicLink(t *testing.T) {
	path := files(t, map[string]string{"real/x.toml": "lang = \"zh\"\n"})
	if err := os.Symlink(filepath.Join("real", "x.toml"), path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if _, err := AddSite(path, Site{Preset: "zgw123"}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if got := read(t, filepath.Join(filepath.Dir(path), "real", "x.toml")); !strings.Contains(got, "zgw123") {
		t.Errorf("the file behind the link is %q", got)
	}
}

func TestCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := Create(path, Init(InitOptions{Contact: "a@example.org"})); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, "lang = \"en\"\n"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a file = %v, want fs.ErrExist", err)
	}
	if c, err := Load(path, nil); err != nil || c.Contact != "a@example.org" {
		t.Errorf("%+v, %v", c, err)
	}
	if err := Create(filepath.Join(t.TempDir(), FileName), "nonsense"); err == nil {
		t.Error("nonsense was written")
	}
	onlyFiles(t, filepath.Dir(path), FileName)
}
