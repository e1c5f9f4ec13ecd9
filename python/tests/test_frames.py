"""Results as frames of pandas, polars and pyarrow, and as tables for DuckDB."""

from __future__ import annotations

import builtins
import datetime
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import crankwheel
from crankwheel import (
    BillingOverview,
    ClientBilling,
    ClientList,
    CrankWheel,
    InvalidRequestError,
    PlanList,
    SessionList,
    UsageHistory,
    UserStatsList,
)

from .conftest import ROOT
from .results import FEBRUARY, lists

SCHEMAS: dict[str, Any] = json.loads((ROOT / "crates" / "crankwheel" / "openapi.json").read_text("utf-8"))[
    "components"
]["schemas"]

TEXT, CODED, INTEGER, NUMBER, TIME = "string", "dictionary", "int64", "double", "timestamp[us, tz=UTC]"
SESSIONS = {
    **dict.fromkeys(["email", "sname", "lname"], CODED),
    **dict.fromkeys(["start_date", "end_date"], TIME),
    **dict.fromkeys(["duration", "max_viewer_count", "client_id"], INTEGER),
}
USERS = {
    **dict.fromkeys(["email", "sname", "lname"], CODED),
    **dict.fromkeys(["total_sec", "total_count", "client_id"], INTEGER),
}
PERIODS = {
    **dict.fromkeys(["api_name", "human_name", "set_by"], TEXT),
    **dict.fromkeys(["set_at", "effective_from", "effective_to"], TIME),
    "effective_seconds": INTEGER,
    "pro_rata": NUMBER,
}
BILLS = {
    "company_id": INTEGER,
    **dict.fromkeys(["sname", "lname"], TEXT),
    **dict.fromkeys(["starting", "ending"], TIME),
    "total_period_seconds": INTEGER,
    **PERIODS,
}
PLANS = {"api_name": TEXT, "human_name": TEXT, "session_limit": INTEGER, "license_count": INTEGER}
LOGINS = {"email": TEXT, "client_id": INTEGER, "sname": TEXT, "lname": TEXT, "role": TEXT}


def of_schema(name: str, prefix: str = "") -> dict[str, str]:
    """Returns the columns of a schema of the contract."""
    types = {"string": TEXT, "integer": INTEGER, "boolean": "bool", "number": NUMBER}
    columns: dict[str, str] = {}
    for field, property in SCHEMAS[name]["properties"].items():
        if field.startswith("black_list"):
            continue
        if field == "settings":
            columns |= of_schema("Settings", "settings.")
        else:
            time = property.get("x-sdk-type") == "date-time"
            columns[prefix + field] = TIME if time else types[property["type"]]
    return columns


EMPTY: dict[str, tuple[Any, dict[str, str]]] = {
    "UsageHistory": (UsageHistory.from_dict({"stats": {"user_stats": []}, "sessions": []}), SESSIONS),
    "SessionList": (SessionList.from_list([]), SESSIONS),
    "UserStatsList": (UserStatsList.from_list([]), USERS),
    "BillingOverview": (BillingOverview.from_dict({"per_company": [], "total_pro_rata": {}}), BILLS),
    "ClientBillingList": (crankwheel.ClientBillingList.from_list([]), BILLS),
    "ClientBilling": (
        ClientBilling.from_dict(
            {"company_id": 1, "total_period_seconds": 1, "plans_pro_rata": {}, "periods": []}
        ),
        BILLS,
    ),
    "BillingPeriodList": (crankwheel.BillingPeriodList.from_list([]), PERIODS),
    "ClientList": (ClientList.from_list([]), of_schema("Client")),
    "PlanList": (PlanList.from_list([]), PLANS),
    "LoginOptionList": (crankwheel.LoginOptionList.from_list([]), LOGINS),
}
NAMES = sorted(EMPTY)


def results(cw: CrankWheel) -> dict[str, Any]:
    """Returns one result of each class that is a table."""
    history, overview = cw.reseller.usage(FEBRUARY), cw.reseller.billing(FEBRUARY)
    return {
        **lists(cw),
        "UsageHistory": history,
        "BillingOverview": overview,
        "ClientBilling": overview.per_company[0],
    }


def expected(result: Any) -> list[dict[str, Any]]:
    """Returns the rows of a table, from the attributes of the models."""
    if isinstance(result, UsageHistory):
        return expected(result.sessions)
    if isinstance(result, BillingOverview):
        return expected(result.per_company)
    if isinstance(result, ClientBilling):
        company = cells(result)
        return [{**company, **cells(period)} for period in result.periods]
    if isinstance(result, crankwheel.ClientBillingList):
        return [row for company in result for row in expected(company)]
    return [cells(row) for row in result]


