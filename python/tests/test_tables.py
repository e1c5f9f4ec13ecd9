"""Libraries for tables get the data of every list and model, or refuse it with an error."""

from __future__ import annotations

import csv
import datetime
import io
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from crankwheel import BillingPeriodList, ClientBillingList, ClientList, CrankWheel, SessionList

from .results import FEBRUARY, lists, models
from .test_contract import MODELS

LISTS = [
    "BillingPeriodList",
    "ClientBillingList",
    "ClientList",
    "LoginOptionList",
    "PlanList",
    "SessionList",
    "UserStatsList",
]


@pytest.fixture(params=LISTS)
def rows(request: pytest.FixtureRequest, cw: CrankWheel) -> Any:
    """Returns one list of each class."""
    return lists(cw)[request.param]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, cw: CrankWheel) -> Any:
    """Returns one model of each class."""
    return models(cw)[request.param]


def is_cell(value: object) -> bool:
    return not isinstance(value, (Mapping, list, dict)) and not hasattr(value, "to_list")


def cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the items of a row that fit a cell of a table."""
    return {name: value for name, value in row.items() if is_cell(value)}


def test_pandas_has_the_data_of_every_list(rows: Any) -> None:
    pd = pytest.importorskip("pandas")
    for source in (rows, list(rows), rows[:]):
        frame = pd.DataFrame(source)
        # Before version 3, pandas sorts the columns.
        in_order = int(pd.__version__.split(".")[0]) >= 3
        assert list(frame.columns) == (list(rows[0]) if in_order else sorted(rows[0]))
        assert len(frame) == len(rows)
        for at, row in enumerate(rows):
            for name, value in cells(row).items():
                found = frame[name].iloc[at]
                assert pd.isna(found) if value is None else found == value, name
    assert set(pd.DataFrame.from_records(rows).columns) == set(rows[0])


def test_pandas_infers_the_types_of_columns(cw: CrankWheel) -> None:
    pd = pytest.importorskip("pandas")
    sessions = pd.DataFrame(cw.reseller.usage(FEBRUARY).sessions)
    assert isinstance(sessions["start_date"].dtype, pd.DatetimeTZDtype)
    assert str(sessions["start_date"].dtype.tz) == "UTC"
    assert sessions["duration"].dtype.kind == "i"
    periods = [period for company in cw.reseller.billing(FEBRUARY).per_company for period in company.periods]
    assert pd.DataFrame(periods)["pro_rata"].dtype.kind == "f"
    total = cw.reseller.billing(FEBRUARY).total_pro_rata
    plans = pd.DataFrame.from_dict(total, orient="index")
    assert plans["units"].to_dict() == {name: plan.units for name, plan in total.items()}


def test_pandas_refuses_one_model(model: Any) -> None:
    pd = pytest.importorskip("pandas")
    np = pytest.importorskip("numpy")
    conversions: list[tuple[Any, Any]] = [
        (pd.DataFrame, model),
        (pd.DataFrame, {"a": model, "b": model}),
        (np.asarray, model),
        (np.array, [model]),
    ]
    for convert, value in conversions:
        with pytest.raises(TypeError, match=f"{type(model).__name__} is one row"):
            convert(value)
    assert len(pd.DataFrame([model])) == 1
    assert list(pd.Series(model).index) == list(model)
    assert pd.Series([model, model]).iloc[1] is model


def test_polars_has_the_data_of_every_list(rows: Any) -> None:
    pl = pytest.importorskip("polars")
    for frame in (pl.DataFrame(rows), pl.DataFrame(list(rows)), pl.from_dicts(rows)):
        assert frame.columns == list(rows[0])
        assert frame.height == len(rows)
        for found, row in zip(frame.to_dicts(), rows, strict=True):
            assert {name: found[name] for name in cells(row)} == cells(row)


def test_polars_infers_the_types_of_columns(cw: CrankWheel) -> None:
    pl = pytest.importorskip("polars")
    raw = '{"effective_seconds": 1, "pro_rata": %s}'
    # The raw JSON of the first 100 rows has only integers.
    text = ",".join([raw % "1"] * 150 + [raw % "0.5"])
    frame = pl.DataFrame(BillingPeriodList._from_wire(f"[{text}]"))
    assert frame.schema["pro_rata"] == pl.Float64
    assert frame["pro_rata"].sum() == 150.5
    sessions = pl.DataFrame(cw.reseller.usage(FEBRUARY).sessions)
    assert sessions.schema["start_date"] == pl.Datetime("us", "UTC")
    assert sessions.schema["duration"] == pl.Int64


def test_polars_has_the_data_of_a_flat_model_and_refuses_others(model: Any) -> None:
    pl = pytest.importorskip("polars")
    # The newest one for CPython 3.10; it takes a mapping only if it is a dict.
    if pl.__version__.startswith("2.0."):
        if hasattr(model, "__arrow_c_stream__"):
            assert pl.DataFrame(model).equals(model.to_polars())
            return
        with pytest.raises(TypeError, match="unsupported type"):
            pl.DataFrame(model)
        return
    if len(cells(model)) == len(model):
        assert pl.DataFrame(model).to_dicts() == [dict(model)]
        return
    if type(model).__name__ == "UsageStats":
        # One list among plain values is a column, beside which polars repeats the values.
        frame = pl.DataFrame(model)
        assert frame["user_stats"].struct.field("email").to_list() == [
            user.email for user in model.user_stats
        ]
        return
    # A panic of polars, which it reports for nested objects, is not an Exception.
    with pytest.raises(BaseException, match=r"unsupported type|nested objects|lengths|not allowed"):
        pl.DataFrame(model)


def test_csv_has_the_data_of_every_list(rows: Any) -> None:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    file.seek(0)
    read = list(csv.DictReader(file))
    assert len(read) == len(rows)
    for found, row in zip(read, rows, strict=True):
        texts = {name: "" if value is None else str(value) for name, value in cells(row).items()}
        assert {name: found[name] for name in texts} == texts
    with pytest.raises(ValueError, match="fields not in fieldnames"):
        csv.DictWriter(file, ["no such field"]).writerow(rows[0])


def test_sqlite_has_the_data_of_every_list(rows: Any) -> None:
    columns = [name for name, value in cells(rows[0]).items() if not isinstance(value, datetime.datetime)]
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"create table t ({', '.join(columns)})")
        names = ", ".join(f":{name}" for name in columns)
        connection.executemany(f"insert into t values ({names})", map(dict, rows))
        found = connection.execute("select * from t").fetchall()
        assert found == [tuple(row[name] for name in columns) for row in rows]
        # The module takes only dicts and sequences.
        for refused in (rows[0], rows[0].values()):
            # CPython 3.10 raises a ValueError.
            with pytest.raises((sqlite3.ProgrammingError, ValueError), match=r"supported|sequence"):
                connection.execute(f"insert into t values ({names})", refused)
    connection.close()


def test_tabulate_has_the_data_of_every_list(rows: Any) -> None:
    tabulate = pytest.importorskip("tabulate").tabulate
    for source in (rows, list(rows)):
        table = tabulate(source, headers="keys", tablefmt="tsv", disable_numparse=True).splitlines()
        assert [name.strip() for name in table[0].split("\t")] == list(rows[0])
        assert len(table) > len(rows)
        first = dict(zip(rows[0], (cell.strip() for cell in table[1].split("\t")), strict=False))
        for name, value in cells(rows[0]).items():
            # Empty cells at the end of a line are cut off.
            assert first.get(name, "") == ("" if value is None else str(value))


def test_tabulate_refuses_one_model(model: Any) -> None:
    tabulate = pytest.importorskip("tabulate").tabulate
    assert tabulate([model], headers="keys").split()[0] == next(iter(model))
    if len(cells(model)) > 0:
        with pytest.raises(TypeError):
            tabulate(model, headers="keys")
    else:
        # A mapping of lists is a mapping of columns.
        assert tabulate(model, headers="keys").split()[:2] == list(model)


def test_great_tables_takes_a_frame_and_refuses_lists_and_models(rows: Any) -> None:
    great_tables = pytest.importorskip("great_tables")
    pl = pytest.importorskip("polars")
    for refused in (rows, rows[0]):
        with pytest.raises(NotImplementedError, match=f"Unsupported type.*{type(refused).__name__}"):
            great_tables.GT(refused)
    flat = pl.DataFrame([cells(row) for row in rows], infer_schema_length=None)
    html = great_tables.GT(flat).as_raw_html()
    assert all(f">{name}<" in html for name in flat.columns)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_itables_takes_a_frame_and_refuses_lists_and_models(rows: Any) -> None:
    itables = pytest.importorskip("itables")
    pd = pytest.importorskip("pandas")
    for refused in (rows, rows[0]):
        with pytest.raises(TypeError, match="DataFrame"):
            itables.to_html_datatable(refused)
    html = itables.to_html_datatable(pd.DataFrame(cells(row) for row in rows))
    assert all(name in html for name in cells(rows[0]))


def test_the_lists_are_all_lists(cw: CrankWheel) -> None:
    found = lists(cw)
    assert sorted(found) == LISTS
    assert {type(rows) for rows in found.values()} >= {ClientList, SessionList, ClientBillingList}
    assert all(rows for rows in found.values())
