"""Rules for schemathesis beyond plain OpenAPI; loaded through `SCHEMATHESIS_HOOKS`.

The contract has rules in members whose names begin with `x-` if OpenAPI 3.0 cannot express them or generators of
clients do not support them. These hooks convert them to JSON Schema.
"""

import schemathesis

NOTHING = {"enum": [None, ""]}


def strengthen(node):
    """Converts the `x-` members of a part of the contract, at every depth."""
    if isinstance(node, list):
        for item in node:
            strengthen(item)
        return
    if not isinstance(node, dict):
        return
    for item in list(node.values()):
        strengthen(item)
    if "x-also-accepts" in node and "type" in node:
        node["type"] = [node["type"], "string"]
    if "x-any-of" in node:
        node["anyOf"] = node["x-any-of"]
    if "x-only-values" in node:
        node["enum"] = [*node["x-only-values"], None]
    if "properties" in node:
        add_dependencies(node)
    if "x-also-bodies" in node:
        for media_type in node["x-also-bodies"]:
            node["content"][media_type] = {"schema": {"type": "string"}}
    if node.get("x-documented"):
        media = node["content"]["application/json"]
        media["schema"] = {"allOf": [media["schema"], {"required": ["errors"]}]}
    if "in" in node and node.get("schema", {}).get("x-sdk-type") == "date-time":
        node["schema"] = {"type": "string", "format": "date-time"}


def add_dependencies(schema):
    """Rules that look at more than one property."""
    dependencies = {}
    for names in schema.get("x-both-or-neither", []):
        dependencies |= dict.fromkeys(names, names)
        kinds = ({"enum": [None]}, {"type": "string"})
        schema["anyOf"] = [{"properties": dict.fromkeys(names, kind)} for kind in kinds]
    for name, node in schema["properties"].items():
        if isinstance(node, dict) and "x-only-with" in node:
            others = {other: {"enum": [value]} for other, value in node["x-only-with"].items()}
            allowed = {"properties": others, "required": list(others)}
            dependencies[name] = {"anyOf": [{"properties": {name: NOTHING}}, allowed]}
    if dependencies:
        schema["dependencies"] = dependencies


@schemathesis.hook
def before_load_schema(context, raw_schema):
    strengthen(raw_schema["paths"])
    strengthen({name: part for name, part in raw_schema["components"].items() if name != "examples"})


@schemathesis.check
def refusals_name_a_field(ctx, response, case):
    """Checks that a 400 for a request that fits the schema names the field that breaks another rule."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    errors = response.json()["errors"]
    if not errors or "detail" in errors:
        raise AssertionError(f"a 400 that names no field: {response.text}")
