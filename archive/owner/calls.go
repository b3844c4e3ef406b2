package owner

import (
	"context"
	"errors"
	"fmt"

	"fangzhi/archive"
)

// call makes one call of the archive, here or there.
func call[A any](ctx context.Context, s *Session, name string, question any, here func(context.Context, Backend) (A, error)) (answer A, err error) {
	err = s.do(ctx,
		func(ctx context.Context, b Backend) (err error) {
			answer, err = here(ctx, b)
			return err
		},
		func(ctx context.Context, p *peer) error {
			var a A // nothing of an answer that broke off
			if err := p.ask(ctx, name, question, &a); err != nil {
				return err
			}
			answer = a
			return nil
		})
	return answer, err
}

// Search implements archive.Reader.
func (s *Session) Search(ctx context.Context, q archive.Query) (*archive.Results, error) {
	return call(ctx, s, "search", q, func(ctx context.Context, b Backend) (*archive.Results, error) {
		return b.Search(ctx, q)
	})
}

// Article implements archive.Reader.
func (s *Session) Article(ctx context.Context, ref string) (*archive.Article, error) {
	return call(ctx, s, "article", ref, func(ctx context.Context, b Backend) (*archive.Article, error) {
		return b.Article(ctx, ref)
	})
}

// Export implements archive.Reader.
func (s *Session) Export(ctx context.Context, q archive.Query, cursor string, n int) (*archive.ExportPage, error) {
	question := exportQuestion{Query: q, Cursor: cursor, N: n}
	return call(ctx, s, "export", question, func(ctx context.Context, b Backend) (*archive.ExportPage, error) {
		return b.Export(ctx, q, cursor, n)
	})
}

// Observations implements archive.Reader.
func (s *Session) Observations(ctx context.Context, site string, n int) ([]archive.Observation, error) {
	question := observationsQuestion{Site: site, N: n}
	return call(ctx, s, "observations", question, func(ctx context.Context, b Backend) ([]archive.Observation, error) {
		return b.Observations(ctx, site, n)
	})
}

// Report implements archive.Reader.
func (s *Session) Report(ctx context.Context, q archive.ReportQuery) ([]archive.URLReport, error) {
	return call(ctx, s, "report", q, func(ctx context.Context, b Backend) ([]archive.URLReport, error) {
		return b.Report(ctx, q)
	})
}

// Coverage implements archive.Reader.
func (s *Session) Coverage(ctx context.Context, q archive.CoverageQuery) (*archive.Coverage, error) {
	return call(ctx, s, "coverage", q, func(ctx context.Context, b Backend) (*archive.Coverage, error) {
		return b.Coverage(ctx, q)
	})
}

// Pending implements archive.Reader.
func (s *Session) Pending(ctx context.Context) (*archive.Pending, error) {
	return call(ctx, s, "pending", nothing{}, func(ctx context.Context, b Backend) (*archive.Pending, error) {
		return b.Pending(ctx)
	})
}

// Status implements archive.Reader.
func (s *Session) Status(ctx context.Context) (*archive.Status, error) {
	st, err := call(ctx, s, "status", nothing{}, func(ctx context.Context, b Backend) (*archive.Status, error) {
		return b.Status(ctx)
	})
	if err != nil {
		return nil, err
	}
	st.Crawling = s.crawling()
	return st, nil
}

// crawling tells whether the owner that was last asked is a crawl.
func (s *Session) crawling() bool {
	own, p, err := s.way()
	switch {
	case err != nil:
		return false
	case own != nil:
		return own.me.Role == Crawl
	case p != nil:
		return p.message.Role == Crawl
	}
	return false
}

// SetPaused pauses a site or lets it go on; a running crawl learns of it before
// its next request.
func (s *Session) SetPaused(ctx context.Context, site string, paused bool) error {
	question := pausedQuestion{Site: site, Paused: paused}
	_, err := call(ctx, s, "pause", question, func(ctx context.Context, b Backend) (nothing, error) {
		if own, _, _ := s.way(); own != nil && own.lock == nil {
			return nothing{}, fmt.Errorf("pause %s: %w", site, ErrReadOnly)
		}
		return nothing{}, b.SetPaused(ctx, site, paused)
	})
	return err
}

// Save asks the running crawl to fetch and keep one page now. ErrNoCrawl when
// there is none. A page whose crawl was lost meanwhile is not asked for twice.
func (s *Session) Save(ctx context.Context, url string) (Saved, error) {
	var saved Saved
	err := s.do(ctx,
		func(ctx context.Context, _ Backend) (err error) {
			save := s.saver()
			if save == nil || s.role != Crawl {
				return ErrNoCrawl
			}
			saved, err = save(ctx, url)
			return err
		},
		func(ctx context.Context, p *peer) error {
			err := p.ask(ctx, "save", url, &saved)
			if gone := (*goneError)(nil); errors.As(err, &gone) && gone.asked {
				return &lostError{gone}
			}
			return err
		})
	return saved, err
}

// A lostError says that the owner went away while it worked on something that
// must not be asked for twice.
type lostError struct{ cause *goneError }

func (e *lostError) Error() string {
	return "the crawl ended before it answered: " + e.cause.cause.Error()
}
