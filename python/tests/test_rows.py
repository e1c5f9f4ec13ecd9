"""The attributes of sessions: strings that rows share, and times."""

from __future__ import annotations

import datetime
import pickle
import subprocess
import sys
from typing import Any

import pytest

from crankwheel import Client, Session, SessionList, UsageHistory

from .silent_server import PATIENCE

UTC = datetime.timezone.utc


def history(rows: list[dict[str, Any]]) -> UsageHistory:
    return UsageHistory.from_dict({"sessions": rows, "stats": None})


@pytest.mark.parametrize("column", ["email", "sname", "lname"])
def test_rows_share_the_strings_that_are_repeated(column: str) -> None:
    texts = ["agent@acme.example", 'Ärger "& Söhne" 😀', "", "half \\ud800"]
    rows = [{column: texts[number % 4]} for number in range(64)]
    sessions = history(rows).sessions
    values = [getattr(session, column) for session in sessions]
    assert values == [row[column] for row in rows]
    assert len({id(value) for value in values}) == len(texts)
    assert {type(value) for value in values} == {str}
    # Those of another view of the same rows, too.
    assert getattr(sessions[-1], column) is values[-1]
    assert values[:4] == texts


def test_the_lists_of_one_history_share_strings() -> None:
    of = history([{"email": "agent@acme.example", "sname": "acme"}] * 16)
    assert of.sessions[0].email is of.sessions[7].email
    # The ids of clients do not change the strings.
    client = Client.from_dict({"id": 7, "sname": "acme", "settings": {"id": "s"}})
    joined = of.with_clients([client])
    assert [(row.sname, row.client_id) for row in joined.sessions] == [("acme", 7)] * 16


@pytest.mark.parametrize("distinct", [2, 3, 15, 16, 17, 128])
def test_any_share_of_repeated_strings_is_read_right(distinct: int) -> None:
    """Strings that are hardly repeated are not kept."""
    texts = [None if number % 5 == 4 else f"user{number % distinct}" for number in range(128)]
    sessions = history([{"email": text, "sname": text, "duration": 1} for text in texts]).sessions
    for _ in range(2):
        assert [row.email for row in sessions] == texts
        assert [row.sname for row in reversed(sessions)] == texts[::-1]
    assert [row.lname for row in sessions] == [None] * 128


def test_numbers_and_nulls_of_a_row() -> None:
    rows: list[dict[str, Any]] = [
        {"duration": 5, "viewer_info": {"max_viewer_count": 3}},
        {"duration": None, "viewer_info": None},
        {},
        {"duration": 0, "viewer_info": {}},
    ]
    read = [(row.duration, row.max_viewer_count, row.start_date) for row in history(rows).sessions]
    assert read == [(5, 3, None), (None, None, None), (None, None, None), (0, None, None)]


MOMENTS = [
    datetime.datetime(1, 1, 1, tzinfo=UTC),
    datetime.datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime.datetime(255, 12, 31, 23, 59, 59, 255, tzinfo=UTC),
    datetime.datetime(256, 1, 1, 0, 0, 0, 256, tzinfo=UTC),
    datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime.datetime(1970, 1, 1, tzinfo=UTC),
    datetime.datetime(2019, 2, 28, 12, 34, 56, 65_536, tzinfo=UTC),
    datetime.datetime(2020, 2, 29, 1, 2, 3, 65_535, tzinfo=UTC),
    datetime.datetime(9999, 12, 30, 21, 59, 59, 999_999, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_times_are_as_the_class_creates_them(moment: datetime.datetime) -> None:
    session = SessionList.from_list([{"start_date": moment, "end_date": moment.isoformat()}])[0]
    for time in (session.start_date, session.end_date):
        assert time == moment
        assert type(time) is datetime.datetime
        assert time.tzinfo is UTC
        assert (repr(time), time.fold, hash(time)) == (repr(moment), 0, hash(moment))
        assert pickle.dumps(time) == pickle.dumps(moment)
        fields = [time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond]
        assert fields == [*moment.timetuple()[:6], moment.microsecond]


def test_a_class_that_a_test_has_put_in_place_may_accept_numbers_only() -> None:
    code = """if True:
        import datetime
        real = datetime.datetime
        class Fake(real):
            def __new__(cls, year, month, day, hour, minute, second, microsecond, tzinfo):
                assert isinstance(year, int)
                return real.__new__(cls, year, month, day, hour, minute, second, microsecond, tzinfo)
        datetime.datetime = Fake
        from crankwheel import Session
        session = Session._from_wire('{"start_date": "2019-03-15T12:00:01.5Z"}')
        assert type(session.start_date) is Fake, type(session.start_date)
        assert session.start_date == real(2019, 3, 15, 12, 0, 1, 500_000, datetime.timezone.utc)
    """
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


def test_a_session_is_light() -> None:
    session = Session.from_dict({"email": "agent@acme.example"})
    assert sys.getsizeof(session) <= 48
