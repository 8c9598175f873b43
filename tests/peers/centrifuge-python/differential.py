"""What the official Python client tells its user of what a server says.

In the words of tests/src/differential/told.rs. Ends with the event named `end` or with the connection.
Argument: the server's address.
"""

import asyncio
import os
import sys

from centrifuge import Client, ClientEventHandler


def say(line):
    print(line, flush=True)


class Handler(ClientEventHandler):
    async def on_connected(self, ctx):
        say("up")

    async def on_connecting(self, ctx):
        # Code 0 is the first attempt.
        if ctx.code != 0:
            say("lost")

    async def on_disconnected(self, ctx):
        say(f"down {ctx.code}")
        os._exit(0)

    async def on_subscribed(self, ctx):
        if ctx.was_recovering and not ctx.recovered:
            say(f"{ctx.channel}: gap")

    async def on_unsubscribed(self, ctx):
        say(f"{ctx.channel}: gone")

    async def on_publication(self, ctx):
        name = ctx.pub.data["event"]
        say(f"{ctx.channel}: {name}")
        if name == "end":
            os._exit(0)


async def main():
    client = Client(
        sys.argv[1],
        events=Handler(),
        name="python",
        min_reconnect_delay=0.001,
        max_reconnect_delay=0.02,
    )
    await client.connect()
    await asyncio.Event().wait()


asyncio.run(main())
