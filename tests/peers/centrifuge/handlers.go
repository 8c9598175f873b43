package main

import (
	"context"
	"encoding/json"
	"log"
	"strings"

	"github.com/centrifugal/centrifuge"
)

var logLevels = map[string]centrifuge.LogLevel{
	"none":  centrifuge.LogLevelNone,
	"error": centrifuge.LogLevelError,
	"warn":  centrifuge.LogLevelWarn,
	"info":  centrifuge.LogLevelInfo,
	"debug": centrifuge.LogLevelDebug,
	"trace": centrifuge.LogLevelTrace,
}

// peer is the engine with Centrifugo's rules of what a client may do.
type peer struct {
	config  *config
	node    *centrifuge.Node
	backend *backend
}

// newPeer starts a node. The caller ends it with node.Shutdown.
func newPeer(c *config) (*peer, error) {
	node, err := centrifuge.New(centrifuge.Config{
		Version:    c.version,
		LogLevel:   logLevels[c.logLevel],
		LogHandler: func(entry centrifuge.LogEntry) { log.Println(entry.Message, entry.Fields) },

		ClientStaleCloseDelay:           c.staleCloseDelay,
		ClientExpiredCloseDelay:         c.expiredCloseDelay,
		ClientPresenceUpdateInterval:    c.presenceUpdateInterval,
		ClientChannelPositionCheckDelay: c.positionCheckDelay,
		ClientQueueMaxSize:              c.queueMaxSize,
		ClientChannelLimit:              c.channelLimit,
		UserConnectionLimit:             c.userConnectionLimit,

		HistoryMetaTTL:              c.historyMetaTTL,
		HistoryMaxPublicationLimit:  300,
		RecoveryMaxPublicationLimit: c.recoveryLimit,
	})
	if err != nil {
		return nil, err
	}
	p := &peer{config: c, node: node, backend: newBackend(c)}
	node.OnConnecting(p.connecting)
	node.OnConnect(p.connected)
	return p, node.Run()
}

// metaKey holds in a connection's context what the backend wants to have back with every call.
type metaKey struct{}

func (p *peer) connecting(ctx context.Context, event centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
	var reply centrifuge.ConnectReply
	if event.Token != "" {
		// There are no keys to check one with.
		return reply, centrifuge.DisconnectInvalidToken
	}
	result, err := p.backend.connect(ctx, connectRequest{
		proxyBase: base(event.ClientID, event.Transport),
		Data:      event.Data,
		Name:      event.Name,
		Version:   event.Version,
		Channels:  event.Channels,
	})
	if err != nil {
		return reply, p.refusal("connect", err)
	}
	if result == nil {
		// Without credentials the engine closes with 3501, as Centrifugo does.
		return reply, nil
	}
	subscriptions := make(map[string]centrifuge.SubscribeOptions, len(result.Subs)+len(result.Channels))
	for _, channel := range result.Channels {
		if subscriptions[channel], err = p.options(channel, subscribeResult{}); err != nil {
			return reply, err
		}
	}
	for channel, entry := range result.Subs {
		if subscriptions[channel], err = p.options(channel, entry); err != nil {
			return reply, err
		}
	}
	return centrifuge.ConnectReply{
		Context:           context.WithValue(ctx, metaKey{}, result.Meta),
		Credentials:       &centrifuge.Credentials{UserID: result.User, ExpireAt: result.ExpireAt, Info: result.Info},
		Data:              result.Data,
		Subscriptions:     subscriptions,
		ClientSideRefresh: true,
	}, nil
}

// connected sets what a client may ask for. Everything is answered in the goroutine that reads:
// one command of a connection at a time, Centrifugo's default. What has no handler is error 108.
func (p *peer) connected(client *centrifuge.Client) {
	if p.config.rpcProxy {
		client.OnRPC(func(event centrifuge.RPCEvent, answer centrifuge.RPCCallback) {
			answer(p.rpc(client, event))
		})
	}
	client.OnSubscribe(func(event centrifuge.SubscribeEvent, answer centrifuge.SubscribeCallback) {
		answer(p.subscribe(client, event))
	})
	client.OnPublish(func(event centrifuge.PublishEvent, answer centrifuge.PublishCallback) {
		answer(centrifuge.PublishReply{}, p.denied(event.Channel))
	})
	client.OnHistory(func(event centrifuge.HistoryEvent, answer centrifuge.HistoryCallback) {
		answer(centrifuge.HistoryReply{}, p.denied(event.Channel))
	})
	client.OnRefresh(func(_ centrifuge.RefreshEvent, answer centrifuge.RefreshCallback) {
		answer(centrifuge.RefreshReply{}, centrifuge.DisconnectInvalidToken)
	})
	client.OnSubRefresh(func(_ centrifuge.SubRefreshEvent, answer centrifuge.SubRefreshCallback) {
		answer(centrifuge.SubRefreshReply{}, centrifuge.DisconnectInvalidToken)
	})
}

