"""Compares the public names with `tests/parity/names.json`, as the Node package does."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import crankwheel
import crankwheel.sandbox
from crankwheel import CrankWheelError, Period
from crankwheel.sandbox import Sandbox

from .conftest import ROOT
from .test_conformance import CASES
from .test_contract import MODELS, contract_attributes

TABLE: dict[str, Any] = json.loads((ROOT / "tests" / "parity" / "names.json").read_text(encoding="utf-8"))
CALLED = {step["operation"] for case in CASES for step in case["steps"]}


def entry_of(class_name: str, entry: dict[str, Any] | str) -> dict[str, Any]:
    """Returns the entry of a class: its own, that of its group, or the operations of a resource."""
    if entry == "operations":
        resource = f"{class_name.lower()}."
        return {"names": [f"{name.removeprefix(resource)}()" for name in CALLED if name.startswith(resource)]}
    if isinstance(entry, str):
        group: dict[str, Any] = TABLE["groups"][entry]
        return group
    return entry


CLASSES = {name: entry_of(name, entry) for name, entry in TABLE["classes"].items()}
MODULES = {"crankwheel": crankwheel, "crankwheel.sandbox": crankwheel.sandbox}


def members(value: object) -> set[str]:
    """Returns the public names of an object, methods with `()`, without built-in ones."""
    kind = value if isinstance(value, type) else type(value)
    inherited = {name for base in kind.__mro__ if base.__module__ == "builtins" for name in dir(base)}
    names = {name for name in dir(value) if not name.startswith("_")} - inherited
    return {f"{name}()" if callable(getattr(value, name)) else name for name in names}


def expected(entry: dict[str, Any], *scopes: str) -> set[str]:
    """Returns the names in the table for a module, class or method, in Python's spelling."""
    spelled: dict[str, Any] = {}
    for scope in scopes:
        spelled |= TABLE["spelled"].get(scope, {})
    shared = {spelled.get(name, {}).get("python", name) for name in entry["names"]}
    return shared | only_here(entry)


def is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, CrankWheelError)


def only_here(entry: dict[str, Any]) -> set[str]:
    """Returns the names that only Python has."""
    return {name for names in entry.get("only_python", {}).values() for name in names}


@pytest.fixture(scope="module")
def objects() -> Iterator[dict[str, object]]:
    """Returns one object of every class in the table, or the class for its static methods."""
    with Sandbox(clients=2, days=30, now="2019-03-15T12:00:00Z") as sandbox, sandbox.client() as cw:
        clients = cw.clients.list()
        history = cw.reseller.usage("2019-03")
        overview = cw.reseller.billing("2019-03")
        sandbox.add_user(clients[0], "agent@acme.example")
        options = cw.sso.login_options("agent@acme.example")
        cw.clients.update(clients[0], settings={"provisioning_provider": "reseller"})
        with pytest.raises(CrankWheelError) as caught:
            cw.clients.get(1)
        found: dict[str, object] = {
            "CrankWheel": cw,
            "Clients": cw.clients,
            "Sso": cw.sso,
            "Reseller": cw.reseller,
            "CrankWheel.with_raw_response": cw.with_raw_response,
            "CrankWheel.dry_run": cw.dry_run,
            "Impersonation": cw.impersonate(clients[0]),
            "ImpersonationKey": cw.impersonation_key(clients[0]),
            "RawResponse": cw.with_raw_response.clients.list(),
            "RawBody": cw.request("GET", "/ss/rsapi/clients"),
            "DryRun": cw.dry_run.clients.list(),
            "Period": Period,
            "LoginLink": cw.sso.grant_token("agent@acme.example"),
            "Client": clients[0],
            "Settings": clients[0].settings,
            "Plan": cw.reseller.plans()[0],
            "ClientUsage": cw.clients.usage(clients[0]),
            "ClientBilling": overview.per_company[0],
            "BillingPeriod": overview.per_company[0].periods[0],
            "PlanProRata": next(iter(overview.total_pro_rata.values())),
            "BillingOverview": overview,
            "LoginOption": options[0],
            "ClientList": clients,
            "PlanList": cw.reseller.plans(),
            "LoginOptionList": options,
            "ClientBillingList": overview.per_company,
            "UsageHistory": history,
            "UsageStats": history.stats,
            "UserStats": history.stats.user_stats[0],
            "Session": history.sessions[0],
            "SessionList": history.sessions,
            "UserStatsList": history.stats.user_stats,
            "CrankWheelError": caught.value,
            "Sandbox": sandbox,
            "Clock": sandbox.clock,
            "RecordedRequest": sandbox.requests[0],
        }
        yield found


