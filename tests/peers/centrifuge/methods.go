package main

import (
	"encoding/json"
	"strings"

	"github.com/centrifugal/centrifuge"
)

// empty is the result of a method that has nothing to say.
type empty struct{}

type publishRequest struct {
	Channel     string            `json:"channel"`
	Channels    []string          `json:"channels"`
	Data        json.RawMessage   `json:"data"`
	Binary      []byte            `json:"b64data"`
	Tags        map[string]string `json:"tags"`
	SkipHistory bool              `json:"skip_history"`
}

// payload is what to publish: JSON as it was written, or the bytes of b64data.
func (r publishRequest) payload() []byte {
	if len(r.Binary) > 0 {
		return r.Binary
	}
	return r.Data
}

type position struct {
	Offset uint64 `json:"offset,omitempty"`
	Epoch  string `json:"epoch,omitempty"`
}

func (p *peer) apiPublish(request publishRequest) (any, error) {
	data := request.payload()
	if request.Channel == "" || len(data) == 0 {
		return nil, centrifuge.ErrorBadRequest
	}
	rules, known := p.config.rules(request.Channel)
	if !known {
		return nil, centrifuge.ErrorUnknownChannel
	}
	options := []centrifuge.PublishOption{centrifuge.WithTags(request.Tags)}
	if rules.history() && !request.SkipHistory {
		options = append(options, centrifuge.WithHistory(rules.historySize, rules.historyTTL))
	}
	result, err := p.node.Publish(request.Channel, data, options...)
	return position{Offset: result.Offset, Epoch: result.Epoch}, err
}

func (p *peer) apiBroadcast(request publishRequest) (any, error) {
	if len(request.Channels) == 0 || len(request.payload()) == 0 {
		return nil, centrifuge.ErrorBadRequest
	}
	responses := make([]any, 0, len(request.Channels))
	for _, channel := range request.Channels {
		request.Channel = channel
		result, err := p.apiPublish(request)
		response, err := apiReply("result", result, err)
		if err != nil {
			return nil, err
		}
		responses = append(responses, response)
	}
	return map[string]any{"responses": responses}, nil
}

// connection says whom a request is about: all connections of a user, or one of them.
type connection struct {
	User    string `json:"user"`
	Client  string `json:"client"`
	Session string `json:"session"`
}

type apiSubscribeRequest struct {
	connection
	subscribeResult
	Channel      string    `json:"channel"`
	RecoverSince *position `json:"recover_since"`
}

func (p *peer) apiSubscribe(request apiSubscribeRequest) (any, error) {
	if request.Channel == "" {
		return nil, centrifuge.ErrorBadRequest
	}
	options, err := p.options(request.Channel, request.subscribeResult)
	if err != nil {
		return nil, err
	}
	var since *centrifuge.StreamPosition
	if request.RecoverSince != nil {
		since = &centrifuge.StreamPosition{Offset: request.RecoverSince.Offset, Epoch: request.RecoverSince.Epoch}
	}
	return empty{}, p.node.Subscribe(request.User, request.Channel,
		centrifuge.WithSubscribeClient(request.Client),
		centrifuge.WithSubscribeSession(request.Session),
		centrifuge.WithExpireAt(options.ExpireAt),
		centrifuge.WithChannelInfo(options.ChannelInfo),
		centrifuge.WithSubscribeData(options.Data),
		centrifuge.WithRecovery(options.EnableRecovery),
		centrifuge.WithPositioning(options.EnablePositioning),
		centrifuge.WithRecoverSince(since),
	)
}

func (p *peer) apiUnsubscribe(request apiSubscribeRequest) (any, error) {
	if _, known := p.config.rules(request.Channel); !known && request.Channel != "" {
		return nil, centrifuge.ErrorUnknownChannel
	}
	return empty{}, p.node.Unsubscribe(request.User, request.Channel,
		centrifuge.WithUnsubscribeClient(request.Client),
		centrifuge.WithUnsubscribeSession(request.Session),
	)
}

type apiDisconnectRequest struct {
	connection
	Disconnect *struct {
		Code   uint32 `json:"code"`
		Reason string `json:"reason"`
	} `json:"disconnect"`
	Whitelist []string `json:"whitelist"`
}

func (p *peer) apiDisconnect(request apiDisconnectRequest) (any, error) {
	disconnect := centrifuge.DisconnectForceNoReconnect
	if d := request.Disconnect; d != nil {
		disconnect = centrifuge.Disconnect{Code: d.Code, Reason: d.Reason}
	}
	return empty{}, p.node.Disconnect(request.User,
		centrifuge.WithCustomDisconnect(disconnect),
		centrifuge.WithDisconnectClient(request.Client),
		centrifuge.WithDisconnectSession(request.Session),
		centrifuge.WithDisconnectClientWhitelist(request.Whitelist),
	)
}

