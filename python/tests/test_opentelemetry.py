"""Spans of OpenTelemetry: log records are written under the span of their caller, and spans are propagated."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from crankwheel import AsyncCrankWheel, CrankWheel, CrankWheelError
from crankwheel.sandbox import Sandbox

from .conftest import ROOT
from .silent_server import SilentServer

LOGGER = logging.getLogger("crankwheel")
TRACER = TracerProvider(shutdown_on_exit=False).get_tracer("tests")
CALLS = 64


class Spans(logging.Handler):
    """A handler that keeps the name of the current span at each record, and whether it was recording."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[tuple[str, bool, dict[str, Any]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        span = trace.get_current_span()
        name = span.name if isinstance(span, Span) else "none"
        self.seen.append((name, span.is_recording(), vars(record).get("crankwheel", {})))

    def callers(self) -> Counter[str]:
        """Returns the number of records under each span. All of them must have been recording."""
        assert all(recording for _, recording, _ in self.seen)
        return Counter(name for name, _, _ in self.seen)

    def check_calls(self) -> None:
        """Checks that all records of a call are under one span, and each span has one call."""
        pairs = {(name, fields["call_id"]) for name, _, fields in self.seen}
        assert len(pairs) == len({name for name, _ in pairs}) == len({call for _, call in pairs})


@pytest.fixture
def spans(cw: CrankWheel) -> Iterator[Spans]:
    # Logs what other tests left: warnings about models that they created from JSON.
    cw.reseller.plans()
    handler = Spans()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    yield handler
    LOGGER.removeHandler(handler)
    LOGGER.setLevel(logging.NOTSET)


async def under_span(cw: AsyncCrankWheel, name: str) -> None:
    with TRACER.start_as_current_span(name):
        await cw.reseller.plans()


def each_once(count: int = CALLS) -> Counter[str]:
    return Counter(f"call {number}" for number in range(count))


def test_records_of_concurrent_tasks_are_under_the_spans_of_their_callers(
    sandbox: Sandbox, spans: Spans
) -> None:
    async def calls() -> None:
        async with sandbox.async_client() as cw:
            with TRACER.start_as_current_span("all calls"):
                await asyncio.gather(*(under_span(cw, f"call {number}") for number in range(CALLS)))

    asyncio.run(calls())
    assert spans.callers() == each_once()
    spans.check_calls()


def test_retries_are_under_the_span_of_their_caller(sandbox: Sandbox, spans: Spans) -> None:
    refused = 20

    async def calls() -> None:
        async with sandbox.async_client(max_retries=8) as cw:
            sandbox.fail("status", status=429, headers={"retry-after": "0"}, times=refused)
            await asyncio.gather(*(under_span(cw, f"call {number}") for number in range(CALLS)))

    asyncio.run(calls())
    assert spans.callers().keys() == each_once().keys()
    assert len(spans.seen) == CALLS + refused
    attempts = Counter((name, fields["attempt"]) for name, _, fields in spans.seen)
    assert set(attempts.values()) == {1}
    assert Counter(fields["status_code"] for _, _, fields in spans.seen) == {200: CALLS, 429: refused}
    spans.check_calls()


def test_failed_calls_are_under_the_span_of_their_caller(sandbox: Sandbox, spans: Spans) -> None:
    sandbox.fail("status", status=400)

    async def failing(cw: AsyncCrankWheel, name: str) -> None:
        with pytest.raises(CrankWheelError):
            await under_span(cw, name)

    async def calls() -> None:
        async with sandbox.async_client() as cw:
            await asyncio.gather(*(failing(cw, f"call {number}") for number in range(CALLS)))

    asyncio.run(calls())
    assert spans.callers() == each_once()
    spans.check_calls()


def test_cancelled_calls_are_under_the_span_of_their_caller(spans: Spans) -> None:
    count = 16

    async def calls(server: SilentServer) -> None:
        async with AsyncCrankWheel("some-key", base_url=server.url) as cw:
            tasks = [asyncio.create_task(under_span(cw, f"call {number}")) for number in range(count)]
            for _ in tasks:
                await asyncio.to_thread(server.wait_for_request)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results)

    with SilentServer() as server:
        asyncio.run(calls(server))
    assert spans.callers() == each_once(count)
    assert {fields["problem"] for _, _, fields in spans.seen} == {"cancelled"}
    spans.check_calls()


