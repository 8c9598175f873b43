"""The integration article's recipe with the official Python client, against the emulator.

Starts a session by REST, connects with the article's data, joins, writes, and gets every kind of
event; then loses the connection and misses nothing. Prints `ok`, or fails and says why. Argument:
the emulator's address.
"""

import asyncio
import json
import sys
import urllib.request

from centrifuge import Client, ClientEventHandler

PATIENCE = 60


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Handler(ClientEventHandler):
    def __init__(self):
        self.events = asyncio.Queue()
        self.granted = asyncio.Queue()
        self.connected = asyncio.Queue()

    async def on_connected(self, ctx):
        self.connected.put_nowait(ctx)

    async def on_subscribed(self, ctx):
        self.granted.put_nowait(ctx)

    async def on_publication(self, ctx):
        self.events.put_nowait((ctx.channel, ctx.pub.data))


async def soon(coroutine, what):
    try:
        return await asyncio.wait_for(coroutine, PATIENCE)
    except asyncio.TimeoutError:
        sys.exit(f"{what} did not come")


async def main():
    base = sys.argv[1]
    chats = f"{base}/api/chats/v1"
    started = call("POST", f"{chats}/chats/recipe/sessions?x_widget=1", {"name": "recipe"})
    session = started["id"]
    live = base.replace("http", "ws", 1) + "/centrifugo/connection/websocket"

    handler = Handler()
    data = {"application": "widget", "settings": {"sessions": [session]}}
    client = Client(live, events=handler, name="js", data=data, proxy=None)
    await client.connect()
    await soon(handler.connected.get(), "the connection")
    granted = await soon(handler.granted.get(), "a channel")
    joined = await client.rpc("joinSession", {"id": session})
    assert joined.data == {"success": True}, joined.data

    async def until(name, fits=lambda payload: True):
        while True:
            channel, event = await soon(handler.events.get(), name)
            assert channel == granted.channel, channel
            if event["event"] == name and fits(event["payload"]):
                return event["payload"]

    def send(body):
        return call("POST", f"{chats}/sessions/{session}/messages", {"body": body})["id"]

    send("picture")
    await until("showTypingIndicator")
    picture = await until("chatMessageCreated", lambda it: it["attachments"])
    assert picture["sessionId"] == session, picture

    # The connection is cut, the operator works meanwhile, and nothing is missed.
    call("POST", f"{base}/_emulator/disconnect", {"code": 3000})
    mine = send("operator")
    changed = await until("operatorChanged")
    assert changed["operatorName"] == "Anna", changed
    read = await until("chatMessageRead", lambda it: it["messageId"] == mine)
    assert read, read
    await until("chatMessageCreated", lambda it: it["authorType"] == "OPERATOR")
    send("bye")
    closed = await until("sessionClosed")
    assert closed["sessionId"] == session, closed
    await client.disconnect()
    print("ok")


asyncio.run(main())
