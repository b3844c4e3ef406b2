package warc

import (
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/netip"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// A fieldRule is what WARC 1.1, section 5, says of a named field.
type fieldRule struct {
	on   string // types of records that may have it; "" for all
	must string // types of records that must have it; "*" for all
	many bool   // may be repeated
	form func(value, version string) error
}

const (
	captures    = "response resource request revisit"
	withPayload = "response resource request revisit conversion continuation" // a revisit's is that of its original
)

// fieldRules are by name in lower case. Content-Length is the reader's.
var fieldRules = map[string]fieldRule{
	"warc-type":                    {must: "*", form: isToken},
	"warc-record-id":               {must: "*", form: isID},
	"warc-date":                    {must: "*", form: isDate},
	"content-length":               {},
	"content-type":                 {form: isMediaType},
	"warc-target-uri":              {on: captures + " conversion continuation metadata", must: captures + " conversion continuation", form: isTarget},
	"warc-concurrent-to":           {on: captures + " metadata", many: true, form: isID},
	"warc-block-digest":            {form: isDigest},
	"warc-payload-digest":          {on: withPayload, form: isDigest},
	"warc-ip-address":              {on: captures + " metadata", form: isIP},
	"warc-refers-to":               {on: "metadata revisit conversion", form: isID},
	"warc-refers-to-target-uri":    {on: "metadata revisit conversion", form: isTarget},
	"warc-refers-to-date":          {on: "metadata revisit conversion", form: isDate},
	"warc-truncated":               {form: isToken},
	"warc-warcinfo-id":             {on: captures + " metadata conversion continuation", form: isID},
	"warc-filename":                {on: "warcinfo"},
	"warc-profile":                 {on: "revisit", must: "revisit", form: isProfile},
	"warc-identified-payload-type": {on: withPayload, form: isMediaType},
	"warc-segment-number":          {must: "continuation", form: isCount},
	"warc-segment-origin-id":       {on: "continuation", must: "continuation", form: isID},
	"warc-segment-total-length":    {on: "continuation", form: isCount},
}

// knownTypes are the eight types of records.
const knownTypes = captures + " warcinfo metadata conversion continuation"

func among(words, word string) bool {
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

func isToken(value, _ string) error {
	if value == "" || strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>@,;:\\\"/[]?={}", r) }) >= 0 {
		return errors.New("is not a token")
	}
	return nil
}

func isID(value, _ string) error {
	inner, ok := strings.CutPrefix(value, "<")
	inner, closed := strings.CutSuffix(inner, ">")
	if !ok || !closed || !IsURI(inner) {
		return errors.New("is not a URI in angle brackets")
	}
	return nil
}

// isTarget allows the angle brackets of WARC/1.0, which its grammar asks for and
// wget writes.
func isTarget(value, version string) error {
	if version == "WARC/1.0" {
		value = unbracket(value)
	}
	if strings.HasPrefix(value, "<") {
		return errors.New("is in angle brackets, which WARC/1.1 has not")
	}
	if !IsURI(value) {
		return errors.New("is not an absolute URI as RFC 3986 has them")
	}
	return nil
}

func isProfile(value, _ string) error {
	if !IsURI(unbracket(value)) {
		return errors.New("is not a URI")
	}
	return nil
}

var (
	dateForm   = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?$`)
	secondForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
)

func isDate(value, version string) error {
	form := dateForm
	if version == "WARC/1.0" {
		form = secondForm
	}
	if !form.MatchString(value) || ParseDate(value).IsZero() {
		return errors.New("is not a date in UTC as W3CDTF has them, such as " + FormatDate(time.Date(2022, 3, 31, 1, 2, 3, 0, time.UTC)))
	}
	return nil
}

func isIP(value, _ string) error {
	if ip, err := netip.ParseAddr(value); err != nil || ip.Zone() != "" {
		return errors.New("is not an IP address")
	}
	return nil
}

func isMediaType(value, _ string) error {
	kind, _, err := mime.ParseMediaType(value)
	if err != nil || !strings.Contains(kind, "/") {
		return errors.New("is not a media type")
	}
	return nil
}

func isCount(value, _ string) error {
	if value == "" || len(value) > 18 || strings.Trim(value, "0123456789") != "" {
		return errors.New("is not a number")
	}
	return nil
}

// digestSizes are those of the algorithms that are checked, in bytes.
var digestSizes = map[string]int{"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}

func isDigest(value, _ string) error {
	algorithm, sum, ok := strings.Cut(value, ":")
	if !ok || isToken(algorithm, "") != nil || sum == "" {
		return errors.New("is not an algorithm, a colon and a digest")
	}
	if size := digestSizes[strings.ToLower(algorithm)]; size != 0 && decodeSum(sum, size) == nil {
		return fmt.Errorf("is no digest of %s: neither %d hexadecimal digits nor Base32", algorithm, 2*size)
	}
	return nil
}

// decodeSum reads a digest in hexadecimal or Base32; nil for what is none.
func decodeSum(s string, size int) []byte {
	if len(s) == 2*size {
		if b, err := hex.DecodeString(s); err == nil {
			return b
		}
	}
	b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(strings.TrimRight(s, "=")))
	if err != nil || len(b) != size {
		return nil
	}
	return b
}

// isPlain tells whether a value has no control characters and is UTF-8.
func isPlain(value string) bool {
	return utf8.ValidString(value) && strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}
