"""Models and errors can be created in tests."""

from __future__ import annotations

import copy
import pickle
from datetime import date, datetime, timezone
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    BillingOverview,
    Client,
    ClientBilling,
    ClientList,
    ClientUsage,
    CrankWheel,
    InvalidRequestError,
    LoginOption,
    Plan,
    PlanList,
    Session,
    SessionList,
    Settings,
    UsageHistory,
    UserStats,
)
from crankwheel.sandbox import Sandbox

ACME = {"id": 27084, "sname": "acmecorp", "settings": {"id": "7"}}


@pytest.fixture
def models(cw: CrankWheel, sandbox: Sandbox) -> list[Any]:
    """Returns a model and a list of every kind, as the API sends them."""
    clients = cw.clients.list()
    first = clients[0]
    email = next(it.email for it in cw.reseller.usage("2019-02").sessions if it.email)
    history, overview = cw.reseller.usage("2019-02"), cw.reseller.billing("2019-02")
    bill = cw.clients.billing(first, "2019-02")
    return [
        clients,
        first,
        first.settings,
        cw.reseller.plans(),
        cw.reseller.plans()[0],
        cw.clients.usage(first, "2019-02"),
        bill,
        bill.periods,
        bill.periods[0],
        *bill.plans_pro_rata.values(),
        overview,
        overview.per_company,
        cw.sso.login_options(email),
        cw.sso.login_options(email)[0],
        history,
        history.stats,
        history.stats.user_stats,
        history.stats.user_stats[0],
        history.sessions,
        history.sessions[0],
    ]


def test_every_model_is_created_from_its_raw_json(models: list[Any]) -> None:
    for model in models:
        kind = type(model)
        if hasattr(model, "to_list"):
            again = kind.from_list(model.to_list())
            assert kind.from_list(list(model)) == model
            assert again.to_list() == model.to_list()
        else:
            again = kind.from_dict(model.to_dict())
            assert again.to_dict() == model.to_dict()
        assert again == model
        assert type(again) is kind
        assert repr(again) == repr(model)
        assert pickle.loads(pickle.dumps(again)) == copy.copy(again)
    assert len({type(model) for model in models}) == 20


def test_rows_of_a_history_are_created_from_their_attributes(models: list[Any]) -> None:
    rows = [model for model in models if type(model).__name__ in ("Session", "UserStats")]
    assert len(rows) == 2
    for row in rows:
        again = type(row).from_dict(dict(row))
        assert again == row
        assert dict(again) == dict(row)


def test_values_may_be_typed() -> None:
    starts = datetime(2019, 3, 3, 15, 8, 10, tzinfo=timezone.utc)
    client = Client.from_dict(
        {**ACME, "first_exceeded_soft_limit": starts, "hard_limit_starts": date(2019, 4, 1)}
    )
    assert client.first_exceeded_soft_limit == starts
    assert client.hard_limit_starts == datetime(2019, 4, 1, tzinfo=timezone.utc)
    settings = Settings.from_dict({"id": "7", "audit_log": True})
    assert Client.from_dict({**ACME, "settings": settings}).settings.audit_log is True
    session = Session.from_dict({"email": "a@b.example", "start_date": starts, "viewer_info": None})
    assert session.start_date == starts
    history = UsageHistory.from_dict({"sessions": [session, session], "stats": {"total_count": 2}})
    assert [it.email for it in history.sessions] == ["a@b.example"] * 2
    bill = ClientBilling.from_dict(
        {
            "company_id": 5,
            "total_period_seconds": 5,
            "plans_pro_rata": {"plan_1": {"units": 1}},
            "periods": [],
        }
    )
    assert bill.plans_pro_rata["plan_1"].units == 1.0
    overview = BillingOverview.from_dict({"per_company": [bill], "total_pro_rata": {}})
    assert overview.per_company[0] == bill
    same: Any = client
    assert Client.from_dict(same) is client
    assert ClientList.from_list([client, ACME])[0] == client
    assert list(ClientList.from_list(ClientList.from_list([ACME]))) == [Client.from_dict(ACME)]
    assert len(ClientList.from_list([])) == 0


