"""Messages spell names as Python does: ``min_seconds``, ``settings.audit_log``, ``None``.

Invalid values for every parameter, field and option, and invalid responses, cause the messages.
None may contain a name as Node spells it.
"""

from __future__ import annotations

import datetime
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crankwheel import APIResponseError, APIStatusError, CrankWheel, CrankWheelError, Period
from crankwheel.sandbox import Sandbox

from .conftest import CONTRACT_FILE
from .silent_server import SilentServer

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    0.5,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "odd",
    " ",
    "..",
    "a\nb",
    "ä",
]
ODD += ["x" * 200, b"bytes", [], [1], {}, {"id": 5}, {5: 5}, object(), int, lambda: None, 1j]
ODD += [
    datetime.datetime(2019, 2, 1),
    datetime.date(2019, 2, 1),
    datetime.timedelta(days=-1),
    Period.month("2019-02"),
]
ODD += ["https://h/?q", "ftp://h", "2019-02-01/2019-01-01", "2019-13"]

GOOD: dict[str, Any] = {"client": 5, "plan": "plan_1", "period": "2019-02", "method": "GET", "path": "/x"}
GOOD |= {"email": "a@b.example", "sname": "acmecorp"}
"""A value that each required parameter accepts."""

CONTRACT = json.loads(CONTRACT_FILE.read_text())


def names() -> set[str]:
    """Returns Node's spelling of the names in the contract and the tables, if it differs."""
    found: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                collect(item)
        if isinstance(value, dict):
            found.update(value.get("properties", {}))
            for key in ("name", "x-sdk-name"):
                found.update(str(value.get(key, "")).split("."))
            for inner in value.values():
                collect(inner)

    collect(CONTRACT)
    for table in (CONTRACT_FILE.parent / "tables").iterdir():
        for name in re.findall(r'^name = "([\w.]+)"', table.read_text(), re.MULTILINE):
            found.update(name.split("."))
    return {re.sub("_(.)", lambda match: match[1].upper(), name) for name in found if "_" in name}


NAMES = names()

seen: set[str] = set()
"""All messages and keys of ``errors`` that were checked."""


def check_text(text: str, *, json_too: bool = False) -> None:
    """Checks that one message spells names as Python does."""
    seen.add(text)
    # Responses and fault rules are JSON; a message shows the beginning.
    holds = r"invalid (type|value): [^,]*" + (r"|(found|begins with) \S.*?(; |$)" if json_too else "")
    prose = re.sub(rf"{holds}|\S*/\S*", " ", text)
    for word in re.findall(r"\w+", prose):
        assert word not in NAMES, f"{word} is not spelled as in Python: {text}"
        assert word not in ("null", "undefined", "true", "false"), f"{word} is not a value in Python: {text}"


def check_error(error: Exception) -> None:
    check_text(str(error), json_too=isinstance(error, (APIResponseError, APIStatusError)))
    # Messages of the API are not changed.
    if isinstance(error, CrankWheelError) and not isinstance(error, APIStatusError):
        for field, messages in error.errors.items():
            check_text(field)
            for message in messages:
                check_text(message)