def cells(row: Any) -> dict[str, Any]:
    names = [name for name in dir(type(row)) if isinstance(getattr(type(row), name), property_type())]
    fields = {name: getattr(row, name) for name in names if name not in ("extra", "wire_text")}
    if "settings" in fields:
        fields |= {f"settings.{name}": value for name, value in cells(fields.pop("settings")).items()}
    scalars = (str, int, float, datetime.datetime, type(None))
    return {name: value for name, value in fields.items() if isinstance(value, scalars)}


def property_type() -> type:
    return type(crankwheel.Session.__dict__["email"])


@pytest.fixture(params=NAMES)
def result(request: pytest.FixtureRequest, cw: CrankWheel) -> Any:
    return results(cw)[request.param]


def rows_of_pandas(frame: Any) -> list[dict[str, Any]]:
    pd = pytest.importorskip("pandas")
    rows = frame.astype(object).to_dict("records")

    def plain(value: Any) -> Any:
        if pd.isna(value):
            return None
        return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value

    return [{name: plain(value) for name, value in row.items()} for row in rows]


def test_every_table_has_a_case() -> None:
    tables = {name for name in crankwheel.__all__ if hasattr(getattr(crankwheel, name), "__arrow_c_stream__")}
    assert tables == set(EMPTY)


@pytest.mark.parametrize("categories", [False, True])
def test_pandas_has_the_values_of_the_attributes(result: Any, categories: bool) -> None:
    pytest.importorskip("pandas")
    frame = result.to_pandas(categories=categories)
    assert [list(row) for row in rows_of_pandas(frame)[:1]] == [list(EMPTY[type(result).__name__][1])]
    assert rows_of_pandas(frame) == [{name: row[name] for name in frame.columns} for row in expected(result)]


@pytest.mark.parametrize("categories", [False, True])
def test_polars_has_the_values_of_the_attributes(result: Any, categories: bool) -> None:
    pytest.importorskip("polars")
    frame = result.to_polars(categories=categories)
    assert frame.to_dicts() == [{name: row[name] for name in frame.columns} for row in expected(result)]


def test_pyarrow_has_the_values_of_the_attributes(result: Any) -> None:
    pa = pytest.importorskip("pyarrow")
    for table in (result.to_arrow(), pa.table(result)):
        rows = [{name: row[name] for name in table.column_names} for row in expected(result)]
        assert table.to_pylist() == rows
        table.validate(full=True)
        # Also those with codes.
        assert rows_of_pandas(table.to_pandas(integer_object_nulls=True)) == rows


def test_duckdb_has_the_values_of_the_attributes(result: Any) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    found = duckdb.sql("select * from result")
    names = found.columns
    assert found.fetchall() == [tuple(row[name] for name in names) for row in expected(result)]


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_exact_also_without_rows(name: str, cw: CrankWheel) -> None:
    pa = pytest.importorskip("pyarrow")
    empty, columns = EMPTY[name]
    for result in (empty, results(cw)[name]):
        schema = pa.Schema._import_from_c_capsule(result.__arrow_c_schema__())
        assert schema == result.to_arrow().schema

        def type_of(field: Any) -> str:
            if field.type != pa.dictionary(pa.int32(), pa.string()):
                return str(field.type)
            return CODED

        assert {field.name: type_of(field) for field in schema} == columns
        assert list(schema.names) == list(columns)
    assert empty.to_arrow().num_rows == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_types_of_pandas_do_not_depend_on_the_values(name: str, cw: CrankWheel) -> None:
    pd = pytest.importorskip("pandas")
    string = str(pd.Series([""]).dtype)
    empty, columns = EMPTY[name]
    full = results(cw)[name]
    for categories in (False, True):
        frames = [result.to_pandas(categories=categories) for result in (empty, full)]
        found = [{name: str(dtype) for name, dtype in frame.dtypes.items()} for frame in frames]
        assert found[0] == found[1]
        for column, kind in columns.items():
            expected = {
                TEXT: {"category"} if categories else {string},
                CODED: {"category"} if categories else {string},
                INTEGER: {"int64", "Int64"},
                NUMBER: {"float64"},
                TIME: {"datetime64[us, UTC]"},
                "bool": {"boolean"},
            }
            assert found[0][column] in expected[kind], column


