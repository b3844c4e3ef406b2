package archive

import (
	"context"
	"fmt"
)

// An export is told in pages of at most so many articles, and of so many bytes of
// text that they fit into the memory of whoever asks.
const (
	maxExport      = 1000
	maxExportBytes = 8 << 20
)

// Export implements Reader.
func (a *Archive) Export(ctx context.Context, q Query, cursor string, n int) (*ExportPage, error) {
	page, err := a.exportPage(ctx, q, cursor, min(max(n, 1), maxExport))
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return page, nil
}

func (a *Archive) exportPage(ctx context.Context, q Query, text string, n int) (*ExportPage, error) {
	s, err := a.selection(q)
	if err != nil {
		return nil, err
	}
	at := cursor{within: s.within, next: 1}
	if text != "" {
		if at, err = parseCursor(text, s.within); err != nil {
			return nil, err
		}
		s.within = at.within
	}
	if err := s.seek(ctx); err != nil {
		return nil, err
	}
	found, err := s.from(ctx, &at, n)
	if err != nil {
		return nil, err
	}
	page := &ExportPage{Articles: make([]Article, 0, len(found))}
	size := 0
	err = a.articles(ctx, found, func(article *Article) bool {
		page.Articles = append(page.Articles, *article)
		size += len(article.Text)
		return size < maxExportBytes
	})
	if err != nil {
		return nil, err
	}
	if told := len(page.Articles); told < len(found) {
		at.next = found[told].document
	}
	if at.next <= at.within.documents {
		page.Cursor = at.String()
	}
	return page, nil
}

// A cursor says where an export goes on, and what it is about.
type cursor struct {
	within horizon
	next   uint64 // document
}

func (c cursor) String() string {
	return fmt.Sprintf("%d-%d-%d", c.within.changes, c.within.documents, c.next)
}

// parseCursor reads a cursor of an archive that is now at h.
func parseCursor(text string, now horizon) (c cursor, err error) {
	_, err = fmt.Sscanf(text, "%d-%d-%d", &c.within.changes, &c.within.documents, &c.next)
	if err != nil || c.String() != text || c.next == 0 || c.next > c.within.documents ||
		c.within.changes > now.changes || c.within.documents > now.documents {
		return c, fmt.Errorf("%q is no cursor of this archive", text)
	}
	return c, nil
}
