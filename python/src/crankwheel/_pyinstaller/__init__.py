"""Support for PyInstaller, which finds this folder by the entry point `pyinstaller40`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os


def hook_dirs() -> list[str | os.PathLike[str]]:
    """Returns the folders with hooks."""
    return list(__path__)
