"""120 odd values that the tests pass to every parameter of every public function."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import io
import itertools
import pathlib
import re
import threading
import types
import typing
import uuid
import weakref
import zoneinfo
from typing import Any

from crankwheel import NOT_GIVEN, InvalidRequestError, Period


class Text(str):
    """A subclass of `str`."""

    __slots__ = ()


class Number(int):
    """A subclass of `int`."""


class Shade(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 5


class Plain(enum.Enum):
    ONE = 1


class Flag(enum.Flag):
    ON = 1


class Index:
    """Has an exact integer value."""

    def __index__(self) -> int:
        return 5


class Fails:
    """An object all of whose methods fail."""

    def _fail(self, *_: Any) -> Any:
        raise RuntimeError("odd")

    __str__ = __repr__ = __index__ = __int__ = __float__ = __eq__ = __bool__ = __len__ = _fail
    __iter__ = __getitem__ = __fspath__ = __contains__ = __call__ = _fail
    __hash__ = None  # type: ignore[assignment]


class FailingIndex:
    def __index__(self) -> int:
        raise ZeroDivisionError


class FailingMapping(dict[str, Any]):
    def items(self) -> Any:
        raise KeyError("odd")

    def __bool__(self) -> bool:
        return True


class FailingPath:
    def __fspath__(self) -> str:
        raise OSError("odd")


class FailingStr(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("odd")

    __repr__ = __str__


class FailingZone(datetime.tzinfo):
    def utcoffset(self, _: Any) -> Any:
        raise RuntimeError("odd")

    dst = tzname = utcoffset


@dataclasses.dataclass
class Record:
    id: int = 5


class Pair(typing.NamedTuple):
    id: int
    sname: str


class Hostile:
    """Has any attribute."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


RECURSIVE_LIST: list[Any] = []
RECURSIVE_LIST.append(RECURSIVE_LIST)
RECURSIVE_DICT: dict[str, Any] = {}
RECURSIVE_DICT["settings"] = RECURSIVE_DICT
DEEP: Any = "end"
for _ in range(3000):
    DEEP = [DEEP]

UTC = datetime.timezone.utc
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Table(dict[str, Any]):
    """The values by their names. Iterators are new each time."""

    def items(self) -> Any:
        for label in self:
            yield label, self[label]

    def __getitem__(self, label: str) -> Any:
        value = super().__getitem__(label)
        return value.make() if isinstance(value, New) else value


class New(typing.NamedTuple):
    make: typing.Callable[[], Any]


ODD: dict[str, Any] = Table()
"""The odd values by their names."""

