"""The modules that PyInstaller cannot see: the compiled part imports them, or they are imported by name."""

from __future__ import annotations

hiddenimports = [
    "_collections_abc",
    "asyncio",
    "atexit",
    "collections",
    "collections.abc",
    "contextvars",
    "crankwheel._errors",
    "crankwheel._factories",
    "crankwheel._pydantic",
    "crankwheel._tables",
    "crankwheel.types",
    "datetime",
    "decimal",
    "json",
    "logging",
    "types",
    "typing",
    "threading",
    "weakref",
    "zoneinfo",
]
