"""Runs the wheel with all versions of CPython and with other packages, by exact version.

Compares the table in python/README.md with the versions that it ran, but for the interpreters: those
are the machine's. Arguments: the work folder;
`--write` writes the table; other words select the rows whose names contain one of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from interpreters import FREE_THREADED, VERSIONS, find

HERE = Path(__file__).parent
PACKAGE = HERE.parents[2] / "python"
README = PACKAGE / "README.md"
BEGIN = "<!-- compatibility (written by `cargo xtask compatibility`; do not edit) -->\n"
END = "<!-- end of compatibility -->"
# Tests in separate rows, and tests of the wheel's files: the version makes no difference to them.
ELSEWHERE = ("frameworks", "other_loops", "pyinstaller", "types", "wheel")
AT_LENGTH = ("chaos", "leaks")
# Used by the tests if installed; some have no wheels for some versions.
TOOLS = (
    *("beartype", "duckdb", "fastapi", "great_tables", "httpx", "itables", "jedi", "opentelemetry-sdk"),
    *("pandas", "polars", "pyarrow", "pydantic", "tabulate", "typer"),
)


class Failed(Exception):
    """A program failed; the message has the end of its output."""


class Row(NamedTuple):
    name: str
    tested: str
    run: Callable[[], list[str]]
    """Fails, or returns the versions that it ran."""


def run(*command: str | Path, cwd: Path = HERE, environment: dict[str, str] | None = None) -> str:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CRANKWHEEL_", "PYTHON"))
    }
    variables = {**kept, "PYTHONUTF8": "1", **(environment or {})}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=variables, capture_output=True, encoding="utf-8", timeout=900)
    if done.returncode != 0:
        end = "\n".join((done.stdout + done.stderr).splitlines()[-60:])
        raise Failed(f"{' '.join(words)}: exit code {done.returncode}\n{end}")
    return done.stdout


class Matrix:
    def __init__(self, work: Path) -> None:
        self.work = work
        self.wheels = work / "wheels"
        shutil.rmtree(self.wheels, ignore_errors=True)
        (self.wheel,) = self.build()
        self.environments: dict[str, Path] = {}

    def build(self, *arguments: str | Path) -> list[Path]:
        before = set(self.wheels.glob("*.whl"))
        maturin = (sys.executable, "-m", "maturin", "build", "--quiet", "--profile", "dev")
        run(*maturin, "--out", self.wheels, *arguments, cwd=PACKAGE, environment={"VIRTUAL_ENV": sys.prefix})
        return sorted(set(self.wheels.glob("*.whl")) - before)

    def environment(self, name: str, interpreter: Path, wheel: Path, *packages: str | Path) -> Path:
        """Creates an environment with the wheel and other packages; returns its interpreter."""
        folder = self.work / name
        python = folder / "bin" / "python"
        if not python.exists():
            run(interpreter, "-m", "venv", "--without-pip", folder)
        # The pip of this interpreter: older ones do not know the newest versions.
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
        run(*pip, "--disable-pip-version-check", *packages)
        run(*pip, "--disable-pip-version-check", "--no-deps", "--force-reinstall", wheel)
        return python

    def install_tools(self, python: Path) -> list[str]:
        """Installs the tools that have wheels for this version; returns the names of the others."""
        lines = (PACKAGE / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
        wanted = {name: line.split(" #")[0] for line in lines for name in TOOLS if line.startswith(name)}
        pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--only-binary=:all:")

        def install(*packages: str) -> bool:
            try:
                run(*pip, "--disable-pip-version-check", *packages)
            except Failed:
                return False
            return True

        if install(*wanted.values()):
            return []
        return [name for name, package in wanted.items() if not install(package)]

    def cpython(self) -> list[str]:
        versions, failures = [], []
        for name in VERSIONS:
            interpreter = self.find(name)
            try:
                versions += [self.version(name, interpreter, self.wheel)] if interpreter else []
            except Failed as error:
                failures.append(str(error))
        if failures:
            raise Failed("\n\n".join(failures))
        return versions

    def find(self, name: str) -> Path | None:
        interpreter = find(name, self.work)
        if interpreter is None:
            print(f"        python{name}: not run, there is none on this machine", flush=True)
        return interpreter

    def version(self, name: str, interpreter: Path, wheel: Path) -> str:
        python = self.environment(f"python{name}", interpreter, wheel, "pytest~=9.0")
        output = run(python, HERE / "work.py", cwd=self.work)
        if output.splitlines()[-1:] != ["ok"]:
            raise Failed(f"python{name}: expected ok, found {output!r}")
        missing = self.install_tools(python)
        skipped = [f"--ignore=tests/test_{one}.py" for one in (*ELSEWHERE, *AT_LENGTH)]
        output = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *skipped, "tests", cwd=PACKAGE)
        without = f", without {', '.join(missing)}" if missing else ""
        print(f"        python{name}: {output.splitlines()[-1]}{without}", flush=True)
        return run(python, "-c", "import platform; print(platform.python_version())").strip()

    def free_threaded(self) -> list[str]:
        interpreter = self.find(FREE_THREADED)
        if interpreter is None:
            return []
        (wheel,) = self.build("--interpreter", interpreter)
        return [self.version(FREE_THREADED, interpreter, wheel)]

    def frameworks(self) -> Path:
        """The environment with the packages of requirements.txt, by their exact versions."""
        if "frameworks" not in self.environments:
            interpreter = find("3.12", self.work) or Path(sys.executable)
            requirements = ("--requirement", HERE / "requirements.txt")
            python = self.environment("frameworks", interpreter, self.wheel, *requirements)
            self.environments["frameworks"] = python
        return self.environments["frameworks"]

    def version_of(self, package: str) -> str:
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return run(self.frameworks(), "-c", code).strip()

    def tests(self, package: str, file: str, text: str) -> list[str]:
        tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", PACKAGE / "tests" / file, "-k", text)
        run(self.frameworks(), *tests, cwd=PACKAGE)
        return [self.version_of(package)]

    def mypy(self) -> list[str]:
        for version in VERSIONS:
            with tempfile.TemporaryDirectory() as folder:
                shutil.copy(PACKAGE / "tests" / "typing" / "good.py", folder)
                flags = ("--strict", "--config-file=", "--python-version", version)
                run(self.frameworks(), "-m", "mypy", *flags, "good.py", cwd=Path(folder))
        return [self.version_of("mypy")]

    def pyright(self) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(PACKAGE / "tests" / "typing" / "good.py", folder)
            settings = '{"typeCheckingMode": "strict", "include": ["good.py"]}'
            (Path(folder) / "pyrightconfig.json").write_text(settings, encoding="utf-8")
            python = self.frameworks()
            run(python, "-m", "basedpyright", "--pythonpath", python, cwd=Path(folder))
        return [self.version_of("basedpyright")]

    def pyinstaller(self) -> list[str]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            builder = (self.frameworks(), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR")
            run(*builder, "--distpath", "dist", "--workpath", "build", HERE / "program.py", cwd=folder)
            output = run(folder / "dist" / "program" / "program", cwd=folder)
            if output.splitlines()[-1:] != ["ok"]:
                raise Failed(f"the program: expected ok, found {output!r}")
        return [self.version_of("pyinstaller")]

    def rows(self) -> list[Row]:
        def tests(name: str, tested: str, file: str, text: str) -> Row:
            return Row(name, tested, lambda: self.tests(name.lower(), file, text))

        return [
            Row("CPython", "one wheel: the package's tests, threads, a fork", self.cpython),
            Row("CPython, free-threaded", "its own wheel: the same, without the lock", self.free_threaded),
            Row("mypy", "`--strict`, as Python 3.10 to 3.14", self.mypy),
            Row("basedpyright", "strict", self.pyright),
            tests("FastAPI", "the example", "test_frameworks.py", "fastapi"),
            tests("Django", "the example, synchronous and asynchronous", "test_frameworks.py", "django"),
            tests("Celery", "the example, forked workers", "test_frameworks.py", "celery"),
            tests("gunicorn", "the example, `--preload`", "test_frameworks.py", "gunicorn"),
            tests(
                "gevent", "greenlets, with and without monkey patching", "test_other_loops.py", "greenlets"
            ),
            tests("trio", "tasks", "test_other_loops.py", "trio"),
            Row("PyInstaller", "a program with asyncio and pydantic", self.pyinstaller),
        ]


def main() -> int:
    folder, *options = sys.argv[1:]
    selected = [option.lower() for option in options if not option.startswith("--")]
    work = Path(folder).resolve()
    work.mkdir(parents=True, exist_ok=True)
    table, failures = ["| Program | Versions | Tested |", "| --- | --- | --- |"], []
    for row in Matrix(work).rows():
        if selected and not any(text in row.name.lower() for text in selected):
            continue
        began = time.monotonic()
        try:
            versions = row.run()
        except Failed as error:
            failures.append(row.name)
            print(f"FAILED  {row.name}\n{error}\n", flush=True)
            continue
        if versions:
            table.append(f"| {row.name} | {', '.join(versions)} | {row.tested} |")
            print(f"ok      {row.name} {', '.join(versions)} ({time.monotonic() - began:.1f} s)", flush=True)
    if failures:
        print(f"{len(failures)} rows failed: {', '.join(failures)}")
        return 1
    return 0 if selected else compare("\n".join(table), write="--write" in options)


def compare(expected: str, write: bool) -> int:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    found, after = rest.split(END)
    if found.strip() == expected:
        return 0
    if not write:
        if pinned(found) == pinned(expected):
            return 0
        print(f"python/README.md has another table; `cargo xtask compatibility` writes it:\n\n{expected}")
        return 1
    README.write_text(f"{before}{BEGIN}\n{expected}\n\n{END}{after}", encoding="utf-8")
    print("The table in python/README.md is written.")
    return 0


def pinned(table: str) -> list[str]:
    """Returns the rows whose versions do not depend on the machine, as those of its interpreters do."""
    return [line for line in table.strip().splitlines() if not line.startswith("| CPython")]


if __name__ == "__main__":
    raise SystemExit(main())
