package warc

import "testing"

func TestIsURI(t *testing.T) {
	for _, s := range []string{
		"http://www.zgw123.cn/", "https://a.gov.cn:8443/art/2022/%E6%B1%9F.html?page=2&x=%BD%AD#top", "http://[2001:db8::1]/a", "http://a_b.example/",
		"dns:www.zgw123.cn", "urn:uuid:12345678-1234-4234-8234-123456789abc", "urn:fangzhi:visit:17", "http://user:pw@host/", "file:///a", "http://a?b", "x:?q",
	} {
		if !IsURI(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{
		"", "a", "/a", "//a/b", "http:", "1http://a/", "http:///a", "http://a/江", "http://a/b c", "<http://a/>", "http://a/\"", "http://a/%4", "http://a/%zz", "http://a/|",
		"http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://[::1/", "http://a:80b/", "http://a/[1]", "http://a/\\b", "http://a#b#c", "http://a/\x7f", "ht tp://a/", "http://a b@c/",
	} {
		if IsURI(s) {
			t.Errorf("%q is taken for a URI", s)
		}
	}
}
