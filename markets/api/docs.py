"""The API's own pages: the landing page, the reference written from the schema, and the schema itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from exchanges.adapters import ADAPTERS
from markets import read
from markets.api import core as api
from markets.api import examples as api_examples
from markets.api import filters, serialize, serialize_compare, serialize_exchange, throttle
from markets.api import schema as api_schema
from markets.models.accounts import SCOPES
from markets.reads import offers

CHANGES = (
    ("v1, 29 November 2026", "Added: alerts, your own, by key with the scope alerts or signed in: list, make, pause, change, test, delete."),
    ("v1, 29 November 2026", "Added to status: uptime by day, incidents, success measures, what is overdue, behind or undelivered, a pause by an operator."),
    ("v1, 29 November 2026", "Added: keys, with a limit of their own; 401 and 403 for a key that does not open an address."),
    ("v1, 28 November 2026", "Added: receipts, an answer that was given, computed again from what was read for it. Added to status: how questions fare."),
    ("v1, 28 November 2026", "Added: ask, a question in plain words with its answers, how it was read, and a receipt, or why there is none."),
    ("v1, 28 November 2026", "Added: discover, with what is new, what is on some exchanges and not on others, and what trends."),
    ("v1, 28 November 2026", "Added: volume, with norms, shares and volume sentiment. Added to copy-trading: period, min_days, max_fall_pct."),
    ("v1, 28 November 2026", "Added under history: deviation (who ran cheap, who ran dear) and hours (the best exchange by hour)."),
    ("v1, 28 November 2026", "Added: funding across exchanges with each coin's best route, seven-day means, and what an expiry of options comes to."),
    ("v1, 28 November 2026", "Added to compare: amount, unit, fees, withdraw, network, exchange, normalise, kind, expiry, why; rows say what an order costs."),
    ("v1, 28 November 2026", "Added: assets, with what each exchange calls a coin and by what evidence; old tickers are understood in markets and pairs, too."),
    ("v1, 28 November 2026", "Added: arbitrage, and one route in full."),
    ("v1, 28 November 2026", "Added: liquidity, rates of currencies and whether stablecoins hold."),
    ("v1, 22 November 2026", "Added: derivatives, funding now and settled, options, listings, announcements, history, copy trading; one exchange in full."),
    ("v1, 22 November 2026", "First release: exchanges, markets, pairs, compare, status."),
)
METHODS = ("get", "post", "patch", "delete")
FORMATS = {"json": "application/vnd.oai.openapi+json", "yaml": "application/vnd.oai.openapi"}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of every address under /api/v1/, made once per process."""
    from markets.api.urls import v1  # noqa: PLC0415  # the addresses import this module

    with patched_settings({"OAS_VERSION": "3.1.0", "SERVERS": [{"url": settings.BASE_URL}]}):
        made = SchemaGenerator(patterns=[path("api/v1/", include(v1))]).get_schema(request=None, public=True)
    for address, answer in api_examples.answers().items():
        content = made["paths"][f"/api/v1/{address}"]["get"]["responses"]["200"]["content"]["application/json"]
        content["examples"] = {"answer": {"summary": "An answer", "value": answer}}
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    return plain


@lru_cache(maxsize=2)
def _written(kind: str) -> bytes:
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode(document()), indent=2)
    return yaml.safe_dump(document(), allow_unicode=True, sort_keys=False).encode()


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The schema, as JSON or YAML by `?format=`, else by what is accepted."""
    default = "yaml" if "yaml" in request.headers.get("Accept", "") else "json"
    choice = filters.choice("format", tuple(FORMATS), default, "How to write it.")
    try:
        kind = filters.parse(request.META.get("QUERY_STRING", ""), (choice,))["format"]
    except filters.BadParameter as error:
        return api.problem(400, error.detail, field=error.name)
    response = HttpResponse(_written(kind), content_type=FORMATS[kind])
    response.headers["Vary"] = "Accept"
    return response


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Base address, one call with its real answer, every address, limits, errors, change log."""
    call, answer = _call()
    limits = throttle.current()
    context = {
        "base": f"{settings.BASE_URL}/api/v1/", "call": call, "answer": answer, "limits": limits, "scopes": SCOPES, "changes": CHANGES,
        "problems": [(status, title, _plain(api_schema.PROBLEMS.get(status, "Only GET and HEAD are answered."))) for status, title in api.TITLES.items()],
        "flags": filters.FLAGS, "states": filters.STATES,
        "addresses": [(address, next(iter(operations(item)))[1]) for address, item in document()["paths"].items()],
    }
    return HttpResponse(render_to_string("api/landing.html", {**_frame(), **context}))


