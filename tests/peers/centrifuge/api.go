package main

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/centrifugal/centrifuge"
)

// method is one call of the HTTP API: its request's JSON in, its result out. A *centrifuge.Error is
// an answer; errBody says that the JSON could not be read.
type method func(body []byte) (any, error)

var errBody = errors.New("the body cannot be read")

// methodOf gives the method that takes an R.
func methodOf[R any](call func(R) (any, error)) method {
	return func(body []byte) (any, error) {
		var request R
		if err := json.Unmarshal(body, &request); err != nil {
			return nil, errors.Join(errBody, err)
		}
		return call(request)
	}
}

// methods by their names below /api/.
func (p *peer) methods() map[string]method {
	return map[string]method{
		"publish":        methodOf(p.apiPublish),
		"broadcast":      methodOf(p.apiBroadcast),
		"subscribe":      methodOf(p.apiSubscribe),
		"unsubscribe":    methodOf(p.apiUnsubscribe),
		"disconnect":     methodOf(p.apiDisconnect),
		"refresh":        methodOf(p.apiRefresh),
		"history":        methodOf(p.apiHistory),
		"history_remove": methodOf(p.apiHistoryRemove),
		"presence":       methodOf(p.apiPresence),
		"presence_stats": methodOf(p.apiPresence),
		"channels":       methodOf(p.apiChannels),
		"info":           methodOf(p.apiInfo),
	}
}

// serveAPI adds the methods to mux, and batch, which is made of them.
func (p *peer) serveAPI(mux *http.ServeMux) {
	methods := p.methods()
	for name, call := range methods {
		mux.Handle("/api/"+name, p.authorized(func(body []byte) (any, error) {
			result, err := call(body)
			return apiReply("result", result, err)
		}))
	}
	mux.Handle("/api/batch", p.authorized(func(body []byte) (any, error) {
		return batch(methods, body)
	}))
}

// batch runs commands one after another.
func batch(methods map[string]method, body []byte) (any, error) {
	var request struct {
		Commands []map[string]json.RawMessage `json:"commands"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, errors.Join(errBody, err)
	}
	replies := make([]any, 0, len(request.Commands))
	for _, command := range request.Commands {
		for name, body := range command {
			call, found := methods[name]
			if !found {
				return nil, errBody
			}
			result, err := call(body)
			reply, err := apiReply(name, result, err)
			if err != nil {
				return nil, err
			}
			replies = append(replies, reply)
		}
	}
	return map[string]any{"replies": replies}, nil
}

// apiReply puts a result under its key, or an error that is an answer under "error".
func apiReply(key string, result any, err error) (map[string]any, error) {
	var answer *centrifuge.Error
	switch {
	case err == nil:
		return map[string]any{key: result}, nil
	case errors.As(err, &answer):
		return map[string]any{"error": apiError{Code: answer.Code, Message: answer.Message}}, nil
	default:
		return nil, err
	}
}

type apiError struct {
	Code    uint32 `json:"code"`
	Message string `json:"message"`
}

// authorized serves a call by POST with the right key.
func (p *peer) authorized(call func(body []byte) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(keyOf(r)), []byte(p.config.apiKey)) != 1 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodPost {
			http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "Bad Request", http.StatusBadRequest)
			return
		}
		reply, err := call(body)
		switch {
		case errors.Is(err, errBody):
			http.Error(w, "Bad Request", http.StatusBadRequest)
			return
		case err != nil:
			log.Printf("%s: %v", r.URL.Path, err)
			reply = map[string]any{"error": apiError{Code: centrifuge.ErrorInternal.Code, Message: centrifuge.ErrorInternal.Message}}
		}
		text, err := encode(reply)
		if err != nil {
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text)
	})
}

// keyOf a request: of the header made for it, of the usual one, or of the query.
func keyOf(r *http.Request) string {
	if key := r.Header.Get("X-API-Key"); key != "" {
		return key
	}
	scheme, key, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if found && strings.EqualFold(scheme, "apikey") {
		return key
	}
	return r.URL.Query().Get("api_key")
}
