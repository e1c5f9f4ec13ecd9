"""The generators: how each makes a client from the contract, and how that client's scenario is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONTRACT = ROOT / "crates" / "crankwheel" / "openapi.json"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
WORK = TARGET / "contract"
BIN = WORK / "venv" / ("Scripts" if os.name == "nt" else "bin")
NODE_MODULES = WORK / "node" / "node_modules"
TSC = "--strict --target es2022 --lib es2022,dom --module commonjs --moduleResolution node10"

Command = list[str | Path]


class Client:
    """A generated client. A subclass makes it in `self.folder`, and names the program that runs its scenario."""

    name: str
    # Whether it can send null, which is not the same as leaving a field out.
    can_unset = True

    def __init__(self) -> None:
        self.folder = WORK / "clients" / self.name
        self.environment: dict[str, str] = {}

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def make(self) -> None:
        """Generates and compiles it."""

    def command(self) -> Command:
        """The program that runs the scenario with it."""
        raise NotImplementedError

    def generate(self, generator: str, *options: str) -> None:
        """Runs openapi-generator."""
        command: Command = [BIN / "openapi-generator-cli", "generate", "--generator-name", generator]
        run(*command, "--input-spec", CONTRACT, "--output", self.folder / "generated", *options)

    def compile_typescript(self) -> None:
        shutil.copy(HERE / "clients" / f"{self.name}.ts", self.folder)
        (self.folder / "node_modules").symlink_to(NODE_MODULES, target_is_directory=True)
        options = [*TSC.split(), "--types", "node", "--skipLibCheck", "--outDir", "out"]
        run(NODE_MODULES / ".bin" / "tsc", *options, f"{self.name}.ts", folder=self.folder)


class PlainHttp(Client):
    """No generated client: what the others are compared with."""

    name = "plain_http"

    def command(self) -> Command:
        return [sys.executable, HERE / "clients" / "plain_http.py"]


class OpenapiGeneratorPython(Client):
    name = "openapi_generator_python"

    def make(self) -> None:
        self.generate("python")
        self.environment["PYTHONPATH"] = str(self.folder / "generated")

    def command(self) -> Command:
        return [BIN / "python", HERE / "clients" / f"{self.name}.py"]


class OpenapiGeneratorTypescriptFetch(Client):
    name = "openapi_generator_typescript_fetch"

    def make(self) -> None:
        self.generate("typescript-fetch")
        self.compile_typescript()

    def command(self) -> Command:
        return ["node", self.folder / "out" / f"{self.name}.js"]


class OpenapiGeneratorJava(Client):
    name = "openapi_generator_java"
    # The type for it is in a package that only Maven's registry has.
    can_unset = False

    def make(self) -> None:
        self.generate("java", "--library", "native", "--additional-properties", "openApiNullable=false")
        sources = [*(self.folder / "generated" / "src" / "main").rglob("*.java")]
        sources += (HERE / "clients" / self.name).glob("*.java")
        options: Command = ["-nowarn", "-encoding", "UTF-8", "-d", self.folder / "classes"]
        run("javac", *options, "-classpath", archive(), *sources)

    def command(self) -> Command:
        path = f"{self.folder / 'classes'}{os.pathsep}{archive()}"
        return ["java", "-classpath", path, "Main"]


def archive() -> Path:
    """The generator's own archive, which holds the packages that the generated Java client needs."""
    (found,) = (WORK / "venv").glob("**/openapi_generator_cli/openapi-generator.jar")
    return found


class OpenapiPythonClient(Client):
    name = "openapi_python_client"

    def make(self) -> None:
        command: Command = [BIN / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
        config = HERE / "clients" / f"{self.name}.yaml"
        output = self.folder / "generated"
        run(*command, "--config", config, "--path", CONTRACT, "--output-path", output)
        self.environment["PYTHONPATH"] = str(self.folder)

    def command(self) -> Command:
        return [BIN / "python", HERE / "clients" / f"{self.name}.py"]


class OpenapiFetch(Client):
    name = "openapi_fetch"

    def make(self) -> None:
        schema = self.folder / "generated" / "schema.ts"
        run(NODE_MODULES / ".bin" / "openapi-typescript", CONTRACT, "--output", schema)
        self.compile_typescript()

    def command(self) -> Command:
        return ["node", self.folder / "out" / f"{self.name}.js"]


class Progenitor(Client):
    name = "progenitor"
    # An optional and a nullable member have the same type in its clients.
    can_unset = False

    def clear(self) -> None:
        """Keeps the compiled dependencies."""

    def make(self) -> None:
        manifest = HERE / "clients" / self.name / "Cargo.toml"
        variables = {"CONTRACT": str(CONTRACT), "CARGO_TARGET_DIR": str(self.folder)}
        run("cargo", "build", "--quiet", "--locked", "--manifest-path", manifest, variables=variables)

    def command(self) -> Command:
        return [self.folder / "debug" / "contract-progenitor"]


CLIENTS: list[type[Client]] = [
    OpenapiGeneratorPython,
    OpenapiGeneratorTypescriptFetch,
    OpenapiGeneratorJava,
    OpenapiPythonClient,
    OpenapiFetch,
    Progenitor,
]


class MakeError(Exception):
    """A generator or a compiler failed."""


def run(*command: str | Path, folder: Path = ROOT, variables: dict[str, str] | None = None) -> None:
    """Runs a program; what it prints is shown only if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=os.environ | (variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise MakeError(f"{done.stdout}\n{command[0]} failed ({done.returncode})")