def fields_of_the_contract(class_name: str) -> set[str]:
    """Returns the fields of a model, which `test_contract.py` checks; none for other classes."""
    return set(contract_attributes(class_name)) if class_name in MODELS else set()


@pytest.mark.parametrize("class_name", sorted(CLASSES))
def test_a_class_has_the_names_of_the_table(class_name: str, objects: dict[str, object]) -> None:
    fields = fields_of_the_contract(class_name)
    names = members(objects[class_name])
    assert fields <= names
    assert names - fields == expected(CLASSES[class_name], "everywhere", class_name)


def test_every_public_class_is_in_the_table(objects: dict[str, object]) -> None:
    public = {
        name
        for module in MODULES.values()
        for name in module.__all__
        if inspect.isclass(getattr(module, name)) and not is_error(getattr(module, name))
    }
    here = {name for module in TABLE["modules"].values() for name in only_here(module)}
    twins = {name for name in public if name.startswith("Async")}
    assert public - here - twins == {name for name in CLASSES if "." not in name} - {"CrankWheelError"}
    assert set(objects) == set(CLASSES)


@pytest.mark.parametrize("module_name", sorted(MODULES))
def test_a_module_exports_the_names_of_the_table(module_name: str) -> None:
    module = MODULES[module_name]
    errors = {name for name in module.__all__ if is_error(getattr(module, name))}
    exported = {name for name in module.__all__ if not name.startswith("Async")} - errors
    assert exported == expected(TABLE["modules"][module_name], module_name)


def test_async_classes_have_the_names_of_their_twins() -> None:
    for name in crankwheel.__all__:
        if name.startswith("Async"):
            assert members(getattr(crankwheel, name)) == members(
                getattr(crankwheel, name.removeprefix("Async"))
            )


def test_every_error_has_the_names_of_the_base(objects: dict[str, object]) -> None:
    names = members(objects["CrankWheelError"])
    for name in crankwheel.__all__:
        kind = getattr(crankwheel, name)
        if is_error(kind):
            assert members(kind("message")) == names, name


OPTIONS: dict[str, Callable[..., Any]] = {
    "CrankWheel.request": crankwheel.CrankWheel.request,
    "Clients.usage": crankwheel.Clients.usage,
    "Sso.grant_token": crankwheel.Sso.grant_token,
    "Period": Period,
    "Period.month": Period.month,
    "Period.months": Period.months,
    "Period.parse": Period.parse,
    "Period.last_days": Period.last_days,
    "Period.this_month": Period.this_month,
    "Period.last_month": Period.last_month,
    "Sandbox.respond": Sandbox.respond,
    "Sandbox.add_session": Sandbox.add_session,
    "Sandbox.add_plan": Sandbox.add_plan,
    "Sandbox.add_plan_change": Sandbox.add_plan_change,
    "Sandbox.add_key": Sandbox.add_key,
    "Clock.advance": crankwheel.sandbox.Clock.advance,
}


@pytest.mark.parametrize("method", sorted(TABLE["options"]))
def test_a_method_takes_the_options_of_the_table(method: str) -> None:
    entry = TABLE["options"][method]
    parameters = [name for name in inspect.signature(OPTIONS[method]).parameters if name != "self"]
    positional = entry.get("positional", [])
    assert parameters[: len(positional)] == positional
    assert set(parameters[len(positional) :]) == expected(entry, method)


def test_every_listed_method_is_checked() -> None:
    assert set(OPTIONS) == set(TABLE["options"])


def test_every_difference_has_a_reason() -> None:
    entries = [*TABLE["modules"].values(), *CLASSES.values(), *TABLE["options"].values()]
    for entry in entries:
        for side in ("only_python", "only_node"):
            for why, names in entry.get(side, {}).items():
                assert why
                assert not set(names) & set(entry["names"])
    assert all(entry["why"] for spelled in TABLE["spelled"].values() for entry in spelled.values())
