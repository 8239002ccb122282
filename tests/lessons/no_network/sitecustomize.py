"""Refuses every other computer to a Python process and its children; see test_lessons.

Python imports this file by itself where its folder is on PYTHONPATH. An audit hook can't be taken
off again, and sees what C code does through the socket module, too.
"""

import os
import sys
from pathlib import Path

LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def refuse(event, args):
    if event in LOOKUPS:
        host = args[0]
    elif event in SENDS and isinstance(args[1], tuple):  # a Unix socket's address is a text
        host = args[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host in ("localhost", "::1") or host.startswith("127."):
        return
    with Path(os.environ["REFUSED"]).open("a") as refused:
        refused.write(f"{event} {host}\n")
    raise ConnectionRefusedError(f"this test has no network, and {host} was asked for")


sys.addaudithook(refuse)
