"""`Period`, and other times as arguments."""

from __future__ import annotations

import copy
import datetime
import itertools
import pickle
import subprocess
import sys
import textwrap
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
    assert str(march) == "2019-03[Europe/Berlin]"
    assert (march.label, march.tz) == ("2019-03", "Europe/Berlin")
    assert march.start == datetime.datetime(2019, 2, 28, 23, tzinfo=UTC)
    assert march.start.isoformat() == "2019-03-01T00:00:00+01:00"
    assert march.end.isoformat() == "2019-03-31T23:59:59.999999+02:00"
    assert march.start.tzinfo == zoneinfo.ZoneInfo("Europe/Berlin")
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


def test_a_sandbox_client_has_the_clock_of_the_sandbox(sandbox: Sandbox, cw: CrankWheel) -> None:
    sandbox.clock.set("2019-03-20T12:00:00Z")
    for client in (cw, cw.with_options(max_retries=1)):
        client.reseller.usage(Period.last_days(28))
        assert [value for _, value in sandbox.requests[-1].query] == [
            "2019-02-20T12:00:00Z",
            "2019-03-20T12:00:00Z",
        ]
    sandbox.clock.advance(days=1)
    client_id = cw.clients.list()[0]
    cw.clients.usage(client_id, Period.last_days(1))
    assert [value for _, value in sandbox.requests[-1].query] == [
        "2019-03-20T12:00:00Z",
        "2019-03-21T12:00:00Z",
    ]
    cw.clients.update(client_id, settings={"provisioning_provider": "reseller"})
    sandbox.add_user(client_id, "agent@acme.example")
    link = cw.sso.grant_token("agent@acme.example")
    assert link.expires_at == datetime.datetime(2019, 3, 21, 12, 2, tzinfo=UTC)


NOW = "2019-02-28T23:30:00Z"


@pytest.mark.parametrize(
    "now", [NOW, datetime.datetime(2019, 3, 1, 0, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))]
)
def test_now_can_be_passed(now: Any) -> None:
    assert Period.this_month(now=now).label == "2019-02"
    assert Period.this_month("Europe/Berlin", now=now).label == "2019-03"
    assert Period.last_month(now=now).label == "2019-01"
    assert Period.last_month(tz="Europe/Berlin", now=now) == Period.month("2019-02", tz="Europe/Berlin")
    assert Period.last_days(28, now=now).end == datetime.datetime(2019, 2, 28, 23, 30, tzinfo=UTC)
    assert Period.last_days(1, now=now) == Period("2019-02-27T23:30:00Z", NOW)
    assert Period.this_month().start <= datetime.datetime.now(UTC) <= Period.this_month().end


class Zone(datetime.tzinfo):
    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta | None:
        raise NotImplementedError

    def dst(self, when: datetime.datetime | None) -> datetime.timedelta | None:
        return None

    def tzname(self, when: datetime.datetime | None) -> str | None:
        return None


class NamedLikePytz(Zone):
    zone = "America/New_York"


class NamedLikeDateutil(Zone):
    _filename = "/usr/share/zoneinfo/America/New_York"


class FixedLikePytz(Zone):
    zone = None

    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta:
        return datetime.timedelta(minutes=330)


class Unknown(Zone):
    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta | None:
        return None if when is None else datetime.timedelta(hours=1)


NUMBER: Any = 28


@pytest.mark.parametrize(
    ("tz", "name"),
    [
        (None, "UTC"),
        (UTC, "UTC"),
        ("utc", "UTC"),
        (zoneinfo.ZoneInfo("UTC"), "UTC"),
        (zoneinfo.ZoneInfo("Asia/Kathmandu"), "Asia/Kathmandu"),
        (datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)), "-03:30"),
        (datetime.timezone(datetime.timedelta(hours=2), "CEST"), "+02:00"),
        ("+05:30", "+05:30"),
        (NamedLikePytz(), "America/New_York"),
        (NamedLikeDateutil(), "America/New_York"),
        (FixedLikePytz(), "+05:30"),
    ],
)
def test_time_zones(tz: Any, name: str) -> None:
    for period in (
        Period.month("2019-02", tz=tz),
        Period.parse("2019-02", tz=tz),
        Period("2019-02-01", "2019-02-28", tz=tz),
        Period.last_month(tz, now="2019-03-15T12:00:00Z"),
    ):
        assert (period.tz, period.label) == (name, "2019-02")
        assert period.start.isoformat().startswith("2019-02-01T00:00:00")
        assert period.end.isoformat().startswith("2019-02-28T23:59:59.999999")
        assert period.start == period.start.astimezone(UTC)
        for copied in (
            pickle.loads(pickle.dumps(period)),
            Period.parse(str(period)),
            eval(repr(period), {"Period": Period}),
        ):
            assert copied == period
            assert hash(copied) == hash(period)
            assert (copied.tz, copied.label, copied.start) == (period.tz, period.label, period.start)


