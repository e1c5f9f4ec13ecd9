"""Every parameter of every public function, with 120 odd values and more.

The rule: a value works, and then exactly; or an `InvalidRequestError`, a `ConfigurationError` or a
`TypeError` names the argument, the value in a few words, and what to do. Exceptions are in `EXEMPT`,
each with its reason. No value is silently replaced by a default, and nothing panics.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    APIConnectionError,
    AsyncCrankWheel,
    Client,
    ClientList,
    ConfigurationError,
    CrankWheel,
    CrankWheelError,
    InvalidRequestError,
    NotFoundError,
    Period,
    PlanList,
    UsageHistory,
)
from crankwheel.sandbox import Sandbox

from .odd_values import EXACT, ODD, ODD_EQUALITY, add_numpy
from .test_messages import CONTRACT, GOOD

with contextlib.suppress(ImportError):
    add_numpy()

BARE = re.compile(
    r"not an instance of|codec|surrogates not allowed|too large to convert|cannot be interpreted|argument '"
    r"|\brust|serde|invalid type|has no attribute|unhashable|not iterable|not subscriptable|Overflow"
    r"|can't convert|unsupported|PyO3|positional arguments but|object is not|NoneType'"
)
"""Words of lower layers."""

CURE = re.compile(
    r"must|expected|unknown|valid|refused|such as|use |pass |leave it out|nested|missing|required|write it"
)

VALUE = re.compile(
    r"got |found |unknown|nested|missing"
    # The message says what the value was: None, empty, left out, read-only.
    r"|must not be (None|empty|\"\.)|required|read-only"
    # Two fields are only valid together: each of them is.
    r"|must be set together"
    r"|must stay (False|True)"
    # A control character would garble the message.
    r"|must not contain"
    # The time of creation is not an argument.
    r"|must not be before the client was created|must add up to"
)

EMPTY = (
    "an empty one is the same as none: nothing is added to the request",
    {"empty list", "empty tuple", "empty dict"},
)

EXEMPT: dict[str, dict[str, Any]] = {
    # What is accepted although the request is that of the default: name -> (reason, odd values)
    "same as the default": {
        "query": EMPTY,
        "settings": EMPTY,
        "extra": EMPTY,
        "progress": (
            "a function or True reports progress; the request is the same",
            {
                "True",
                "class",
                "function",
                "lambda",
                "np.True_",
                "object whose methods fail",
                "partial",
                "type hint",
                "weak reference",
            },
        ),
        **{
            name: ("documented: the default of a field that is not sent", {"not given"})
            for name in (
                *CONTRACT["components"]["schemas"]["ClientFields"]["properties"],
                "settings",
                "extra",
            )
        },
    },
    # Parameters whose values no message shows: they are secrets, or can contain one.
    "value not shown": dict.fromkeys(
        (
            "api_key",
            "headers",
            "base_url",
            "ca_file",
            "client_certificate",
            "key",
            "path",
            "proxy",
            "user_agent_suffix",
        ),
        "can be or contain a secret",
    ),
}
EXEMPT["same as the default"]["settings"] = (EMPTY[0], EMPTY[1] | {"not given"})
# A read-only field that is that of the client is dropped: the dict has the id of the client.
EXEMPT["same as the default"]["extra"] = (EMPTY[0], EMPTY[1] | {"not given", "dict"})

problems: list[str] = []


def names_in(text: str, name: str) -> bool:
    # "API key", "API name": the name in words. Of a new client, only the current plan is a plan.
    words = {"api_key": "API key", "api_name": "API name", "current_plan": "unknown plan"}
    if name in ("values", "rows") and ".from_" in text:
        return True  # The path in the argument is named: "ClientList.from_list: … at $[0].id".
    if words.get(name, name) in text:
        return True
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def check_error(error: BaseException, name: str, where: str) -> None:
    """Checks one error by the rule."""
    allowed = isinstance(error, (InvalidRequestError, ConfigurationError)) or type(error) in (
        TypeError,
        ValueError,
    )
    text = str(error)
    if text.startswith("no field to change"):
        return  # NOT_GIVEN for the only field.
    if "nested more than" in text:
        # The argument is named; the path to the value has a hundred names.
        name = text.partition(":")[0] if len(text.partition(":")[0]) < 40 else name
    shown = name in EXEMPT["value not shown"] or VALUE.search(text)
    faults: dict[str, Any] = {
        "wrong class": not allowed,
        "bare": BARE.search(text),
        "argument not named": not names_in(text, name),
        "value not shown": not shown,
        "no cure": not CURE.search(text),
        "too long": len(text) > 600,
        # A terminal of ASCII prints what the SDK itself writes.
        "not ASCII": re.search("[\N{HORIZONTAL ELLIPSIS}\N{REPLACEMENT CHARACTER}]", text),
        "not printable": any("\ud800" <= c <= "\udfff" or c == "\x00" for c in text),
    }
    if where.startswith(("add_client", "Sandbox.add_client")):
        # The sandbox answers in the words of the API, such as "is invalid".
        faults["value not shown"] = faults["no cure"] = None
    for fault, found in faults.items():
        if found:
            problems.append(f"{where}: {fault}: {type(error).__name__}: {text[:200]!a}")


def attempt(run: Callable[..., Any], name: str, where: str, **arguments: Any) -> Any:
    """Calls a function. Returns its result, or `None` after an error that was checked."""
    try:
        return run(**arguments)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        check_error(error, name, where)
        return None


def request_of(dry: Any) -> Any:
    return dry and (dry.method, dry.url, dry.body)


def operations(cw: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for part in ("clients", "sso", "reseller"):
        owner = getattr(cw, part)
        for name in dir(owner):
            if not name.startswith("_") and callable(getattr(owner, name)):
                yield f"{part}.{name}", getattr(owner, name)
    yield "request", cw.request


def required(operation: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(operation).parameters
    good = {
        name: GOOD.get(name, "x") for name, it in parameters.items() if it.default is inspect.Parameter.empty
    }
    # An update without a field is refused.
    return {**good, "smsname": "Acme"} if "smsname" in parameters else good


@pytest.fixture(autouse=True)
def _no_problems() -> Iterator[None]:
    problems.clear()
    yield
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(sorted(set(problems))[:60])


def test_the_table() -> None:
    assert len(ODD) >= 120


def check_exact(run: Callable[..., Any], name: str, label: str, where: str, result: Any, **good: Any) -> None:
    """Checks that an accepted value is sent as the value that it stands for."""
    if label in EXACT:
        same = attempt(run, name, where, **{**good, name: EXACT[label]})
        if request_of(same) != request_of(result):
            problems.append(f"{where}: not exact: {request_of(result)!a:.200}")


def test_operations() -> None:
    cw = CrankWheel("some-key", base_url="http://127.0.0.1:1")
    count = 0
    for path, operation in operations(cw.dry_run):
        good = required(operation)
        parameters = inspect.signature(operation).parameters
        for name, parameter in parameters.items():
            given = {key: value for key, value in good.items() if key != name}
            default = None
            if parameter.default is not inspect.Parameter.empty and (given or name != "smsname"):
                with contextlib.suppress(CrankWheelError):
                    default = request_of(operation(**given))
            for label, odd in ODD.items():
                count += 1
                where = f"{path}({name}={label})"
                result = attempt(operation, name, where, **given, **{name: odd})
                if result is None:
                    if label in EXACT:
                        # What stands for a value is refused only if that value is.
                        with contextlib.suppress(CrankWheelError, TypeError):
                            operation(**given, **{name: EXACT[label]})
                            problems.append(f"{where}: {EXACT[label]!r} works and this does not")
                    continue
                check_exact(operation, name, label, where, result, **given)
                _, allowed = EXEMPT["same as the default"].get(name, ("", set()))
                if (
                    default == request_of(result)
                    and odd is not None
                    and odd is not parameter.default
                    and label not in allowed
                ):
                    problems.append(f"{where}: silently the default")
    assert count > 7000


def test_settings_and_members() -> None:
    cw = CrankWheel("some-key", base_url="http://127.0.0.1:1")
    for name in (*CONTRACT["components"]["schemas"]["SettingsFields"]["properties"], "colour"):
        for label, odd in ODD.items():
            where = f"settings.{name}={label}"
            settings = {"id": "7", "phone_conf_manual": True, name: odd}
            attempt(cw.dry_run.clients.update, name, where, client=5, settings=settings)
    for label, odd in ODD.items():
        attempt(cw.dry_run.clients.update, "extra", f"extra.new={label}", client=5, extra={"new": odd})
        attempt(cw.dry_run.request, "query", f"query.a={label}", method="GET", path="/x", query={"a": odd})
        attempt(
            cw.dry_run.request, "query", f"query=[(a, {label})]", method="GET", path="/x", query=[("a", odd)]
        )
        attempt(
            cw.dry_run.request, "query", f"query=[({label}, 1)]", method="GET", path="/x", query=[(odd, 1)]
        )
        attempt(cw.dry_run.request, "json", f"json=[{label}]", method="POST", path="/x", json=[odd])
        attempt(cw.dry_run.request, "json", f"json.a={label}", method="POST", path="/x", json={"a": odd})


def test_all_other_ways_to_call_refuse_the_same() -> None:
    """Raw responses, asyncio and impersonation convert arguments as dry runs do."""
    nowhere: dict[str, Any] = {"base_url": "http://127.0.0.1:1", "max_retries": 0}
    cw, awaited = CrankWheel("some-key", **nowhere), AsyncCrankWheel("some-key", **nowhere)
    views: list[dict[str, Any]] = [
        dict(operations(cw)),
        {**dict(operations_of(cw.with_raw_response)), "request": cw.impersonate(5).request},
        dict(operations(awaited)),
        {**dict(operations_of(awaited.with_raw_response)), "request": awaited.impersonate(5).request},
    ]

    async def outcome(run: Callable[..., Any], given: dict[str, Any]) -> str:
        try:
            result = run(**given)
            if inspect.isawaitable(result):
                await result
        except APIConnectionError:
            return ""
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""

    async def compare() -> None:
        for path, operation in operations(cw.dry_run):
            good = required(operation)
            for name in inspect.signature(operation).parameters:
                for label in OTHER_WAYS:
                    given = {**good, name: ODD[label]}
                    dry = await outcome(operation, given)
                    for view in views:
                        if path in view and (found := await outcome(view[path], given)) != dry:
                            problems.append(f"{path}({name}={label}): {found} is not {dry}")

    asyncio.run(compare())


OTHER_WAYS = ("2**63", "int subclass", "lone surrogate", "bytes", "dict", "object whose methods fail")
"""The values that all ways to call are compared with: one conversion serves them all."""


def operations_of(view: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for part in ("clients", "sso", "reseller"):
        for name in dir(getattr(view, part)):
            if not name.startswith("_"):
                yield f"{part}.{name}", getattr(getattr(view, part), name)


def test_options_of_clients() -> None:
    for kind in (CrankWheel, AsyncCrankWheel):
        base = kind("some-key")
        for name in inspect.signature(kind).parameters:
            for label, odd in ODD.items():
                where = f"{kind.__name__}({name}={label})"
                key = {} if name == "api_key" else {"api_key": "some-key"}
                if name == "api_key" and odd is None:
                    continue
                attempt(kind, name, where, **key, **{name: odd})
                changed = attempt(base.with_options, name, f"{where}, a copy", **{name: odd})
                if (
                    name in ("max_retries", "timeout", "read_only")
                    and changed is not None
                    and odd is not None
                ):
                    check = repr(kind("some-key", **{name: EXACT.get(label, odd)}))
                    if label in EXACT and repr(changed).count(name) != check.count(name):
                        problems.append(f"{where}: lost")
        for label, odd in ODD.items():
            where = f"{kind.__name__}(headers: {label})"
            attempt(kind, "headers", where, api_key="some-key", headers={"x-odd": odd})
            try:
                names = {odd: "x"}
            except (TypeError, RuntimeError):
                continue  # Python has no mapping with this key.
            attempt(kind, "headers", where, api_key="some-key", headers=names)
    cw = CrankWheel("some-key")
    for label, odd in ODD.items():
        attempt(cw.impersonation_key, "client", f"impersonation_key({label})", client=odd)
        attempt(cw.impersonate, "client", f"impersonate({label})", client=odd)


def test_functions_that_return_no_key() -> None:
    for label, odd in ODD.items():
        if odd is None or isinstance(odd, str):
            continue
        cw = CrankWheel(lambda odd=odd: odd, base_url="http://127.0.0.1:1", max_retries=0, timeout=1)
        try:
            cw.clients.list()
        except CrankWheelError as error:
            check_error(error, "api_key", f"a key function that returns {label}")
        except BaseException as error:
            problems.append(f"a key function that returns {label}: {type(error).__name__}: {error!a:.100}")


PERIODS: list[tuple[Any, str, dict[str, Any]]] = [
    (Period, "start", {"end": "2019-02-28"}),
    (Period, "end", {"start": "2019-02-01"}),
    (Period, "tz", {"start": "2019-02-01", "end": "2019-02-28"}),
    (Period.month, "month", {}),
    (Period.month, "tz", {"month": "2019-02"}),
    (Period.months, "first", {"last": "2019-02"}),
    (Period.months, "last", {"first": "2019-02"}),
    (Period.months, "tz", {"first": "2019-02", "last": "2019-02"}),
    (Period.last_days, "days", {}),
    (Period.last_days, "now", {"days": 28}),
    (Period.this_month, "tz", {"now": "2019-03-15T12:00:00Z"}),
    (Period.this_month, "now", {}),
    (Period.last_month, "tz", {"now": "2019-03-15T12:00:00Z"}),
    (Period.last_month, "now", {}),
    (Period.parse, "text", {}),
    (Period.parse, "tz", {"text": "2019-02"}),
]


@pytest.mark.parametrize(("function", "name", "good"), PERIODS)
def test_periods(function: Any, name: str, good: dict[str, Any]) -> None:
    for label, odd in ODD.items():
        where = f"{function.__name__}({name}={label})"
        result = attempt(function, name, where, **good, **{name: odd})
        if result is not None and label in EXACT:
            assert result == function(**good, **{name: EXACT[label]}), where


def test_the_sandbox_and_its_clock() -> None:
    for name in inspect.signature(Sandbox).parameters:
        for label, odd in ODD.items():
            sandbox = attempt(Sandbox, name, f"Sandbox({name}={label})", **{name: odd})
            if sandbox is not None:
                sandbox.stop()
    with Sandbox(clients=1, now="2019-03-15T12:00:00Z") as sandbox:
        client = sandbox.client().clients.list()[0].id
        email = "a@b.example"
        calls: list[tuple[Any, dict[str, Any]]] = [
            (sandbox.respond, {"method": "GET", "path": "/x"}),
            (sandbox.fail, {"kind": "latency", "ms": 1}),
            (sandbox.fail, {"kind": "status", "status": 500}),
            (sandbox.fail, {"kind": "wrong_length"}),
            (sandbox.fail, {"kind": "broken_gzip"}),
            (sandbox.fail, {"kind": "slow_body"}),
            (sandbox.add_client, {"sname": "acmecorp"}),
            (sandbox.add_plan_change, {"client": client, "plan": "plan_1"}),
            (sandbox.add_key, {"key": "k", "owner": email}),
            (sandbox.add_user, {"client": client, "email": email}),
            (
                sandbox.add_session,
                {
                    "client": client,
                    "email": email,
                    "start": "2019-03-01T00:00:00Z",
                    "duration": ODD["timedelta"],
                },
            ),
            (sandbox.add_plan, {"api_name": "plan_9"}),
            (sandbox.restore, {}),
            (sandbox.control, {"method": "GET", "path": "state"}),
            (sandbox.clock.set, {}),
            (sandbox.clock.advance, {}),
        ]
        start = sandbox.snapshot()
        for function, good in calls:
            for name, parameter in inspect.signature(function).parameters.items():
                if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                    continue
                for label, odd in ODD.items():
                    where = f"{function.__qualname__}({good.get('kind', '')} {name}={label})"
                    if function == sandbox.control and isinstance(odd, str) and name != "body":
                        # An unknown path or method is quoted, in the words of the control path.
                        with contextlib.suppress(ValueError):
                            sandbox.control(**{**good, name: odd})
                        continue
                    attempt(function, name, where, **{**good, name: odd})
                    # What was accepted must not be in the way of the next value.
                    if function.__name__ in ("add_client", "restore", "set", "advance"):
                        sandbox.restore(start)
            sandbox.restore(start)
            sandbox.clear_faults()
        for name in ("lname", "settings", "colour"):
            for label, odd in ODD.items():
                where = f"add_client({name}={label})"
                attempt(sandbox.add_client, name, where, **{"sname": "acmecorp", name: odd})
                sandbox.restore(start)
        assert len(sandbox.client().clients.list()) >= 1


CLIENT = {"id": 27084, "sname": "acmecorp", "settings": {"id": "7"}}


def test_factories_and_errors() -> None:
    fields = CONTRACT["components"]["schemas"]["Client"]["properties"]
    for label, odd in ODD.items():
        attempt(Client.from_dict, "values", f"Client.from_dict({label})", values=odd)
        attempt(ClientList.from_list, "rows", f"ClientList.from_list({label})", rows=odd)
        attempt(ClientList.from_list, "rows", f"ClientList.from_list([{label}])", rows=[odd])
        for name in (*fields, "new"):
            where = f"Client.from_dict({name}={label})"
            attempt(Client.from_dict, name, where, values={**CLIENT, name: odd})
        error = attempt(NotFoundError, "message", f"NotFoundError({label})", message=odd)
        if error is not None:
            assert type(str(error)) is type(error.message) is str
            assert isinstance(repr(error), str)


def test_lists() -> None:
    rows = ClientList.from_list([CLIENT, {**CLIENT, "id": 5}])
    for label, odd in ODD.items():
        try:
            rows[odd]
        except (TypeError, IndexError) as error:
            if not names_in(str(error), "index") or BARE.search(str(error)):
                problems.append(f"list[{label}]: {error!a:.200}")
        except BaseException as error:
            problems.append(f"list[{label}]: {type(error).__name__}: {error!a:.200}")
        if label.startswith(ODD_EQUALITY):
            # Python asks the object itself whether it is equal, and a list passes its exception on, too.
            continue
        assert odd not in rows
        assert rows.count(odd) == 0
        for name in ("start", "stop"):
            try:
                rows.index(rows[0], **{name: odd})
            except ValueError as error:
                if "no row" not in str(error):
                    problems.append(f"index({name}={label}): {error!a:.200}")
            except TypeError as error:
                check_error(error, name, f"index({name}={label})")
            except BaseException as error:
                problems.append(f"index({name}={label}): {type(error).__name__}: {error!a:.200}")


def test_lookups_and_histories() -> None:
    clients = ClientList.from_list([CLIENT])
    plans = PlanList.from_list([{"api_name": "plan_1"}])
    history = UsageHistory.from_dict({"sessions": []})
    for label, odd in ODD.items():
        attempt(lambda value: clients.by_id(value), "id", f"by_id({label})", value=odd)
        attempt(lambda value: clients.by_sname(value), "sname", f"by_sname({label})", value=odd)
        attempt(lambda value: plans.by_api_name(value), "api_name", f"by_api_name({label})", value=odd)
        if label != "iterator that fails":  # Its own error reaches the caller, as from `list()`.
            attempt(history.with_clients, "clients", f"with_clients({label})", clients=odd)
        attempt(history.count_meetings, "min_seconds", f"count_meetings({label})", min_seconds=odd)


def test_closing() -> None:
    for label, odd in ODD.items():
        cw = CrankWheel("some-key")
        attempt(cw.close, "timeout", f"close({label})", timeout=odd)

    async def close(timeout: Any) -> None:
        await AsyncCrankWheel("some-key").close(timeout)

    for label, odd in ODD.items():
        attempt(lambda timeout: asyncio.run(close(timeout)), "timeout", f"await close({label})", timeout=odd)


def test_every_public_function_is_covered() -> None:
    """A new public class or method needs a test here."""
    classes = {name for name in crankwheel.__all__ if isinstance(getattr(crankwheel, name), type)}
    functions = {name for name in crankwheel.__all__ if inspect.isfunction(getattr(crankwheel, name))}
    assert not functions
    with_parameters = set()
    for name in classes:
        for member, value in vars(getattr(crankwheel, name)).items():
            if member.startswith("_") or not callable(value):
                continue
            with contextlib.suppress(ValueError):
                if set(inspect.signature(value).parameters) - {"self", "args", "kwargs"}:
                    with_parameters.add(member)
    covered = {
        "request",
        "impersonate",
        "impersonation_key",
        "with_options",
        "from_dict",
        "from_list",
        "index",
        "count",
        "close",
        *("by_id", "by_company_id", "by_sname", "by_api_name", "with_clients", "count_meetings"),
        *("to_pandas", "to_polars"),  # test_frames.py
    }
    covered |= {"month", "months", "this_month", "last_month", "last_days", "parse"}
    covered |= {path.rpartition(".")[2] for path, _ in operations(CrankWheel("some-key").dry_run)}
    assert with_parameters <= covered, with_parameters - covered
