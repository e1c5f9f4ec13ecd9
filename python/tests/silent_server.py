"""A server on localhost that never responds."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType

from typing_extensions import Self

PATIENCE = 20.0
"""The time that a test waits for an event, in seconds. Passing tests never wait that long."""


class SilentServer:
    """A server that never responds. Tests can wait for requests and closed connections."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._listen, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _listen(self, connection: socket.socket) -> None:
        with connection:
            received = b""
            with contextlib.suppress(OSError):
                while b"\r\n\r\n" not in received:
                    chunk = connection.recv(65536)
                    if not chunk:
                        return
                    received += chunk
                self.came.release()
                while connection.recv(65536):
                    pass
            self.left.release()

    def wait_for_request(self) -> None:
        """Waits for the next request."""
        assert self.came.acquire(timeout=PATIENCE), "no request came"

    def wait_for_departure(self) -> None:
        """Waits until the next client closes its connection."""
        assert self.left.acquire(timeout=PATIENCE), "the connection is still open"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Closing the socket does not wake a waiting `accept`.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
