package archive

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"

	"fangzhi/archive/uri"
)

// Article implements Reader. ref is an id or any beginning of one that stands for
// one document only, either with @N for its version N, or the document's URL,
// which is normalised and may come without its scheme.
func (a *Archive) Article(ctx context.Context, ref string) (article *Article, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = a.view(func(tx *bbolt.Tx) error {
		document, n, err := resolve(tx, ref)
		if err != nil {
			return err
		}
		e, err := loadEdition(tx, document, n)
		if err == nil {
			article, err = e.article(tx)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("article %q: %w", ref, err)
	}
	return article, nil
}

// resolve is the document and the version that ref stands for.
func resolve(tx *bbolt.Tx, ref string) (document uint64, n int, err error) {
	if strings.ContainsAny(ref, ".:/") { // which no id has
		document, err = findURL(tx, ref)
	} else {
		id, version, ok := strings.Cut(ref, "@")
		if n, err = strconv.Atoi(version); ok && (err != nil || n < 1) {
			return 0, 0, ErrNotFound
		}
		document, err = findID(tx, strings.ToLower(id))
	}
	if err != nil || n > 0 {
		return document, n, err
	}
	d, err := loadDocument(tx, document)
	if err != nil {
		return document, 0, err
	}
	return document, d.Versions, nil
}

func findURL(tx *bbolt.Tx, ref string) (uint64, error) {
	if !strings.Contains(ref, "://") {
		ref = "http://" + ref
	}
	normal, err := uri.Normalize(ref)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	document, err := getNumber(tx, bucketDocumentID, urlID(normal, ""))
	if err == nil && document == 0 {
		err = ErrNotFound
	}
	return document, err
}

// findID finds the only document whose id begins so.
func findID(tx *bbolt.Tx, prefix string) (uint64, error) {
	c := tx.Bucket(bucketDocumentID).Cursor()
	id, _ := c.Seek([]byte(prefix))
	if prefix == "" || !bytes.HasPrefix(id, []byte(prefix)) {
		return 0, ErrNotFound
	}
	if next, _ := c.Next(); bytes.HasPrefix(next, []byte(prefix)) {
		return 0, ErrAmbiguous
	}
	return getNumber(tx, bucketDocumentID, id)
}