def attempt(run: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Calls a function, and checks the message if it raises."""
    try:
        return run(*arguments, **keywords)
    except Exception as error:
        check_error(error)
        return error


def operations(cw: Any) -> Iterator[tuple[Callable[..., Any], dict[str, Any]]]:
    """Yields every operation of a client or of its dry runs, with valid arguments."""
    for owner in (cw.clients, cw.sso, cw.reseller):
        for name in dir(owner):
            operation = getattr(owner, name)
            if not name.startswith("_") and callable(operation):
                yield operation, required(operation)
    yield cw.request, required(cw.request)


def required(operation: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(operation).parameters
    good = {
        name: GOOD.get(name, "x") for name, it in parameters.items() if it.default is inspect.Parameter.empty
    }
    # An update without a field is refused.
    return {**good, "lname": "Acme"} if "lname" in parameters else good


def offline(**options: Any) -> CrankWheel:
    return CrankWheel("some-key", **{"base_url": "http://127.0.0.1:1", "max_retries": 0, **options})


def test_arguments_and_fields_of_every_operation() -> None:
    cw = offline()
    every = list(operations(cw.dry_run))
    assert len(every) >= 16
    settings = CONTRACT["components"]["schemas"]["Settings"]["properties"]
    for operation, good in every:
        parameters = inspect.signature(operation).parameters
        for name in parameters:
            for odd in ODD:
                attempt(operation, **{**good, name: odd})
        if "settings" in parameters:
            for name in (*settings, "extra", "colour"):
                for odd in ODD:
                    attempt(operation, **good, settings={"phone_conf_manual": False, name: odd})
        attempt(operation, **good, colour=1)
    limits = {
        "first_exceeded_soft_limit": "2019-03-03T15:08:10Z",
        "hard_limit_starts": "2019-03-03T15:08:10Z",
    }
    attempt(cw.dry_run.clients.update, 5, **limits)
    attempt(cw.dry_run.clients.update, 5)
    attempt(cw.dry_run.sso.grant_token, "a@b.example", create_in=5, multi_login=True)
    attempt(cw.with_options(read_only=True).clients.delete, 5)
    for odd in ODD:
        attempt(cw.impersonation_key, odd)
        attempt(cw.impersonate, odd)


def test_options_of_a_client() -> None:
    for name in inspect.signature(CrankWheel).parameters:
        for odd in ODD:
            cw = attempt(offline, **{name: odd}) if name != "api_key" else attempt(CrankWheel, odd)
            # Some options are used, and so refused, by the first call only.
            if isinstance(cw, CrankWheel):
                attempt(
                    cw.with_options(base_url="http://127.0.0.1:1", timeout=0.3, max_retries=0).clients.list
                )
            attempt(offline().with_options, **{name: odd})
    attempt(CrankWheel)
    attempt(CrankWheel, "some-key", colour=1)
    for base_url in ("http://api.example", "https://a:b@api.example", "https://api.example/?x=1"):
        attempt(offline, base_url=base_url)
    closed = offline()
    closed.close()
    attempt(closed.clients.list)


def test_periods() -> None:
    for odd in ODD:
        for make in (Period.month, Period.last_days, Period.parse):
            attempt(make, odd)
        attempt(Period.month, "2019-02", odd)
        attempt(Period.months, "2019-02", odd)
        attempt(Period.months, odd, "2019-02")
        attempt(Period, "2019-02-01", odd)
        attempt(Period, odd, "2019-02-01")


def test_connections_that_fail_and_writes_with_an_unknown_outcome(tmp_path: Path) -> None:
    no_certificate = tmp_path / "none.pem"
    no_certificate.write_text("none")
    attempt(offline(base_url="https://127.0.0.1:1", ca_file=no_certificate).clients.list)
    attempt(offline(base_url="https://api.example", proxy="http://127.0.0.1:1").clients.list)
    with SilentServer() as server:
        silent = CrankWheel("some-key", base_url=server.url, max_retries=0)
        for cw in (offline(), silent.with_options(timeout=0.05), silent.with_options(attempt_timeout=0.05)):
            for operation, good in operations(cw):
                attempt(operation, **good)


def test_odd_responses(sandbox: Sandbox) -> None:
    cw = sandbox.client(max_retries=0)
    requests = [
        (operation, good, attempt(dry, **good))
        for (operation, good), (dry, _) in zip(operations(cw), operations(cw.dry_run), strict=True)
    ]
    for status in (200, 302, 400, 401, 403, 404, 409, 429, 500):
        for body in (
            "",
            "{}",
            "[]",
            "[1]",
            "5",
            "<html><title>Log in</title>",
            '{"errors": {"sname": ["bad"]}}',
        ):
            for operation, good, request in requests:
                path = re.sub(r"^https?://[^/]*|\?.*", "", request.url)
                sandbox.respond(request.method, path, status=status, body=body)
                attempt(operation, **good)


def test_warnings_of_fields_of_a_wrong_type(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    cw = sandbox.client()
    schemas = CONTRACT["components"]["schemas"]
    settings = dict.fromkeys(schemas["Settings"]["properties"], 5.5)
    fields = {name: {"x": 1} for name in schemas["Client"]["properties"] if name not in ("id", "settings")}
    sandbox.respond("GET", "/ss/rsapi/clients/5", json={"id": 5, **fields, "settings": settings})
    attempt(cw.clients.get, 5)
    warnings = [record.getMessage() for record in caplog.records if record.name == "crankwheel"]
    assert len(warnings) > 20
    # Each field is reported once in a process, and earlier tests may have read some of them.
    assert any(": expected a boolean, found a number" in text for text in warnings)
    for text in warnings:
        check_text(text)


def test_the_sandbox() -> None:
    for name in inspect.signature(Sandbox).parameters:
        for odd in ODD:
            sandbox = attempt(Sandbox, **{name: odd})
            if isinstance(sandbox, Sandbox):
                sandbox.stop()
    with Sandbox() as sandbox:
        for odd in ODD:
            attempt(sandbox.fail, odd)
            for name in ("ms", "times", "pause_ms", "probability", "status", "pieces", "path", "method"):
                attempt(sandbox.fail, "slow_body", **{name: odd})


def test_enough_messages_were_checked() -> None:
    assert {"auditLog", "createIn", "setPlan", "maxRetries"} <= NAMES
    assert len(seen) > 300
    for part in (
        "settings.audit_log",
        "`current_plan`",
        "`clients.get_or_create`",
        "`create_in`",
        "or None, got",
    ):
        assert any(part in text for text in seen), part
