package charset_test

import (
	"fmt"

	"fangzhi/parser/charset"
)

// The header says UTF-8, the bytes are GBK.
func ExampleDecode() {
	body := []byte("<title>\xb8\xa1\xc1\xba\xcf\xd8\xc8\xcb\xc3\xf1\xd5\xfe\xb8\xae</title>")
	text, why := charset.Decode(body, "text/html; charset=UTF-8")
	fmt.Printf("%s\nread as %s, decided by the %s\n", text, why.Label, why.Method)
	// Output:
	// <title>浮梁县人民政府</title>
	// read as gb18030, decided by the bytes
}
