"""Rows of lists are found by their keys, and rows of the usage history get the ids of their clients."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from typing import Any

import pytest

from crankwheel import Client, ClientList, CrankWheel, InvalidRequestError, Session, UsageHistory, UserStats
from crankwheel.sandbox import Sandbox


def row(id: int, sname: str) -> dict[str, Any]:
    """Returns the raw JSON of a client."""
    return {"id": id, "sname": sname, "settings": {"id": str(id)}}


def history() -> UsageHistory:
    """Returns a history of three companies, of which one has no meeting."""

    def session(sname: str | None, duration: int | None, viewers: int | None) -> dict[str, Any]:
        viewer_info = {"max_viewer_count": viewers}
        return {"sname": sname, "email": "a@b.example", "duration": duration, "viewer_info": viewer_info}

    rows = [
        session("beta", 40, 1),
        session("beta", 41, 2),
        session("acme", 39, 1),
        session("acme", 60, 0),
        session("137742285", 86_400, 1),
        session(None, 60, 1),
        session("beta", None, 1),
    ]
    users = [
        {"a@b.example": {"total_sec": 81, "total_count": 2, "sname": "beta", "lname": "Beta"}},
        {"a@b.example": {"total_sec": 1, "total_count": 1, "sname": "137742285", "lname": None, "new": 1}},
        {"a@b.example": {"total_sec": 1, "total_count": 1, "sname": None}},
    ]
    return UsageHistory.from_dict({"sessions": rows, "stats": {"user_stats": users}})


def test_rows_are_found_by_their_keys(cw: CrankWheel) -> None:
    clients = cw.clients.list()
    plans = cw.reseller.plans()
    companies = cw.reseller.billing("2019-02").per_company
    for client in clients:
        assert clients.by_id(client.id) == clients.by_sname(client.sname) == client
    for plan in plans:
        assert plan.api_name is not None
        assert plans.by_api_name(plan.api_name) == plan
    for company in companies:
        assert company.sname is not None
        assert companies.by_company_id(company.company_id) == companies.by_sname(company.sname) == company
    assert clients.by_id(1) is clients.by_sname("nobody") is plans.by_api_name("plan_99") is None
    assert clients.by_id(-(2**63)) is companies.by_company_id(0) is None


def test_of_rows_with_the_same_key_the_first_is_found() -> None:
    clients = ClientList.from_list([row(7, "acme"), row(8, "137742285"), row(9, "acme"), row(7, "beta")])
    assert (clients.by_sname("acme"), clients.by_id(7)) == (clients[0], clients[0])
    assert clients.by_sname("137742285") == clients[1]
    assert clients.by_id(2**53 + 1) is None


@pytest.mark.parametrize("value", ["7", None, 7.0, True, 2**64, [7]], ids=repr)
def test_an_id_that_is_not_an_integer_is_refused(cw: CrankWheel, value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^id: must be an integer"):
        cw.clients.list().by_id(value)
    with pytest.raises(InvalidRequestError, match=r"^company_id: must be an integer"):
        cw.reseller.billing("2019-02").per_company.by_company_id(value)


@pytest.mark.parametrize("value", [7, None, b"acme", "\ud800"], ids=repr)
def test_a_name_that_is_not_a_string_is_refused(cw: CrankWheel, value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^sname: must be"):
        cw.clients.list().by_sname(value)
    with pytest.raises(InvalidRequestError, match=r"^api_name: must be"):
        cw.reseller.plans().by_api_name(value)


def test_rows_of_the_history_get_the_ids_of_the_clients() -> None:
    before = history()
    clients = ClientList.from_list([row(7, "beta"), row(8, "137742285"), row(9, "beta"), row(10, "idle")])
    for given in (clients, list(clients), iter(clients), tuple(clients)):
        after = before.with_clients(given)
        assert [session.client_id for session in after.sessions] == [7, 7, None, None, 8, None, 7]
        assert [user.client_id for user in after.stats.user_stats] == [7, 8, None]
        assert dict(after.sessions[0])["client_id"] == after.sessions[0]["client_id"] == 7
        assert after.to_dict() == before.to_dict()
        assert "client_id" not in after.sessions[0].to_dict()
    assert {session.client_id for session in before.sessions} == {None}
    assert before.with_clients([]) == before


@pytest.mark.parametrize("value", [None, 7, "acme", [7], [None], {"beta": 7}, b"x"], ids=repr)
def test_clients_that_are_not_clients_are_refused(value: Any) -> None:
    with pytest.raises(
        InvalidRequestError, match=r"^clients: must be a ClientList or a sequence of Client, got"
    ):
        history().with_clients(value)


def test_an_error_of_an_iterator_of_clients_reaches_the_caller() -> None:
    def clients() -> Any:
        yield Client.from_dict(row(7, "beta"))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        history().with_clients(clients())


def test_the_ids_are_pickled_and_copied() -> None:
    after = history().with_clients([Client.from_dict(row(7, "beta")), Client.from_dict(row(10, "idle"))])
    parts: list[Any] = [after, after.sessions, after.sessions[0], after.sessions[2], after.stats]
    parts += [after.stats.user_stats, *after.stats.user_stats]
    for part in parts:
        for again in (pickle.loads(pickle.dumps(part)), copy.deepcopy(part)):
            assert again == part
            assert repr(again) == repr(part)
    again = pickle.loads(pickle.dumps(after))
    assert again.count_meetings() == after.count_meetings()
    session: Session = pickle.loads(pickle.dumps(after.sessions[0]))
    user: UserStats = pickle.loads(pickle.dumps(after.stats.user_stats[0]))
    assert session.client_id == user.client_id == 7


def test_meetings_are_counted_with_the_limits_of_the_api() -> None:
    counts = history().count_meetings()
    assert counts == {"beta": 2, "acme": 0, "137742285": 1}
    assert isinstance(counts, Counter)
    assert counts["nobody"] == 0
    assert history().count_meetings(min_seconds=41) == {"beta": 1, "acme": 0, "137742285": 1}
    assert history().count_meetings(0)["acme"] == 1
    assert sum(history().count_meetings(2**32 - 1).values()) == 0
    clients = [Client.from_dict(row(10, "idle")), Client.from_dict(row(7, "acme"))]
    joined = history().with_clients(clients).count_meetings()
    assert list(joined.items()) == [("idle", 0), ("acme", 0), ("beta", 2), ("137742285", 1)]


@pytest.mark.parametrize("value", ["40", -1, 2**32, 1.5, True], ids=repr)
def test_a_limit_that_is_not_a_number_of_seconds_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"^min_seconds: must be an integer"):
        history().count_meetings(value)


def test_the_counts_of_200_clients_are_those_of_the_api() -> None:
    with Sandbox(clients=200, days=60, now="2019-03-15T12:00:00Z") as sandbox, sandbox.client() as cw:
        clients = cw.clients.list()
        counts = cw.reseller.usage("2019-02").with_clients(clients).count_meetings()
        usage = {client.sname: cw.clients.usage(client, "2019-02").num_sessions for client in clients}
        assert {sname: counts[sname] for sname in usage} == usage
        assert sum(counts.values()) > 0
