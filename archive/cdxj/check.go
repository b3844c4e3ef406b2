package cdxj

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Fault is something in an index that the format does not allow. A key that is only
// spelled another way than ReplayWeb.page does is Advice.
type Fault struct {
	Offset  int64 // of the line, in the file
	Line    int   // counted from 1
	Field   string
	Problem string
	Advice  bool
}

// maxLine is the length of a line that is believed to be one, in bytes.
const maxLine = 1 << 20

// Check reads an index to its end, tells every fault, and calls visit, unless it is
// nil, for every line that can be read. Lines must be sorted by bytes, or a search in
// them misses some.
func Check(r io.Reader, report func(Fault), visit func(offset int64, l Line)) (lines int, err error) {
	in := bufio.NewReaderSize(r, maxLine)
	last, at := "", int64(0)
	for {
		raw, err := in.ReadSlice('\n')
		if len(raw) == 0 && err == io.EOF {
			return lines, nil
		}
		lines++
		fault := func(field string, wrong bool, format string, args ...any) {
			report(Fault{at, lines, field, fmt.Sprintf(format, args...), !wrong})
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			fault("", true, "the line is longer than %d bytes", maxLine)
			return lines, nil
		}
		if err != nil && err != io.EOF {
			return lines, err
		}
		text, ended := strings.CutSuffix(string(raw), "\n")
		if !ended {
			fault("", true, "the file ends in the middle of the line")
		}
		if text < last {
			fault("", true, "the line is not in order: a search would not find it")
		}
		last = text
		if l, ok := checkLine(text, fault); ok && visit != nil {
			visit(at, l)
		}
		at += int64(len(raw))
	}
}

func checkLine(text string, fault func(field string, wrong bool, format string, args ...any)) (l Line, ok bool) {
	if strings.HasPrefix(text, "!") { // a line of metadata, as pywb has them
		return l, false
	}
	l, err := Parse(text)
	if err != nil {
		field, problem, _ := strings.Cut(err.Error(), ": ")
		fault(field, true, "%s", problem)
		return l, false
	}
	want := Key(l.URL)
	if l.Method == "POST" {
		want = KeyOfForm(l.URL, l.Body)
	}
	if l.Key != want && (l.Method == "" || l.Method == "POST") {
		host, _, _ := strings.Cut(want, ")")
		fault("key", !strings.HasPrefix(l.Key, host+")"), "%.200q is not the key of %.200s, which is %.200q", l.Key, l.URL, want)
	}
	return l, true
}
