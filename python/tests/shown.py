"""Writes printed and pickled forms of the package's objects to files, to be searched for secrets.

It does so only if ``CRANKWHEEL_KEEP_SHOWN`` in the environment names a folder. It writes every error
(as a string, as a pickle, with its attributes), every pickle, every log record, and the results of
the conformance cases.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
from pathlib import Path
from typing import Any

from crankwheel import CrankWheelError

FOLDER = os.environ.get("CRANKWHEEL_KEEP_SHOWN")


def keep(name: str, *shown: str | bytes) -> None:
    """Appends to a file of the folder."""
    if FOLDER is None:
        return
    with (Path(FOLDER) / f"python-{name}").open("ab") as file:
        for one in shown:
            file.write(one.encode(errors="replace") if isinstance(one, str) else one)
            file.write(b"\n")


def keep_result(value: Any) -> None:
    """Keeps the forms of a result: printed, formatted for a notebook, converted, pickled."""
    if FOLDER is None:
        return
    keep("results.txt", repr(value), str(value))
    for name in ("_repr_html_", "_repr_markdown_", "to_dict", "to_list"):
        if hasattr(value, name):
            keep("results.txt", str(getattr(value, name)()))
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        pickle.dumps(value)


class Handler(logging.Handler):
    """A handler that keeps records with all their fields."""

    def emit(self, record: logging.LogRecord) -> None:
        keep("log.txt", self.format(record), repr(vars(record)))


def start() -> None:
    """Starts to keep log records, pickles and errors."""
    if FOLDER is None:
        return
    handler = Handler(logging.DEBUG)
    logging.getLogger("crankwheel").addHandler(handler)
    logging.getLogger("crankwheel").setLevel(logging.DEBUG)

    dumps = pickle.dumps

    def kept_dumps(*args: Any, **kwargs: Any) -> bytes:
        pickled = dumps(*args, **kwargs)
        keep("pickles.bin", pickled)
        return pickled

    pickle.dumps = kept_dumps
    init = CrankWheelError.__init__

    def kept_init(error: CrankWheelError, *args: Any, **kwargs: Any) -> None:
        init(error, *args, **kwargs)
        keep("errors.txt", str(error), repr(error), repr(vars(error)), dumps(error))

    CrankWheelError.__init__ = kept_init  # type: ignore[assignment, method-assign]
