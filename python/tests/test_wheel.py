"""The wheel as its users install it: type checkers accept it, and its stubs describe what is there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import ROOT

PYTHON = ROOT / "python"
TYPING = PYTHON / "tests" / "typing"
SITE_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"


def run(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> str:
    environment = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # As `maturin develop` builds it, so that nothing is compiled again.
    build = (sys.executable, "-m", "maturin", "build", "--quiet", "--profile", "dev", "--out", str(folder))
    run(*build, cwd=PYTHON)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment in which only the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / Path(sys.executable).name
    packages = run(str(python), "-c", SITE_PACKAGES, cwd=folder).strip()
    zipfile.ZipFile(wheel).extractall(packages)
    return python


def test_one_wheel_is_for_all_versions(wheel: Path) -> None:
    assert "-cp310-abi3-" in wheel.name
    names = zipfile.ZipFile(wheel).namelist()
    for name in ("py.typed", "_native.pyi", "_pyinstaller/hook-crankwheel.py", "sandbox/__init__.py"):
        assert f"crankwheel/{name}" in names
    assert not [name for name in names if "tests/" in name or "examples/" in name]


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_mypy_accepts_correct_code(installed: Path, tmp_path: Path, version: str) -> None:
    code = (TYPING / "good.py").read_text(encoding="utf-8")
    (tmp_path / "good.py").write_text(code, encoding="utf-8")
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed))
    run(*mypy, "--python-version", version, "--config-file=", "good.py", cwd=tmp_path)


def test_pyright_accepts_correct_code(installed: Path, tmp_path: Path) -> None:
    code = (TYPING / "good.py").read_text(encoding="utf-8")
    (tmp_path / "good.py").write_text(code, encoding="utf-8")
    settings = '{"typeCheckingMode": "strict", "include": ["good.py"]}'
    (tmp_path / "pyrightconfig.json").write_text(settings, encoding="utf-8")
    run(sys.executable, "-m", "basedpyright", "--pythonpath", str(installed), cwd=tmp_path)


def test_the_stubs_describe_what_is_there(installed: Path, tmp_path: Path) -> None:
    packages = run(str(installed), "-c", SITE_PACKAGES, cwd=tmp_path).strip()
    stubtest = (sys.executable, "-m", "mypy.stubtest", "crankwheel", "--concise", "--ignore-positional-only")
    allowed = ("--allowlist", str(TYPING / "stubtest.txt"))
    # Ahead of the checkout's own package.
    run(*stubtest, *allowed, cwd=tmp_path, environment={"PYTHONPATH": packages})
