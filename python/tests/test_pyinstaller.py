"""The hook for PyInstaller names every module that only the compiled part imports."""

from __future__ import annotations

import importlib
import re
import runpy
from importlib.metadata import entry_points
from pathlib import Path

from .conftest import ROOT

IMPORTS = re.compile(r'\bimport\((?:[a-z.]*py(?:\(\))?, )?"([a-z_.]+)"')


def hook() -> list[str]:
    (entry,) = [
        point for point in entry_points(group="pyinstaller40") if point.value.startswith("crankwheel.")
    ]
    (folder,) = entry.load()()
    hidden: list[str] = runpy.run_path(str(Path(folder) / "hook-crankwheel.py"))["hiddenimports"]
    return hidden


def test_the_modules_that_native_code_imports_are_named() -> None:
    sources = (ROOT / "bindings" / "python" / "src").rglob("*.rs")
    imported = {name for source in sources for name in IMPORTS.findall(source.read_text(encoding="utf-8"))}
    assert {"asyncio", "crankwheel._pydantic", "json", "logging", "weakref"} <= imported
    # Python always has these.
    assert imported - {"sys", "builtins", "crankwheel._native"} <= set(hook())


def test_the_modules_that_are_imported_by_name_are_named() -> None:
    lazy = (ROOT / "python" / "src" / "crankwheel" / "_lazy.py").read_text(encoding="utf-8")
    names = re.findall(r'Lazy\("([a-z_.]+)"\)', lazy)
    assert names
    # PyInstaller's own programs import `os`.
    assert set(names) - {"os"} <= set(hook())


def test_the_named_modules_exist() -> None:
    for name in hook():
        importlib.import_module(name)
