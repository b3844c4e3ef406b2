// Package corpus measures an extractor against the evaluation corpus: pages with
// gold made by hand, which lie beside the project (../shared/corpus) and are no part
// of it. It is used by tests and by the comparison with peers only.
//
//	Page     a saved page with its gold
//	Output   what an extractor made of a page
//	Mark     how well that is, for one page
//	Tally    the figures over many marks
//
// The rules of scoring are those of score.py of the corpus, number for number; a test
// runs both.
//
// What counts are pages that nobody has seen. They are imitated by changing those that
// were seen: Rename takes hosts, classes and ids away, LeaveOut the words that only a
// page's own domain could teach, Untitle the title element; Shorten, Surround and Promise
// make bodies short, put teasers around them and a promise of the site under them; Retag
// and Redate make listings of other elements and with days in other forms. None of them
// knows what the parser does.
//
//	go test ./parser -run TestCorpus -v              every set in every view
//	go test ./parser -run '^$' -bench BesideGoquery  speed beside goquery
//	go test ./parser/charset -bench BesideXText      decoding beside x/text
//	cd parser/peers && go run .                      score and speed beside the peers
package corpus
