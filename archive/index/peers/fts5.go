package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"fangzhi/archive/fold"
	"fangzhi/archive/index/sample"
)

// An fts is a contentless FTS5 table, and one with the fields for facets.
type fts struct{ *sql.DB }

func openFTS(dir string) (engine, error) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "fts.db"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-200000;
		CREATE VIRTUAL TABLE f USING fts5(title, text, content='', tokenize='ascii');
		CREATE TABLE d(id INTEGER PRIMARY KEY, region, category, site, date)`)
	return fts{db}, err
}

// pairs are the neighbouring characters of a folded text as words; the last character
// is one with nothing.
func pairs(text string) string {
	var b strings.Builder
	before := rune(-1)
	for _, r := range text {
		if before >= 0 {
			fmt.Fprintf(&b, "x%05x%05x ", before, r)
		}
		before = r
	}
	if before >= 0 {
		fmt.Fprintf(&b, "x%05x00000", before)
	}
	return b.String()
}

// match is a phrase for FTS5.
func match(term string) string {
	runes := []rune(term)
	if len(runes) == 1 {
		return fmt.Sprintf("x%05x*", runes[0])
	}
	all := pairs(term)
	return `"` + all[:strings.LastIndexByte(all, ' ')] + `"`
}

func (f fts) add(first int, batch []sample.Article) error {
	tx, err := f.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	words, err := tx.Prepare("INSERT INTO f(rowid, title, text) VALUES(?, ?, ?)")
	if err != nil {
		return err
	}
	fields, err := tx.Prepare("INSERT INTO d VALUES(?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for i := range batch {
		a := &batch[i]
		if _, err := words.Exec(first+i, pairs(fold.String(a.Title)), pairs(fold.String(a.Text))); err != nil {
			return err
		}
		if _, err := fields.Exec(first+i, a.Region, a.Category, a.Site, a.Date); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (f fts) close() error { return f.Close() }

func (f fts) ask(terms []string) (total int, best []int, err error) {
	var all []string
	for _, t := range terms {
		all = append(all, match(t))
	}
	expression := strings.Join(all, " AND ")
	rows, err := f.Query("SELECT rowid FROM f WHERE f MATCH ? ORDER BY bm25(f, 4, 1) LIMIT 20", expression)
	if err != nil {
		return 0, nil, err
	}
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return 0, nil, err
		}
		best = append(best, n)
	}
	if err := rows.Err(); err != nil {
		return 0, nil, err
	}
	if err := f.QueryRow("SELECT count(*) FROM f WHERE f MATCH ?", expression).Scan(&total); err != nil {
		return 0, nil, err
	}
	for _, field := range []string{"region", "category", "site"} {
		if err := f.facet(field, expression); err != nil {
			return 0, nil, err
		}
	}
	return total, best, nil
}

func (f fts) facet(field, expression string) error {
	rows, err := f.Query("SELECT "+field+", count(*) FROM f JOIN d ON d.id = f.rowid WHERE f MATCH ? GROUP BY 1 ORDER BY 2 DESC LIMIT 10", expression)
	if err != nil {
		return err
	}
	defer rows.Close()
	var name string
	var n int
	for rows.Next() {
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
	}
	return rows.Err()
}
