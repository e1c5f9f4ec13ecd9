"""Code under test can be given mocks of clients, and operations can be replaced."""

from __future__ import annotations

import asyncio
import gc
import inspect
import pickle
import weakref
from typing import Any
from unittest import mock

import pytest

import crankwheel
from crankwheel import AsyncCrankWheel, CrankWheel
from crankwheel.sandbox import Sandbox

NAMESPACES = ("clients", "sso", "reseller", "with_raw_response", "dry_run")


@pytest.mark.parametrize("kind", [CrankWheel, AsyncCrankWheel])
@pytest.mark.parametrize("name", NAMESPACES)
def test_a_namespace_is_one_object_for_each_client(kind: Any, name: str) -> None:
    cw = kind("some-key")
    assert getattr(cw, name) is getattr(cw, name)
    copy = cw.with_options(timeout=5)
    assert getattr(copy, name) is not getattr(cw, name)
    assert getattr(copy, name) is getattr(copy, name)
    assert getattr(kind("some-key"), name) is not getattr(cw, name)


def test_the_namespaces_of_a_copy_have_its_options(sandbox: Sandbox) -> None:
    cw = sandbox.client()
    assert len(cw.clients.list()) == 5
    refused = cw.with_options(read_only=True)
    with pytest.raises(crankwheel.InvalidRequestError, match="read_only"):
        refused.clients.delete(5)
    assert cw.dry_run.clients.delete(5).method == "DELETE"
    # Each call asks twice: once more after the API has refused the first key.
    keys = iter(["one", "two", "three", "four"])
    rotating = cw.with_options(api_key=lambda: next(keys))
    for key in ("two", "four"):
        with pytest.raises(crankwheel.AuthenticationError):
            rotating.clients.list()
        assert key not in repr(rotating)
    assert len(cw.clients.list()) == 5


@pytest.mark.parametrize("key", ["some-key", lambda: "some-key"])
@pytest.mark.parametrize("kind", [CrankWheel, AsyncCrankWheel])
def test_a_client_is_freed_at_once(kind: Any, key: Any) -> None:
    gc.disable()
    try:
        cw = kind(key)
        for name in NAMESPACES:
            getattr(cw, name)
        gone = weakref.ref(cw)
        clients = cw.clients
        del cw
        # Without the garbage collector: there is no cycle.
        assert gone() is None
        assert clients.list
    finally:
        gc.enable()


def test_operations_can_be_replaced(cw: CrankWheel, sandbox: Sandbox) -> None:
    sandbox.clear_requests()
    for owner, name, arguments in (
        (cw.clients, "list", ()),
        (cw.sso, "grant_token", ("a@b.example",)),
        (cw.reseller, "usage", ("2019-02",)),
        (cw.with_raw_response.clients, "get", (5,)),
        (cw.dry_run.reseller, "plans", ()),
        (cw.dry_run, "request", ("GET", "/x")),
        (cw, "request", ("GET", "/x")),
        (cw, "impersonate", (5,)),
    ):
        original = getattr(owner, name)
        with mock.patch.object(owner, name, return_value="replaced") as replaced:
            assert getattr(owner, name)(*arguments) == "replaced"
        replaced.assert_called_once_with(*arguments)
        assert getattr(owner, name) == original
        with mock.patch.object(owner, name, autospec=True) as replaced:
            with pytest.raises(TypeError):
                getattr(owner, name)(1, 2, 3, 4, 5, colour="red")
            replaced.assert_not_called()
    assert sandbox.requests == []


