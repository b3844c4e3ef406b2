package portal

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"time"
)

//go:embed main.css
var styleSheet []byte

// parts are what the pages need to look as they do: a style sheet, which needs an image
// itself, and a seal.
func (r *renderer) parts() {
	day := firstDay.AddDate(-1, 0, 0)
	r.part("/css/main.css", "text/css", styleSheet, day)
	r.part("/images/paper.png", "image/png", picture(16, color.NRGBA{0xf4, 0xf0, 0xe4, 0xff}, color.NRGBA{0xfb, 0xfa, 0xf6, 0xff}), day)
	r.part("/images/seal.png", "image/png", picture(32, color.NRGBA{0xa3, 0x13, 0x1a, 0xff}, color.NRGBA{0xfb, 0xfa, 0xf6, 0xff}), day)
}

func (r *renderer) part(path, kind string, body []byte, day time.Time) {
	r.pages[path] = &page{status: http.StatusOK, contentType: kind, body: body, etag: etagOf(body), modified: day}
}

// picture is a square with a frame of another colour, in PNG.
func picture(size int, frame, inside color.NRGBA) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			c := inside
			if edge := min(x, y, size-1-x, size-1-y); edge < size/8 {
				c = frame
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic("portal: " + err.Error()) // a Buffer does not fail
	}
	return b.Bytes()
}
