// A server on the engine that Centrifugo is made of, with Centrifugo's paths, proxy calls and a part
// of its HTTP API: a peer for the conformance cases where no Centrifugo is at hand.
//
// It prints one JSON line of type "ready" to stdout once it accepts connections, and ends on
// SIGTERM or SIGINT as Centrifugo does: every client is closed with 3001.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/centrifugal/centrifuge"
)

// webSocketPath is where Centrifugo stands in the platform.
const webSocketPath = "/centrifugo/connection/websocket"

// shutdownTime is how long close handshakes may take.
const shutdownTime = 5 * time.Second

func main() {
	log.SetFlags(log.Lmicroseconds)
	config, err := parseConfig(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	}
	if err := run(&config); err != nil {
		fmt.Fprintln(os.Stderr, "centrifuge-peer:", err)
		os.Exit(1)
	}
}

// run serves until a signal, or the end of stdin where that is watched.
func run(c *config) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if c.watchStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}

	peer, err := newPeer(c)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: peer.handler(), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := announce(os.Stdout, listener.Addr().String()); err != nil {
		return err
	}

	select {
	case err := <-served:
		return err
	case <-stop.Done():
	}
	// A second signal ends the program at once.
	cancel()
	deadline, done := context.WithTimeout(context.Background(), shutdownTime)
	defer done()
	// The listener goes first: whoever comes back must be refused, not let in and thrown out.
	_ = listener.Close()
	if err := peer.node.Shutdown(deadline); err != nil {
		return err
	}
	return server.Shutdown(deadline)
}

// announce prints the ready line.
func announce(output io.Writer, address string) error {
	return json.NewEncoder(output).Encode(struct {
		Type      string `json:"type"`
		Address   string `json:"address"`
		HTTP      string `json:"http"`
		API       string `json:"api"`
		WebSocket string `json:"websocket"`
		PID       int    `json:"pid"`
	}{
		Type:      "ready",
		Address:   address,
		HTTP:      "http://" + address,
		API:       "http://" + address + "/api",
		WebSocket: "ws://" + address + webSocketPath,
		PID:       os.Getpid(),
	})
}

// handler serves everything there is: live connections, the HTTP API, and the state of health.
func (p *peer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(webSocketPath, centrifuge.NewWebsocketHandler(p.node, centrifuge.WebsocketConfig{
		MessageSizeLimit: p.config.messageSizeLimit,
		PingPongConfig:   centrifuge.PingPongConfig{PingInterval: p.config.pingInterval, PongTimeout: p.config.pongTimeout},
		// No browser is expected: Centrifugo's answer where no origin is allowed.
		CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "" },
	}))
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})
	p.serveAPI(mux)
	return mux
}
