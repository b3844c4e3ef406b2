// Package cdxj writes and reads the index of a WARC file that replay tools look
// addresses up in (CDXJ 0.1.0, as pywb and ReplayWeb.page read it): a line for each
// capture, of its key, its time and a JSON object, sorted by bytes.
//
// Keys are those of warcio.js, which ReplayWeb.page makes of the address it looks
// for: another key would never be found.
package cdxj
