package parser

import (
	"strings"
)

// article reads the parts of a detail page, each helped by what was read before.
func (d *document) article() *Article {
	title := d.findTitle()
	d.weigh(title.line)
	a := &Article{Title: title.text}
	b := d.findBody(title.line)
	s := scene{title: int32(title.line), first: b.first, last: b.end}
	if n := len(b.kept); n > 0 {
		s.first, s.last = b.kept[0], b.kept[n-1]+1
	} else {
		s.first = min(int32(title.line+8), int32(len(d.lines)))
		s.last = s.first
	}
	fields := d.articleFields(s)
	a.Text = d.render(b.kept)
	dates := d.dates(s, fields)
	a.Date = d.pickDate(dates)
	if d.why != nil {
		d.explain(title, b, dates)
	}
	d.fill(a, s, fields)
	a.Breadcrumb = d.crumbs(s, a.Title)
	if a.Category = category(a.Breadcrumb); a.Category == "" {
		a.Category = d.meta("columnname")
	}
	a.Region = d.place(a)
	a.Attachments = d.attachments(s, b)
	pictures := d.pictures(s, b)
	for _, p := range pictures {
		a.Images = append(a.Images, p.Link)
	}
	a.HTML = d.markup(b, pictures)
	a.Amounts = amounts(a.Text)
	a.Next = d.nextPart(s, b)
	if a.Text == "" && !d.shown {
		for _, other := range []*Article{d.embedded(), d.revealed(a)} {
			if other != nil {
				return other
			}
		}
	}
	return a
}

// articleFields are the labelled values before and after the body, those of its
// last lines, and those of a disclosure table above the title.
func (d *document) articleFields(s scene) []field {
	from, end := s.head()
	out := d.fields(d.tableLine(from), end, nil)
	for i := max(s.first, s.last-3); i < s.last; i++ {
		out = d.bracketed(i, out)
	}
	from, end = s.tail(d)
	return d.fields(from, end, out)
}

// tableLine is where the disclosure table above the title begins, from if there is
// none.
func (d *document) tableLine(from int32) int32 {
	for i := int32(0); i < from; i++ {
		if d.lines[i].chars > longestInfo {
			continue
		}
		if _, k, _ := labels.loose(d.lineText(int(i))); k&isIndexNumber != 0 {
			return i
		}
	}
	return from
}

// bracketed reads the last words of a body's line, （来源：新华社）, as a field.
func (d *document) bracketed(i int32, out []field) []field {
	s := d.lineText(int(i))
	open := max(strings.LastIndex(s, "（"), strings.LastIndex(s, "("), strings.LastIndex(s, "【"), strings.LastIndex(s, "["))
	if open < 0 || len(s)-open > 120 {
		return out
	}
	l := d.lines[i]
	inner := s[open:]
	for at := range inner {
		if f, value, ok := d.labelAt(inner, at, int(l.start)+open); ok && at > 0 && at < 12 {
			f.line, f.end, f.value = i, l.end, inner[value:]
			d.cutValue(&f, int(l.start))
			return append(out, f)
		}
	}
	return out
}

// fill enters the fields.
func (d *document) fill(a *Article, s scene, fields []field) {
	if a.Source = d.ruledSource(); a.Source == "" {
		a.Source = d.source(s, fields)
	}
	for _, f := range fields {
		v := f.value
		if v == "" {
			continue
		}
		switch {
		case f.kind&isAuthor != 0 && a.Author == "" && isName(v):
			a.Author = v
		case f.kind&isEditor != 0 && a.Editor == "" && isName(v):
			a.Editor = v
		case f.kind&isIssuer != 0 && a.Issuer == "" && f.line < s.first:
			a.Issuer = v
		case f.kind&isDocNumber != 0 && a.DocNumber == "" && f.line < s.first && isDocNumeral(v):
			a.DocNumber = v
		case f.kind&isIndexNumber != 0 && a.IndexNumber == "" && f.line < s.first:
			a.IndexNumber = v
		case f.kind&isSigned != 0 && a.SignedOn.IsZero():
			if t, ok := firstStamp(v); ok {
				a.SignedOn = t.day0()
			}
		}
	}
	if a.Author == "" {
		a.Author = byline(a.Text)
	}
	if v := d.meta("author"); a.Author == "" && isName(v) && !strings.Contains(d.title, v) {
		a.Author = v
	}
	if a.DocNumber == "" {
		a.DocNumber = d.docNumber(a.Title, s)
	}
	if a.SignedOn.IsZero() {
		a.SignedOn = d.signature(s)
	}
}

// byline are the names in the first brackets of a text, if they are those of reporters:
// 本报讯（记者 张三 李四）.
func byline(text string) string {
	text = leading(text, 240)
	for _, word := range []string{"记者", "記者"} {
		i := strings.Index(text, word)
		if i < 0 {
			continue
		}
		open := strings.LastIndexAny(text[:i], "（(【")
		end := strings.IndexAny(text[i:], "）)】/／，。")
		if open < 0 || i-open > 40 || end < 0 {
			continue
		}
		if names := trim(strings.TrimLeft(text[i+len(word):i+end], ":： \u3000")); names != "" && isName(names) {
			return names
		}
	}
	return ""
}

