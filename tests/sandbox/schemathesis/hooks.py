"""What schemathesis has to know beside the contract; loaded through `SCHEMATHESIS_HOOKS`.

The contract says in extensions what a schema cannot: forms of timestamps that a strict `date-time` check refuses,
and integers that are read as text, too. Here both become plain schema.
"""

import schemathesis


def soften(node):
    """Applies `x-wire-forms` and `x-also-accepts`, all the way down."""
    if isinstance(node, list):
        for item in node:
            soften(item)
    elif isinstance(node, dict):
        if "x-wire-forms" in node:
            node.pop("format", None)
        if "x-also-accepts" in node and "type" in node:
            types = node["type"] if isinstance(node["type"], list) else [node["type"]]
            node["type"] = [*types, "string"]
        for item in node.values():
            soften(item)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    soften(raw_schema["components"]["schemas"])


@schemathesis.check
def refusals_name_a_field(ctx, response, case):
    """A 400 for what fits the schema says which field breaks a rule that the schema cannot say."""
    if response.status_code != 400 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    errors = response.json()["errors"]
    if not errors or "detail" in errors:
        raise AssertionError(f"a 400 that names no field: {response.text}")
