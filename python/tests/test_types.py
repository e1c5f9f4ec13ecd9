"""Type checkers accept correct code and find every mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "typing"
PROJECT = FOLDER.parents[1]


def complaints(file: str) -> tuple[set[int], str]:
    """Returns the lines of a file with errors by mypy, and its report."""
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--config-file=",
        str(FOLDER / file),
    ]
    done = subprocess.run(mypy, cwd=PROJECT, capture_output=True, text=True)
    report = done.stdout + done.stderr
    lines = {int(found) for found in re.findall(rf"{file}:(\d+): error", report)}
    # An error in the package itself is a failure, too.
    assert not [line for line in report.splitlines() if " error: " in line and file not in line], report
    return lines, report


def marked(file: str) -> set[int]:
    text = (FOLDER / file).read_text(encoding="utf-8")
    return {number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# wrong")}


def test_correct_code_passes() -> None:
    pytest.importorskip("mypy")
    lines, report = complaints("good.py")
    assert not lines, report


def test_every_mistake_is_found() -> None:
    pytest.importorskip("mypy")
    lines, report = complaints("bad.py")
    assert marked("bad.py")
    assert lines == marked("bad.py"), report


def test_pyright_finds_the_same_mistakes() -> None:
    pytest.importorskip("basedpyright")
    files = ["src", "tests/typing/good.py", "tests/typing/bad.py"]
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, *files]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    errors = re.findall(r"(\S+\.pyi?):(\d+):\d+ - error", done.stdout)
    assert {file for file, _ in errors} == {str(FOLDER / "bad.py")}, done.stdout + done.stderr
    assert marked("bad.py") <= {int(line) for _, line in errors}, done.stdout
