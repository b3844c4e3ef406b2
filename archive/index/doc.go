// Package index finds every substring of the texts of an archive.
//
// There is no dictionary of words. Each pair of neighbouring characters of the
// folded text (package fold) is a term with all its positions, so that any string
// of two characters or more is found where its pairs follow each other, and
// nowhere else: 陶瓷, 国发〔2015〕23号, 哈哈哈, 5g基站. A single character is a term too,
// with the fields that hold it.
//
// # Rows
//
// A row is one version of a document. Rows are numbered from 0 in the order in
// which they are added, and are never dropped or changed: a version that another
// replaced is visible to those who ask for a sequence number before that. So the
// answer to a query At a sequence number is the same for ever.
//
// # Segments
//
// A segment is an immutable file of consecutive rows. It is written under another
// name, synced, renamed, and only then named in the Manifest, which the caller
// keeps; files not named there are removed by Open. Neighbouring segments are
// merged in the background, so that their number grows with the logarithm of the
// rows. When a row is replaced, the segment that holds the replacing row says so;
// merging writes it into the replaced row as soon as both are in one segment.
//
// A segment is read through a memory map. Open checks its length and its footer;
// every block of 64 KiB is checked against its CRC-32C when it is first read. A
// damaged segment, also one whose disk fails under the map, is named in each
// answer that lacks its rows; the others answer.
//
// # Layout of a segment
//
// All numbers are little endian; sections begin at multiples of 8 bytes.
//
//	columns   of 8 bytes a row: from, to, rank, group, document, captured;
//	          of 4 bytes: date, version, region, category, site, and the
//	          position at which each field begins
//	lists     of terms, in order of their keys; see list.go
//	terms     in blocks of 32: key less the key before, length and bytes of the
//	          list, all as varints
//	blocks    of terms: first key, offset in terms, offset in lists
//	ended     row, sequence: rows of older segments that rows of this one replace
//	names     of regions, categories, sites: count, then length and bytes
//	sums      CRC-32C of every 64 KiB before it
//	footer    see footer
//
// Positions count characters from the start of the segment. Each field that is
// not empty is followed by one position without a character, so that no match
// reaches from one field into another.
package index

// Format is the version of the layout.
//
//	1  first format
const Format = 1
