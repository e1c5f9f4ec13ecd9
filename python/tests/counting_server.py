"""A server on localhost that counts its open connections, and can close idle ones."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType

from typing_extensions import Self

from .silent_server import PATIENCE

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"


class CountingServer:
    """A server whose responses are empty lists. ``delay`` seconds pass before each."""

    def __init__(self, delay: float = 0) -> None:
        self.delay = delay
        self.requests = 0
        self.opened = 0
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._changed:
                    self._open.add(connection)
                    self.opened += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while True:
                received = b""
                while b"\r\n\r\n" not in received:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    received += piece
                else:
                    with self._changed:
                        self.requests += 1
                    time.sleep(self.delay)
                    connection.sendall(EMPTY)
                    continue
                break
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def close_idle_connections(self) -> None:
        """Closes all connections from the server's end, and waits until they are closed."""
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            assert self._changed.wait_for(lambda: not self._open, PATIENCE)

    def wait_for_connections(self, count: int) -> None:
        """Waits until exactly so many connections are open."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._open) == count, PATIENCE), len(self._open)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