type apiRefreshRequest struct {
	connection
	Expired  bool            `json:"expired"`
	ExpireAt int64           `json:"expire_at"`
	Info     json.RawMessage `json:"info"`
}

func (p *peer) apiRefresh(request apiRefreshRequest) (any, error) {
	return empty{}, p.node.Refresh(request.User,
		centrifuge.WithRefreshClient(request.Client),
		centrifuge.WithRefreshSession(request.Session),
		centrifuge.WithRefreshExpired(request.Expired),
		centrifuge.WithRefreshExpireAt(request.ExpireAt),
		centrifuge.WithRefreshInfo(request.Info),
	)
}

type apiHistoryRequest struct {
	Channel string    `json:"channel"`
	Limit   int       `json:"limit"`
	Since   *position `json:"since"`
	Reverse bool      `json:"reverse"`
}

type publication struct {
	Data   json.RawMessage   `json:"data"`
	Offset uint64            `json:"offset,omitempty"`
	Tags   map[string]string `json:"tags,omitempty"`
}

func (p *peer) apiHistory(request apiHistoryRequest) (any, error) {
	if err := p.withHistory(request.Channel); err != nil {
		return nil, err
	}
	var since *centrifuge.StreamPosition
	if request.Since != nil {
		since = &centrifuge.StreamPosition{Offset: request.Since.Offset, Epoch: request.Since.Epoch}
	}
	history, err := p.node.History(request.Channel,
		centrifuge.WithLimit(request.Limit), centrifuge.WithSince(since), centrifuge.WithReverse(request.Reverse))
	if err != nil {
		return nil, err
	}
	publications := make([]publication, 0, len(history.Publications))
	for _, p := range history.Publications {
		publications = append(publications, publication{Data: p.Data, Offset: p.Offset, Tags: p.Tags})
	}
	return struct {
		Publications []publication `json:"publications"`
		position
	}{publications, position{Offset: history.Offset, Epoch: history.Epoch}}, nil
}

func (p *peer) apiHistoryRemove(request apiHistoryRequest) (any, error) {
	if err := p.withHistory(request.Channel); err != nil {
		return nil, err
	}
	return empty{}, p.node.RemoveHistory(request.Channel)
}

// withHistory refuses channels that keep none.
func (p *peer) withHistory(channel string) error {
	rules, known := p.config.rules(channel)
	switch {
	case channel == "":
		return centrifuge.ErrorBadRequest
	case !known:
		return centrifuge.ErrorUnknownChannel
	case !rules.history():
		return centrifuge.ErrorNotAvailable
	}
	return nil
}

// apiPresence answers as Centrifugo does where a namespace has no presence: here none has.
func (p *peer) apiPresence(request apiHistoryRequest) (any, error) {
	if request.Channel == "" {
		return nil, centrifuge.ErrorBadRequest
	}
	if _, known := p.config.rules(request.Channel); !known {
		return nil, centrifuge.ErrorUnknownChannel
	}
	return nil, centrifuge.ErrorNotAvailable
}

type channelInfo struct {
	NumClients int `json:"num_clients"`
}

// apiChannels gives the channels that somebody listens to. The pattern is a beginning, with or
// without a star.
func (p *peer) apiChannels(request struct {
	Pattern string `json:"pattern"`
}) (any, error) {
	beginning := strings.TrimSuffix(request.Pattern, "*")
	channels := map[string]channelInfo{}
	for _, channel := range p.node.Hub().Channels() {
		if strings.HasPrefix(channel, beginning) {
			channels[channel] = channelInfo{NumClients: p.node.Hub().NumSubscribers(channel)}
		}
	}
	return map[string]any{"channels": channels}, nil
}

type nodeInfo struct {
	UID         string `json:"uid"`
	Version     string `json:"version"`
	NumClients  int    `json:"num_clients"`
	NumUsers    int    `json:"num_users"`
	NumSubs     int    `json:"num_subs"`
	NumChannels int    `json:"num_channels"`
}

// apiInfo tells of the one node there is, as it is now: the engine's own Info is seconds old.
func (p *peer) apiInfo(empty) (any, error) {
	hub := p.node.Hub()
	return map[string]any{"nodes": []nodeInfo{{
		UID:         p.node.ID(),
		Version:     p.config.version,
		NumClients:  hub.NumClients(),
		NumUsers:    hub.NumUsers(),
		NumSubs:     hub.NumSubscriptions(),
		NumChannels: hub.NumChannels(),
	}}}, nil
}
