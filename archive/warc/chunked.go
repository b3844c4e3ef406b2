package warc

import "bytes"

// Unchunk is the body of a message in the chunked transfer coding without it. What
// cannot be un-chunked to its end (a truncated response) is given as far as it goes;
// what does not begin with a chunk was never chunked, whatever its header says. It
// shares memory with body where it can.
func Unchunk(body []byte) []byte {
	chunk, rest, ok := nextChunk(body)
	if !ok {
		if rest == nil && bytes.IndexByte(body, '\n') >= 0 {
			return body
		}
		return chunk
	}
	if len(chunk) == 0 {
		return chunk
	}
	first := chunk
	if chunk, rest, ok = nextChunk(rest); len(chunk) == 0 {
		return first // most pages are one chunk: no copy
	}
	plain := append(make([]byte, 0, len(body)), first...)
	for ; len(chunk) > 0; chunk, rest, ok = nextChunk(rest) {
		plain = append(plain, chunk...)
		if !ok {
			break
		}
	}
	return plain
}

// ChunkedLen is the length of a body in the chunked transfer coding, its trailer
// included, at the start of b. whole tells whether the last chunk is there: a
// body that lacks only the end of its trailer is whole (RFC 9112, section 8).
func ChunkedLen(b []byte) (n int, whole bool) {
	for rest := b; ; {
		chunk, next, ok := nextChunk(rest)
		if !ok {
			return len(b), false
		}
		if rest = next; len(chunk) == 0 {
			return len(b) - len(afterTrailer(rest)), true
		}
	}
}

// nextChunk takes a chunk off b; the last one is empty. ok is false when b ends
// or goes wrong before the chunk does: chunk is then what there is of it, and
// rest is nil when not even its size could be read.
func nextChunk(b []byte) (chunk, rest []byte, ok bool) {
	size, rest, ok := chunkSize(b)
	if !ok {
		return nil, nil, false
	}
	if size > len(rest) {
		return rest, rest[len(rest):], false
	}
	chunk, rest = rest[:size:size], rest[size:]
	if size == 0 {
		return chunk, rest, true
	}
	switch {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		return chunk, rest[2:], true
	case bytes.HasPrefix(rest, []byte("\n")):
		return chunk, rest[1:], true
	}
	return chunk, rest, false
}

// chunkSize reads the line before a chunk: hexadecimal digits, then extensions.
func chunkSize(b []byte) (size int, rest []byte, ok bool) {
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		return 0, nil, false
	}
	line := bytes.TrimSpace(b[:end])
	digits := 0
	for ; digits < len(line); digits++ {
		d := hexDigit(line[digits])
		if d < 0 {
			break
		}
		if size = size<<4 | d; size > 1<<40 {
			return 0, nil, false
		}
	}
	if digits == 0 {
		return 0, nil, false
	}
	return size, b[end+1:], true
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// afterTrailer is what follows the trailer fields and their blank line.
func afterTrailer(b []byte) []byte {
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return nil
		}
		line := bytes.TrimSuffix(b[:end], []byte("\r"))
		if b = b[end+1:]; len(line) == 0 {
			return b
		}
	}
}
