package charset

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// twoByteCells calls f with every pair of bytes that GB 18030 defines.
func twoByteCells(f func(cell []byte)) {
	for lead := 0x81; lead <= 0xFE; lead++ {
		for trail := 0x40; trail <= 0xFE; trail++ {
			if trail != 0x7F {
				f([]byte{byte(lead), byte(trail)})
			}
		}
	}
}

// fourByteCodes calls f with every sequence of four bytes up to U+FFFF, then every
// 97th one up to U+10FFFF.
func fourByteCodes(f func(code []byte)) {
	code := func(n int) []byte {
		return []byte{byte(0x81 + n/12600), byte('0' + n/1260%10), byte(0x81 + n/10%126), byte('0' + n%10)}
	}
	for n := range 39420 {
		f(code(n))
	}
	for n := 189000; n < 189000+0x100000; n += 97 {
		f(code(n))
	}
}

// The 25 code points that x/text leaves out and that are no longer in private use:
// GB 18030-2022 table of changed mappings (the first 18), Unicode Unihan kIRG_GSource
// for the ideographs, GB 18030-2005 for ḿ.
func TestMovedCells(t *testing.T) {
	want := map[string]string{
		"\xA6\xD9": "︐", "\xA6\xDA": "︒", "\xA6\xDB": "︑", "\xA6\xDC": "︓", "\xA6\xDD": "︔", "\xA6\xDE": "︕", "\xA6\xDF": "︖",
		"\xA6\xEC": "︗", "\xA6\xED": "︘", "\xA6\xF3": "︙",
		"\xFE\x59": "\u9FB4", "\xFE\x61": "\u9FB5", "\xFE\x66": "\u9FB6", "\xFE\x67": "\u9FB7",
		"\xFE\x6D": "\u9FB8", "\xFE\x7E": "\u9FB9", "\xFE\x90": "\u9FBA", "\xFE\xA0": "\u9FBB",
		"\xFE\x51": "\U00020087", "\xFE\x52": "\U00020089", "\xFE\x53": "\U000200CC",
		"\xFE\x6C": "\U000215D7", "\xFE\x76": "\U0002298F", "\xFE\x91": "\U000241FE",
		"\xA8\xBC": "ḿ",
	}
	for cell, w := range want {
		if got, _ := readGB([]byte(cell)); string(got) != w {
			t.Errorf("%X: got %q, want %q", cell, got, w)
		}
		old := rune(gb().two[gbCell(cell[0], cell[1])])
		if got, n := readUTF8([]byte(string(old))); string(got) != w || n != 0 {
			t.Errorf("U+%X: got %q, want %q", old, got, w)
		}
		if old < 0xE000 || old > 0xF8FF {
			t.Errorf("%X was U+%X in 2000, which is no private use", cell, old)
		}
	}
	n := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if Fold(r) != r {
			n++
		}
	}
	if n != len(want) {
		t.Errorf("Fold moves %d code points, want %d", n, len(want))
	}
}

// x/text drops 174 cells and the user-defined zones; everything else is as it says.
func TestAgainstXText(t *testing.T) {
	dec := simplifiedchinese.GB18030.NewDecoder()
	theirs := func(b []byte) string {
		s, err := dec.Bytes(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(s)
	}
	patched, user := 0, 0
	twoByteCells(func(cell []byte) {
		got, bad := readGB(cell)
		if bad != 0 {
			t.Fatalf("%X has no character", cell)
		}
		want := theirs(cell)
		if !strings.HasPrefix(want, "\uFFFD") {
			if string(got) != want {
				t.Errorf("%X: got %q, want %q", cell, got, want)
			}
			return
		}
		if r, _ := utf8.DecodeRune(got); r >= 0xE000 && r <= 0xE765 {
			user++
		} else {
			patched++
		}
	})
	if patched != 174 || user != 1893 {
		t.Errorf("patched %d and %d user-defined cells, want 174 and 1893", patched, user)
	}
	fourByteCodes(func(code []byte) {
		r, _ := utf8.DecodeRuneInString(theirs(code))
		if want := string(Fold(r)); want != "\uFEFF" {
			if got, _ := readGB(code); string(got) != want {
				t.Errorf("%X: got %q, want %q", code, got, want)
			}
		}
	})
}

func TestBig5AgainstXText(t *testing.T) {
	dec := traditionalchinese.Big5.NewDecoder()
	for lead := 0x81; lead <= 0xFE; lead++ {
		for trail := 0x40; trail <= 0xFE; trail++ {
			cell := []byte{byte(lead), byte(trail)}
			want, err := dec.Bytes(cell)
			if err != nil {
				t.Fatal(err)
			}
			if got, n := readBig5(cell); n == 0 && string(got) != string(want) || n > 0 && !bytes.Contains(want, replacement) {
				t.Errorf("%X: got %q, want %q", cell, got, want)
			}
		}
	}
}

// glibc's mapping is GB 18030-2022, Python's that of 2000, ICU's that of 2005 (the
// one of the WHATWG): our reading must be each of theirs after Fold.
func TestAgainstOthers(t *testing.T) {
	python := `import sys
for line in sys.stdin.buffer.read().split(b"\n"): sys.stdout.buffer.write(line.decode("gb18030").encode() + b"\n")`
	others := []struct {
		name string
		args []string
	}{
		{"glibc", []string{"iconv", "-f", "GB18030", "-t", "UTF-8"}},
		{"python", []string{"python3", "-c", python}},
		{"icu", []string{"uconv", "-f", "GB18030", "-t", "UTF-8"}},
	}
	var codes [][]byte
	twoByteCells(func(c []byte) { codes = append(codes, c) })
	fourByteCodes(func(c []byte) { codes = append(codes, c) })
	input := bytes.Join(codes, []byte("\n"))
	for _, o := range others {
		t.Run(o.name, func(t *testing.T) {
			if _, err := exec.LookPath(o.args[0]); err != nil {
				t.Skipf("%s is not installed here", o.args[0])
			}
			cmd := exec.Command(o.args[0], o.args[1:]...)
			cmd.Stdin = bytes.NewReader(input)
			out, err := cmd.Output()
			if err != nil {
				t.Skipf("%s cannot read GB 18030: %v", o.args[0], err)
			}
			lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
			if len(lines) < len(codes) {
				t.Fatalf("got %d lines for %d codes", len(lines), len(codes))
			}
			for i, code := range codes {
				r, _ := utf8.DecodeRuneInString(lines[i])
				got, _ := readGB(code)
				want := string(Fold(r))
				wideBlank := string(code) == "\xA3\xA0" // private use but on the web
				if string(got) != want && r != '\uFEFF' && !wideBlank {
					t.Errorf("%X: got %q, %s says U+%X", code, got, o.name, r)
				}
			}
		})
	}
}
