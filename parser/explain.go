package parser

import (
	"fmt"
	"strings"
)

// An Explanation says why a page was read as it was.
type Explanation struct {
	Family    string       // content management system, "" when no mark was found
	TitleFrom string       // where the title stood
	Container string       // element that was chosen for the body: div#zoom.TRS_Editor
	Score     int          // its mass: characters of prose, punctuation counted as several
	Whole     int          // mass of the whole page
	Dates     []DateChoice // every day that the page names for itself, best kind first as found
}

// A DateChoice is a date that was taken or refused.
type DateChoice struct {
	Date    Date
	Refused string // why, "" for the one that was taken
}

// Explain is Parse, and says why.
func Explain(page []byte, from Origin) (*Page, *Explanation, error) {
	why := new(Explanation)
	p, err := parse(page, from, why)
	return p, why, err
}

// explain fills in what was decided about an article.
func (d *document) explain(title heading, b body, dates []candidate) {
	why := d.why
	why.Family = d.family()
	why.TitleFrom = "<title>"
	if title.line >= 0 {
		why.TitleFrom = fmt.Sprintf("line %d, in %s", title.line+1, d.elementName(d.lines[title.line].block))
	}
	why.Whole = int(d.mass[len(d.lines)])
	if b.block >= 0 {
		why.Container, why.Score = d.elementName(b.block), int(d.massOf(b.block))
	}
	for _, c := range dates {
		why.Dates = append(why.Dates, DateChoice{c.date(), c.refused})
	}
}

// elementName names an element as a selector would: div#zoom.TRS_Editor.
func (d *document) elementName(b int32) string {
	if b < 0 {
		return "the page"
	}
	n := d.blocks[b].node
	name := n.Data
	if id := attr(n, "id"); id != "" {
		name += "#" + id
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		name += "." + class
	}
	return name
}

// familyMarks are parts of class names, ids and scripts that show what made a page
// (PORTALS 1.0), the surest first.
var familyMarks = []struct{ family, in, mark string }{
	{"Hanweb", "meta", "maketime"}, {"Hanweb", "id", "hiddenlocation"}, {"Hanweb", "script", "jpaas"},
	{"UCAP", "tag", "ucapcontent"}, {"UCAP", "id", "ucap-content"}, {"UCAP", "meta", "template,templategroup,version"},
	{"NFCMS", "script", "nfcms_"}, {"gkmlpt", "script", "window._config"},
	{"VSB", "class", "v_news_content"}, {"VSB", "id", "vsb_content"}, {"VSB", "script", "_showdynclicks"},
	{"Epoint", "class", "ewb-"}, {"Epoint", "class", "epoint-"}, {"Lonsun", "class", "j-fontcontent"}, {"EasySite", "class", "easysite-"},
	{"Shanghai", "id", "ivs_content"}, {"WebPlus", "class", "wp_articlecontent"}, {"TRS", "class", "trs_"}, {"TRS", "id", "trs_"},
}

// family names the content management system that shows in the page's marks.
func (d *document) family() string {
	marks := map[string]*strings.Builder{"tag": {}, "class": {}, "id": {}, "meta": {}, "script": {}}
	add := func(in, s string) {
		marks[in].WriteString(strings.ToLower(s))
		marks[in].WriteByte('\n')
	}
	for i := range d.blocks {
		n := d.blocks[i].node
		add("tag", n.Data)
		add("class", attr(n, "class"))
		add("id", attr(n, "id"))
	}
	for _, m := range d.metas {
		add("meta", m.name)
	}
	for _, s := range d.scripts {
		add("script", attr(s.node, "src"))
		add("script", s.code())
	}
	for _, m := range familyMarks {
		if strings.Contains(marks[m.in].String(), m.mark) {
			return m.family
		}
	}
	return ""
}
