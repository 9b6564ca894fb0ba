"""The API in its own words: OpenAPI 3.1, made of the rows of `operations` and of the types they name.

https://spec.openapis.org/oas/v3.1.1.html
"""

from inspect import cleandoc

from msgspec import json

from pellucid import __version__
from pellucid.api.asked import every_name
from pellucid.api.guide import TOKENS, paragraphs
from pellucid.api.native import EXPORTS
from pellucid.api.operations import OPERATIONS, Operation, Parameter
from pellucid.api.problem import MEDIA_TYPE, ROOT, Kind, Told
from pellucid.report.dimensions import FAMILIES

PATH = "/openapi.json"
_REFERENCE = "#/components/schemas/{name}"
_DESCRIPTION = f"""Questions to the reports, answered from what is stored now. Whatever is not answered is a problem as
RFC 9457 has it, and its `type` is an address that tells what to do.

{paragraphs()}"""

Document = dict[str, object]


def document() -> Document:
    """Return the description."""
    types = [kind for operation in OPERATIONS for kind in (operation.answer, operation.body) if kind]
    _, schemas = json.schema_components([*types, Told], ref_template=_REFERENCE)
    metrics, dimensions = every_name()
    families = [
        {"type": "string", "pattern": f"^{pattern}$", "description": meaning} for pattern, meaning in FAMILIES.items()
    ]
    names: Document = {
        "MetricName": {"description": f"{ROOT}/metrics says what each means.", "enum": list(metrics)},
        "DimensionName": {
            "description": f"{ROOT}/dimensions says what each means.",
            "anyOf": [{"enum": list(dimensions)}, *families],
        },
        "ColumnName": {"anyOf": [{"enum": sorted({*metrics, *dimensions})}, *families]},
    }
    paths: dict[str, Document] = {PATH: {"get": _of_itself()}}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pellucid",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {name: _readable(schema) for name, schema in schemas.items()} | names,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": TOKENS}},
        },
    }


def _readable(schema: Document) -> Document:
    """Return a schema with its description as it is meant to be read: taken from a docstring, it is indented."""
    return schema | {"description": cleandoc(str(schema["description"]))} if "description" in schema else schema


def _operation(operation: Operation) -> Document:
    told: Document = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {
            "200": {"description": operation.summary, "content": _contents(operation)},
            **{str(kind.status): _problem(kind) for kind in operation.problems},
        },
    }
    if operation.body:
        content = {"schema": _named(operation.body.__name__), "example": operation.example}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    if operation.public:
        told["security"] = []
    return told


def _contents(operation: Operation) -> Document:
    contents: Document = {"application/json": {"schema": _named(operation.answer.__name__)}}
    if operation.exports:
        as_text: Document = {"schema": {"type": "string"}}
        kinds = (media_type.partition(";")[0] for media_type, _ in EXPORTS.values())
        contents |= {kind: as_text if kind.startswith("text/") else {} for kind in kinds}
    return contents


def _parameter(parameter: Parameter) -> Document:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.meaning,
        "schema": json.schema(parameter.kind),
    }


def _problem(kind: Kind) -> Document:
    return {"description": kind.title, "content": {MEDIA_TYPE: {"schema": _named(Told.__name__)}}}


def _named(name: str) -> Document:
    return {"$ref": _REFERENCE.format(name=name)}


def _of_itself() -> Document:
    return {
        "operationId": "openapi",
        "summary": "This description",
        "security": [],
        "responses": {
            "200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}},
        },
    }
