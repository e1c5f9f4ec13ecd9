"""Lists are sequences: indexes, slices, iteration, membership, equality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from crankwheel import CrankWheel


@pytest.fixture(params=["clients", "plans", "companies", "sessions", "users", "periods"])
def rows(request: pytest.FixtureRequest, cw: CrankWheel) -> Any:
    """Returns one list of each class."""
    lists: dict[str, Callable[[], Any]] = {
        "clients": lambda: cw.clients.list(),
        "plans": lambda: cw.reseller.plans(),
        "companies": lambda: cw.reseller.billing("2019-02").per_company,
        "sessions": lambda: cw.reseller.usage("2019-02").sessions,
        "users": lambda: cw.reseller.usage("2019-02").stats.user_stats,
        "periods": lambda: cw.clients.billing(cw.clients.list()[0], "2019").periods,
    }
    return lists[request.param]()


def test_it_is_a_sequence(rows: Any) -> None:
    assert isinstance(rows, Sequence)
    assert bool(rows)
    plain: Any = list(rows)
    assert len(plain) == len(rows) > 0
    assert rows == plain
    assert plain == rows
    assert rows != plain[:-1]
    assert rows != [*plain[:-1], None]
    assert rows != tuple(plain)
    match rows:
        case [first, *rest]:
            assert [first, *rest] == plain
        case _:
            pytest.fail("not matched as a sequence")


def test_indexes_and_slices_work_as_in_a_list(rows: Any) -> None:
    plain = list(rows)
    count = len(plain)
    for index in range(-count, count):
        assert rows[index] == plain[index]
    bad: Any
    for bad in (count, -count - 1, 10**30):
        with pytest.raises(IndexError):
            rows[bad]
    for bad in ("0", None, 1.0):
        with pytest.raises(TypeError):
            rows[bad]
    bounds = (None, 0, 1, -1, 2, count, -count, count + 5, -count - 5)
    for start in bounds:
        for stop in bounds:
            for step in (None, 1, 2, -1, -3):
                assert rows[start:stop:step] == plain[start:stop:step]
    with pytest.raises(ValueError, match="zero"):
        rows[::0]


def test_iteration(rows: Any) -> None:
    plain = list(rows)
    assert list(reversed(rows)) == plain[::-1]
    iterator = iter(rows)
    assert iter(iterator) is iterator
    next(iterator)
    assert iterator.__length_hint__() == len(plain) - 1
    assert list(iterator) == plain[1:]
    assert next(iterator, None) is None
    assert [*zip(rows, rows, strict=True)] == [*zip(plain, plain, strict=True)]


def test_membership_index_and_count(rows: Any) -> None:
    plain = list(rows)
    last = plain[-1]
    assert last in rows
    assert None not in rows
    assert rows.index(last) == plain.index(last)
    assert rows.index(last, -1) == len(plain) - 1
    assert rows.count(last) == plain.count(last)
    assert rows.count("nothing") == 0
    with pytest.raises(ValueError, match="no row"):
        rows.index("nothing")
    with pytest.raises(ValueError, match="no row"):
        rows.index(plain[0], len(plain))


def test_the_raw_json_of_the_rows(rows: Any) -> None:
    raw = rows.to_list()
    assert isinstance(raw, list)
    assert [row.to_dict() for row in rows] == raw
    assert repr(rows).startswith(type(rows).__name__ + "([")


def test_an_empty_list_is_false(cw: CrankWheel) -> None:
    empty: Any = cw.reseller.usage("1999-01").sessions
    assert not empty
    assert list(empty) == empty[:] == empty.to_list() == []
    assert list(reversed(empty)) == []
    assert repr(empty) == "SessionList([])"
