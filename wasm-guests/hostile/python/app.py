"""Misbehaves as its input says, or asks the system for what a component does not have."""

from toolgate_guest import Failed, action

import asyncio
import datetime
import random
import secrets
import socket
import threading
import time
import uuid


async def misbehave(call):
    how = call.input["how"]
    if how == "loops":
        while True:
            pass
    if how == "hoards":
        hoard = []
        while True:
            hoard.append(bytearray(1_048_576))
    if how == "breaks":
        return breaks(how)
    if how == "asks":
        return await asks()
    raise Failed(f"nobody knows how to {how}")


def breaks(how):
    return [1, 2, 3][len(how)]


async def asks():
    """What the standard library gives without a system."""
    print("printed")
    began = time.time()
    await asyncio.sleep(0.002)
    return {
        "seconds": time.time(),
        "waited": time.time() - began,
        "year": datetime.datetime.now().year - datetime.datetime.strptime("2000-01-01", "%Y-%m-%d").year,
        "random": [random.random(), secrets.token_hex(8), str(uuid.uuid4())],
        "refused": [
            refusal(lambda: open("/etc/passwd")),
            refusal(lambda: socket.create_connection(("127.0.0.1", 80))),
            refusal(lambda: socket.socket()),
            refusal(lambda: threading.Thread(target=print).start()),
            refusal(lambda: time.sleep(1)),
            refusal(lambda: __import__("csv")),
        ],
    }


def refusal(attempt):
    try:
        attempt()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


WitWorld = action(misbehave)
