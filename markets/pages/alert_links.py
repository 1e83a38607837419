"""From a page's own address to the form of an alert, filled in with exactly what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote, urlencode

from markets.api import filters_alerts, filters_arbitrage
from markets.pages.alerts_form import PATH
from markets.reads.arbitrage import KINDS

Texts = dict[str, str]


def of_page(address: str) -> str:
    """The form for what the page at this address shows; "" for a page that nobody is told of."""
    path, _, query = address.partition("?")
    section, _, rest = path.strip("/").partition("/")
    make = _MADE.get((section, bool(rest)))
    if make is None:
        return ""
    found = make(unquote(rest), dict(parse_qsl(query)))
    return f"{PATH}?{urlencode(_known(found), safe=',:')}" if found else ""


def _known(found: Texts) -> Texts:
    """Of a page's parameters those that the form has, too."""
    names = {p.name for p in filters_alerts.FOR[found["kind"]]}
    return {"kind": found["kind"], **{name: text for name, text in found.items() if name in names and text}}


def _compare(pair: str, said: Texts) -> Texts:
    return {**said, "market": said.get("kind", ""), "kind": "price", "pair": pair}


def _gaps(_: str, said: Texts) -> Texts:
    kind = said.get("kind", "cross")
    types = ",".join(KINDS) if kind == filters_arbitrage.ALL else kind
    return {"amount": str(filters_arbitrage.AMOUNT), **said, "kind": "arbitrage", "level": said.get("min_net_pct", ""), "types": types}


def _route(pair: str, said: Texts) -> Texts:
    base, _, money = pair.rpartition("-")
    return {"amount": str(filters_arbitrage.AMOUNT), **said, "kind": "arbitrage", "base": base, "quote": money}


def _funding(base: str, said: Texts) -> Texts:
    return {"kind": "funding", "base": base, "quote": said.get("quote", ""), "exchange": said.get("exchange", "")}


def _matrix(_: str, said: Texts) -> Texts:
    return _funding(said["base"], said) if said.get("base") and "," not in said["base"] else {}


def _books(pair: str, said: Texts) -> Texts:
    return {"kind": "spread", "pair": pair, "exchange": said.get("exchange", "")}


def _listings(_: str, said: Texts) -> Texts:
    what = said.get("what", "") if said.get("what") in ("coins", "pairs", "arrivals") else ""
    return {"kind": "listing", "what": what, "exchange": said.get("on", "") if said.get("view") == "only" else said.get("exchange", "")}


def _down(_: str, said: Texts) -> Texts:
    return {"kind": "down"}


_MADE: Mapping[tuple[str, bool], Callable[[str, Texts], Texts]] = {  # (section, whether something follows it)
    ("compare", True): _compare, ("arbitrage", False): _gaps, ("arbitrage", True): _route, ("funding", True): _funding, ("funding", False): _matrix,
    ("liquidity", True): _books, ("discover", False): _listings, ("status", False): _down,
}  # fmt: skip
