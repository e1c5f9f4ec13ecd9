"""`Period`, and other times as arguments."""

from __future__ import annotations

import copy
import datetime
import pickle
import zoneinfo
from typing import Any

import pytest

from crankwheel import CrankWheel, InvalidRequestError, Period
from crankwheel.sandbox import Sandbox

UTC = datetime.timezone.utc


def test_months_in_utc() -> None:
    february = Period.month("2019-02")
    assert str(february) == "2019-02-01T00:00:00Z/2019-02-28T23:59:59.999999Z"
    assert february.start == datetime.datetime(2019, 2, 1, tzinfo=UTC)
    assert february.end == datetime.datetime(2019, 2, 28, 23, 59, 59, 999999, tzinfo=UTC)
    assert Period.months("2018-12", "2019-02")[-1] == february
    assert [str(month)[:7] for month in Period.months("2018-12", "2019-02")] == [
        "2018-12",
        "2019-01",
        "2019-02",
    ]


@pytest.mark.parametrize("tz", ["Europe/Berlin", zoneinfo.ZoneInfo("Europe/Berlin")])
def test_months_in_a_time_zone(tz: Any) -> None:
    march = Period.month("2019-03", tz=tz)
    assert str(march) == "2019-02-28T23:00:00Z/2019-03-31T21:59:59.999999Z"
    assert Period(datetime.date(2019, 3, 1), datetime.date(2019, 3, 31), tz=tz) == march
    assert Period.months("2019-03", "2019-03", tz=tz) == [march]
    assert Period.month("2019-03", tz=UTC) == Period.month("2019-03")


def test_the_ends_of_a_period() -> None:
    start = datetime.datetime(2019, 2, 1, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    period = Period(start, "2019-02-03T00:00:00.25Z")
    assert str(period) == "2019-02-01T10:00:00Z/2019-02-03T00:00:00.25Z"
    assert Period("2019-02-01", "2019-02-28") == Period.month("2019-02") == Period.parse("2019-02")
    assert Period(datetime.date(2019, 2, 1), datetime.date(2019, 2, 28)) == Period.month("2019-02")


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        (datetime.datetime(2019, 2, 1), "2019-02-02", "time zone"),
        ("2019-02-01T00:00:00", "2019-02-02", "zone"),
        (20190201, "2019-02-02", "int"),
        (None, None, "NoneType"),
        ("2019-02-03", "2019-02-02", "before"),
        ("soon", "later", "soon"),
    ],
)
def test_invalid_periods_are_refused(start: Any, end: Any, word: str) -> None:
    with pytest.raises(InvalidRequestError, match=word) as caught:
        Period(start, end)
    assert caught.value.errors


def test_the_last_days_end_at_the_time_of_the_call(sandbox: Sandbox, cw: CrankWheel) -> None:
    period = Period.last_days(28)
    assert repr(period) == "Period.last_days(28)"
    assert period.end - period.start <= datetime.timedelta(days=28, seconds=1)
    assert pickle.loads(pickle.dumps(period)) == period
    for days in (0, -1, 10**12):
        with pytest.raises(InvalidRequestError):
            Period.last_days(days)
    cw.reseller.usage(period)
    (_, start), (_, end) = sandbox.requests[-1].query
    assert start.endswith("Z")
    assert start < end


def test_periods_compare_hash_copy_and_pickle() -> None:
    period: Any = Period.month("2019-02")
    assert pickle.loads(pickle.dumps(period)) == copy.copy(period) == copy.deepcopy(period) == period
    assert {period, Period.month("2019-02")} == {period}
    assert period != Period.month("2019-03")
    assert period != "2019-02"
    assert eval(repr(period), {"Period": Period}) == period
    with pytest.raises(AttributeError):
        period.start = None


@pytest.mark.parametrize("period", [28, True, ("2019-02-01", "2019-02-28"), datetime.date(2019, 2, 1)])
def test_other_values_are_not_periods(cw: CrankWheel, period: Any) -> None:
    with pytest.raises(InvalidRequestError, match="Period"):
        cw.reseller.billing(period)


def test_times_in_fields(sandbox: Sandbox, cw: CrankWheel) -> None:
    client = cw.clients.list()[0]
    soft = datetime.datetime(
        2019, 3, 3, 16, 8, 10, 999, tzinfo=datetime.timezone(datetime.timedelta(hours=1))
    )
    cw.clients.update(client, first_exceeded_soft_limit=soft, hard_limit_starts=datetime.date(2019, 4, 1))
    sent = sandbox.requests[-1].json()
    assert sent == {
        "first_exceeded_soft_limit": "2019-03-03 15:08:10.0Z",
        "hard_limit_starts": "2019-04-01 00:00:00.0Z",
    }
    with pytest.raises(InvalidRequestError, match="time zone") as caught:
        cw.clients.update(client, hard_limit_starts=datetime.datetime(2019, 4, 1))
    assert list(caught.value.errors) == ["hard_limit_starts"]
