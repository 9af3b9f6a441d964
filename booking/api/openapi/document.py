"""The OpenAPI document, as it is sent: built once per process."""

import hashlib
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import orjson
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

# drf-spectacular's generator changes the views while it reads them, so two of them at once
# fail.
_building = Lock()


@dataclass(frozen=True)
class Document:
    content: bytes
    etag: str


def get_document(format: str) -> Document:
    """Return the document as `json` or `yaml`."""
    with _building:
        return _render(format)


def get_document_schemes() -> list[str]:
    """Return the names of the ways to sign in that the document has."""
    with _building:
        return list(_build()["components"]["securitySchemes"])


@cache
def _render(format):
    content = _dump(format, _build())
    return Document(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _dump(format: str, document: dict[str, Any]) -> bytes:
    if format == "json":
        return orjson.dumps(document)
    return OpenApiYamlRenderer().render(document)


@cache
def _build():
    return SchemaGenerator().get_schema(public=True)