ODD |= {
    # Nothing
    "None": None,
    "Ellipsis": ...,
    "NotImplemented": NotImplemented,
    # Booleans and numbers
    "True": True,
    "False": False,
    "0": 0,
    "-1": -1,
    "1": 1,
    "2**31": 2**31,
    "2**32": 2**32,
    "2**53 + 1": 2**53 + 1,
    "2**63 - 1": 2**63 - 1,
    "2**63": 2**63,
    "-(2**63) - 1": -(2**63) - 1,
    "2**64": 2**64,
    "10**5000": 10**5000,
    "0.0": 0.0,
    "-0.0": -0.0,
    "0.5": 0.5,
    "5.0": 5.0,
    "1e300": 1e300,
    "5e-324": 5e-324,
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "complex": 1j,
    "complex without an imaginary part": complex(5, 0),
    "Decimal": decimal.Decimal("5"),
    "Decimal of many digits": decimal.Decimal("0.1000000000000000000001"),
    "Decimal nan": decimal.Decimal("NaN"),
    "Decimal infinity": decimal.Decimal("Infinity"),
    "Fraction": fractions.Fraction(1, 3),
    "int subclass": Number(5),
    "IntEnum": Level.HIGH,
    "__index__": Index(),
    "failing __index__": FailingIndex(),
    # Strings
    "empty": "",
    "space": " ",
    "digits": "40",
    "negative digits": "-40",
    "digits of another script": "\u0664\u0660",
    "word": "odd",
    "true": "true",
    "None in words": "None",
    "dots": "..",
    "slash": "a/b?c#d",
    "NUL": "a\x00b",
    "line break": "a\r\nX-Odd: 1",
    "escape": "\x1b[31m",
    "lone surrogate": "a\ud800",
    "low surrogate": "\udc80",
    "surrogate pair in two halves": "\ud83d\ude00",
    "emoji": "\U0001f600",
    "byte-order mark": "\ufeffa",
    "right to left": "\u202eabc",
    "combining": "e\u0301",
    "braces": "{0.__class__}%s{{link}}",
    "200 characters": "x" * 200,
    "10 MB": "x" * 10_000_000,
    "str subclass": Text("odd"),
    "str enum": Shade.RED,
    "failing __str__ of a string": FailingStr("odd"),
    "URL": "https://h.example/?q=1#f",
    "URL with a password": "https://user:pass@h.example/",
    "URL of another scheme": "ftp://h.example",
    "month": "2019-02",
    "month of one digit": "2019-2",
    "month 13": "2019-13",
    "reversed period": "2019-02-01/2019-01-01",
    "leap second": "2019-06-30T23:59:60Z",
    "time without a zone": "2019-02-01T00:00:00",
    # Bytes
    "bytes": b"bytes",
    "empty bytes": b"",
    "bytes that are not UTF-8": b"\xff\xfe",
    "bytearray": bytearray(b"odd"),
    "memoryview": memoryview(b"odd"),
    "array": array.array("i", [5]),
    "BytesIO": New(lambda: io.BytesIO(b"odd")),
    "StringIO": New(lambda: io.StringIO("odd")),
    # Containers
    "empty list": [],
    "list": [1],
    "list of None": [None],
    "recursive list": RECURSIVE_LIST,
    "deep list": DEEP,
    "tuple": (1, 2),
    "empty tuple": (),
    "empty dict": {},
    "dict": {"id": 5},
    "dict with a number as a key": {5: 5},
    "dict with a lone surrogate as a key": {"\ud800": 5},
    "recursive dict": RECURSIVE_DICT,
    "mapping that fails": FailingMapping(a=1),
    "OrderedDict": collections.OrderedDict(odd=1),
    "set": {1, 2},
    "frozenset": frozenset({"a"}),
    "range": range(3),
    "deque": collections.deque([1]),
    "generator": New(lambda: (it for it in (1, 2))),
    "endless iterator": New(itertools.count),
    "iterator that fails": New(lambda: map(int, ["odd"])),
    "named tuple": Pair(5, "acmecorp"),
    "dataclass": Record(),
    "namespace": types.SimpleNamespace(id=5),
    # Times
    "date": datetime.date(2019, 2, 1),
    "naive datetime": datetime.datetime(2019, 2, 1),
    "aware datetime": datetime.datetime(2019, 2, 1, tzinfo=UTC),
    "datetime with a zone": datetime.datetime(2019, 2, 1, tzinfo=BERLIN),
    "last datetime": datetime.datetime.max.replace(tzinfo=datetime.timezone(-datetime.timedelta(hours=23))),
    "first datetime": datetime.datetime.min.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=23))),
    "datetime whose zone fails": datetime.datetime(2019, 2, 1, tzinfo=FailingZone()),
    "time of day": datetime.time(12),
    "timedelta": datetime.timedelta(seconds=5),
    "negative timedelta": datetime.timedelta(days=-1),
    "largest timedelta": datetime.timedelta.max,
    "zone": UTC,
    "period": Period.month("2019-02"),
    # Other objects
    "path": pathlib.PurePosixPath("/odd"),
    "path that fails": FailingPath(),
    "UUID": uuid.UUID(int=5),
    "object": object(),
    "class": int,
    "function": len,
    "lambda": lambda: None,
    "partial": functools.partial(int, 5),
    "module": types,
    "enum": Plain.ONE,
    "flag": Flag.ON,
    "exception": ValueError("odd"),
    "error of the SDK": InvalidRequestError("odd"),
    "pattern": re.compile("odd"),
    "lock": threading.Lock(),
    "weak reference": weakref.ref(Record),
    "type hint": dict[str, int],
    "not given": NOT_GIVEN,
    "object whose methods fail": Fails(),
    "object whose attributes fail": Hostile(),
}

EXACT: dict[str, Any] = {
    "int subclass": 5,
    "IntEnum": 5,
    "__index__": 5,
    "str subclass": "odd",
    "str enum": "red",
    "failing __str__ of a string": "odd",
}
"""The value that an odd value stands for, if it stands for one."""


ODD_EQUALITY = ("object whose methods fail", "np.array", "pd.NA", "pd.Series", "pd.DataFrame")
"""The values that implement `==` themselves, for a comparison with anything."""


def add_numpy() -> None:
    """Adds the scalars of NumPy and pandas."""
    import numpy as np
    import pandas as pd  # type: ignore[import-untyped,unused-ignore]

    ODD.update(
        {
            "np.int64": np.int64(5),
            "np.uint64": np.uint64(2**64 - 1),
            "np.float64": np.float64(0.5),
            "np.float32": np.float32(0.5),
            "np.float64 nan": np.float64("nan"),
            "np.longdouble": np.longdouble(0.5),
            "np.complex64": np.complex64(5),
            "np.True_": np.True_,
            "np.str_": np.str_("odd"),
            "np.bytes_": np.bytes_(b"odd"),
            "np.datetime64": np.datetime64("2019-02-01"),
            "np.timedelta64": np.timedelta64(5, "s"),
            "np.array of no dimension": np.array(5),
            "np.array": np.array([5]),
            "pd.Timestamp": pd.Timestamp("2019-02-01", tz="UTC"),
            "pd.Timestamp without a zone": pd.Timestamp("2019-02-01"),
            "pd.Timestamp with nanoseconds": pd.Timestamp("2019-02-01T00:00:00.000000001Z"),
            "pd.Timedelta": pd.Timedelta(seconds=5),
            "pd.NaT": pd.NaT,
            "pd.NA": pd.NA,
            "pd.Series": pd.Series([5]),
            "pd.DataFrame": pd.DataFrame({"id": [5]}),
        }
    )
    EXACT.update(
        {
            "np.int64": 5,
            "np.float64": 0.5,
            "np.float32": 0.5,
            "np.True_": True,
            "np.str_": "odd",
            "np.array of no dimension": 5,
            "pd.Timestamp": datetime.datetime(2019, 2, 1, tzinfo=UTC),
            "pd.Timedelta": datetime.timedelta(seconds=5),
        }
    )
