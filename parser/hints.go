package parser

import "strings"

// hinted are parts of class names and ids that say a block is no text of an article.
var hinted = []string{"share", "relat", "comment", "footer", "copyright", "crumb", "breadcrumb", "recommend", "hotnews", "qrcode", "pagination", "jiathis", "bdshare", "position", "toolbar", "weather", "sidebar", "xgyd", "xgxw", "xglj", "dqwz", "vote", "login", "navbar", "xiangguan", "pinglun", "fenxiang"}

// isHinted tells whether a block's own name says that it is no text. It is not
// believed of a block that holds a third of the page's text.
func (d *document) isHinted(i int32) bool {
	if d.charsOf(i)*3 > d.chars[len(d.lines)] || d.massOf(i)*3 > d.mass[len(d.lines)] {
		return false
	}
	for _, a := range d.blocks[i].node.Attr {
		if a.Key != "class" && a.Key != "id" || a.Val == "" {
			continue
		}
		name := strings.ToLower(a.Val)
		for _, h := range hinted {
			if strings.Contains(name, h) {
				return true
			}
		}
	}
	return false
}