@pytest.mark.parametrize("tz", [Unknown(), "Mars/Olympus", "", 5, True, UTC.utcoffset(None), object()])
def test_other_time_zones_are_refused(tz: Any) -> None:
    with pytest.raises(InvalidRequestError, match="tz") as caught:
        Period.month("2019-02", tz=tz)
    assert list(caught.value.errors) == ["tz"]


def test_the_zone_counts_for_equality() -> None:
    berlin = Period.month("2019-02", tz="Europe/Berlin")
    assert berlin != Period(berlin.start, berlin.end)
    assert berlin == Period(berlin.start, berlin.end, tz="Europe/Berlin")
    assert len({berlin, Period.month("2019-02", tz="+01:00"), Period.month("2019-02")}) == 3


def test_months_tile_and_keep_their_names_in_requests(sandbox: Sandbox, cw: CrankWheel) -> None:
    months = Period.months("2018-10", "2019-02", tz="America/Sao_Paulo")
    assert [month.label for month in months] == ["2018-10", "2018-11", "2018-12", "2019-01", "2019-02"]
    for month, following in itertools.pairwise(months):
        assert month.end + datetime.timedelta(microseconds=1) == following.start
    cw.reseller.billing(months[1])
    # The clocks skipped midnight of 4 November.
    assert [value for _, value in sandbox.requests[-1].query] == [
        "2018-11-01T03:00:00Z",
        "2018-12-01T01:59:59.999999Z",
    ]


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda: Period.month("2019-2"), "month", "write it as 2019-02"),
        (lambda: Period.month("02/2019"), "month", "write it as 2019-02"),
        (lambda: Period.months("2019-01", "201902"), "last", "write it as 2019-02"),
        (lambda: Period("2019-2-1", "2019-02-28"), "start", "write it as 2019-02-01"),
        (lambda: Period("2019-02-01", NUMBER), "end", "int"),
        (lambda: Period.month(NUMBER), "month", "int"),
        (lambda: Period.last_days(0), "days", "got 0"),
        (lambda: Period.this_month(now="2019-02-28"), "now", "add the time"),
        (lambda: Period.this_month(now=datetime.datetime(2019, 2, 28)), "now", "time zone"),
        (lambda: Period.last_days(7, now=NUMBER), "now", "int"),
    ],
)
def test_arguments_are_named_in_messages(make: Any, name: str, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words) as caught:
        make()
    assert list(caught.value.errors) == [name]


class PandasPeriod:
    """A period of pandas, as far as it is used."""

    def __init__(self, start: str, end: str, freqstr: str) -> None:
        self.start_time = datetime.datetime.fromisoformat(start)
        self.end_time = datetime.datetime.fromisoformat(end)
        self.freqstr = freqstr


PandasPeriod.__name__ = "Period"
PandasPeriod.__module__ = "pandas"


def test_periods_of_pandas(sandbox: Sandbox, cw: CrankWheel) -> None:
    february: Any = PandasPeriod("2019-02-01T00:00:00", "2019-02-28T23:59:59.999999", "M")
    quarter: Any = PandasPeriod("2019-01-01T00:00:00", "2019-03-31T23:59:59.999999", "Q-DEC")
    day: Any = PandasPeriod("2019-02-03T00:00:00", "2019-02-03T23:59:59.999999", "D")
    hour: Any = PandasPeriod("2019-02-03T00:00:00", "2019-02-03T00:59:59.999999", "h")
    assert Period.month(february, tz="Europe/Berlin") == Period.month("2019-02", tz="Europe/Berlin")
    assert Period.months(february, february) == [Period.month("2019-02")]
    assert Period(day, february) == Period("2019-02-03", "2019-02-28")
    assert Period(quarter, quarter).label == "2019-01/2019-03"
    cw.reseller.billing(february)
    assert sandbox.requests[-1].query[0][1] == "2019-02-01T00:00:00Z"
    for wrong in (quarter, day, hour):
        with pytest.raises(InvalidRequestError, match="month"):
            Period.month(wrong)
    with pytest.raises(InvalidRequestError, match="period"):
        cw.reseller.billing(hour)


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


def test_dates_are_the_real_ones_after_a_test_replaced_their_classes() -> None:
    # In a new process, because the classes are found once.
    program = textwrap.dedent("""
        import datetime
        from crankwheel import Period, Session

        class Frozen(datetime.datetime):
            pass

        real = datetime.datetime
        moment = real(2019, 3, 15, 12, tzinfo=datetime.timezone.utc)
        frozen = Frozen(2019, 3, 15, 12, tzinfo=datetime.timezone.utc)
        row = {"email": "agent@acme.example", "duration": 600}
        datetime.datetime = Frozen  # as freezegun does it
        assert Period.this_month(now=frozen).label == "2019-03"
        assert Session.from_dict({**row, "start_date": frozen}).start_date == moment
        datetime.datetime = real
        assert Period.this_month(now=moment).label == "2019-03"
        assert Period(moment, moment).end == moment
        assert type(Period.month("2019-02").start) is real
        session = Session.from_dict({**row, "start_date": moment})
        assert (session.start_date, type(session.start_date)) == (moment, real)
    """)
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
