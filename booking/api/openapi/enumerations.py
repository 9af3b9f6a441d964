"""Enumerations of the OpenAPI document."""

NULL = "NullEnum"
REFERENCE = {"$ref": f"#/components/schemas/{NULL}"}


def inline_null(result, generator, request, public):
    """Write null as a type. An enumeration of null alone has no use in a client."""
    del result["components"]["schemas"][NULL]
    return _replace(result)


def _replace(part):
    if part == REFERENCE:
        return {"type": "null"}
    if isinstance(part, dict):
        return {name: _replace(value) for name, value in part.items()}
    return [_replace(one) for one in part] if isinstance(part, list) else part
