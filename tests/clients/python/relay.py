"""A TCP relay between a client and the server that keeps every byte the server sends."""

import contextlib
import socket
import threading
from pathlib import Path


class Relay:
    """Listens on a free loopback port and passes every connection on to `port`.

    When one side closes, the other side is closed too, so that a client's disconnect reaches the server.
    """

    def __init__(self, port: int, wire: Path) -> None:
        self._target = ("127.0.0.1", port)
        self._wire = wire
        self._write_lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stops listening and closes every connection."""
        for each in (self._listener, *self._open):
            _shut(each)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
            except OSError:
                return
            self._open |= {client, server}
            threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, keep: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if keep:
                    with self._write_lock, self._wire.open("ab") as wire:
                        wire.write(data)
                sink.sendall(data)
        _shut(source)
        _shut(sink)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
