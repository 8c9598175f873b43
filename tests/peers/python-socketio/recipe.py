"""The integration article's recipe in Python, with nothing but its addresses changed.

Starts a session and sends messages with `requests`, gets the bot's answers with
`socketio.Client`. Prints `ok`, or fails and says why. Argument: the emulator's address; and
optionally the transports, `websocket`, `polling` or `polling,websocket` (the default).
"""

import os
import sys
import threading

import requests
import socketio

PATIENCE = 60


class Inbox:
    """What has come, in the order of `arrived`; the client runs each handler in its own thread."""

    def __init__(self):
        self.events = []
        self.changed = threading.Condition()

    def put(self, name, payload):
        with self.changed:
            self.events.append((name, payload))
            self.changed.notify_all()

    def wait(self, what, fits):
        with self.changed:
            if not self.changed.wait_for(lambda: any(map(fits, self.events)), PATIENCE):
                sys.exit(f"{what} did not come; what came: {[name for name, _ in self.events]}")
            return next(event for event in self.events if fits(event))


def message(body):
    return lambda event: event[0] == "chatMessageCreatedEmit" and body in event[1]["body"]


def named(name):
    return lambda event: event[0] == name


def main():
    base = sys.argv[1]
    transports = sys.argv[2].split(",") if len(sys.argv) > 2 else None
    chats = f"{base}/api/chats/v1"

    started = requests.post(
        f"{chats}/chats/recipe/sessions",
        params={"x_widget": 1},
        json={"name": "recipe", "returnAnswerAsync": False},
        timeout=PATIENCE,
    )
    assert started.status_code == 201, started.text
    session = started.json()["id"]

    inbox = Inbox()
    client = socketio.Client(reconnection=False)
    for name in [
        "showTypingIndicatorEmit",
        "chatMessageCreatedEmit",
        "chatMessageReadEmit",
        "operatorChangedEmit",
    ]:
        client.on(name, lambda payload, name=name: inbox.put(name, payload))
    client.on("disconnect", lambda: inbox.put("disconnect", None))
    client.connect(
        f"{base}/?key={session}", socketio_path="operator/socket.io", transports=transports
    )

    def send(body):
        sent = requests.post(
            f"{chats}/sessions/{session}/messages", json={"body": body}, timeout=PATIENCE
        )
        assert sent.status_code == 201, sent.text
        return sent.json()["id"]

    send("picture")
    _, picture = inbox.wait("the picture", message("A picture"))
    attachment = picture["attachments"][0]
    content = requests.get(attachment["downloadLink"], timeout=PATIENCE)
    assert len(content.content) == attachment["size"], attachment
    acknowledged = threading.Event()
    client.emit(
        "chatMessageReadEmit", {"messageId": picture["id"]}, callback=lambda *_: acknowledged.set()
    )
    assert acknowledged.wait(PATIENCE), "the read mark was not acknowledged"

    mine = send("operator")
    inbox.wait("the operator", named("operatorChangedEmit"))
    inbox.wait("the read mark", lambda event: event == ("chatMessageReadEmit", {"messageId": mine}))
    inbox.wait("the operator's greeting", message("Good day"))
    inbox.wait("a typing indicator", named("showTypingIndicatorEmit"))
    send("bye")
    inbox.wait("the goodbye", message("Goodbye"))
    inbox.wait("the end", named("disconnect"))

    # Python's server refuses by an HTTP status, Node's on an open connection.
    verdict = Inbox()
    refused = socketio.Client(reconnection=False)
    refused.on("connect", lambda: verdict.put("connect", None))
    refused.on("connect_error", lambda *_: verdict.put("connect_error", None))
    try:
        refused.connect(
            f"{base}/?key=nobody", socketio_path="operator/socket.io", transports=transports
        )
    except socketio.exceptions.ConnectionError:
        verdict.put("connect_error", None)
    name, _ = verdict.wait("a verdict on a bad key", lambda _: True)
    assert name == "connect_error", "a bad key was let in"
    print("ok", flush=True)
    # Threads of a client that was refused may still wait.
    os._exit(0)


main()
