"""A condition in an address: the words of the form that makes an alert of it, and the page it concerns with the same parameters. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from msgspec.structs import fields

from exchanges.numbers import plain
from markets.analysis.alerts import Arbitrage, Condition, Funding, Listing, Offer, Spread, kind_of
from markets.analysis.messages import PATH

CALLED = {"exchanges": "exchange"}  # by the form and by every page; everything else is called as in the condition
OWN = ("kind", "pair", "level", "above", "soon")  # what only an alert has


def texts(condition: Condition) -> dict[str, str]:
    """{name: text} of everything that is not as it is without being said, as the form and the API take it."""
    found = {"kind": kind_of(condition)}
    if isinstance(condition, Offer):
        found["pair"] = f"{condition.base}-{condition.quote}"
    for field in fields(condition):
        value = getattr(condition, field.name)
        told = isinstance(condition, Offer) and field.name in ("base", "quote")
        if not told and (field.required or value != field.default) and value != {}:
            found[CALLED.get(field.name, field.name)] = text(value)
    return found


def text(value: Any) -> str:
    """A value as an address holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value) or ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ",".join(f"{slug}:{plain(ratio * 100)}" if slug else f"{plain(ratio * 100)}" for slug, ratio in value.items())
    return ",".join(value) if isinstance(value, tuple) else str(value)


def path(condition: Condition) -> str:
    """The page that shows what the condition is about; without its parameters where they do not fit."""
    place, asked = _page(condition)
    found = f"{place}?{urlencode(asked, safe=',:')}" if asked else place
    return found if len(found) <= PATH else place


def _page(condition: Condition) -> tuple[str, dict[str, str]]:
    said = {name: value for name, value in texts(condition).items() if name not in OWN}
    if isinstance(condition, Offer):
        if isinstance(condition, Spread):
            said.pop("side", None)
        if "market" in said:
            said["kind"] = said.pop("market")
        return _of_pair("compare", condition.base, condition.quote), said
    if isinstance(condition, Funding):
        return f"/funding/{quote(condition.base, safe='')}/", {}
    if isinstance(condition, Arbitrage):
        return _gaps(condition, said)
    return ("/discover/", {"view": "new", **said}) if isinstance(condition, Listing) else ("/status/", {})


def _of_pair(section: str, base: str, money: str) -> str:
    return f"/{section}/{quote(f'{base}-{money}', safe='')}/"


def _gaps(c: Arbitrage, said: dict[str, str]) -> tuple[str, dict[str, str]]:
    """One route where it is one, else the list as it was narrowed."""
    if c.buy and c.sell and c.quote and len(c.base) == 1:
        return _of_pair("arbitrage", c.base[0], c.quote), {name: said[name] for name in ("buy", "sell", "amount", "mode", "transfer_cost") if name in said}
    kind = {"kind": c.types[0] if len(c.types) == 1 else "all"} if "types" in said else {}
    asked = ("amount", "mode", "transfer_cost", "min_depth", "max_age_s", "exchange", "base")
    return "/arbitrage/", {**kind, "min_net_pct": text(c.level), **{name: said[name] for name in asked if name in said}}
