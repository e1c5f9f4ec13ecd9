"""The logger `crankwheel`: off by default, one line for each attempt, handlers that fail."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from crankwheel import CrankWheel
from crankwheel.sandbox import Sandbox

from .silent_server import PATIENCE

LOGGER = logging.getLogger("crankwheel")


class Keeping(logging.Handler):
    """A handler that keeps its records."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record)


@pytest.fixture
def lines() -> Iterator[list[logging.LogRecord]]:
    handler = Keeping()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    yield handler.lines
    LOGGER.removeHandler(handler)
    LOGGER.setLevel(logging.NOTSET)


def test_a_line_for_each_attempt(cw: CrankWheel, sandbox: Sandbox, lines: list[logging.LogRecord]) -> None:
    sandbox.fail("status", status=503, headers={"x-request-id": "abc"}, times=1)
    sandbox.fail("reset_before", times=1)
    client = cw.clients.list()[0]
    texts = [line.getMessage() for line in lines]
    assert len(texts) == 3
    assert texts[0].startswith("GET /ss/rsapi/clients (attempt 1): 503 in ")
    assert texts[0].endswith(", request abc")
    assert texts[1].startswith("GET /ss/rsapi/clients (attempt 2): ")
    assert texts[2].startswith("GET /ss/rsapi/clients (attempt 3): 200 in ")
    fields = vars(lines[0])["crankwheel"]
    assert fields["duration"] > 0
    assert {name: fields[name] for name in ("method", "attempt", "status_code", "request_id")} == {
        "method": "GET",
        "attempt": 1,
        "status_code": 503,
        "request_id": "abc",
    }
    assert fields["headers"]["x-request-id"] == "abc"
    attributes = fields["attributes"]
    assert attributes.pop("server.port") == int(sandbox.url.rpartition(":")[2])
    assert attributes.pop("http.response.header.date")
    assert attributes == {
        "http.request.method": "GET",
        "url.template": "/ss/rsapi/clients",
        "server.address": "127.0.0.1",
        "http.response.status_code": 503,
        "error.type": "503",
        "http.response.header.x-request-id": ["abc"],
        "http.response.header.content-length": attributes["http.response.header.content-length"],
        "http.response.header.server": attributes["http.response.header.server"],
    }
    lost = vars(lines[1])["crankwheel"]
    assert lost["problem"] == lost["attributes"]["error.type"] == "lost"
    assert lost["attributes"]["http.request.resend_count"] == 1
    lines.clear()
    cw.clients.get(client)
    assert str(client.id) not in lines[0].getMessage()
    assert lines[0].levelno == logging.DEBUG


def test_async_calls_are_logged(sandbox: Sandbox, lines: list[logging.LogRecord]) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await asyncio.gather(*(cw.reseller.plans() for _ in range(20)))

    asyncio.run(calls())
    assert len(lines) == 20
    assert sandbox.api_key not in "".join(line.getMessage() for line in lines)


def test_nothing_is_logged_by_default(cw: CrankWheel, caplog: pytest.LogCaptureFixture) -> None:
    # The default level, even if this run of the tests selected another one.
    caplog.set_level(logging.WARNING, logger="crankwheel")
    cw.reseller.plans()
    assert not caplog.records
    code = """if True:
        import sys
        from crankwheel.sandbox import Sandbox
        with Sandbox() as sandbox:
            sandbox.client().clients.list()
        assert "logging" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


class Calling(logging.Handler):
    """A handler that makes a call itself, and then fails."""

    def __init__(self, cw: CrankWheel) -> None:
        super().__init__(logging.DEBUG)
        self.cw = cw
        self.rows = 0

    def handle(self, record: logging.LogRecord) -> bool:
        self.rows += len(self.cw.reseller.plans())
        raise LookupError("on purpose")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_handlers_that_call_and_fail(cw: CrankWheel, sandbox: Sandbox) -> None:
    async def call() -> int:
        async with sandbox.async_client() as other:
            return len(await other.clients.list())

    handler = Calling(cw)
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    try:
        assert len(cw.clients.list()) == 5
        assert asyncio.run(call()) == 5
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(logging.NOTSET)
    assert handler.rows == 2 * len(cw.reseller.plans())


def test_a_value_of_a_wrong_type_is_reported_once(cw: CrankWheel, sandbox: Sandbox) -> None:
    """Without logging set up, too: Python then writes warnings to standard error."""
    code = """if True:
        import sys
        from crankwheel import CrankWheel
        cw = CrankWheel(sys.argv[1], base_url=sys.argv[2])
        for _ in range(3):
            assert cw.clients.get(7).settings.audit_log is None
    """
    response = {"id": 7, "settings": {"id": "s", "audit_log": "sometimes"}}
    sandbox.respond("GET", "/ss/rsapi/clients/7", json=response, times=None)
    program = [sys.executable, "-c", code, sandbox.api_key, sandbox.url]
    done = subprocess.run(program, check=True, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr.count("Settings.audit_log: ") == 1
    assert "sometimes" not in done.stderr


IMPORTED_LATER = """if True:
    import sys
    from crankwheel import CrankWheel
    cw = CrankWheel(sys.argv[1], base_url=sys.argv[2])
    cw.reseller.plans()
    assert "logging" not in sys.modules
    {way}
    import logging
    logging.basicConfig(format="%(message)s", stream=sys.stdout)
    cw.reseller.plans()
    logging.getLogger("crankwheel").setLevel(logging.DEBUG)
    cw.reseller.plans()
    logging.disable(logging.CRITICAL)
    cw.reseller.plans()
    logging.disable(logging.NOTSET)
    logging.getLogger("crankwheel").disabled = True
    cw.reseller.plans()
"""


@pytest.mark.parametrize("way", ["pass", "sys.modules = dict(sys.modules)", "sys.modules['logging'] = None"])
def test_logging_that_is_imported_and_enabled_after_the_first_call(sandbox: Sandbox, way: str) -> None:
    """The result of the first look at the loaded modules is not kept."""
    if way.endswith("None"):
        way += "; cw.reseller.plans(); del sys.modules['logging']"
    program = [sys.executable, "-c", IMPORTED_LATER.format(way=way), sandbox.api_key, sandbox.url]
    done = subprocess.run(program, check=True, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.count("GET /ss/rsapi/reseller/plans (attempt 1): 200") == 1, done.stdout
