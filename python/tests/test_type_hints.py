"""All annotations evaluate at run time, for the tools that read them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import crankwheel
import crankwheel.sandbox
from crankwheel import AsyncCrankWheel, Client, CrankWheel, RawResponse, types
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
    sync: Any = CrankWheel
    awaited: Any = AsyncCrankWheel
    get = typing.get_type_hints(sync.clients.get)
    assert get == {"client": int | str | Client, "return": Client}
    raw = typing.get_type_hints(sync.with_raw_response.clients.get)
    assert raw["return"] == RawResponse[Client]
    assert typing.get_type_hints(awaited.dry_run.clients.get)["return"] is crankwheel.DryRun
    constructor = typing.get_type_hints(CrankWheel.__init__)
    assert constructor["timeout"] == float | timedelta | None
    assert typing.get_type_hints(Sandbox.add_session)["start"] == datetime | str
    fields = typing.get_type_hints(sync.clients.update)
    assert fields["hard_limit_starts"] == datetime | date | str | crankwheel.NotGiven | None


def test_every_alias_is_public_and_documented() -> None:
    text = Path(types.__file__).read_text(encoding="utf-8")
    for name in types.__all__:
        assert getattr(types, name) is not None
        assert f"\n{name}: TypeAlias = " in text or f"\nclass {name}(" in text
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for name in types.__all__:
        assert f"`{name}`" in readme


def test_an_injector_finds_the_client() -> None:
    def resolve(function: Callable[..., Any], known: dict[Any, Any]) -> Any:
        """Calls a function with the objects that its annotations name, as injectors do."""
        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        return function(**{name: known[kind] for name, kind in hints.items() if kind in known})

    def clients_of(cw: CrankWheel) -> CrankWheel:
        return cw

    cw = CrankWheel("some-key")
    assert resolve(clients_of, {CrankWheel: cw}) is cw
    assert isinstance(resolve(CrankWheel.impersonate.__get__(cw), {int | str | Client: 5}), object)
