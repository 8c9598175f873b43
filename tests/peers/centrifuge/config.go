package main

import (
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// config is what the program is started with. Names of flags follow the keys of Centrifugo's
// configuration file, and so do the defaults; durations are written as 1.5s, negative for off.
type config struct {
	listen     string
	backend    string
	apiKey     string
	version    string
	logLevel   string
	watchStdin bool

	proxyTimeout time.Duration
	rpcProxy     bool

	pingInterval           time.Duration
	pongTimeout            time.Duration
	staleCloseDelay        time.Duration
	expiredCloseDelay      time.Duration
	presenceUpdateInterval time.Duration
	positionCheckDelay     time.Duration
	queueMaxSize           int
	channelLimit           int
	userConnectionLimit    int
	messageSizeLimit       int

	namespaces     []string
	historySize    int
	historyTTL     time.Duration
	historyMetaTTL time.Duration
	recoveryLimit  int
	forceRecovery  bool
}

// parseConfig reads the flags; what is wrong with them it also says on output, with the usage.
func parseConfig(args []string, output io.Writer) (config, error) {
	var c config
	var namespaces string
	flags := flag.NewFlagSet("centrifuge-peer", flag.ContinueOnError)
	flags.SetOutput(output)

	flags.StringVar(&c.listen, "listen", "127.0.0.1:0", "`ADDRESS:PORT` to serve; port 0 takes a free one")
	flags.StringVar(&c.backend, "backend", "", "`URL` below which the backend has /connect, /rpc and /subscribe")
	flags.StringVar(&c.apiKey, "api-key", "test-api-key", "`KEY` that calls of the HTTP API must bring")
	flags.StringVar(&c.version, "version", "0.40.1 engine", "version `TEXT` of connect replies")
	flags.StringVar(&c.logLevel, "log-level", "error", "what goes to stderr: `LEVEL` none, error, warn, info, debug or trace")
	flags.BoolVar(&c.watchStdin, "watch-stdin", false, "stop as by SIGTERM when stdin ends: no peer outlives its test")

	flags.DurationVar(&c.proxyTimeout, "proxy-timeout", time.Second, "time the backend has for an answer")
	flags.BoolVar(&c.rpcProxy, "rpc-proxy", true, "whether rpc commands are handed to the backend at all")

	flags.DurationVar(&c.pingInterval, "ping-interval", 25*time.Second, "time between pings")
	flags.DurationVar(&c.pongTimeout, "pong-timeout", 8*time.Second, "time that a client has for a pong")
	flags.DurationVar(&c.staleCloseDelay, "stale-close-delay", 10*time.Second, "time until the connect reply must be out")
	flags.DurationVar(&c.expiredCloseDelay, "expired-close-delay", 25*time.Second, "time that an expired connection lives on")
	flags.DurationVar(&c.presenceUpdateInterval, "presence-update-interval", 25*time.Second, "how often a connection looks after itself, positions included")
	flags.DurationVar(&c.positionCheckDelay, "channel-position-check-delay", 40*time.Second, "time between checks of one position")
	flags.IntVar(&c.queueMaxSize, "queue-max-size", 1<<20, "most bytes that wait for a slow client")
	flags.IntVar(&c.channelLimit, "channel-limit", 128, "most channels of a connection")
	flags.IntVar(&c.userConnectionLimit, "user-connection-limit", 0, "most connections of a user who has a name; 0 for any number")
	flags.IntVar(&c.messageSizeLimit, "message-size-limit", 65536, "most bytes of a message from a client")

	flags.StringVar(&namespaces, "namespaces", "widget", "`NAMES` before the colon that channels may have, split by commas")
	flags.IntVar(&c.historySize, "history-size", 100, "publications that a channel keeps; 0 for no history")
	flags.DurationVar(&c.historyTTL, "history-ttl", 300*time.Second, "time that a channel keeps them")
	flags.DurationVar(&c.historyMetaTTL, "history-meta-ttl", 720*time.Hour, "time that a channel keeps its epoch and offset")
	flags.IntVar(&c.recoveryLimit, "recovery-limit", 300, "most publications of one recovery")
	flags.BoolVar(&c.forceRecovery, "force-recovery", true, "whether channels can be recovered")

	if err := flags.Parse(args); err != nil {
		return config{}, err
	}
	c.namespaces = strings.Split(namespaces, ",")
	if err := c.check(flags.Args()); err != nil {
		fmt.Fprintln(output, err)
		flags.Usage()
		return config{}, err
	}
	return c, nil
}

func (c *config) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q: everything is a flag", rest[0])
	}
	backend, err := url.Parse(c.backend)
	if err != nil || backend.Host == "" || (backend.Scheme != "http" && backend.Scheme != "https") {
		return fmt.Errorf("--backend %q: must be an http or https URL with a host", c.backend)
	}
	c.backend = strings.TrimSuffix(c.backend, "/")
	if _, ok := logLevels[c.logLevel]; !ok {
		return fmt.Errorf("--log-level %q: no such level", c.logLevel)
	}
	if c.apiKey == "" {
		return fmt.Errorf("--api-key: must not be empty")
	}
	if c.proxyTimeout <= 0 {
		return fmt.Errorf("--proxy-timeout %s: must be positive", c.proxyTimeout)
	}
	if c.pongTimeout > 0 && c.pingInterval > 0 && c.pongTimeout >= c.pingInterval {
		return fmt.Errorf("--pong-timeout %s: must be below --ping-interval %s", c.pongTimeout, c.pingInterval)
	}
	return nil
}

// rules is what holds for a channel.
type rules struct {
	historySize    int
	historyTTL     time.Duration
	recovery       bool
	subscribeProxy bool
}

// history says whether the channel keeps publications at all.
func (r rules) history() bool {
	return r.historySize > 0 && r.historyTTL > 0
}

// rules of a channel, and whether there is such a channel: one with a namespace needs a known one.
// One without a namespace exists, but keeps no history and cannot be subscribed to by a client.
func (c *config) rules(channel string) (rules, bool) {
	namespace, _, found := strings.Cut(channel, ":")
	if !found {
		return rules{}, channel != ""
	}
	for _, known := range c.namespaces {
		if namespace == known {
			return rules{
				historySize:    c.historySize,
				historyTTL:     c.historyTTL,
				recovery:       c.forceRecovery,
				subscribeProxy: true,
			}, true
		}
	}
	return rules{}, false
}
