"""Compares names, types and nullability with the contract (crates/crankwheel/openapi.json)."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

import pytest

import crankwheel
from crankwheel import _native

from .conftest import CONTRACT_FILE, ROOT

CONTRACT: dict[str, Any] = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
STUB = ast.parse((ROOT / "python" / "src" / "crankwheel" / "_native.pyi").read_text(encoding="utf-8"))

INPUTS = {"ClientFields", "CreateClient", "SettingsFields", "UpdateClient", "UpdateSettings"}
CHOICES = {name for name, schema in SCHEMAS.items() if "enum" in schema}
MODELS = sorted(set(SCHEMAS) - INPUTS - CHOICES - {"ErrorBody", "LoginLink"})
OF_THE_SDK = {"extra", "wire_text"}
# Attributes that the SDK adds to rows of the usage history.
ADDED = {"Session": {"client_id"}, "UserStats": {"client_id"}}


def stub_attributes(name: str) -> dict[str, str]:
    """Returns the properties of a class in the stub, with their types as strings."""
    body = next(node.body for node in STUB.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        node.name: ast.unparse(node.returns)
        for node in body
        if isinstance(node, ast.FunctionDef) and node.returns is not None and is_property(node)
    }


def is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "property" for mark in node.decorator_list)


def contract_attributes(name: str) -> dict[str, str]:
    """Returns the attributes that the class must have according to the contract."""
    schema = SCHEMAS[name]
    required = set(schema.get("required", []))
    found: dict[str, str] = {}
    if "x-sdk-key" in schema:
        found[schema["x-sdk-key"]["name"]] = annotation(schema["x-sdk-key"])
    for field, described in schema["properties"].items():
        if described.get("x-sdk-flattened"):
            for inner in described["properties"].values():
                found[inner["x-sdk-attribute"]] = annotation(inner)
            continue
        kind = annotation(described)
        # A field that can be absent can be None.
        optional = field not in required and not kind.endswith(" | None")
        found[described.get("x-sdk-attribute", field)] = f"{kind} | None" if optional else kind
    for described in schema["properties"].values():
        for alias in described.get("x-wire-aliases", []):
            del found[alias]
    return found


def annotation(described: dict[str, Any]) -> str:
    """A Python type for a schema."""
    if "allOf" in described:
        (described,) = described["allOf"]
    if "$ref" in described:
        return str(described["$ref"]).rsplit("/", 1)[-1]
    nullable = " | None" if described.get("nullable") else ""
    kind = described.get("x-sdk-type") or described["type"]
    if kind == "date-time" or described.get("format") == "date-time":
        return f"datetime{nullable}"
    if kind == "array":
        row = described.get("x-sdk-items") or annotation(described["items"])
        return f"{row}List{nullable}"
    if kind == "object":
        return f"dict[str, {annotation(described['additionalProperties'])}]{nullable}"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}[kind] + nullable


def request_fields(name: str) -> set[str]:
    """The names that a request body can have, those of its parts included."""
    if name not in SCHEMAS:
        return set()
    fields: set[str] = set()
    for part in SCHEMAS[name].get("allOf", [SCHEMAS[name]]):
        fields |= set(part.get("properties", {})) | request_fields(
            str(part.get("$ref", "")).rsplit("/", 1)[-1]
        )
    return fields


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_what_the_contract_says(name: str) -> None:
    own = OF_THE_SDK | ADDED.get(name, set())
    stub = {field: kind for field, kind in stub_attributes(name).items() if field not in own}
    assert stub == contract_attributes(name)


@pytest.mark.parametrize("name", [*MODELS, "LoginLink"])
def test_a_class_has_what_its_stub_says(name: str) -> None:
    kind = getattr(crankwheel, name)
    real = {field for field, value in vars(kind).items() if inspect.isgetsetdescriptor(value)}
    assert real == set(stub_attributes(name))
    assert kind.__doc__
    assert all(getattr(kind, field).__doc__ for field in real)


def test_login_links() -> None:
    schema = SCHEMAS["LoginLink"]
    assert list(schema["properties"]) == ["login_url"]
    assert set(schema["x-sdk-derived"]) <= set(stub_attributes("LoginLink")) | {"url"}


@pytest.mark.parametrize(
    ("method", "schema"),
    [("create", "CreateClient"), ("get_or_create", "CreateClient"), ("update", "UpdateClient")],
)
def test_the_fields_that_can_be_sent(method: str, schema: str) -> None:
    for kind in (crankwheel.Clients, crankwheel.AsyncClients):
        parameters = inspect.signature(getattr(kind, method)).parameters
        fields = {name for name, value in parameters.items() if value.kind is value.KEYWORD_ONLY}
        assert fields - OF_THE_SDK == request_fields(schema)


def test_errors_are_those_of_the_contract() -> None:
    for name, response in CONTRACT["components"]["responses"].items():
        error = getattr(crankwheel, response["x-sdk-error"])
        assert issubclass(error, crankwheel.APIStatusError), name


def test_the_stub_and_the_module_have_the_same_names() -> None:
    declared = {
        node.name
        for node in STUB.body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
    }
    real = {name for name in vars(_native) if not name.startswith("_")}
    assert declared == real
    for node in STUB.body:
        if isinstance(node, ast.ClassDef) and node.name in real:
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    assert hasattr(getattr(_native, node.name), member.name), f"{node.name}.{member.name}"


def test_everything_public_is_exported() -> None:
    assert sorted(crankwheel.__all__) == sorted(set(crankwheel.__all__))
    for name in crankwheel.__all__:
        assert hasattr(crankwheel, name)
    for name in (*MODELS, "LoginLink"):
        assert name in crankwheel.__all__
        assert getattr(crankwheel, name).__module__ == "crankwheel"
