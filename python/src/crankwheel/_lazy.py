"""Modules that annotations name, imported when the first annotation is evaluated.

Importing them would take longer than importing the package. `typing.get_type_hints` and
`inspect.signature` evaluate an annotation such as `types.Moment` in the globals of its function,
so these names are objects at run time, too.
"""

from __future__ import annotations

# For `False`, jedi would ignore the block (see `_resource.py`).
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    import datetime
    import os
    import types as builtin_types
    import typing
    from collections import abc

    from . import types
else:

    class Lazy:
        """A module that is imported by the first access to one of its names."""

        __slots__ = ("_name",)

        def __init__(self, name):
            self._name = name

        def __getattr__(self, name):
            # Tools that look at all globals of a module ask for such names.
            if name.startswith("__"):
                raise AttributeError(name)
            import importlib

            return getattr(importlib.import_module(self._name), name)

        def __repr__(self):
            return f"<module {self._name!r}, imported on first use>"

    abc = Lazy("collections.abc")
    builtin_types = Lazy("types")
    datetime = Lazy("datetime")
    os = Lazy("os")
    types = Lazy("crankwheel.types")
    typing = Lazy("typing")

__all__ = ["abc", "builtin_types", "datetime", "os", "types", "typing"]
