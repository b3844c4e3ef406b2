package archive

import (
	"bytes"
	"errors"
	"testing"

	"go.etcd.io/bbolt"

	"fangzhi/parser"
)

// TestDamaged: a value that is not what was stored is named, by every answer that
// needs it.
func TestDamaged(t *testing.T) {
	const url, list = "http://a.example/1", "http://a.example/list"
	id := []byte(idOf(url))
	search := func(q Query) func(a *Archive) error {
		return func(a *Archive) error { _, err := a.Search(t.Context(), q); return err }
	}
	article := func(ref string) func(a *Archive) error {
		return func(a *Archive) error { _, err := a.Article(t.Context(), ref); return err }
	}
	export := func(a *Archive) error { _, err := a.Export(t.Context(), Query{}, "", 10); return err }
	report := func(q ReportQuery) func(a *Archive) error {
		return func(a *Archive) error { _, err := a.Report(t.Context(), q); return err }
	}
	status := func(a *Archive) error { _, err := a.Status(t.Context()); return err }
	observations := func(a *Archive) error { _, err := a.Observations(t.Context(), "zgw", 10); return err }
	type ask map[string]func(*Archive) error
	for _, c := range []struct {
		bucket, key []byte
		asks        ask
	}{
		{bucketMeta, metaKey, ask{"search": search(Query{}), "export": export, "status": status}},
		{bucketDocumentID, id, ask{"url": article(url), "id": article(string(id)), "prefix": article(string(id[:5]))}},
		{bucketDocument, number(2), ask{"search": search(Query{}), "article": article(url), "export": export}},
		{bucketVersion, versionKey(2, 2), ask{"search": search(Query{}), "article": article(url), "export": export}},
		{bucketVersion, versionKey(2, 1), ask{"article": article(string(id) + "@1")}},
		{bucketText, textKey("正文二"), ask{"hits": search(Query{}), "article": article(url), "export": export}},
		{bucketURL, id, ask{"url": report(ReportQuery{URL: url}), "all": report(ReportQuery{}), "host": report(ReportQuery{Host: "a.example"})}},
		{bucketCapture, number(2), ask{"host": report(ReportQuery{Host: "a.example"})}},
		{bucketCapture, number(3), ask{"host": report(ReportQuery{Host: "a.example"}), "url": report(ReportQuery{URL: url})}},
		{bucketSite, []byte("zgw"), ask{"status": status}},
		{bucketRun, number(1), ask{"status": status}},
		{bucketObservation, number(1), ask{"observations": observations}},
	} {
		a := newArchive(t, Options{})
		v := visit{t, a}
		if _, err := a.BeginRun(t.Context(), Run{At: noon(0)}); err != nil {
			t.Fatal(err)
		}
		v.follow(Follow{Link: Link{URL: list, Role: RoleListing}, At: noon(0), Outcome: Listed, Status: 200,
			Items: []Link{{Site: "zgw", URL: "http://b.example/", Role: RoleArticle, Via: list, Title: "外站"}},
			Seen:  &Observation{At: noon(0), Site: "zgw", Listing: list, Look: SomeNew}})
		v.keep(Link{URL: url}, parser.Article{Title: "标题", Text: "正文一"}, noon(1))
		v.keep(Link{URL: url}, parser.Article{Title: "标题", Text: "正文二"}, noon(2))
		v.flush()
		for name, ask := range c.asks {
			if err := ask(a); err != nil {
				t.Fatalf("%s %s, whole: %v", c.bucket, name, err)
			}
		}
		err := a.db.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(c.bucket)
			value := bytes.Clone(b.Get(c.key))
			value[len(value)/2] ^= 1
			return b.Put(c.key, value)
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range c.asks {
			err := ask(a)
			var damaged *DamagedError
			if !errors.As(err, &damaged) || damaged.Bucket != string(c.bucket) || damaged.Key != printable(c.key) {
				t.Errorf("%s/%s %s: %v", c.bucket, printable(c.key), name, err)
			}
		}
	}
}

// TestMissing: a value that is not there at all, though another points to it, is no
// empty answer either.
func TestMissing(t *testing.T) {
	const url = "http://a.example/1"
	for _, c := range []struct{ bucket, key []byte }{
		{bucketText, textKey("正文")}, {bucketVersion, versionKey(1, 1)}, {bucketDocument, number(1)},
	} {
		a := newArchive(t, Options{})
		v := visit{t, a}
		v.keep(Link{URL: url}, parser.Article{Title: "标题", Text: "正文"}, noon(1))
		v.flush()
		if err := a.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(c.bucket).Delete(c.key) }); err != nil {
			t.Fatal(err)
		}
		r, err := a.Search(t.Context(), Query{})
		if err == nil {
			t.Errorf("search without %s: %+v", c.bucket, r)
		}
		article, err := a.Article(t.Context(), url)
		if err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("article without %s: %+v, %v", c.bucket, article, err)
		}
		page, err := a.Export(t.Context(), Query{}, "", 1)
		if err == nil {
			t.Errorf("export without %s: %+v", c.bucket, page)
		}
	}
}

func TestClosed(t *testing.T) {
	a, err := Create(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	_, search := a.Search(t.Context(), Query{})
	_, article := a.Article(t.Context(), "a")
	_, export := a.Export(t.Context(), Query{}, "", 1)
	_, looks := a.Observations(t.Context(), "", 1)
	_, report := a.Report(t.Context(), ReportQuery{})
	_, status := a.Status(t.Context())
	for name, err := range map[string]error{"search": search, "article": article, "export": export, "observations": looks, "report": report, "status": status} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
}
