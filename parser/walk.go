package parser

import (
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A document is a page after one walk over its tree: the text as lines, the
// elements as ranges of lines, and what was met on the way. All that is read out
// of a page is read out of this; nothing walks the tree again.
type document struct {
	from    Origin
	text    string // of all lines, one after another
	lines   []line
	blocks  []block // in document order, parents before children
	anchors []anchor
	images  []image
	metas   []meta
	scripts []script
	times   []script // <time> elements
	title   string   // of the <title> element
	refresh string   // content of <meta http-equiv=refresh>
	begins  int32    // line at which a comment says that the content begins, -1 if none does
	ends    int32    // likewise where it ends
	cuts    []int32
	hidden  int     // characters under display:none, which were passed over
	forms   int     // fields to fill in
	ticks   []int32 // lines at which there is something to tick
	frames  int

	shown   bool         // with what is hidden
	embeds  []script     // frames and objects
	why     *Explanation // nil when nobody asks
	walker  *walker      // that made it
	sums    []int32      // what mass, chars, linked and links are parts of
	mass    []int32      // prefix sums over lines, see weigh
	chars   []int32
	linked  []int32
	foot    int // the line at which the foot of the page begins
	links   []int32
	address *resolver
	traces  []trace // of dates in lines, see trace
}

// A line is what stands between two line breaks.
type line struct {
	start, end int32 // bytes of document.text
	chars      int32 // characters, blanks not counted
	linked     int32 // those in anchors
	punct      int32 // Chinese punctuation of sentences
	strong     int32 // characters in bold
	links      int16
	heading    int8 // 1 to 6, 0 for none
	joined     bool // a cell of the table row whose first cell is the line before
	tick       bool // has something to tick
	teaser     bool // one of several announcements of other pages, see markTeasers
	block      int32
}

// A block is an element that holds lines.
type block struct {
	node       *html.Node
	parent     int32
	first, end int32 // its lines; the first may have begun before it
	from, to   int32 // its anchors
	next       int32 // the block after all that are in it
}

// An anchor is a link as it stands in the page.
type anchor struct {
	node       *html.Node
	url        string // absolute, "" if it leads nowhere
	start, end int32  // of its text
	line       int32
	block      int32
	hidden     bool
}

type image struct {
	node  *html.Node
	line  int32 // the line that begins after it
	block int32
}

type meta struct{ name, content string }

type script struct {
	node *html.Node
	line int32
}

// maxDepth bounds the recursion; html.Parse itself refuses deeper trees.
const maxDepth = 1024

// A walker makes a document.
type walker struct {
	document
	buf    []byte
	cur    line
	blank  byte // blanks seen since the last character: 0, ' ', or '\n' when there was a line end
	inLink int
	bold   int
	level  int8 // of the heading we are in
	block  int32
	pre    int
}

// walk reads the tree of a page. What it returns is released when the page was read.
func walk(root *html.Node, from Origin, size int) *document {
	w := newWalker(from, size)
	w.children(root, 0)
	return w.finish()
}

// walkers keeps the slices of documents that were read for the next ones.
var walkers = sync.Pool{New: func() any { return new(walker) }}

// release gives the slices of a document back. Nothing of it may be used after.
func (d *document) release() {
	w := d.walker
	clear(w.blocks) // so that they do not keep the tree
	clear(w.anchors)
	clear(w.images)
	clear(w.scripts)
	clear(w.times)
	clear(w.embeds)
	walkers.Put(w)
}

// walkHidden is walk with what display:none hides.
func walkHidden(root *html.Node, from Origin, size int) *document {
	w := newWalker(from, size)
	w.shown = true
	w.children(root, 0)
	return w.finish()
}

func newWalker(from Origin, size int) *walker {
	old := walkers.Get().(*walker)
	w := &walker{buf: old.buf[:0], block: -1}
	w.document = document{
		lines: old.lines[:0], blocks: old.blocks[:0], anchors: old.anchors[:0], images: old.images[:0], metas: old.metas[:0],
		scripts: old.scripts[:0], times: old.times[:0], embeds: old.embeds[:0], cuts: old.cuts[:0], ticks: old.ticks[:0], sums: old.sums[:0],
		from: from, address: newResolver(from.URL), begins: -1, ends: -1, walker: w,
	}
	if w.blocks == nil {
		w.buf = make([]byte, 0, size/4+64)
		w.lines = make([]line, 0, size/150+16)
		w.blocks = make([]block, 0, size/80+16)
		w.anchors = make([]anchor, 0, size/300+16)
	}
	return w
}

func (w *walker) finish() *document {
	w.br()
	w.text = string(w.buf)
	return &w.document
}

func (w *walker) children(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.addText(c.Data)
		case html.ElementNode:
			w.element(c, depth+1)
		case html.CommentNode:
			w.comment(c.Data)
		}
	}
}

