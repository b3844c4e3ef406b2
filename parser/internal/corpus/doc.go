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
// runs both. Unseen pages are imitated by Rename and LeaveOut.
package corpus
