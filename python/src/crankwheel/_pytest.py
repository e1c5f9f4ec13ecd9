"""The pytest plugin: the fixture `crankwheel_sandbox`. pytest loads it if the package is installed.

The sandbox is imported only for tests that use the fixture: it costs other tests nothing.
"""

from __future__ import annotations

import pytest

from ._lazy import abc

# For `False`, jedi would ignore the block (see `_resource.py`).
TYPE_CHECKING = bool()  # noqa: UP018
if TYPE_CHECKING:
    from .sandbox import Sandbox

MARK = "crankwheel_sandbox"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARK}(clients=0, now=None, ...): options of the sandbox that the fixture of this name starts",
    )


@pytest.fixture
def crankwheel_sandbox(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> abc.Iterator[Sandbox]:
    """The CrankWheel reseller API in memory, new for each test.

    The environment variables name it, so code under test that creates its own ``CrankWheel()``
    uses it. The mark ``@pytest.mark.crankwheel_sandbox(clients=20)`` sets options of ``Sandbox``.
    """
    from .sandbox import Sandbox

    # The mark nearest to the test has precedence.
    options: dict[str, object] = {}
    for mark in reversed(list(request.node.iter_markers(MARK))):
        options.update(mark.kwargs)
    with Sandbox(**options) as sandbox:  # type: ignore[arg-type]
        monkeypatch.setenv("CRANKWHEEL_API_KEY", sandbox.api_key)
        monkeypatch.setenv("CRANKWHEEL_BASE_URL", sandbox.url)
        yield sandbox
