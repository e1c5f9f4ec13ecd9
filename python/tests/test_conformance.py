"""Runs the conformance cases (tests/conformance) with the sync and the async client."""

from __future__ import annotations

import asyncio
import datetime
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import crankwheel
from crankwheel import AsyncCrankWheel, CrankWheel, CrankWheelError, Period

from .conftest import CONTRACT_FILE, ROOT
from .shown import keep_result

KEY = "conformance-key-9f2c"

OPERATIONS = {
    f"{resource.__name__.lower()}.{name}"
    for resource in (crankwheel.Clients, crankwheel.Sso, crankwheel.Reseller)
    for name in vars(resource)
    if not name.startswith("_")
}

CASES = [
    case
    for file in sorted((ROOT / "tests" / "conformance" / "cases").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]

Options = dict[str, Any]
Step = Callable[[str, list[Any], dict[str, Any], Options | None], Any]


def control(url: str, post: bool = True) -> Any:
    """Sends a request to the control path of the conformance server."""
    request = urllib.request.Request(url, data=b"" if post else None)
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())


def test_the_server_has_the_same_cases(conformance: str) -> None:
    names = [case["name"] for case in control(f"{conformance}/_cases", post=False)]
    assert sorted(names) == sorted(case["name"] for case in CASES)


def test_every_operation_exists_and_has_a_case() -> None:
    paths = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))["paths"]
    contract = {
        operation["x-sdk-name"]
        for item in paths.values()
        for operation in item.values()
        if isinstance(operation, dict) and "x-sdk-name" in operation
    }
    assert contract
    assert contract <= OPERATIONS
    assert {step["operation"] for case in CASES for step in case["steps"]} == OPERATIONS
    cw = CrankWheel("some-key")
    for name in OPERATIONS:
        resource, method = name.split(".")
        for view in (cw, cw.with_raw_response, cw.dry_run):
            assert callable(getattr(getattr(view, resource), method)), name


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_sync(conformance: str, case: dict[str, Any]) -> None:
    def steps(options: dict[str, Any]) -> tuple[Step, Callable[[], None]]:
        cw = CrankWheel(**options)

        def step(operation: str, args: list[Any], kwargs: dict[str, Any], copy: Options | None) -> Any:
            caller = cw if copy is None else cw.with_options(**copy)
            return method(caller, operation)(*args, **kwargs)

        return step, cw.close

    play(conformance, case, steps)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_async(conformance: str, case: dict[str, Any]) -> None:
    # Each step has its own event loop, so the client outlives its loops.
    def steps(options: dict[str, Any]) -> tuple[Step, Callable[[], None]]:
        cw = AsyncCrankWheel(**options)

        def step(operation: str, args: list[Any], kwargs: dict[str, Any], copy: Options | None) -> Any:
            async def call() -> Any:
                caller = cw if copy is None else cw.with_options(**copy)
                result: Awaitable[Any] = method(caller, operation)(*args, **kwargs)
                return await result

            return asyncio.run(call())

        return step, lambda: asyncio.run(cw.close())

    play(conformance, case, steps)


def method(cw: CrankWheel | AsyncCrankWheel, operation: str) -> Callable[..., Any]:
    """Returns the method of an operation."""
    assert operation in OPERATIONS, f"the package has no {operation}"
    resource, name = operation.split(".")
    found: Callable[..., Any] = getattr(getattr(cw, resource), name)
    return found


