// The official Go client of Centrifugo, as a contender of the benchmark.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/centrifugal/centrifuge-go"
)

const (
	name    = "centrifuge-go"
	session = "bce7d22e-dde6-4427-b391-ebbdfda44de6"
)

// data of a publication: the fields of the package meter.
type data struct {
	Event   string  `json:"event"`
	Payload message `json:"payload"`
}

type message struct {
	ID         string   `json:"id"`
	AuthorType string   `json:"authorType"`
	Body       string   `json:"body"`
	Answers    []string `json:"answers"`
	Keyboard   *struct {
		ButtonsInRow int `json:"buttonsInRow"`
		Buttons      []struct {
			Type string `json:"type"`
			Text string `json:"text"`
		} `json:"buttons"`
	} `json:"keyboard"`
	CreatedAt   string `json:"createdAt"`
	SessionID   string `json:"sessionId"`
	Attachments []struct {
		ID           string `json:"id"`
		ContentType  string `json:"contentType"`
		Size         uint64 `json:"size"`
		DownloadLink string `json:"downloadLink"`
		Name         string `json:"name"`
		URL          string `json:"url"`
	} `json:"attachments"`
	Actions []struct {
		Type  string `json:"type"`
		Event string `json:"event"`
		Label string `json:"label"`
		Data  string `json:"data"`
	} `json:"actions"`
	Avatar         string `json:"avatar"`
	AuthorID       string `json:"authorId"`
	AuthorName     string `json:"authorName"`
	Type           string `json:"type"`
	ReplyID        string `json:"replyId"`
	ReplyToMessage *struct {
		ID         string `json:"id"`
		AuthorType string `json:"authorType"`
		Body       string `json:"body"`
		AuthorName string `json:"authorName"`
	} `json:"replyToMessage"`
}

// look at the fields that every contender looks at; the length of the text in bytes.
func (m *message) look() int {
	if m.ID == "" || m.SessionID == "" || m.AuthorType == "" || m.CreatedAt == "" {
		return 0
	}
	return len(m.Body)
}

func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func status(field string) int {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), field); found {
			number, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				log.Fatal(err)
			}
			return number
		}
	}
	log.Fatalf("no %s", field)
	return 0
}

func connect(url string, publication func([]byte, uint64)) *centrifuge.Client {
	connectData := fmt.Sprintf(`{"application":"widget","settings":{"sessions":[%q]}}`, session)
	client := centrifuge.NewJsonClient(url, centrifuge.Config{Data: []byte(connectData)})
	client.OnPublication(func(e centrifuge.ServerPublicationEvent) { publication(e.Data, e.Offset) })
	connected := make(chan struct{})
	client.OnConnected(func(centrifuge.ConnectedEvent) { close(connected) })
	client.OnError(func(e centrifuge.ErrorEvent) { log.Fatal(e.Error) })
	if err := client.Connect(); err != nil {
		log.Fatal(err)
	}
	<-connected
	join := fmt.Sprintf(`{"sessionId":%q}`, session)
	if _, err := client.RPC(context.Background(), "joinSession", []byte(join)); err != nil {
		log.Fatal(err)
	}
	return client
}

func main() {
	url := flag.String("url", "", "where the server is")
	count := flag.Uint64("count", 0, "how many events to receive; 0 to measure idle connections")
	idle := flag.Int("idle", 0, "how many connections to open beside the first ten")
	flag.Parse()
	if *count == 0 {
		measureIdle(*url, *idle)
	} else {
		measureEvents(*url, *count)
	}
}

func measureIdle(url string, conns int) {
	var clients []*centrifuge.Client
	open := func() { clients = append(clients, connect(url, func([]byte, uint64) {})) }
	for range 10 {
		open()
	}
	before := status("VmRSS:")
	for range conns {
		open()
	}
	grown := float64(status("VmRSS:") - before)
	print(map[string]any{"name": name, "conns": conns, "rss_kb_per_conn": grown / float64(conns)})
}

func measureEvents(url string, count uint64) {
	done := make(chan struct{})
	var events, lastOffset uint64
	var body int
	var began, ended time.Time
	var before, after time.Duration
	connect(url, func(raw []byte, offset uint64) {
		var read data
		if err := json.Unmarshal(raw, &read); err != nil {
			log.Fatal(err)
		}
		events++
		lastOffset = offset
		body += read.Payload.look()
		if events == 1 {
			began, before = time.Now(), cpu()
		}
		if events == count {
			ended, after = time.Now(), cpu()
			close(done)
		}
	})
	<-done
	spent := (after - before).Seconds()
	print(map[string]any{
		"name": name, "events": events, "wall_s": ended.Sub(began).Seconds(), "cpu_s": spent,
		"cpu_us_per_event": spent * 1e6 / float64(events), "max_rss_kb": status("VmHWM:"),
		"last_offset": lastOffset, "gaps": 0, "body_units": body,
	})
}

func print(line map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
