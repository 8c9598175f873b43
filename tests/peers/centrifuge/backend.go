package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/centrifugal/centrifuge"
)

// maxReply bounds the body that the backend may answer with.
const maxReply = 64 << 20

// backend is the application behind the server, asked as Centrifugo asks its proxies: by HTTP POST
// of JSON to a path of their own.
type backend struct {
	url    string
	client *http.Client
}

func newBackend(c *config) *backend {
	// Its own transport: the proxy variables of the environment are not meant for a peer.
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	return &backend{
		url:    c.backend,
		client: &http.Client{Transport: transport, Timeout: c.proxyTimeout},
	}
}

// proxyBase is what every request says of the connection that it is about.
type proxyBase struct {
	Client    string `json:"client"`
	Transport string `json:"transport"`
	Protocol  string `json:"protocol"`
	Encoding  string `json:"encoding"`
}

type connectRequest struct {
	proxyBase
	Data     json.RawMessage `json:"data,omitempty"`
	Name     string          `json:"name,omitempty"`
	Version  string          `json:"version,omitempty"`
	Channels []string        `json:"channels,omitempty"`
}

type connectResult struct {
	User     string                     `json:"user"`
	ExpireAt int64                      `json:"expire_at"`
	Info     json.RawMessage            `json:"info"`
	Data     json.RawMessage            `json:"data"`
	Channels []string                   `json:"channels"`
	Subs     map[string]subscribeResult `json:"subs"`
	Meta     json.RawMessage            `json:"meta"`
}

type rpcRequest struct {
	proxyBase
	User   string          `json:"user"`
	Method string          `json:"method,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	Meta   json.RawMessage `json:"meta,omitempty"`
}

type rpcResult struct {
	Data json.RawMessage `json:"data"`
}

type subscribeRequest struct {
	proxyBase
	User    string          `json:"user"`
	Channel string          `json:"channel"`
	Token   string          `json:"token,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
	Meta    json.RawMessage `json:"meta,omitempty"`
}

// subscribeResult answers a subscribe; an entry of connectResult.Subs has the same fields.
type subscribeResult struct {
	ExpireAt int64           `json:"expire_at"`
	Info     json.RawMessage `json:"info"`
	Data     json.RawMessage `json:"data"`
	Override override        `json:"override"`
}

// override is what the backend may set otherwise than the channel's rules.
type override struct {
	ForceRecovery    *boolValue `json:"force_recovery"`
	ForcePositioning *boolValue `json:"force_positioning"`
}

type boolValue struct {
	Value bool `json:"value"`
}

// proxyReply is the body of any answer: a result, an error for the client, or the order to close.
type proxyReply[R any] struct {
	Result *R `json:"result"`
	Error  *struct {
		Code      uint32 `json:"code"`
		Message   string `json:"message"`
		Temporary bool   `json:"temporary"`
	} `json:"error"`
	Disconnect *struct {
		Code   uint32 `json:"code"`
		Reason string `json:"reason"`
	} `json:"disconnect"`
}

func (b *backend) connect(ctx context.Context, request connectRequest) (*connectResult, error) {
	return ask[connectResult](ctx, b, "/connect", request)
}

func (b *backend) rpc(ctx context.Context, request rpcRequest) (*rpcResult, error) {
	return ask[rpcResult](ctx, b, "/rpc", request)
}

func (b *backend) subscribe(ctx context.Context, request subscribeRequest) (*subscribeResult, error) {
	return ask[subscribeResult](ctx, b, "/subscribe", request)
}

// ask gives the backend's result, nil where it gave neither result nor refusal. Its refusals are
// *centrifuge.Error and *centrifuge.Disconnect; any other error is a failure of the backend, which
// the engine answers with error 100.
func ask[R any](ctx context.Context, b *backend, path string, request any) (*R, error) {
	body, err := encode(request)
	if err != nil {
		return nil, err
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	call.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(call)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("backend answered %s with status %d", path, response.StatusCode)
	}
	var reply proxyReply[R]
	if err := json.Unmarshal(text, &reply); err != nil {
		return nil, fmt.Errorf("backend answered %s with no readable JSON: %w", path, err)
	}
	if d := reply.Disconnect; d != nil {
		return nil, &centrifuge.Disconnect{Code: d.Code, Reason: d.Reason}
	}
	if e := reply.Error; e != nil {
		return nil, &centrifuge.Error{Code: e.Code, Message: e.Message, Temporary: e.Temporary}
	}
	return reply.Result, nil
}

// encode writes JSON as the wire has it: raw payloads stay what they are (encoding/json would
// escape <, > and & in them), and there is no newline at the end.
func encode(value any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), nil
}