def _plain(says: str) -> str:
    """The schema's descriptions are Markdown; a page's text is not."""
    return says.replace("`", "")


def _frame() -> dict[str, Any]:
    """What the bars around a page need. Rendered without the request: nothing of a visitor gets in."""
    return {"now": timezone.now(), "nav": "api", "simulated": settings.SIMULATED}


def _call() -> tuple[str, str]:
    """One address worth trying and what it answers right now, indented."""
    now = timezone.now()
    top = read.overview(read.Filters(quote="", limit=1), now).rows
    if top:
        where = f"compare/{serialize.pair(top[0].key)}/"
        answer = serialize_compare.comparison(read.compare(top[0].key.base, top[0].key.quote, now), read.exchanges(now))
    else:
        where = f"exchanges/{next(iter(ADAPTERS))}/"
        first = read.exchanges(now)[0]
        answer = serialize_exchange.exchange(first, offers.detail(first.slug, now))
    body = msgspec.json.encode({"as_of": now, "simulated": settings.SIMULATED, **answer})
    return f"{settings.BASE_URL}/api/v1/{where}", msgspec.json.format(body, indent=2).decode()


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every address, parameter, answer and error, from the schema; plain HTML that needs no script."""
    found = document()
    shown = [_operation(address, method, each) for address, item in found["paths"].items() for method, each in operations(item)]
    shapes = [_shape(name, found["components"]["schemas"][name]) for name in _used(found)]
    return HttpResponse(render_to_string("api/reference.html", {**_frame(), "operations": shown, "shapes": shapes}))


def operations(item: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(method, what it does) of one address, reading first."""
    return [(method, item[method]) for method in METHODS if method in item]


def _operation(address: str, method: str, item: Mapping[str, Any]) -> dict[str, Any]:
    good = next((response for status, response in item["responses"].items() if status.startswith("2")), {})
    answer = good.get("content", {}).get("application/json", {})
    example = next(iter(answer.get("examples", {}).values()), {}).get("value")
    return {
        "address": address, "method": method.upper(), "id": item["operationId"], "summary": item["summary"],
        "says": _plain(item["description"].partition(". ")[2]),
        "parameters": [*map(_parameter, item.get("parameters", ())), *_sent(item)],
        "shape": answer["schema"]["$ref"].rpartition("/")[2] if answer else "",
        "example": msgspec.json.format(msgspec.json.encode(example), indent=2).decode() if example else "",
        "responses": [(status, _plain(response.get("description", ""))) for status, response in item["responses"].items()],
    }  # fmt: skip


def _sent(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The names of a body."""
    schema = item.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return [
        {"name": name, "where": "body", "type": _typed(p), "says": _plain(p.get("description", "")), "default": _default(p)}
        for name, p in schema.get("properties", {}).items()
    ]


def _parameter(p: Mapping[str, Any]) -> dict[str, str]:
    return {"name": p["name"], "where": p["in"], "type": _typed(p["schema"]), "says": _plain(p.get("description", "")), "default": _default(p["schema"])}


def _default(schema: Mapping[str, Any]) -> str:
    value = schema.get("default", "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return "one of " + ", ".join("null" if word is None else str(word) for word in schema["enum"])
    if "oneOf" in schema or "allOf" in schema or "anyOf" in schema:
        return " or ".join(dict.fromkeys(_typed(part) for kind in ("oneOf", "allOf", "anyOf") for part in schema.get(kind, ())))
    if schema.get("maxLength") == 0:
        return "empty"
    kind = schema.get("type", "value")
    names = " or ".join(kind) if isinstance(kind, list) else str(kind)
    if "items" in schema:
        return f"list of {_typed(schema['items'])}" + (" or null" if "null" in names else "")
    bounds = [f"{word} {schema[key]}" for word, key in (("from", "minimum"), ("to", "maximum"), ("up to", "maxLength")) if key in schema]
    return " ".join([names + (f" ({schema['format']})" if "format" in schema else ""), *bounds])


def _used(found: Mapping[str, Any]) -> list[str]:
    """The shapes that are objects, by name; enumerations are written out where they are used."""
    return [name for name, schema in found["components"]["schemas"].items() if schema.get("type") == "object"]


def _shape(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    fields = [{"name": key, "type": _typed(value), "says": _plain(value.get("description", ""))} for key, value in schema["properties"].items()]
    return {"name": name, "says": _plain(schema.get("description", "")), "fields": fields}