func (p *peer) rpc(client *centrifuge.Client, event centrifuge.RPCEvent) (centrifuge.RPCReply, error) {
	if strings.Contains(event.Method, ":") {
		// Methods have namespaces too, and none is configured.
		return centrifuge.RPCReply{}, centrifuge.ErrorMethodNotFound
	}
	result, err := p.backend.rpc(client.Context(), rpcRequest{
		proxyBase: base(client.ID(), client.Transport()),
		User:      client.UserID(),
		Method:    event.Method,
		Data:      event.Data,
		Meta:      meta(client),
	})
	if err != nil || result == nil {
		return centrifuge.RPCReply{}, p.refusal("rpc", err)
	}
	return centrifuge.RPCReply{Data: result.Data}, nil
}

func (p *peer) subscribe(client *centrifuge.Client, event centrifuge.SubscribeEvent) (centrifuge.SubscribeReply, error) {
	rules, known := p.config.rules(event.Channel)
	switch {
	case !known:
		return centrifuge.SubscribeReply{}, centrifuge.ErrorUnknownChannel
	case !rules.subscribeProxy || event.Token != "":
		return centrifuge.SubscribeReply{}, centrifuge.ErrorPermissionDenied
	}
	result, err := p.backend.subscribe(client.Context(), subscribeRequest{
		proxyBase: base(client.ID(), client.Transport()),
		User:      client.UserID(),
		Channel:   event.Channel,
		Data:      event.Data,
		Meta:      meta(client),
	})
	if err != nil {
		return centrifuge.SubscribeReply{}, p.refusal("subscribe", err)
	}
	if result == nil {
		return centrifuge.SubscribeReply{}, centrifuge.ErrorPermissionDenied
	}
	options, err := p.options(event.Channel, *result)
	return centrifuge.SubscribeReply{Options: options}, err
}

// options of a subscription: the channel's rules, changed by what the backend said of it.
func (p *peer) options(channel string, result subscribeResult) (centrifuge.SubscribeOptions, error) {
	rules, known := p.config.rules(channel)
	if !known {
		return centrifuge.SubscribeOptions{}, centrifuge.ErrorUnknownChannel
	}
	recovery, positioning := rules.recovery && rules.history(), false
	if value := result.Override.ForceRecovery; value != nil {
		recovery = value.Value
	}
	if value := result.Override.ForcePositioning; value != nil {
		positioning = value.Value
	}
	return centrifuge.SubscribeOptions{
		ExpireAt:          result.ExpireAt,
		ChannelInfo:       result.Info,
		Data:              result.Data,
		EnableRecovery:    recovery,
		EnablePositioning: positioning,
	}, nil
}

// denied is the answer to what no client may do: with a channel that exists, and with one that does not.
func (p *peer) denied(channel string) error {
	if _, known := p.config.rules(channel); !known {
		return centrifuge.ErrorUnknownChannel
	}
	return centrifuge.ErrorPermissionDenied
}

// refusal passes on what the backend decided, and notes where it failed.
func (p *peer) refusal(call string, err error) error {
	switch err.(type) {
	case nil, *centrifuge.Error, *centrifuge.Disconnect:
	default:
		if p.config.logLevel != "none" {
			log.Printf("%s proxy: %v", call, err)
		}
	}
	return err
}

func base(client string, transport centrifuge.TransportInfo) proxyBase {
	protocol := string(transport.Protocol())
	return proxyBase{Client: client, Transport: transport.Name(), Protocol: protocol, Encoding: "json"}
}

func meta(client *centrifuge.Client) json.RawMessage {
	meta, _ := client.Context().Value(metaKey{}).(json.RawMessage)
	return meta
}
