"""The progress of a usage history: to a function, on the terminal, with sync and asyncio clients."""

from __future__ import annotations

import asyncio
import contextvars
import io
import sys
import threading
import types as builtin_types
from typing import Any

import pytest

from crankwheel import APIConnectionError
from crankwheel.sandbox import Sandbox
from crankwheel.types import Progress

PIECES = 12


@pytest.fixture
def slow(sandbox: Sandbox) -> Sandbox:
    """Returns a sandbox whose usage history takes about a second."""
    sandbox.fail("slow_body", "GET", "/ss/rsapi/clients_usage", pieces=PIECES, pause_ms=80)
    return sandbox


def check(reports: list[Progress], sessions: int) -> None:
    assert 3 <= len(reports) <= PIECES, reports
    assert [report.done for report in reports] == [False] * (len(reports) - 1) + [True]
    received = [report.received_bytes for report in reports]
    assert received == sorted(received)
    assert 0 < received[0] < received[-1]
    assert reports[-1].rows == sessions
    assert reports[-1].total_bytes == received[-1]


def test_a_function_receives_the_progress(slow: Sandbox) -> None:
    reports: list[Progress] = []
    threads = set()

    def report(progress: Progress) -> None:
        reports.append(progress)
        threads.add(threading.get_ident())

    with slow.client() as cw:
        history = cw.reseller.usage(progress=report)
    check(reports, len(history.sessions))
    assert threads == {threading.get_ident()}


def test_the_function_runs_on_the_event_loop_in_the_callers_context(slow: Sandbox) -> None:
    caller = contextvars.ContextVar[str]("caller")
    reports: list[Progress] = []
    seen = set()

    def report(progress: Progress) -> None:
        asyncio.get_running_loop()
        seen.add(caller.get())
        reports.append(progress)

    async def run() -> int:
        caller.set("me")
        async with slow.async_client() as cw:
            return len((await cw.reseller.usage(progress=report)).sessions)

    check(reports, asyncio.run(run()))
    assert seen == {"me"}


def test_an_error_of_the_function_cancels_the_call(slow: Sandbox) -> None:
    def fail(progress: Progress) -> None:
        raise LookupError(f"at {progress.received_bytes}")

    with slow.client() as cw, pytest.raises(LookupError, match="at "):
        cw.reseller.usage(progress=fail)

    async def run() -> None:
        async with slow.async_client() as cw:
            await cw.reseller.usage(progress=fail)

    with pytest.raises(LookupError, match="at "):
        asyncio.run(run())
    # The clients go on.
    slow.clear_faults()
    assert len(slow.client().reseller.usage().sessions) > 0


def test_a_failed_call_has_no_last_report(sandbox: Sandbox) -> None:
    sandbox.fail("truncate", "GET", "/ss/rsapi/clients_usage")
    reports: list[Progress] = []
    with sandbox.client(max_retries=0) as cw, pytest.raises(APIConnectionError):
        cw.reseller.usage(progress=reports.append)
    assert not any(report.done for report in reports)


@pytest.mark.parametrize("wrong", [1, "yes", [], object()])
def test_other_values_are_refused(sandbox: Sandbox, wrong: Any) -> None:
    with (
        sandbox.client() as cw,
        pytest.raises(TypeError, match="progress: must be True, False or a function"),
    ):
        cw.reseller.usage(progress=wrong)
    assert sandbox.requests == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_is_drawn_on_a_terminal(slow: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with slow.client() as cw:
        sessions = len(cw.reseller.usage(progress=True).sessions)
    written = terminal.getvalue()
    assert written.startswith("\rusage history: ")
    assert written.endswith("\n")
    assert written.count("\r") >= 3
    assert f"{sessions:,} sessions" in written


def test_tqdm_draws_the_bar_if_it_is_installed(slow: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[Any] = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            self.options, self.n, self.total, self.closed = options, 0, options["total"], False
            bars.append(self)

        def set_postfix(self, **values: Any) -> None:
            self.postfix = values

        def refresh(self) -> None:
            pass

        def close(self) -> None:
            self.closed = True

    module = builtin_types.ModuleType("tqdm.auto")
    module.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with slow.client() as cw:
        sessions = len(cw.reseller.usage(progress=True).sessions)
    (bar,) = bars
    assert bar.closed
    assert bar.n == bar.total > 0
    assert bar.options["unit"] == "B"
    assert bar.postfix["sessions"] == sessions


def test_nothing_is_drawn_where_nobody_sees_it(slow: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", stream)
        with slow.client() as cw:
            cw.reseller.usage(progress=True)
        if stream is not None:
            assert stream.getvalue() == ""


def test_raw_responses_report_their_bytes(slow: Sandbox) -> None:
    reports: list[Progress] = []
    with slow.client() as cw:
        raw = cw.with_raw_response.reseller.usage(progress=reports.append)
        cw.dry_run.reseller.usage(progress=reports.append)
    assert reports[-1].received_bytes == len(raw.body)
    assert reports[-1].done
    assert sum(report.done for report in reports) == 1


def test_the_body_is_the_same_object_each_time(sandbox: Sandbox) -> None:
    with sandbox.client() as cw:
        for raw in (cw.with_raw_response.reseller.usage(), cw.request("GET", "/ss/rsapi/reseller/plans")):
            assert raw.body is raw.body
            assert raw.text is raw.text
            assert raw.text.encode() == raw.body
            assert raw.json() == raw.json()
