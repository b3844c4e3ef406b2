package parser

import (
	"strings"

	"golang.org/x/net/html"
)

// fieldTags are elements that content management systems invented and that stand on
// lines of their own.
var fieldTags = map[string]bool{"ucaptitle": true, "ucapcontent": true, "publishtime": true}

func isFieldTag(name string) bool { return fieldTags[name] }

// containers are classes and ids in which content management systems put the body
// (PORTALS 1), in lower case. They only ever narrow a choice made without them.
var containers = map[string]bool{
	// TRS
	"trs_editor": true, "trs_ueditor": true, "trs_editor_view": true, "trs_paper_default": true,
	// UCAP
	"ucap-content": true, "cmsarticlecontent": true, "pages_content": true,
	// Hanweb and many others
	"zoom": true, "bt_content": true,
	// NFCMS
	"zoomcon": true, "content_article": true,
	// VSB
	"v_news_content": true, "vsb_content": true,
	// Epoint
	"ewb-article-info": true, "ewb-trade-info": true, "epoint-article-content": true, "infodetail": true,
	// Lonsun, Shanghai, info, WebPlus
	"j-fontcontent": true, "ivs_content": true, "info_content": true, "wp_articlecontent": true,
}

// isContainer tells whether an element is the body by the name a family gives it.
func isContainer(n *html.Node) bool {
	if n.Data == "ucapcontent" {
		return true
	}
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" {
			continue
		}
		for _, name := range strings.Fields(a.Val) {
			if containers[strings.ToLower(name)] || strings.HasPrefix(name, "vsb_content") {
				return true
			}
		}
	}
	return false
}