def test_integers_of_pandas_are_nullable_by_the_schema(cw: CrankWheel) -> None:
    pytest.importorskip("pandas")
    sessions, overview = cw.reseller.usage(FEBRUARY).to_pandas(), cw.reseller.billing(FEBRUARY).to_pandas()
    assert sessions["duration"].notna().all()
    assert str(sessions["duration"].dtype) == "Int64"
    assert str(overview["effective_seconds"].dtype) == "int64"
    assert cw.clients.list().to_pandas()["settings.audit_log"].dtype == "boolean"


def test_frames_of_pandas_can_be_changed(cw: CrankWheel) -> None:
    pytest.importorskip("pandas")
    history = cw.reseller.usage(FEBRUARY)
    before = expected(history)
    frame = history.to_pandas()
    for name, value in before[1].items():
        if value is not None:
            frame.loc[0, name] = value
    assert rows_of_pandas(frame)[0] == before[1] | {"client_id": None}
    assert expected(history) == before


ODD = r"""{"stats": {"user_stats": [{"a@b.example": {"total_sec": 1, "total_count": 2, "role": "x"}}]}, "sessions": [
    {"email": "a@b.example", "sname": "acmecorp", "lname": "Ac\u006de \"Inc\" 💧", "duration": 60,
     "start_date": "2019-02-28T10:09:30.701107Z", "end_date": "2019-02-28 10:09:30.0Z",
     "viewer_info": {"max_viewer_count": 9007199254740993}},
    {"email": null, "duration": -5, "start_date": "1969-12-31T23:59:59.999999"},
    {},
    {"email": "half \ud800", "sname": "", "lname": "nul \u0000", "new": [1, {"a": null}], "\ud801": 2},
    {"viewer_info": {"max_viewer_count": null, "first": 1}, "duration": 9223372036854775807}
]}"""


@pytest.fixture
def odd() -> Any:
    return UsageHistory._from_wire(ODD)


def test_odd_values_are_in_every_frame(odd: Any) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    rows = [{**row, "extra": None} for row in expected(odd)]
    rows[3]["extra"] = r'{"new":[1, {"a": null}],"\ud801":2}'
    names = [*SESSIONS, "extra"]
    rows = [{name: row[name] for name in names} for row in rows]
    assert rows[0]["lname"] == 'Acme "Inc" 💧'
    assert rows[3]["email"] == r"half \ud800"
    assert rows_of_pandas(odd.to_pandas()) == rows
    assert rows_of_pandas(odd.to_pandas(categories=True)) == rows
    assert odd.to_polars().to_dicts() == rows
    assert odd.sessions.to_polars().to_dicts() == rows
    users = odd.stats.user_stats.to_polars()
    assert users.to_dicts() == [
        {
            **dict.fromkeys(["sname", "lname", "client_id"]),
            "email": "a@b.example",
            "total_sec": 1,
            "total_count": 2,
            "extra": '{"role":"x"}',
        }
    ]


def test_unknown_members_are_columns_of_json_only_where_there_are_any() -> None:
    pl = pytest.importorskip("polars")
    settings: dict[str, Any] = {"id": "7"}
    clients = [{"id": at, "sname": "acmecorp", "settings": settings} for at in range(3)]
    assert "extra" not in ClientList.from_list(clients).to_polars().columns
    clients[1] = {**clients[1], "new": {"a": 1}}
    assert ClientList.from_list(clients).to_polars()["extra"].to_list() == [None, '{"new":{"a": 1}}', None]
    clients[2] = {**clients[2], "settings": {"id": "7", "more": True}}
    frame = ClientList.from_list(clients).to_polars()
    assert frame.columns[-2:] == ["extra", "settings.extra"]
    assert frame["settings.extra"].to_list() == [None, None, '{"more":true}']
    period = {"effective_seconds": 1, "pro_rata": 1, "new": 1}
    bill = {
        "company_id": 1,
        "total_period_seconds": 1,
        "plans_pro_rata": {},
        "periods": [period],
        "older": None,
    }
    frame = ClientBilling.from_dict(bill).to_polars()
    assert frame.columns == [*BILLS, "extra", "company.extra"]
    assert frame.select(pl.last(), "extra", "pro_rata").rows() == [('{"older":null}', '{"new":1}', 1.0)]


