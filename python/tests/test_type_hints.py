"""All annotations evaluate at run time, for the tools that read them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest

import crankwheel
import crankwheel.sandbox
from crankwheel import AsyncCrankWheel, Client, CrankWheel, Period, RawResponse, types
from crankwheel.sandbox import Sandbox

MODULES = [crankwheel, crankwheel.sandbox, types]


def functions_of(name: str, kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yields the methods and the getters of a class, inherited ones included."""
    for base in kind.__mro__[:-1]:
        if not base.__module__.startswith("crankwheel"):
            continue
        for member, value in vars(base).items():
            if isinstance(value, property):
                value = value.fget
            if isinstance(value, (staticmethod, classmethod)):
                value = value.__func__
            if inspect.isfunction(value) and (not member.startswith("_") or member == "__init__"):
                yield f"{name}.{member}", value


def functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for module in MODULES:
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, type):
                found.update(functions_of(name, value))
            elif inspect.isfunction(value):
                found[name] = value
    for cw in (CrankWheel, AsyncCrankWheel):
        for name in ("with_raw_response", "dry_run"):
            view: Any = getattr(cw, name)
            for part in (view, view.clients, view.sso, view.reseller):
                found.update(functions_of(f"{cw.__name__}.{name}.{type(part).__name__}", type(part)))
    return found


FUNCTIONS = functions()


def test_all_functions_were_found() -> None:
    assert len(FUNCTIONS) > 150
    assert {
        "Clients.create",
        "AsyncSso.grant_token",
        "CrankWheel.base_url",
        "CrankWheel.clients",
        "Sandbox.fail",
        "Impersonation.request",
        "NotFoundError.__init__",
        "CrankWheel.dry_run.DryClients.get",
    } <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_annotations_of_a_function(name: str) -> None:
    function = FUNCTIONS[name]
    hints = typing.get_type_hints(function)
    signature = inspect.signature(function, eval_str=True)
    # One parameter is `self`; a name that is not annotated would not be in the hints.
    parameters = [it for it in signature.parameters if it != "self"]
    assert set(parameters) <= set(hints)
    assert "return" in hints
    for hint in [*hints.values(), *(it.annotation for it in signature.parameters.values())]:
        assert not isinstance(hint, str)


def test_the_annotations_of_every_class_and_module() -> None:
    for module in MODULES:
        typing.get_type_hints(module)
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, type):
                typing.get_type_hints(value)
                inspect.signature(value, eval_str=True)
    for found in pkgutil.walk_packages(crankwheel.__path__, "crankwheel."):
        if found.name.rpartition(".")[2] not in ("__main__", "_native"):
            typing.get_type_hints(importlib.import_module(found.name))


def test_annotations_evaluate_to_the_types_that_users_import() -> None:
    get = typing.get_type_hints(CrankWheel.clients.get)
    assert get == {"client": int | str | Client, "return": Client}
    raw = typing.get_type_hints(CrankWheel.with_raw_response.clients.get)
    assert raw["return"] == RawResponse[Client]
    assert typing.get_type_hints(AsyncCrankWheel.dry_run.clients.get)["return"] is crankwheel.DryRun
    constructor = typing.get_type_hints(CrankWheel.__init__)
    assert constructor["timeout"] == float | timedelta | None
    assert typing.get_type_hints(Sandbox.add_session)["start"] == datetime | str
    fields = typing.get_type_hints(CrankWheel.clients.update)
    assert fields["hard_limit_starts"] == datetime | date | str | crankwheel.NotGiven | None


def test_every_alias_is_public_and_documented() -> None:
    text = Path(types.__file__).read_text(encoding="utf-8")
    for name in types.__all__:
        assert getattr(types, name) is not None
        assert f"\n{name}: TypeAlias = " in text
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for name in types.__all__:
        assert f"`{name}`" in readme


def test_pydantic_checks_arguments(cw: CrankWheel) -> None:
    pydantic = pytest.importorskip("pydantic")

    def months(client: types.ClientArgument, period: Period, wait: types.Seconds = 5.0) -> tuple[Any, ...]:
        return client, period, wait

    check: Any = pydantic.validate_call(months)
    assert check(5, "2019-02") == (5, Period.month("2019-02"), 5.0)
    assert check("27084", Period.last_days(28), timedelta(seconds=3))[2] == timedelta(seconds=3)
    with pytest.raises(pydantic.ValidationError, match="2019-2"):
        check(5, "2019-2")
    with pytest.raises(pydantic.ValidationError):
        check(None, "2019-02")

    # The operations themselves, too.
    first = cw.clients.list()[0]
    for operation in (cw.clients.get, cw.dry_run.clients.get, cw.with_raw_response.clients.get):
        checked: Any = pydantic.validate_call(operation)
        assert repr(checked(first.id)) == repr(operation(first.id))
        with pytest.raises(pydantic.ValidationError):
            checked(None)
    update: Any = pydantic.validate_call(cw.dry_run.clients.update)
    assert update(first, lname="Acme", settings={"audit_log": True}).json()["lname"] == "Acme"
    # Pydantic converts no integer to a name, as without it.
    with pytest.raises(pydantic.ValidationError):
        update(first, lname=5)


