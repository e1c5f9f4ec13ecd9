"""Tools that read type hints accept the package: pydantic, beartype, Typer, FastAPI."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import Annotated, Any

import pytest

import crankwheel.sandbox
from crankwheel import AsyncCrankWheel, Client, CrankWheel, Period, types
from crankwheel.sandbox import Sandbox

from .test_type_hints import FUNCTIONS

for package in ("beartype", "fastapi", "httpx", "pydantic", "typer"):
    pytest.importorskip(package)

import beartype
import pydantic
import typer
from fastapi import Depends, FastAPI
from typer.testing import CliRunner

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


def test_pydantic_checks_arguments(cw: CrankWheel) -> None:
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
        assert type(checked(first.id)) is type(operation(first.id))
        with pytest.raises(pydantic.ValidationError):
            checked(None)
    update: Any = pydantic.validate_call(cw.dry_run.clients.update)
    assert update(first, lname="Acme", settings={"audit_log": True}).json()["lname"] == "Acme"
    # Pydantic converts no integer to a name, as without it.
    with pytest.raises(pydantic.ValidationError):
        update(first, lname=5)


def test_beartype_checks_arguments(cw: CrankWheel) -> None:
    for function in FUNCTIONS.values():
        # The hint `Self` is valid for decorated classes only.
        if "Self" not in str(function.__annotations__["return"]):
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
    app: Any = typer.Typer()
    app.command("find")(cw.clients.find)
    app.command("plans")(cw.reseller.plans)
    app.command("key")(Sandbox().add_key)

    @app.command("bill")  # type: ignore[untyped-decorator, unused-ignore]
    def bill(period: Annotated[Period, typer.Option(parser=Period.parse)]) -> None:
        print(cw.reseller.billing(period).starting)

    run = CliRunner().invoke
    assert run(app, ["find", cw.clients.list()[0].sname]).exit_code == 0
    assert run(app, ["plans"]).exit_code == 0
    assert run(app, ["find"]).exit_code == 2
    assert "2019-02-01" in run(app, ["bill", "--period", "2019-02"]).output


class TestFastApi:
    @pytest.fixture(autouse=True)
    def _environment(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
        monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url)

    def test_a_client_is_a_dependency(self, sandbox: Sandbox) -> None:
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
        first = sandbox.client().clients.get(sandbox.client().clients.list()[0])
        assert web.get(f"/clients/{first.id}").json() == first.to_dict()
        # The options of the client are not read from the request: its key would be sent there.
        elsewhere = {"base_url": "https://elsewhere.example", "allow_insecure_http": "true"}
        assert web.get("/base_url", params=elsewhere).json() == sandbox.url
        document = web.get("/openapi.json").json()
        assert document["paths"]["/base_url"]["get"].get("parameters", []) == []
        assert document["paths"]["/count"]["get"].get("parameters", []) == []

    def test_a_period_is_a_parameter(self) -> None:
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