def test_rows_of_pandas_share_their_strings() -> None:
    pd = pytest.importorskip("pandas")
    rows = [{"email": f"user{at % 3}@acme.example", "duration": at} for at in range(10_000)]
    emails = SessionList.from_list(rows).to_pandas()["email"]
    if getattr(emails.dtype, "storage", "python") == "python":
        assert len({id(email) for email in emails.array}) == 3
    assert len(SessionList.from_list(rows).to_pandas(categories=True)["email"].cat.categories) == 3
    assert isinstance(emails, pd.Series)


def test_the_ids_of_clients_are_a_column(cw: CrankWheel) -> None:
    pytest.importorskip("polars")
    clients = cw.clients.list()
    history = cw.reseller.usage(FEBRUARY)
    assert history.to_polars()["client_id"].null_count() == len(history.sessions)
    joined = history.with_clients(clients)
    for result in (joined, joined.sessions, joined.stats.user_stats):
        frame = result.to_polars()
        ids = [clients.by_sname(sname).id for sname in frame["sname"].to_list()]  # type: ignore[union-attr]
        assert frame["client_id"].to_list() == ids
        assert frame.join(clients.to_polars(), on="sname")["id"].null_count() == 0


def test_a_huge_history_has_several_record_batches() -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("pandas")
    rows = 3_000_000
    user = '{"email":"a@b.example","duration":7}'
    history = UsageHistory._from_wire('{"sessions":[' + "{}," * (rows - 1) + user + "]}")
    table = history.to_arrow()
    assert [len(chunk) for chunk in table["duration"].chunks] == [1 << 20, 1 << 20, rows - (1 << 21)]
    assert table["email"].null_count == rows - 1
    assert table.slice(rows - 1).to_pylist() == [
        {**dict.fromkeys(SESSIONS), "email": "a@b.example", "duration": 7}
    ]
    frame = history.to_pandas()
    assert frame["duration"].sum() == 7
    assert frame["email"].iloc[-1] == "a@b.example"
    assert frame["email"].isna().sum() == rows - 1


@pytest.mark.parametrize(
    ("method", "package", "extra"),
    [
        ("to_pandas", "pandas", "pandas"),
        ("to_polars", "polars", "polars"),
        ("to_arrow", "pyarrow", "arrow"),
    ],
)
def test_a_missing_package_is_an_error_that_names_the_extra(
    method: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    message = f"{method}: {package} must be installed; run pip install 'crankwheel\\[{extra}\\]'"
    for result, _ in EMPTY.values():
        with pytest.raises(ModuleNotFoundError, match=message) as caught:
            getattr(result, method)()
        assert caught.value.name == package


@pytest.mark.parametrize("method", ["to_pandas", "to_polars"])
def test_frames_do_not_need_pyarrow(method: str, monkeypatch: pytest.MonkeyPatch, odd: Any) -> None:
    pytest.importorskip(method.removeprefix("to_"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    imported = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        assert name.partition(".")[0] != "pyarrow"
        return imported(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    if method == "to_pandas":
        pd = pytest.importorskip("pandas")
        with pd.option_context("mode.string_storage", "python"):
            assert len(odd.to_pandas()) == 5
    else:
        assert len(odd.to_polars()) == 5


def test_credentials_are_not_tables() -> None:
    for kind in (crankwheel.LoginLink, crankwheel.ImpersonationKey):
        assert not hasattr(kind, "__arrow_c_stream__")
        assert not hasattr(kind, "to_pandas")


def test_a_capsule_is_read_once_and_a_result_often(cw: CrankWheel) -> None:
    pa = pytest.importorskip("pyarrow")
    history = cw.reseller.usage(FEBRUARY)
    streams: Iterator[Any] = iter([history.__arrow_c_stream__(), history.__arrow_c_stream__(None)])
    reader = pa.RecordBatchReader._import_from_c_capsule(next(streams))
    assert reader.read_all().num_rows == len(history.sessions)
    assert repr(next(streams)).startswith('<capsule object "arrow_array_stream"')
    assert pa.table(history, schema=history.to_arrow().schema).num_rows == len(history.sessions)


@pytest.mark.parametrize("method", ["to_pandas", "to_polars"])
@pytest.mark.parametrize("odd", [1, None, "yes", [], b""])
def test_categories_must_be_a_bool(method: str, odd: Any) -> None:
    for result, _ in EMPTY.values():
        with pytest.raises(InvalidRequestError, match=r"^categories: must be True or False, got "):
            getattr(result, method)(categories=odd)