def test_unknown_members_are_kept() -> None:
    client = Client.from_dict({**ACME, "shoe_size": [46, None]})
    assert client.extra == {"shoe_size": [46, None]}


LOOP: dict[str, Any] = {}
LOOP["settings"] = LOOP


@pytest.mark.parametrize(
    ("create", "values", "named"),
    [
        (Client.from_dict, {"id": 5, "settings": {"id": "7"}}, "sname"),
        (Client.from_dict, {"sname": "acmecorp", "settings": {"id": "7"}}, "id"),
        (Client.from_dict, {**ACME, "lname": 5}, "lname"),
        (Client.from_dict, {**ACME, "session_limit": "many"}, "session_limit"),
        (Client.from_dict, {**ACME, "hard_limit_starts": "tomorrow"}, "hard_limit_starts"),
        (Client.from_dict, {**ACME, "hard_limit_starts": datetime(2019, 1, 1)}, "time zone"),
        (Client.from_dict, {**ACME, "settings": {"id": "7", "audit_log": "yes"}}, "settings.audit_log"),
        (Client.from_dict, {**ACME, "logo": float("nan")}, "logo"),
        (Client.from_dict, {**ACME, "logo": "\ud800"}, "logo"),
        (Client.from_dict, LOOP, "100 levels"),
        (Plan.from_dict, {}, "api_name"),
        (LoginOption.from_dict, {"email": "a@b.example", "client_id": "x"}, "client_id"),
        (ClientUsage.from_dict, {"company_id": 5}, "num_sessions"),
        (Session.from_dict, {"start_date": 5}, "start_date"),
        (ClientList.from_list, [ACME, {"id": 5}], "sname"),
        (SessionList.from_list, [{"email": 5}], r"\[0\].email"),
    ],
)
def test_what_is_missing_or_not_valid_is_named(create: Any, values: Any, named: str) -> None:
    with pytest.raises(InvalidRequestError, match=named) as raised:
        create(values)
    assert create.__qualname__.partition(".")[0] in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    "odd", [None, 5, "text", b"bytes", [1], [None], {5: 5}, object(), {"id": object()}, {1, 2}]
)
def test_odd_values_are_refused(odd: Any) -> None:
    for create in (Client.from_dict, UserStats.from_dict, UsageHistory.from_dict, PlanList.from_list):
        # Keys and values are checked as those of an operation.
        with pytest.raises(
            (TypeError, InvalidRequestError),
            match=rf"{create.__qualname__.partition('.')[0]}\.from_(dict|list): ",
        ):
            create(odd)


def test_errors_are_created_with_their_attributes() -> None:
    kinds = [
        value
        for value in vars(crankwheel).values()
        if isinstance(value, type) and issubclass(value, crankwheel.CrankWheelError)
    ]
    assert len(kinds) == 15
    for kind in kinds:
        error = kind(
            "there is no such client",
            status_code=404,
            request_id="r1",
            errors={"id": ["unknown"]},
            headers={"x-request-id": "r1"},
            method="GET",
            path="/ss/rsapi/clients/5",
            attempts=2,
            retry_after=1.5,
            existing_id=5,
            maybe_applied=False,
            body="{}",
        )
        assert str(error) == error.message == "there is no such client"
        assert (error.status_code, error.attempts, error.retry_after) == (404, 2, 1.5)
        assert error.errors == {"id": ["unknown"]}
        again = pickle.loads(pickle.dumps(error))
        assert vars(again) == vars(error)
        with pytest.raises(TypeError, match="statuscode"):
            kind("x", statuscode=404)  # type: ignore[call-arg, unused-ignore]
    assert crankwheel.NotFoundError("gone").errors == {}