// element reads an element and what is in it.
func (w *walker) element(n *html.Node, depth int) {
	switch n.DataAtom {
	case atom.Script:
		w.scripts = append(w.scripts, script{n, int32(len(w.lines))})
		return
	case atom.Object, atom.Embed:
		w.embeds = append(w.embeds, script{n, int32(len(w.lines))})
		return
	case atom.Style, atom.Noscript, atom.Template, atom.Audio, atom.Video, atom.Svg, atom.Math, atom.Select, atom.Datalist:
		return
	case atom.Textarea, atom.Button:
		w.forms++
		return
	case atom.Input:
		w.input(n)
		return
	case atom.Iframe, atom.Frame:
		w.frames++
		w.embeds = append(w.embeds, script{n, int32(len(w.lines))})
		return
	case atom.Title:
		w.readTitle(n)
		return
	case atom.Meta:
		w.readMeta(n)
		return
	case atom.Base:
		w.address.rebase(attr(n, "href"))
		return
	case atom.Link:
		return
	case atom.Br, atom.Hr:
		w.br()
		return
	case atom.Img:
		w.images = append(w.images, image{n, int32(len(w.lines)), w.block})
		return
	case atom.Time:
		w.times = append(w.times, script{n, int32(len(w.lines))})
	}
	if !w.shown && isHidden(n) {
		w.passOver(n, depth)
		return
	}
	w.within(n, depth)
}

// within reads an element that holds text.
func (w *walker) within(n *html.Node, depth int) {
	breaks := isBlock(n)
	if breaks {
		w.br()
	} else {
		w.cut()
	}
	me := w.enter(n)
	switch n.DataAtom {
	case atom.A:
		w.anchor(n, depth)
	case atom.B, atom.Strong:
		w.bold++
		w.children(n, depth)
		w.bold--
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		outer := w.level
		w.level = int8(n.Data[1] - '0')
		w.children(n, depth)
		w.br() // while the level counts
		w.level = outer
	case atom.Pre:
		w.pre++
		w.children(n, depth)
		w.pre--
	default:
		w.children(n, depth)
	}
	if breaks {
		w.br()
	} else {
		w.cut()
	}
	w.leave(me, breaks)
}

func (w *walker) enter(n *html.Node) int32 {
	me := int32(len(w.blocks))
	w.blocks = append(w.blocks, block{node: n, parent: w.block, first: int32(len(w.lines)), from: int32(len(w.anchors))})
	w.block = me
	if w.cur.chars == 0 {
		w.cur.block = me
	}
	return me
}

// leave closes a block. An inline element that held no line break is none.
func (w *walker) leave(me int32, breaks bool) {
	b := &w.blocks[me]
	w.block = b.parent
	if w.cur.chars == 0 {
		w.cur.block = w.block
	}
	b.end, b.next, b.to = int32(len(w.lines)), int32(len(w.blocks)), int32(len(w.anchors))
	if !breaks && b.end == b.first && b.next == me+1 {
		w.blocks = w.blocks[:me]
		w.cur.block = min(w.cur.block, w.block)
		w.release(me)
		return
	}
	if b.node.DataAtom == atom.Tr {
		w.joinCells(me)
	}
}

// release hands what was noted in a block that is none to its parent.
func (w *walker) release(me int32) {
	for i := len(w.anchors) - 1; i >= 0 && w.anchors[i].block == me; i-- {
		w.anchors[i].block = w.block
	}
	for i := len(w.images) - 1; i >= 0 && w.images[i].block == me; i-- {
		w.images[i].block = w.block
	}
}

// joinCells makes one row of cells that hold a line each.
func (w *walker) joinCells(tr int32) {
	b := w.blocks[tr]
	for i := tr + 1; i < b.next; i = w.blocks[i].next {
		if w.blocks[i].end-w.blocks[i].first > 1 {
			return
		}
	}
	for i := b.first + 1; i < b.end; i++ {
		w.lines[i].joined = true
	}
}

// br ends the line.
func (w *walker) br() {
	w.blank = 0
	end := len(w.buf)
	for end > int(w.cur.start) {
		if w.buf[end-1] == ' ' {
			end--
		} else if end-3 >= int(w.cur.start) && w.buf[end-1] == 0x80 && w.buf[end-2] == 0x80 && w.buf[end-3] == 0xE3 {
			end -= 3
		} else {
			break
		}
	}
	w.buf = w.buf[:end]
	tick := false
	if w.cur.chars > 0 {
		w.cur.end = int32(end)
		w.lines = append(w.lines, w.cur)
	} else {
		w.buf = w.buf[:w.cur.start]
		tick = w.cur.tick // it stands in a cell of its own
	}
	w.cur = line{start: int32(len(w.buf)), block: w.block, tick: tick}
}