def test_namespaces_can_be_replaced(cw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = cw.clients
    with mock.patch.object(cw, "clients") as clients:
        clients.list.return_value = []
        assert cw.clients.list() == []
    assert len(cw.clients.list()) == 5
    assert type(cw.clients) is type(real)
    with mock.patch.object(CrankWheel, "clients", new_callable=mock.PropertyMock) as of_all:
        assert cw.clients is of_all.return_value
    with mock.patch("crankwheel.Clients.list", return_value=[]):
        assert cw.clients.list() == []
    monkeypatch.setattr(cw.clients, "list", lambda: ["one"])
    assert cw.clients.list() == ["one"]
    monkeypatch.undo()
    assert len(cw.clients.list()) == 5


def test_operations_of_asyncio_can_be_replaced(sandbox: Sandbox) -> None:
    async def replaced() -> None:
        async with sandbox.async_client() as cw:
            with mock.patch.object(cw.clients, "list", return_value=None) as fake:
                assert await cw.clients.list() is None
                fake.assert_awaited_once_with()
            assert len(await cw.clients.list()) == 5
            raw = cw.with_raw_response.clients
            with mock.patch.object(raw, "list", side_effect=KeyError), pytest.raises(KeyError):
                await raw.list()

    asyncio.run(replaced())


def operations(cw: Any) -> list[tuple[Any, str]]:
    """Returns every operation of a client, of its raw responses and of its dry runs."""
    found = []
    for view in (cw, cw.with_raw_response, cw.dry_run):
        for part in ("clients", "sso", "reseller"):
            owner = getattr(view, part)
            found += [(owner, name) for name in dir(owner) if not name.startswith(("_", "assert_"))]
    return found


@pytest.mark.parametrize("kind", [CrankWheel, AsyncCrankWheel])
def test_a_specification_knows_every_operation(kind: Any) -> None:
    real = operations(kind("some-key"))
    assert len(real) == 45
    for spec in (mock.create_autospec(kind, instance=True), mock.create_autospec(kind("some-key"))):
        for view in ("", "with_raw_response.", "dry_run."):
            for path in ("clients.nope", "sso.list", "reseller.get"):
                owner: Any = spec
                *parts, last = f"{view}{path}".split(".")
                for part in parts:
                    owner = getattr(owner, part)
                with pytest.raises(AttributeError):
                    getattr(owner, last)
        for owner, name in real:
            view = {"Raw": "with_raw_response", "Dry": "dry_run"}.get(
                type(owner).__name__.removeprefix("Async")[:3], ""
            )
            part = next(it for it in ("clients", "sso", "reseller") if it in type(owner).__name__.lower())
            fake = getattr(getattr(getattr(spec, view) if view else spec, part), name)
            with pytest.raises(TypeError):
                fake(1, 2, 3, 4, 5, colour="red")
            # From CPython 3.13 on, `inspect.iscoroutinefunction` is false of mocks of bound methods.
            assert isinstance(fake, mock.AsyncMock) == inspect.iscoroutinefunction(getattr(owner, name))


def test_a_specification_is_used_like_a_client() -> None:
    cw = mock.create_autospec(CrankWheel, instance=True)
    cw.clients.get.return_value.sname = "acmecorp"
    assert cw.clients.get(5).sname == "acmecorp"
    cw.clients.get.assert_called_once_with(client=5)
    cw.clients.create.side_effect = crankwheel.ConflictError("taken", status_code=409, existing_id=5)
    with pytest.raises(crankwheel.ConflictError) as raised:
        cw.clients.create(sname="acmecorp")
    assert raised.value.existing_id == 5
    assert isinstance(cw, CrankWheel)


def test_names_that_are_none_cannot_be_set(cw: CrankWheel) -> None:
    owner: Any
    for owner in (cw, cw.clients, cw.sso, cw.with_raw_response, cw.dry_run, cw.dry_run.clients):
        with pytest.raises(AttributeError, match="time_out"):
            owner.time_out = 5
        # A test for a name that is not one fails, too.
        with pytest.raises(AttributeError), mock.patch.object(owner, "lst"):
            pass

    class Mine(CrankWheel):
        pass

    mine: Any = Mine("some-key")
    mine.region = "eu"
    assert mine.region == "eu"


def test_the_namespaces_of_a_class_have_no_client() -> None:
    for call in (
        CrankWheel.clients.list,  # type: ignore[attr-defined]
        CrankWheel.dry_run.clients.list,  # type: ignore[attr-defined]
        CrankWheel.with_raw_response.reseller.plans,  # type: ignore[attr-defined]
    ):
        with pytest.raises(TypeError, match="needs a client"):
            call()


def test_a_client_can_still_be_pickled(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
    cw = CrankWheel(base_url=sandbox.url)
    assert len(cw.clients.list()) == 5
    copy = pickle.loads(pickle.dumps(cw))
    assert copy.clients is not cw.clients
    assert len(copy.clients.list()) == 5