def test_beartype_checks_arguments(cw: CrankWheel) -> None:
    beartype = pytest.importorskip("beartype")
    for function in FUNCTIONS.values():
        beartype.beartype(function)
    get: Any = beartype.beartype(cw.clients.get)
    assert get(cw.clients.list()[0]).id == cw.clients.list()[0].id
    with pytest.raises(beartype.roar.BeartypeCallHintParamViolation, match="client"):
        get(5.5)
    usage: Any = beartype.beartype(cw.reseller.usage)
    with pytest.raises(beartype.roar.BeartypeCallHintParamViolation, match="period"):
        usage(5)
    advance: Any = beartype.beartype(crankwheel.sandbox.Clock.advance)
    with pytest.raises(beartype.roar.BeartypeCallHintParamViolation, match="by"):
        advance(None, "1 day")


def test_typer_makes_commands(cw: CrankWheel) -> None:
    typer = pytest.importorskip("typer")
    testing = pytest.importorskip("typer.testing")
    app: Any = typer.Typer()
    app.command("find")(cw.clients.find)
    app.command("plans")(cw.reseller.plans)
    app.command("key")(Sandbox().add_key)

    def parsed(text: str) -> Period:
        return Period.parse(text)

    @app.command("bill")  # type: ignore[untyped-decorator, unused-ignore]
    def bill(period: Annotated[Period, typer.Option(parser=parsed)]) -> None:
        print(cw.reseller.billing(period).starting)

    run = testing.CliRunner().invoke
    assert run(app, ["find", cw.clients.list()[0].sname]).exit_code == 0
    assert run(app, ["plans"]).exit_code == 0
    assert run(app, ["find"]).exit_code == 2
    assert "2019-02-01" in run(app, ["bill", "--period", "2019-02"]).output


def test_an_injector_finds_the_client() -> None:
    def resolve(function: Callable[..., Any], known: dict[type, Any]) -> Any:
        """Calls a function with the objects that its annotations name, as injectors do."""
        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        return function(**{name: known[kind] for name, kind in hints.items() if kind in known})

    def clients_of(cw: CrankWheel) -> CrankWheel:
        return cw

    cw = CrankWheel("some-key")
    assert resolve(clients_of, {CrankWheel: cw}) is cw
    assert isinstance(resolve(CrankWheel.impersonate.__get__(cw), {int | str | Client: 5}), object)


class TestFastApi:
    @pytest.fixture(autouse=True)
    def _environment(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("fastapi")
        pytest.importorskip("httpx")
        monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
        monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url)

    @pytest.mark.filterwarnings("ignore")
    def test_a_client_is_a_dependency(self, sandbox: Sandbox) -> None:
        from fastapi import Depends, FastAPI
        from fastapi.testclient import TestClient

        app = FastAPI()

        @app.get("/count")
        def count(cw: Annotated[CrankWheel, Depends(CrankWheel)]) -> int:
            return len(cw.clients.list())

        @app.get("/base_url")
        async def base_url(cw: Annotated[AsyncCrankWheel, Depends(AsyncCrankWheel)]) -> str:
            return cw.base_url

        @app.get("/clients/{client}")
        def client(client: str, cw: Annotated[CrankWheel, Depends(CrankWheel)]) -> Client:
            return cw.clients.get(client)

        web = TestClient(app)
        assert web.get("/count").json() == 5
        first = sandbox.client().clients.list()[0]
        assert web.get(f"/clients/{first.id}").json() == first.to_dict()
        # The options of the client are not read from the request: its key would be sent there.
        elsewhere = {"base_url": "https://elsewhere.example", "allow_insecure_http": "true"}
        assert web.get("/base_url", params=elsewhere).json() == sandbox.url
        document = web.get("/openapi.json").json()
        assert document["paths"]["/base_url"]["get"].get("parameters", []) == []
        assert document["paths"]["/count"]["get"].get("parameters", []) == []

    @pytest.mark.filterwarnings("ignore")
    def test_a_period_is_a_parameter(self) -> None:
        from fastapi import Depends, FastAPI
        from fastapi.testclient import TestClient

        app = FastAPI()

        @app.get("/bill/{period}")
        def bill(period: Period, cw: Annotated[CrankWheel, Depends(CrankWheel)]) -> Period:
            assert cw.reseller.billing(period).starting == period.start
            return period

        web = TestClient(app)
        assert web.get("/bill/2019-02").json() == str(Period.month("2019-02"))
        assert web.get("/bill/2019-2").status_code == 422
        parameter = web.get("/openapi.json").json()["paths"]["/bill/{period}"]["get"]["parameters"][0]
        assert parameter["schema"]["type"] == "string"
