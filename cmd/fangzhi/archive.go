package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fangzhi/archive"
	"fangzhi/archive/owner"
	"fangzhi/archive/warc"
	"fangzhi/config"
	"fangzhi/parser"
)

// configName is the configuration's name in its archive.
const configName = config.FileName

// reader opens the archive to ask it: as its owner, or through whoever has it open.
// What is wrong with the configuration keeps nobody from reading.
func (a *app) reader(ctx context.Context) (*owner.Session, error) {
	if !archive.Exists(a.global.archive) {
		return nil, a.noArchive()
	}
	cfg, err := a.loadConfig()
	if err != nil {
		cfg = config.Default()
	}
	return owner.Open(ctx, a.global.archive, owner.Read, a.ownerOptions(cfg, nil))
}

// noArchive says what the directory is instead of an archive.
func (a *app) noArchive() error {
	dir := a.global.archive
	if _, err := os.Stat(filepath.Join(dir, archive.CapturesDir)); errors.Is(err, fs.ErrPermission) {
		return err
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return &problem{code: exitNoArchive, err: archive.ErrNoArchive,
			what: words{fmt.Sprintf("%s is a file, not the directory of an archive", dir), fmt.Sprintf("%s 是文件，不是档案库目录", dir)},
			hint: words{"--archive DIR or FANGZHI_ARCHIVE names the directory", "用 --archive 目录 或 FANGZHI_ARCHIVE 指定目录"}}
	}
	if config.Exists(filepath.Join(dir, configName)) {
		return &problem{code: exitNoArchive, err: archive.ErrNoArchive,
			what: words{fmt.Sprintf("%s has a configuration, but nothing was crawled into it yet", dir), fmt.Sprintf("%s 已有配置，但还没有采集过", dir)},
			hint: words{"`fangzhi crawl` begins", "用 `fangzhi crawl` 开始采集"}}
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return &problem{code: exitNoArchive, err: archive.ErrNoArchive,
			what: words{fmt.Sprintf("%s is not an archive: it has files of something else", dir), fmt.Sprintf("%s 不是档案库：里面是别的文件", dir)},
			hint: words{"--archive DIR or FANGZHI_ARCHIVE names another; `fangzhi config init --archive NEW-DIR` begins one", "用 --archive 目录 或 FANGZHI_ARCHIVE 指定别处；`fangzhi config init --archive 新目录` 可新建"}}
	}
	return fmt.Errorf("%s: %w", dir, archive.ErrNoArchive)
}

// A crawlArchive is an archive opened for a crawl: this process owns it to the end.
type crawlArchive struct {
	*owner.Session
	store *archive.Archive
}

// crawlArchive opens the archive to write to it, and makes it if there is only a
// configuration so far.
func (a *app) crawlArchive(ctx context.Context, cfg *config.Config, now clock) (*crawlArchive, error) {
	dir := a.global.archive
	if !archive.Exists(dir) && !config.Exists(filepath.Join(dir, configName)) {
		return nil, a.noArchive()
	}
	w := new(crawlArchive)
	opt := a.ownerOptions(cfg, now)
	opt.Open = func(_ context.Context, dir string, _ owner.Mode) (owner.Backend, error) {
		var err error
		w.store, err = openOrCreate(dir, a.archiveOptions(cfg, now))
		if err != nil {
			return nil, err
		}
		return w.store, nil
	}
	var err error
	w.Session, err = owner.Open(ctx, dir, owner.Crawl, opt)
	if err != nil {
		return nil, err
	}
	return w, nil
}

func openOrCreate(dir string, opt archive.Options) (*archive.Archive, error) {
	if archive.Exists(dir) {
		return archive.Open(dir, opt)
	}
	return archive.Create(dir, opt)
}

// ownerOptions open an archive to read it.
func (a *app) ownerOptions(cfg *config.Config, now clock) owner.Options {
	return owner.Options{
		Version: version().Version,
		Open: func(_ context.Context, dir string, mode owner.Mode) (owner.Backend, error) {
			opt := a.archiveOptions(cfg, now)
			opt.ReadOnly = mode == owner.ReadOnly
			b, err := archive.Open(dir, opt)
			if isDiskFull(err) { // which keeps nobody from reading
				opt.ReadOnly = true
				b, err = archive.Open(dir, opt)
			}
			if err != nil {
				return nil, err // not b: a nil *Archive is no nil Backend
			}
			return b, nil
		},
	}
}

func (a *app) archiveOptions(cfg *config.Config, now clock) archive.Options {
	return archive.Options{
		Now:  now,
		Key:  a.signingKey(cfg),
		Info: func() []warc.Field { return warcInfo(cfg) },
		Rules: func(site string) parser.Rules {
			if s := cfg.Site(site); s != nil {
				return parserRules(s.Rules)
			}
			return parser.Rules{}
		},
	}
}

// signingKey is the file of the key; the name in the configuration is relative to the
// archive.
func (a *app) signingKey(cfg *config.Config) string {
	if cfg.Key == "" || filepath.IsAbs(cfg.Key) {
		return cfg.Key
	}
	return filepath.Join(a.global.archive, cfg.Key)
}

// warcInfo is what every WARC file says of its making.
func warcInfo(cfg *config.Config) []warc.Field {
	effective := cfg.TOML()
	fields := []warc.Field{
		{Name: "format", Value: "WARC File Format 1.1"},
		{Name: "software", Value: "fangzhi/" + version().Version},
		{Name: "binary-sha256", Value: binaryDigest()},
		{Name: "config-sha256", Value: strings.TrimPrefix(archive.DigestOf([]byte(effective)).String(), "sha256:")},
		{Name: "robots", Value: "obey (RFC 9309)"},
		{Name: "http-header-user-agent", Value: cfg.Agent(version().Version)},
	}
	for _, f := range []warc.Field{{Name: "operator", Value: cfg.Contact}, {Name: "contact", Value: cfg.Contact}, {Name: "http-header-from", Value: cfg.From()}} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	if host, err := os.Hostname(); err == nil {
		fields = append(fields, warc.Field{Name: "hostname", Value: host})
	}
	return fields
}

// closing joins the error of closing the archive to that of what was done with it.
func closing(s interface{ Close() error }, err *error) {
	*err = errors.Join(*err, s.Close())
}