// cut notes the border of an inline element: fields often end there with nothing
// printed between them.
func (w *walker) cut() {
	if at := int32(len(w.buf)); w.cur.chars > 0 && (len(w.cuts) == 0 || w.cuts[len(w.cuts)-1] != at) {
		w.cuts = append(w.cuts, at)
	}
}

func (w *walker) anchor(n *html.Node, depth int) {
	i := len(w.anchors)
	w.anchors = append(w.anchors, anchor{node: n, url: w.href(n), line: int32(len(w.lines)), block: w.block})
	if w.cur.links < 1<<14 {
		w.cur.links++
	}
	before := len(w.buf)
	w.inLink++
	w.children(n, depth)
	w.inLink--
	a := &w.anchors[i]
	a.start, a.end = int32(min(before, len(w.buf))), int32(len(w.buf))
}

// passOver notes the links of what is hidden.
func (w *walker) passOver(n *html.Node, depth int) {
	if depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			w.hidden += len(c.Data) / 3
		case c.Type != html.ElementNode:
		case c.DataAtom == atom.Script:
			w.scripts = append(w.scripts, script{c, int32(len(w.lines))})
		case c.DataAtom == atom.A:
			at := int32(len(w.buf))
			w.anchors = append(w.anchors, anchor{c, w.href(c), at, at, int32(len(w.lines)), w.block, true})
		case c.DataAtom != atom.Style:
			w.passOver(c, depth+1)
		}
	}
}

// href is where an anchor leads; what its script opens when its own address leads
// nowhere.
func (w *walker) href(n *html.Node) string {
	ref := attr(n, "href")
	if ref != "" && ref[0] != '#' && !isScript(ref) {
		return w.address.resolve(ref)
	}
	return w.address.resolve(hiddenAddress(n))
}

func (w *walker) input(n *html.Node) {
	switch strings.ToLower(attr(n, "type")) {
	case "hidden", "button", "image":
	case "radio", "checkbox":
		w.ticks = append(w.ticks, int32(len(w.lines)))
		w.cur.tick = true
		w.forms++
	default:
		w.forms++
	}
}

func (w *walker) readTitle(n *html.Node) {
	if w.title == "" && n.FirstChild != nil {
		w.title = collapse(untag(n.FirstChild.Data))
	}
}

func (w *walker) readMeta(n *html.Node) {
	var name, content, equiv string
	for _, a := range n.Attr {
		switch a.Key {
		case "name", "property", "itemprop":
			name = strings.ToLower(strings.TrimSpace(a.Val))
		case "content":
			content = a.Val
		case "http-equiv":
			equiv = a.Val
		}
	}
	if strings.EqualFold(equiv, "refresh") && w.refresh == "" {
		w.refresh = content
	}
	if name == "" || content == "" {
		return
	}
	switch name { // Hanweb sets them inside the body
	case "contentstart":
		w.contentBegins()
	case "contentend":
		w.contentEnds()
	default:
		w.metas = append(w.metas, meta{name, content})
	}
}

func (w *walker) comment(s string) {
	if len(s) > 60 {
		return
	}
	switch {
	case strings.Contains(s, "content.begin"):
		w.contentBegins()
	case strings.Contains(s, "content.end"):
		w.contentEnds()
	}
}

func (w *walker) contentBegins() {
	if w.begins < 0 {
		w.br()
		w.begins = int32(len(w.lines))
	}
}

func (w *walker) contentEnds() {
	w.br()
	w.ends = int32(len(w.lines))
}

// isHidden tells whether an element says itself that it is not shown.
func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if i := strings.Index(a.Val, "display"); i >= 0 {
				rest := strings.TrimLeft(a.Val[i+len("display"):], " :")
				return strings.HasPrefix(rest, "none")
			}
		}
	}
	return false
}

// isBlock tells whether an element stands on lines of its own.
func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.P, atom.Li, atom.Td, atom.Tr, atom.Ul, atom.Ol, atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Th,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dl, atom.Dt, atom.Dd, atom.Body, atom.Html, atom.Head,
		atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Center, atom.Form, atom.Fieldset,
		atom.Blockquote, atom.Pre, atom.Address, atom.Figure, atom.Figcaption, atom.Caption, atom.Dir, atom.Menu, atom.Legend, atom.Details,
		atom.Summary, atom.Hgroup, atom.Search, atom.Option:
		return true
	}
	return n.DataAtom == 0 && isFieldTag(n.Data)
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}
