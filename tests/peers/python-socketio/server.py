"""A python-socketio 4.6.1 server at the platform's path, as a peer of our client.

It accepts keys that begin with `good`, greets each client with an event of every kind, and emits each
line of stdin as a message. Prints `PORT n`; ends with its stdin. Argument: the port (0: a free one).
"""

import asyncio
import json
import os
import pathlib
import sys
import threading
from urllib.parse import parse_qs

import socketio
from aiohttp import web

FOLDER = pathlib.Path(__file__).parent
EVENTS = json.loads((FOLDER.parent / "socketio-events.json").read_text("utf-8"))


class Manager(socketio.AsyncManager):
    """The stock one hands coroutines to asyncio.wait(), which Python refuses since 3.11."""

    async def emit(self, event, data, namespace, room=None, skip_sid=None, callback=None, **kwargs):
        if namespace in self.rooms and room in self.rooms[namespace]:
            for sid in list(self.get_participants(namespace, room)):
                await self.server._emit_internal(sid, event, data, namespace, None)


server = socketio.AsyncServer(async_mode="aiohttp", client_manager=Manager())


@server.event
async def connect(sid, environ):
    key = parse_qs(environ.get("QUERY_STRING", "")).get("key", [""])[0]
    if not key.startswith("good"):
        raise socketio.exceptions.ConnectionRefusedError("Неизвестный ключ")
    asyncio.ensure_future(greet(sid))


async def greet(sid):
    for name, payload in EVENTS:
        await server.emit(name, payload, room=sid)
    await server.emit("binary", ({"file": bytes([0, 255])}, "и текст"), room=sid)


async def main():
    app = web.Application()
    server.attach(app, socketio_path="operator/socket.io")
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]))
    await site.start()
    print(f"PORT {site._server.sockets[0].getsockname()[1]}", flush=True)
    loop = asyncio.get_running_loop()
    lines = asyncio.Queue()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        body = await lines.get()
        await server.emit("chatMessageCreatedEmit", {"authorType": "BOT", "body": body})


asyncio.run(main())
