"""Sub-interpreters are refused: the package's objects are shared within a process."""

from __future__ import annotations

import subprocess
import sys

import pytest

HELP = """
import sys

if sys.version_info >= (3, 13):
    import _interpreters as interpreters
else:
    import _xxsubinterpreters as interpreters

USE = "from crankwheel import CrankWheel; CrankWheel('test-key-1234').dry_run.clients.list()"


def sub_interpreter(kind):
    if sys.version_info >= (3, 13):
        return interpreters.create(kind)
    return interpreters.create(isolated=kind == "isolated")


def run(number, code):
    '''Runs code in an interpreter and returns the error's message.'''
    if sys.version_info < (3, 13):
        try:
            interpreters.run_string(number, code)
        except interpreters.RunFailedError as error:
            return str(error)
        return "none"
    error = interpreters.exec(number, code)
    return "none" if error is None else f"{error.type.__name__}: {error.msg}"
"""
REFUSED = "one interpreter of a process can use the package"


def python(code: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", HELP + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["legacy", "isolated"])
def test_a_sub_interpreter_is_refused_after_the_main_interpreter(kind: str) -> None:
    shown = python(
        f"exec(USE)\nprint(run(sub_interpreter({kind!r}), USE))\nexec(USE)\nprint('main still works')"
    )
    assert "ImportError" in shown
    # Python 3.12 and later refuse an interpreter with its own lock with a message of their own.
    own = kind == "isolated" and sys.version_info >= (3, 12)
    assert ("subinterpreters" if own else REFUSED) in shown
    assert "main still works" in shown


def test_two_sub_interpreters_do_not_share_objects() -> None:
    shown = python("for _ in range(2): print(run(sub_interpreter('legacy'), USE))")
    first, second = shown.splitlines()[0], "\n".join(shown.splitlines()[1:])
    assert first == "none"
    assert REFUSED in second


def test_the_main_interpreter_is_refused_after_a_sub_interpreter() -> None:
    shown = python(
        "assert run(sub_interpreter('legacy'), USE) == 'none'\n"
        "try: exec(USE)\nexcept ImportError as error: print(error)"
    )
    assert REFUSED in shown
    assert "WSGIApplicationGroup %{GLOBAL}" in shown


def test_one_interpreter_can_import_the_package_again() -> None:
    again = (
        "for name in [name for name in sys.modules if name.startswith('crankwheel')]: del sys.modules[name]"
    )
    assert python(f"exec(USE)\n{again}\nexec(USE)\nprint('again')") == "again\n"
