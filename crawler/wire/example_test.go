package wire_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"fangzhi/crawler/wire"
)

func Example() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nx-ODD: kept\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n方志\r\n0\r\n\r\n")
	}()

	client, err := wire.New(wire.Options{AllowPrivate: true})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	req, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/", nil)
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.Do(context.Background(), req)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n%s\n", c.Response, c.Payload())
	// Output:
	// "HTTP/1.1 200 OK\r\nx-ODD: kept\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n方志\r\n0\r\n\r\n"
	// 方志
}
