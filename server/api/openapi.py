"""The OpenAPI document, made from the routes that are served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

from . import quotas
from .problem import CONTENT_TYPE, Problem
from .route import Route

REFERENCE = "#/components/schemas/{model}"
PROSE = """\
What Dashwright's command line can do, over HTTP. Send a token as `Authorization: Bearer …`. Whatever goes wrong is
answered as a problem (RFC 9457) with a sentence for people and a code for programs.

Operations with `x-quota` use one of the caller's quota, and all of them one of a stranger's, where the operator has set
it: `RateLimit` and `RateLimit-Policy` tell of it, and 429 with `Retry-After` says that it is used up."""
QUOTA_HEADERS = {
    "RateLimit-Policy": {
        "description": "The quota of which this request used one, as in draft-ietf-httpapi-ratelimit-headers: `q` "
        "requests in `w` seconds. Only where there is one for the caller.",
        "schema": {"type": "string", "pattern": '^"[a-z]+";q=[0-9]+;w=[0-9]+$'},
    },
    "RateLimit": {
        "description": "What is left of it: `r` requests, and seconds `t` until there is more.",
        "schema": {"type": "string", "pattern": '^"[a-z]+";r=[0-9]+;t=[0-9]+$'},
    },
}
RETRY_AFTER = {"Retry-After": {"description": "In seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
HEADERS = QUOTA_HEADERS | RETRY_AFTER
ETAG = {"ETag": {"description": "Of the answer, for If-Match and If-None-Match.", "schema": {"type": "string"}}}


class Schema(GenerateJsonSchema):
    """An answer always has all its fields."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return True if self.mode == "serialization" else super().field_is_required(field, total)


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The document of these routes."""
    references, components = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dashwright",
            "version": version("dashwright"),
            "description": PROSE,
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in routes)],
        "security": [{"bearer": []}, {}],
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[dict[Any, Any], dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for route in routes:
        if route.body is not None:
            wanted.append((route.body, "validation"))
        if route.answer is not None and not route.stream:
            wanted.append((route.answer, "serialization"))
    references, rest = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REFERENCE, schema_generator=Schema)
    return references, rest["$defs"]


def _operation(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": {str(route.status): _success(route, references)},
    }
    if route.description:
        operation["description"] = " ".join(route.description.split())
    if route.action is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-action"] = str(route.action)
    if route.body is not None:
        schema = references[route.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.raw:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}}
        operation["requestBody"] = {"required": True, "content": content}
    problem = {CONTENT_TYPE: {"schema": references[Problem, "serialization"]}}
    for status in route.statuses:
        operation["responses"][str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            operation["responses"][str(status)]["headers"] = _named(HEADERS)
    if route.quota is not None:
        operation["x-quota"] = {
            "name": route.quota,
            "window": quotas.HOUR,
            "setting": quotas.variable_of(route.quota),
            "default": quotas.default_of(route.quota),
        }
    return operation


def _success(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.stream:
        success["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    elif route.media:
        binary = {"schema": {"type": "string", "format": "binary"}}
        success["content"] = dict.fromkeys(route.media, binary)
    elif route.answer is not None:
        success["content"] = {"application/json": {"schema": references[route.answer, "serialization"]}}
    headers = (ETAG if route.tagged else {}) | ({} if route.uncounted else _named(QUOTA_HEADERS))
    if headers:
        success["headers"] = headers
    return success


def _named(headers: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _path(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": TypeAdapter(kind).json_schema()}
        for name, kind in route.parameters.items()
    ]


def _query(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=REFERENCE, schema_generator=Schema)
    required = schema.get("required", ())
    found = []
    for name, field in schema["properties"].items():
        kept = {key: value for key, value in field.items() if key not in ("title", "description")}
        parameter = {"name": name, "in": "query", "required": name in required, "schema": _given(kept)}
        if "description" in field:
            parameter["description"] = field["description"]
        found.append(parameter)
    return found


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """A value of an address is text or left out, never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    if len(kinds) == 1:
        return {**rest, **kinds[0]}
    return {**rest, "anyOf": kinds} if kinds else rest


def _headers(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.guarded:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag that was read, or `*`.",
                "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]{1,200}")$'},
            }
        )
    if route.stream:
        found.append(
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "description": "The id of the last event that came.",
                "schema": {"type": "string", "pattern": "^[0-9]{1,17}$"},
            }
        )
    if route.repeatable:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Sent again under the same key within a day, it is not done again.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            }
        )
    return found