// docNumber is the number in brackets at the end of a title, 关于…的通知（国办发〔2017〕47号）,
// or one that fills a line over the body's first sentence.
func (d *document) docNumber(title string, s scene) string {
	title = strings.TrimRight(title, " ")
	for _, end := range []string{"）", ")"} {
		rest, ok := strings.CutSuffix(title, end)
		open := max(strings.LastIndex(rest, "（"), strings.LastIndex(rest, "("))
		if ok && open >= 0 {
			if n := strings.TrimLeft(rest[open:], "（("); isWholeNumber(n) {
				return n
			}
		}
	}
	for i := s.first; i < min(s.last, s.first+5) && d.lines[i].mass() == 0; i++ {
		if n := d.lineText(int(i)); isWholeNumber(n) {
			return n
		}
	}
	return ""
}

// isWholeNumber tells a whole document number: 国办发〔2017〕47号.
func isWholeNumber(s string) bool {
	s = bare(s)
	rest, ok := strings.CutSuffix(s, "号")
	open := strings.IndexAny(s, "〔[（(【［﹝")
	if !ok || open < len("发") || runes(s) > 40 {
		return false
	}
	year := strings.TrimLeft(rest[open:], "〔[（(【［﹝")
	if len(year) < 4 || leadingDigits(year) != 4 || !plausible(atoi(year[:4])) {
		return false
	}
	number := strings.TrimPrefix(strings.TrimLeft(year[4:], "〕]）)】］﹞"), "第")
	return isNumber(number)
}

// signature is the day on which a document was signed: alone in one of the last lines
// of the body, below the name of who signed.
func (d *document) signature(s scene) Day {
	for i := s.last - 1; i > s.first && i > s.last-6; i-- {
		text := d.lineText(int(i))
		t, ok := firstStamp(text)
		if ok && t.start == 0 && t.end == len(text) && d.lines[i-1].chars <= 40 && !hasFullStop(d.lineText(int(i-1))) {
			return t.day0()
		}
	}
	return Day{}
}

// ruledSource is what the element of the rules says, without its label.
func (d *document) ruledSource() string {
	text := d.ruledText(d.from.Rules.Source)
	if _, k, n := labels.loose(text); k&isSource != 0 {
		text = strings.TrimLeft(text[n:], " \u3000:：")
	}
	return text
}

// isName tells what may be the name of a person or desk.
func isName(s string) bool {
	return runes(s) <= 30 && strings.IndexFunc(s, isHan) >= 0 && !hasFullStop(s)
}

// isDocNumeral tells a document number from 字号：大 中 小.
func isDocNumeral(s string) bool {
	return strings.Contains(s, "号") && strings.ContainsAny(s, "0123456789零一二三四五六七八九十") && runes(s) < 50
}

// source decides who published the article: what is printed, unless it is the site
// itself or cut, else ContentSource.
func (d *document) source(s scene, fields []field) string {
	shown := ""
	for _, f := range fields {
		if f.kind&isSource != 0 && f.value != "" && isSourceName(f.value) {
			shown = f.value
			break
		}
	}
	meta := d.metaOf("contentsource", "source")
	if !isSourceName(meta) {
		meta = ""
	}
	stem := strings.TrimRight(shown, ".…")
	switch {
	case shown == "" && meta == "":
		return d.placedSource(s)
	case shown == "":
		shown = meta
	case isSelf(shown) && meta != "" && !isSelf(meta):
		shown = meta
	case len(meta) > len(shown) && strings.HasPrefix(meta, stem) && stem != shown:
		shown = meta
	}
	return shown
}

// isSourceName tells what may be the name of a publisher.
func isSourceName(s string) bool {
	if s == "" || s == "null" || s == "未知" || s == "不详" || s == "无" || runes(s) > 60 || hasFullStop(s) || isSymbols(s) {
		return false
	}
	t, ok := firstStamp(s)
	return !ok || t.start > 0
}

// placedSource is a name without label right behind the date in the info line:
// 2014-08-01 09:03 国际在线.
func (d *document) placedSource(s scene) string {
	if s.title < 0 {
		return ""
	}
	for i := s.title + 1; i < min(s.first, s.title+6); i++ {
		text := d.lineText(int(i))
		t, ok := firstStamp(text)
		if !ok || d.lines[i].chars > 80 {
			continue
		}
		rest := strings.TrimLeft(text[t.end:], " \u3000)）]】|/")
		if rest == text[t.end:] && !d.isCut(int(d.lines[i].start)+t.end) {
			return ""
		}
		f := field{kind: isSource, value: rest, end: d.lines[i].start + int32(len(text))}
		d.cutValue(&f, int(d.lines[i].start))
		if isPlainName(f.value) {
			return f.value
		}
		return ""
	}
	return ""
}

// isPlainName tells a name of some characters from tools, labels and sentences.
func isPlainName(s string) bool {
	n := runes(s)
	if n < 3 || n > 30 || strings.IndexFunc(s, isHan) < 0 || strings.ContainsAny(s, "：:，。！？>") || hasFullStop(s) {
		return false
	}
	for _, word := range []string{"腊月", "正月", "冬月", "初", "廿", "星期", "农历"} {
		if strings.Contains(s, word) {
			return false
		}
	}
	_, noise, _ := labels.loose(s)
	return noise == 0 && !around.has(s, aside|after|anywhere|footer|crumbs) && isSourceName(s)
}

// isSelf tells the words with which a site names itself.
func isSelf(s string) bool {
	switch strings.Trim(s, " 【】[]（）()") {
	case "本网", "本站", "本网站", "原创", "本站原创", "本网原创", "网站", "本站编辑":
		return true
	}
	return false
}