def play(
    conformance: str,
    case: dict[str, Any],
    steps: Callable[[dict[str, Any]], tuple[Step, Callable[[], None]]],
) -> None:
    """Runs one case and checks the result of every step."""
    begun = control(f"{conformance}/_begin?case={urllib.parse.quote(case['name'], safe='')}")
    options = {"max_retries": 0, "api_key": KEY, **case.get("options", {})}
    key = options["api_key"]
    options = {name: value for name, value in options.items() if value is not None}
    results: list[Any] = []
    close: Callable[[], None] = lambda: None  # noqa: E731
    step: Step | None = None
    try:
        step, close = steps({"base_url": begun["base_url"], **options})
    except CrankWheelError as error:
        check_error(error, case["steps"][0]["expect"]["error"], key)
        assert len(case["steps"]) == 1
    if step is not None:
        for planned in case["steps"]:
            result: Any
            failure: CrankWheelError | None = None
            try:
                args = [special(value, results) for value in planned.get("args", [])]
                kwargs = {name: special(value, results) for name, value in planned.get("kwargs", {}).items()}
                result = step(planned["operation"], args, kwargs, planned.get("with_options"))
            except CrankWheelError as error:
                result, failure = None, error
            results.append(result)
            if failure is not None:
                assert "error" in planned["expect"], f"unexpected {failure!r}"
                check_error(failure, planned["expect"]["error"], key)
                continue
            assert "error" not in planned["expect"], f"got {result!r} where an error was expected"
            check_result(planned["operation"], result, planned["expect"])
            keep_result(result)
            assert key is None or key not in repr(result)
    close()
    ended = control(f"{conformance}/_end?run={begun['run']}")
    assert ended["ok"], ended["problems"]


def special(value: Any, results: list[Any]) -> Any:
    """Replaces the members that stand for values that JSON does not have."""
    if isinstance(value, list):
        return [special(item, results) for item in value]
    if not isinstance(value, dict):
        return value
    if "$result" in value:
        return follow(results[value["$result"]], value.get("path", ""))
    if "$datetime" in value:
        return moment(value["$datetime"])
    if "$date" in value:
        return datetime.date.fromisoformat(value["$date"])
    if "$period" in value:
        ends = value["$period"]
        return Period(special(ends["start"], results), special(ends["end"], results))
    if "$month" in value:
        return Period.month(value["$month"])
    return {name: special(item, results) for name, item in value.items()}


def moment(text: str) -> datetime.datetime:
    """Parses an RFC 3339 string as an aware datetime, also on Python 3.10."""
    text = re.sub(r"\.(\d+)", lambda digits: "." + digits[1].ljust(6, "0")[:6], text)
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def follow(value: Any, path: str) -> Any:
    """Reads an attribute path: ``periods[0].effective_to``, ``plans["x"].units``, ``sessions.$length``."""
    parts = re.findall(r'\$length|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([A-Za-z_]\w*)', path)
    for index, key, name in parts:
        if index:
            value = value[int(index)]
        elif key:
            value = value[json.loads(f'"{key}"')]
        elif name:
            pair = isinstance(value, tuple)
            value = value[("client", "created").index(name)] if pair else getattr(value, name)
        else:
            value = len(value)
    return value


def raw_json(value: Any) -> Any:
    """Returns the raw JSON of a result or of a part of it."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "to_list"):
        return value.to_list()
    return value


def same(left: Any, right: Any) -> bool:
    """Compares JSON values; numbers are compared as numbers, and booleans only with booleans."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def check_result(operation: str, result: Any, expect: dict[str, Any]) -> None:
    if "value" in expect:
        form = raw_json(result)
        if operation == "clients.get_or_create":
            form = {"client": raw_json(result[0]), "created": result[1]}
        assert same(form, expect["value"])
    check_attributes(result, expect.get("attributes", {}))


def check_attributes(holder: Any, attributes: dict[str, Any]) -> None:
    for path, expected in attributes.items():
        found = follow(holder, path)
        if isinstance(expected, dict) and "$time" in expected:
            assert found == moment(expected["$time"]), path
            assert found.tzinfo is datetime.timezone.utc
        else:
            assert same(raw_json(found), expected), f"{path}: {found!r}"


def check_error(error: CrankWheelError, expect: dict[str, Any], key: str | None) -> None:
    assert type(error).__name__ == expect["class"], repr(error)
    for base in expect.get("is_a", []):
        assert isinstance(error, getattr(crankwheel, base))
    check_attributes(error, expect.get("attributes", {}))
    if "fields" in expect:
        assert set(error.errors) == set(expect["fields"])
    for text in expect.get("message_has", []):
        # Each language has its own spelling of a name in braces; Python's is that of the case.
        name = re.fullmatch(r"\{([\w.]+)\}", text)
        assert (name[1] if name else text) in str(error)
    for text in [*expect.get("message_lacks", []), *([key] if key else [])]:
        assert text not in str(error)
        assert text not in repr(error)
