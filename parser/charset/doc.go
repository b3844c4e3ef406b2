// Package charset decides how the bytes of a page are to be read and reads them.
//
// Labels lie: gb2312 stands over UTF-8 bodies, UTF-8 headers over GBK bodies, and
// script tags carry a charset of their own. So the bytes are heard first, then the
// HTTP header, then the meta element, and a label that the bytes contradict loses:
//
//	bom      a byte order mark whose encoding the rest bears out
//	bytes    valid UTF-8, or a reading so much likelier that no label counts
//	header   the Content-Type, where the bytes allow what it says
//	meta     <meta> or <?xml encoding?> in the first 2 KiB, likewise
//	guess    nothing of these: the best of bad readings
//
// How likely a reading is, is measured by how many of its characters are frequent
// in Chinese text (see survey). Everything that calls itself gb2312 or GBK is read
// as GB18030, which contains both.
//
// What comes out is always valid UTF-8: what no table knows becomes U+FFFD and is
// counted, byte order marks go wherever they stand, and the code points that GB
// 18030-2022 moved out of the private use area are where that standard put them
// (see Fold). Bytes that are such UTF-8 already come back as they are, uncopied.
package charset
