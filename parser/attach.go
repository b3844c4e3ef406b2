package parser

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tailLines is how many lines after the body's block may hold its attachments.
const tailLines = 15

// reach is the range of lines in which things that belong to the article stand.
func (d *document) reach(s scene, b body) (first, end int32) {
	first, end = s.first, s.last
	if b.block >= 0 {
		first, end = min(first, d.blocks[b.block].first), max(end, d.blocks[b.block].end)
	}
	if s.title >= 0 {
		first = max(s.title+1, min(first, s.title+1))
	}
	return first, min(end+tailLines, max(end, int32(d.foot)), int32(len(d.lines)))
}

// attachments are the links to files in and right after the body, each address once.
func (d *document) attachments(s scene, b body) []Link {
	first, end := d.reach(s, b)
	var out []Link
	seen := map[string]bool{}
	add := func(address, text string) {
		if address != "" && !seen[address] && isAttachment(address, text) {
			seen[address] = true
			out = append(out, Link{address, fileName(address, text)})
		}
	}
	for k := d.anchorFrom(first); k < len(d.anchors) && d.anchors[k].line < end; k++ {
		a := &d.anchors[k]
		if a.hidden || a.line < s.first && len(d.fieldsOf(a.line, nil)) > 0 {
			continue
		}
		text := d.anchorText(a)
		if text == "" {
			text = attr(a.node, "title")
		}
		add(a.url, text)
	}
	for _, e := range d.embeds {
		if e.line >= first && e.line <= end {
			add(d.address.resolve(embeddedFile(e.node)), attr(e.node, "title"))
		}
	}
	for _, sc := range d.scripts {
		if sc.line >= first && sc.node.FirstChild != nil && strings.Contains(sc.node.FirstChild.Data, "file_appendix") { // TRS of Jilin
			for _, l := range markupLinks(sc.node.FirstChild.Data) {
				add(d.address.resolve(l.URL), l.Text)
			}
		}
	}
	return out
}

// embeddedFile is what a frame or object shows: itself, or what a viewer in it is told to
// show (viewer.html?file=/a.pdf).
func embeddedFile(n *html.Node) string {
	src := attr(n, "src")
	if src == "" {
		src = attr(n, "data")
	}
	if _, query, ok := strings.Cut(src, "?"); ok {
		if q, err := url.ParseQuery(query); err == nil && q.Get("file") != "" {
			return q.Get("file")
		}
	}
	return src
}

// markupLinks are the anchors of markup that stands in a script.
func markupLinks(code string) []Link {
	var out []Link
	for {
		i := strings.Index(code, "<a ")
		if i < 0 {
			return out
		}
		code = code[i:]
		end := strings.Index(code, "</a>")
		if end < 0 {
			return out
		}
		tag, text, _ := strings.Cut(code[:end], ">")
		code = code[end:]
		i = strings.Index(tag, "href=")
		if i < 0 || i+7 > len(tag) {
			continue
		}
		href := strings.TrimLeft(tag[i+5:], `\"'`)
		if j := strings.IndexAny(href, `\"' `); j >= 0 {
			href = href[:j]
		}
		out = append(out, Link{href, collapse(html.UnescapeString(untag(text)))})
	}
}

// pictures are the images of the body. Where a page shows its text as pictures alone
// they stand between the title and the foot.
func (d *document) pictures(s scene, b body) []picture {
	first, last := s.first, s.last
	if len(b.kept) == 0 {
		if s.title < 0 {
			return nil
		}
		first, last = s.title+1, int32(d.foot)
		b.block = d.pictureBlock(s.title)
	} else if first == b.kept[0] && s.title >= 0 {
		first = max(s.title+1, d.blocks[b.block].first)
	}
	var out []picture
	for i := range d.images {
		img := &d.images[i]
		if img.line < first || img.line > last || !d.isWithin(img.block, b.block) || isOrnament(img.node) {
			continue
		}
		if address := d.address.resolve(imageAddress(img.node)); address != "" {
			text := imageText(img.node)
			if text == "" {
				text = d.captionAt(img.line)
			}
			out = append(out, picture{Link{address, text}, img.line, img.block})
		}
	}
	return out
}

// captionAt is line i where it says of itself that it belongs to the picture before it.
func (d *document) captionAt(i int32) string {
	if int(i) >= len(d.lines) || d.lines[i].chars > promise/2 {
		return ""
	}
	text := d.lineText(int(i))
	for b := d.lines[i].block; b >= 0 && b > d.lines[i].block-3; b-- {
		if d.blocks[b].node.DataAtom == atom.Figcaption && d.blocks[b].first == i {
			return text
		}
	}
	if r := firstRune(text); r == '▲' || r == '▼' || r == '△' || r == '图' || r == '圖' {
		return text
	}
	return ""
}

// A picture is an image of the body, before line.
type picture struct {
	Link
	line  int32
	block int32
}

// pictureBlock is the smallest block around the title that has an image after it.
func (d *document) pictureBlock(title int32) int32 {
	for b := d.lines[title].block; b >= 0; b = d.blocks[b].parent {
		for i := range d.images {
			if img := &d.images[i]; img.line > title && d.isWithin(img.block, b) && !isOrnament(img.node) {
				return b
			}
		}
	}
	return -1
}

// isWithin tells whether block b is outer or in it.
func (d *document) isWithin(b, outer int32) bool {
	return outer >= 0 && b >= outer && b < d.blocks[outer].next
}

// imageAddress is where an image is kept: pages that load late or show thumbnails say
// it elsewhere than in src.
func imageAddress(n *html.Node) string {
	for _, key := range []string{"orisrc", "data-original", "data-src", "oldsrc", "data-local-url"} {
		if v := attr(n, key); looksLikeImage(v) {
			return v
		}
	}
	src := attr(n, "src")
	if strings.HasPrefix(src, "data:") {
		return ""
	}
	return src
}

func looksLikeImage(s string) bool {
	return s != "" && !strings.HasPrefix(s, "data:") && (strings.ContainsRune(s, '/') || strings.ContainsRune(s, '.'))
}

// isOrnament tells images that are signs, not pictures.
func isOrnament(n *html.Node) bool {
	for _, key := range []string{"width", "height"} {
		if v := strings.TrimSuffix(attr(n, key), "px"); isNumber(v) && atoi(v) < 40 {
			return true
		}
	}
	src := strings.ToLower(imageAddress(n))
	if strings.Contains(src, "/icon") || strings.Contains(src, "filetype") {
		return true
	}
	if i := strings.LastIndexByte(src, '/'); i >= 0 {
		src = src[i+1:]
	}
	for _, word := range []string{"icon", "logo", "qrcode", "ewm", "erweima", "share", "print", "arrow", "spacer", "blank", "loading", "button", "btn", "dot.", "line.", "close", "weixin", "weibo"} {
		if strings.Contains(src, word) {
			return true
		}
	}
	return src == ""
}

// imageText is what an image says of itself; the name of its file says nothing.
func imageText(n *html.Node) string {
	for _, key := range []string{"alt", "title"} {
		v := collapse(attr(n, key))
		if v != "" && !strings.HasSuffix(strings.ToLower(v), ".jpg") && !strings.HasSuffix(strings.ToLower(v), ".png") && !strings.HasSuffix(strings.ToLower(v), ".jpeg") && !strings.HasSuffix(strings.ToLower(v), ".gif") {
			return v
		}
	}
	return ""
}
