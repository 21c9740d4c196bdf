"""An action for Toolgate in a few lines of Python.

An action is an async function that takes a `Call` and returns anything that `json` can write. `action` makes it the
one that Toolgate runs, under the name that componentize-py looks for:

    from toolgate_guest import action, get

    async def get_ticket(call):
        response = await get(f"/tickets/{quote(call.input['ticket_id'], safe='')}")
        return response.successful().json()

    WitWorld = action(get_ticket)

Import this module before others: it gives the standard library the host's clock, randomness and log in place of the
system's, which is not there. Files and sockets are not there at all.
"""

import toolgate_system  # noqa: F401 - first: what follows may use what it repairs

import json as _json
import re
import sys as _sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from componentize_py_types import Err
from wit_world import WitWorld as _WitWorld
from wit_world.imports import clock, http, log as _log, progress as _progress
from wit_world.imports.types import Failure


@dataclass
class Call:
    """What an action is given."""

    #: The arguments, checked against the action's inputs.
    input: dict[str, Any]
    #: The fields of the connection. A secret is a handle, which stands for it in a request and nowhere else.
    auth: dict[str, Any]
    #: Who is calling: `id`, `email`, `organisation`.
    user: dict[str, Any]


class Failed(Exception):
    """Ends the action. The agent reads the text."""


class RequestFailed(Failed):
    """There is no response. `kind` is refused, timed-out, unreachable, too-large or invalid."""

    def __init__(self, kind: str, text: str):
        super().__init__(text)
        self.kind = kind


@dataclass
class Response:
    """What came back, whatever its status."""

    status: int
    #: By their names in lower case; the values of a repeated header are joined with a comma.
    headers: dict[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is one of success: 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return _json.loads(self.body)

    def successful(self) -> "Response":
        """This response; raises `Failed` when its status is none of success."""
        if not self.ok:
            begins = f": {self.text[:300]}" if self.body else ""
            raise Failed(f"the API answered with status {self.status}{begins}")
        return self


_KINDS = {
    http.Failure_Refused: "refused",
    http.Failure_TimedOut: "timed-out",
    http.Failure_Unreachable: "unreachable",
    http.Failure_TooLarge: "too-large",
    http.Failure_Invalid: "invalid",
}


async def send(
    method: str,
    url: str,
    headers: dict[str, str] | None = None,
    *,
    query: dict[str, Any] | None = None,
    json: Any = None,
    body: bytes | None = None,
    timeout: float | None = None,
) -> Response:
    """Makes a request; several may be under way at once (`asyncio.gather`). `timeout` is in seconds.

    A URL that begins with `/` stands below the connection's base URL, and the host adds the connection's credential.

    Raises `RequestFailed` when there is no response.
    """
    pairs = [http.Header(name, str(value)) for name, value in (headers or {}).items()]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query, doseq=True)
    if json is not None:
        body = _json.dumps(json).encode()
        pairs.append(http.Header("content-type", "application/json"))
    milliseconds = None if timeout is None else max(1, round(timeout * 1000))
    try:
        response = await http.send(http.Request(method, url, pairs, body, milliseconds))
    except Err as error:
        raise RequestFailed(_KINDS[type(error.value)], error.value.value) from None
    joined: dict[str, str] = {}
    for header in response.headers:
        before = joined.get(header.name)
        joined[header.name] = header.value if before is None else f"{before}, {header.value}"
    return Response(response.status, joined, response.body)


async def get(url: str, headers: dict[str, str] | None = None, **options: Any) -> Response:
    """Reads; the options are those of `send`."""
    return await send("GET", url, headers, **options)


async def sleep(seconds: float) -> None:
    """Waits, within the time that the call has left."""
    await clock.sleep(max(0, round(seconds * 1000)))


def info(text: str) -> None:
    """Writes a line to the log of this call."""
    _log.write(_log.Level.INFO, text)


def warn(text: str) -> None:
    """Writes what may become a problem."""
    _log.write(_log.Level.WARN, text)


def progress(done: float, total: float | None = None, text: str | None = None) -> None:
    """Says how far the action is, for clients that show it."""
    _progress.report(done, total, text)


def action(function: Any) -> type:
    """The class that componentize-py looks for; bind it to the name `WitWorld`."""

    class WitWorld(_WitWorld):
        async def run(self, data: str) -> str:
            toolgate_system.begin()
            try:
                result = _json.dumps(await function(Call(**_json.loads(data))))
            except Failed as failure:
                raise Err(Failure(str(failure), _stack(failure))) from None
            except (Exception, SystemExit) as error:
                raise Err(Failure(f"{type(error).__name__}: {error}", _stack(error))) from None
            finally:
                _sys.stdout.flush()
                _sys.stderr.flush()
            return result

    return WitWorld


def _stack(error: BaseException) -> str:
    """The places of an error in the author's files, innermost first."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        # componentize-py numbers the folders that modules come from, but for the standard library's.
        name = _FOLDER.sub("", code.co_filename)
        if not name.startswith(("/python/", "toolgate_")):
            positions = list(code.co_positions())[trace.tb_lasti // 2]
            places.append(f"    at {code.co_name} ({name}:{trace.tb_lineno}:{(positions[2] or 0) + 1})")
        trace = trace.tb_next
    return "\n".join(reversed(places))


_FOLDER = re.compile(r"^/\d+/")
