"""The host in place of the system.

A component has no WASI that the host would have to refuse (`componentize-py componentize --stub-wasi`): what asks the
system for something would end it on the spot. Here the standard library asks the host instead, or raises an error that
can be read. `toolgate_guest` imports this first, so that other modules pick up what is put in place.
"""

import asyncio
import builtins
import datetime
import functools
import io
import os
import random
import socket
import sys
import time

# The standard library imports these when they are first needed, which is too late in a call.
import _strptime  # noqa: F401
import encodings.idna  # noqa: F401
import encodings.latin_1  # noqa: F401

from wit_world.imports import clock, log, random as host_random

_MOST_RANDOM_BYTES = 65_536

# While the component is built, modules are imported on a real system and may ask it for something; there is no host.
_running = False


def begin() -> None:
    """At the start of a call: whatever was random when the component was built is random anew."""
    global _running
    _running = True
    # What was not imported when the component was built cannot be found any more, and is not looked for.
    sys.path.clear()
    random.seed(os.urandom(32))


def _in_place_of(place, name, ours):
    """`ours` instead of the function `name` of `place`, from the first call on."""
    theirs = getattr(place, name)

    @functools.wraps(theirs)
    def chosen(*arguments, **options):
        return (ours if _running else theirs)(*arguments, **options)

    setattr(place, name, chosen)


def _urandom(count):
    parts = []
    while count > 0:
        part = min(count, _MOST_RANDOM_BYTES)
        parts.append(host_random.bytes(part))
        count -= part
    return b"".join(parts)


def _nanoseconds():
    return clock.now() * 1_000


def _seconds():
    return clock.now() / 1_000_000


async def _wait(delay, result=None):
    await clock.sleep(max(0, round(delay * 1_000)))
    return result


def _stand_still(_):
    raise OSError("action code waits with `await asyncio.sleep(...)`: nothing else can wait")


def _no_files(*_, **__):
    raise OSError("action code has no files")


def _no_sockets(*_, **__):
    raise OSError("action code has no sockets: the host makes its requests (toolgate_guest.send)")


class _Datetime(datetime.datetime):
    """`datetime.datetime` asks the system for the time in C."""

    @classmethod
    def now(cls, tz=None):
        if not _running:
            return super().now(tz)
        utc = cls.fromtimestamp(_seconds(), datetime.timezone.utc)
        return utc.replace(tzinfo=None) if tz is None else utc.astimezone(tz)

    @classmethod
    def utcnow(cls):
        return cls.now()

    @classmethod
    def today(cls):
        return cls.now()


class _Date(datetime.date):
    @classmethod
    def today(cls):
        now = _Datetime.now()
        return cls(now.year, now.month, now.day)


class _Lines(io.TextIOBase):
    """What is printed becomes lines of the call's log."""

    def __init__(self, level, building):
        self._level = level
        self._building = building
        self._begun = ""

    def writable(self):
        return True

    def write(self, text):
        if not _running:
            return self._building.write(text)
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            log.write(self._level, line)
        return len(text)

    def flush(self):
        if not _running:
            self._building.flush()
        elif self._begun:
            log.write(self._level, self._begun)
            self._begun = ""


for _name in ("time", "monotonic", "perf_counter"):
    _in_place_of(time, _name, _seconds)
    _in_place_of(time, f"{_name}_ns", _nanoseconds)
_in_place_of(time, "sleep", _stand_still)
_in_place_of(asyncio, "sleep", _wait)
_in_place_of(os, "urandom", _urandom)
random._urandom = os.urandom
for _place, _name in ((builtins, "open"), (io, "open"), (os, "open"), (os, "stat"), (os, "listdir"), (os, "scandir")):
    _in_place_of(_place, _name, _no_files)
for _place, _name in ((socket.socket, "__init__"), (socket, "create_connection"), (socket, "getaddrinfo")):
    _in_place_of(_place, _name, _no_sockets)
datetime.datetime, datetime.date = _Datetime, _Date
sys.stdout = _Lines(log.Level.INFO, sys.stdout)
sys.stderr = _Lines(log.Level.WARN, sys.stderr)
