"""python-socketio 4, over a WebSocket, with the packages of tests/peers/python-socketio.

As by default, each event is handled in a thread of its own.
"""

import argparse
import json
import os
import resource
import threading
import time
from urllib.parse import urlsplit

import socketio

SESSION = "bce7d22e-dde6-4427-b391-ebbdfda44de6"
NAME = "python-socketio"


def status(name):
    with open("/proc/self/status") as lines:
        line = next(line for line in lines if line.startswith(name))
    return int(line.split()[1])


def now():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), usage.ru_utime + usage.ru_stime


def look(message):
    """Looks at the fields that every contender looks at, and gives the text's length in bytes."""
    whole = all(message[name] for name in ("id", "sessionId", "authorType", "createdAt"))
    return len(message["body"].encode()) if whole else 0


def connect(url, handler):
    address = urlsplit(url)
    client = socketio.Client(reconnection=False)
    client.on("chatMessageCreatedEmit", handler)
    base = f"http://{address.netloc}/?key={SESSION}&{address.query}"
    client.connect(base, socketio_path=address.path.strip("/"), transports=["websocket"])
    return client


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--idle", type=int, default=0)
    args = parser.parse_args()
    if args.count == 0:
        clients = [connect(args.url, lambda message: None) for _ in range(10)]
        before = status("VmRSS:")
        clients += [connect(args.url, lambda message: None) for _ in range(args.idle)]
        grown = (status("VmRSS:") - before) / args.idle
        print(json.dumps({"name": NAME, "conns": args.idle, "rss_kb_per_conn": grown}))
    else:
        run(args)


def run(args):
    done = threading.Event()
    state = {"events": 0, "body": 0}

    def handler(message):
        state["events"] += 1
        state["body"] += look(message)
        if state["events"] == 1:
            state["first"] = now()
        if state["events"] == args.count:
            state["last"] = now()
            done.set()

    connect(args.url, handler)
    done.wait()
    (began, before), (ended, after) = state["first"], state["last"]
    line = {
        "name": NAME,
        "events": state["events"],
        "wall_s": ended - began,
        "cpu_s": after - before,
        "cpu_us_per_event": (after - before) * 1e6 / state["events"],
        "max_rss_kb": status("VmHWM:"),
        "last_offset": 0,
        "gaps": 0,
        "body_units": state["body"],
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
    # The threads of the clients wait for a server that says no more.
    os._exit(0)