def test_records_of_threads_are_under_the_spans_of_their_threads(
    cw: CrankWheel, sandbox: Sandbox, spans: Spans
) -> None:
    sandbox.fail("status", status=429, headers={"retry-after": "0"}, times=8)
    together = threading.Barrier(CALLS)

    def call(number: int) -> None:
        with TRACER.start_as_current_span(f"call {number}"):
            together.wait()
            cw.with_options(max_retries=8).reseller.plans()

    threads = [threading.Thread(target=call, args=(number,)) for number in range(CALLS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spans.callers().keys() == each_once().keys()
    assert len(spans.seen) == CALLS + 8
    spans.check_calls()


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
def test_no_span_outlives_its_call(sandbox: Sandbox, spans: Spans, level: int) -> None:
    LOGGER.setLevel(level)

    async def call(cw: AsyncCrankWheel, kept: list[weakref.ref[trace.Span]]) -> None:
        with TRACER.start_as_current_span("short-lived") as span:
            kept.append(weakref.ref(span))
            del span
            await cw.reseller.plans()

    async def calls() -> int:
        kept: list[weakref.ref[trace.Span]] = []
        async with sandbox.async_client() as cw:
            await asyncio.gather(*(call(cw, kept) for _ in range(CALLS)))
            # The step of the loop that ended the last task refers to it.
            await asyncio.sleep(0)
            gc.collect()
            assert len(kept) == CALLS
            return sum(reference() is not None for reference in kept)

    assert asyncio.run(calls()) == 0


def test_no_span_of_a_cancelled_call_is_kept(spans: Spans) -> None:
    async def call(cw: AsyncCrankWheel, kept: list[weakref.ref[trace.Span]]) -> None:
        with TRACER.start_as_current_span("cancelled") as span:
            kept.append(weakref.ref(span))
            del span
            await cw.reseller.plans()

    async def calls(server: SilentServer) -> int:
        kept: list[weakref.ref[trace.Span]] = []
        async with AsyncCrankWheel("some-key", base_url=server.url) as cw:
            task = asyncio.create_task(call(cw, kept))
            await asyncio.to_thread(server.wait_for_request)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
            await asyncio.sleep(0)
            gc.collect()
            return sum(reference() is not None for reference in kept)

    with SilentServer() as server:
        assert asyncio.run(calls(server)) == 0
    assert [name for name, _, _ in spans.seen] == ["cancelled"]


def traceparent(span: trace.Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def test_each_caller_propagates_its_own_span(sandbox: Sandbox) -> None:
    async def call(cw: AsyncCrankWheel, number: int) -> tuple[str, str]:
        with TRACER.start_as_current_span(f"call {number}") as span:
            headers: dict[str, str] = {}
            propagate.inject(headers)
            await cw.with_options(headers=headers).clients.find(f"company-{number}")
            return f"company-{number}", traceparent(span)

    async def calls() -> list[tuple[str, str]]:
        async with sandbox.async_client(headers={"x-gateway": "blue"}) as cw:
            return await asyncio.gather(*(call(cw, number) for number in range(CALLS)))

    sent = sorted(parent for _, parent in asyncio.run(calls()))
    assert len(set(sent)) == CALLS
    assert sorted(request.headers["traceparent"] for request in sandbox.requests) == sent
    assert {request.headers["x-gateway"] for request in sandbox.requests} == {"blue"}


def test_the_span_of_a_thread_is_sent_with_its_own_request(cw: CrankWheel, sandbox: Sandbox) -> None:
    sent: dict[str, str] = {}

    def call(client: int) -> None:
        with TRACER.start_as_current_span("lookup") as span:
            headers: dict[str, str] = {}
            propagate.inject(headers)
            sent[f"/ss/rsapi/clients/{client}"] = traceparent(span)
            cw.with_options(headers=headers).clients.get(client)

    clients = [client.id for client in cw.clients.list()]
    sandbox.clear_requests()
    threads = [threading.Thread(target=call, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {request.path: request.headers["traceparent"] for request in sandbox.requests} == sent
    assert len(set(sent.values())) == len(clients) == 5


def test_the_example_of_the_readme(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # The example changes the level and the handlers of the logger.
    caplog.set_level(logging.DEBUG, logger="crankwheel")
    monkeypatch.setattr(LOGGER, "handlers", list(LOGGER.handlers))
    monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
    monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url)
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    text = (ROOT / "python" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## OpenTelemetry\n.*?```python\n(.*?)```", text, re.DOTALL)
    exec(compile(block, "README.md", "exec", dont_inherit=True), {"__name__": "readme"})
    (span,) = exporter.get_finished_spans()
    (event,) = span.events
    assert event.attributes is not None
    assert event.attributes["url.template"] == "/ss/rsapi/reseller/plans"
    assert event.attributes["http.response.status_code"] == 200
    (request,) = sandbox.requests
    context = span.get_span_context()
    assert context is not None
    assert f"{context.trace_id:032x}-{context.span_id:016x}" in request.headers["traceparent"]
