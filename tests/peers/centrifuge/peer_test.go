package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	channel = "widget:bce7d22e-dde6-4427-b391-ebbdfda44de6"
	granted = `{"result":{"user":"","subs":{"` + channel + `":{}}}}`
	// hang is how long a test waits for what must come.
	hang = 10 * time.Second
)

// answers of the backend by path; any other path is 404.
type answers map[string]string

// start gives the address of a peer whose backend answers so.
func start(t *testing.T, answers answers) string {
	t.Helper()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, found := answers[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(backend.Close)
	config, err := parseConfig([]string{"--backend", backend.URL, "--log-level", "none"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	peer, err := newPeer(&config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(peer.handler())
	t.Cleanup(func() {
		_ = peer.node.Shutdown(t.Context())
		server.Close()
	})
	return strings.TrimPrefix(server.URL, "http://")
}

// socket is as much of a WebSocket client as the tests need.
type socket struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
}

func dial(t *testing.T, address string) *socket {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(hang))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", webSocketPath, address)
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the upgrade was answered with %v, %v", response, err)
	}
	return &socket{t, conn, reader}
}

// send writes one text frame of less than 126 bytes, under a mask of zeros.
func (s *socket) send(text string) {
	s.t.Helper()
	frame := append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
	if _, err := s.conn.Write(frame); err != nil {
		s.t.Fatal(err)
	}
}

// receive gives the next frame: a text as it is, a close frame as its code and reason.
func (s *socket) receive() string {
	s.t.Helper()
	head := make([]byte, 2)
	s.read(head)
	length := int(head[1])
	if length == 126 {
		long := make([]byte, 2)
		s.read(long)
		length = int(binary.BigEndian.Uint16(long))
	}
	payload := make([]byte, length)
	s.read(payload)
	if head[0]&0x0f == 8 {
		return fmt.Sprintf("close %d %s", binary.BigEndian.Uint16(payload), payload[2:])
	}
	return string(payload)
}

func (s *socket) read(into []byte) {
	s.t.Helper()
	if _, err := io.ReadFull(s.reader, into); err != nil {
		s.t.Fatal(err)
	}
}

// call gives the status and the body of an API call.
func call(t *testing.T, address, method, key, body string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://"+address+"/api/"+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-API-Key", key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", response.StatusCode, text)
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%s\nlacks\n%s", text, part)
	}
}

func TestAPublicationArrivesByteForByte(t *testing.T) {
	address := start(t, answers{"/connect": granted})
	socket := dial(t, address)
	socket.send(`{"id":1,"connect":{"name":"js"}}`)
	reply := socket.receive()
	contains(t, reply, `"`+channel+`":{"recoverable":true,"epoch":`)
	contains(t, reply, `"ping":25,"pong":true`)

	socket.send(`{"id":2,"subscribe":{"channel":"` + channel + `"}}`)
	contains(t, socket.receive(), `{"id":2,"error":{"code":105,"message":"already subscribed"}}`)

	data := `{ "a" : "<&>\u0416" , "n":1.0, "n":12345678901234567890 }`
	published := call(t, address, "publish", "test-api-key", `{"channel":"`+channel+`","data":`+data+`}`)
	contains(t, published, `200 {"result":{"offset":1,"epoch":"`)
	contains(t, socket.receive(), `"pub":{"data":`+data+`,"offset":1`)
}

func TestWhatTheBackendAnswersReachesTheClient(t *testing.T) {
	cases := []struct{ name, connect, wanted string }{
		{"refusal", `{"error":{"code":1001,"message":"later","temporary":true}}`, `"error":{"code":1001,"message":"later","temporary":true}`},
		{"disconnect", `{"disconnect":{"code":4600,"reason":"closed"}}`, `close 4600 closed`},
		{"no JSON", `<html>`, `"error":{"code":100,"message":"internal server error","temporary":true}`},
		{"unknown namespace", `{"result":{"subs":{"nowhere:1":{}}}}`, `"error":{"code":102`},
		{"nothing", `{}`, `close 3501 bad request`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			socket := dial(t, start(t, answers{"/connect": c.connect}))
			socket.send(`{"id":1,"connect":{}}`)
			contains(t, socket.receive(), c.wanted)
		})
	}
}

func TestAnRpcGoesToTheBackendAndBack(t *testing.T) {
	socket := dial(t, start(t, answers{"/connect": granted, "/rpc": `{"result":{"data":{ "success" : true }}}`}))
	socket.send(`{"id":1,"connect":{}}`)
	socket.receive()
	socket.send(`{"id":2,"rpc":{"method":"joinSession"}}`)
	contains(t, socket.receive(), `{"id":2,"rpc":{"data":{ "success" : true }}}`)
	socket.send(`{"id":3,"rpc":{"method":"no:such"}}`)
	contains(t, socket.receive(), `{"id":3,"error":{"code":104`)
}

func TestTheAPIAnswersAsCentrifugoDoes(t *testing.T) {
	address := start(t, answers{})
	cases := []struct{ name, method, key, body, wanted string }{
		{"wrong key", "publish", "wrong", `{}`, "401 "},
		{"no such method", "dance", "test-api-key", `{}`, "404 404 page not found\n"},
		{"broken JSON", "publish", "test-api-key", `{"data":}`, "400 Bad Request\n"},
		{"no channel", "publish", "test-api-key", `{"data":{}}`, `200 {"error":{"code":107,"message":"bad request"}}`},
		{"unknown namespace", "publish", "test-api-key", `{"channel":"nowhere:1","data":{}}`, `200 {"error":{"code":102,"message":"unknown channel"}}`},
		{"batch", "batch", "test-api-key", `{"commands":[{"history":{"channel":"plain"}},{"history_remove":{"channel":"widget:1"}}]}`,
			`200 {"replies":[{"error":{"code":108,"message":"not available"}},{"history_remove":{}}]}`},
		{"disconnect", "disconnect", "test-api-key", `{"user":"nobody"}`, `200 {"result":{}}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if answer := call(t, address, c.method, c.key, c.body); answer != c.wanted {
				t.Errorf("answered %q, not %q", answer, c.wanted)
			}
		})
	}
}

func TestFlagsThatCannotBeAreRefused(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"--backend", "localhost:1"},
		{"--backend", "http://localhost:1", "extra"},
		{"--backend", "http://localhost:1", "--pong-timeout", "30s"},
		{"--backend", "http://localhost:1", "--log-level", "loud"},
	} {
		if _, err := parseConfig(args, io.Discard); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
}
