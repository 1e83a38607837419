"""What alerts understand, in the form's address, in the form and in the body of a request: the same names and texts everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from exchanges.adapters import ADAPTERS
from markets import read
from markets.alerts import COOL_DOWNS, Terms, Wish
from markets.analysis.alert_paths import CALLED
from markets.analysis.alerts import KINDS, Condition
from markets.analysis.classes import MODES
from markets.api import filters
from markets.api.filters import BadParameter, Parameter, choice, decimal, flag, many, one_of
from markets.models import Alert
from markets.reads import funding
from markets.reads.arbitrage import KINDS as GAPS
from markets.shapes import UnknownPair

_LEVEL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,18})?", re.ASCII)
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
MOST_CHANNELS = 20


def signed(name: str, says: str) -> Parameter:
    """A plain decimal that may be below zero."""
    def read_it(text: str) -> Decimal:
        if not _LEVEL.fullmatch(text):
            raise ValueError(text)
        return Decimal(text)

    schema = {"type": "string", "format": "decimal", "pattern": f"^{_LEVEL.pattern}$"}
    return Parameter(name, read_it, "a plain decimal number such as 20 or -0.01", says, None, schema)


def hour(name: str, says: str) -> Parameter:
    """A time of day; absent means none."""
    def read_it(text: str) -> time:
        if not _HOUR.fullmatch(text):
            raise ValueError(text)
        return time.fromisoformat(text)

    return Parameter(name, read_it, "a time of day in UTC such as 22:30", says, None, {"type": "string", "pattern": f"^{_HOUR.pattern}$"})


def pair(name: str) -> Parameter:
    """BASE-QUOTE, as two tickers."""
    def read_it(text: str) -> tuple[str, str]:
        base, _, money = unicodedata.normalize("NFKC", text.strip()).upper().rpartition("-")
        if not base or not money or len(text) > 121 or not text.isprintable():
            raise ValueError(text)
        return base, money

    return Parameter(name, read_it, "BASE-QUOTE such as BTC-USDT", "The pair. Required.", None, {"type": "string", "maxLength": 121})


def _ids(name: str, says: str) -> Parameter:
    def read_it(text: str) -> tuple[int, ...]:
        words = text.split(",")
        if len(words) > MOST_CHANNELS or not all(word.isascii() and word.isdigit() and len(word) < 16 for word in words):
            raise ValueError(text)
        return tuple(int(word) for word in words)

    return Parameter(name, read_it, "numbers with commas between them", says, (), {"type": "array", "items": {"type": "integer"}})


EXCHANGE = many("exchange", "Only these exchanges. Absent: any.", tuple(ADAPTERS))
ABOVE = flag("above", True, "Fire when it rises to the level (true) or falls to it (false).")
SOON = flag("soon", False, "Fire at the first look, too, if it is so already.")
OFFER = (
    pair("pair"), *(replace(p, name="market") if p.name == "kind" else p for p in filters.COMPARE if p.name not in ("prefer", "exchange")), EXCHANGE,
)  # fmt: skip
FOR: Mapping[str, tuple[Parameter, ...]] = {
    "price": (*OFFER, decimal("level", "Quote units for one coin. Required."), ABOVE, SOON),
    "best": OFFER,
    "spread": (*(p for p in OFFER if p.name in ("pair", "market", "expiry")), EXCHANGE, decimal("level", "Basis points. Required."), ABOVE, SOON),
    "funding": (
        filters.ticker("base", "The coin. Required."), filters.ticker("quote", "Only perpetuals priced in this. Absent: any."), EXCHANGE,
        signed("level", "Percent. Required."), choice("per", ("year", "interval"), "year", "Percent a year (simple), or as paid per interval."), ABOVE, SOON,
    ),
    "arbitrage": (
        decimal("level", "At least so many percent left after fees. Required."), many("base", "Only these coins."),
        filters.ticker("quote", "Only bought with this money."), one_of("buy", tuple(ADAPTERS), "Bought there. Absent: anywhere."),
        one_of("sell", tuple(ADAPTERS), "Sold there. Absent: anywhere."),
        EXCHANGE, replace(many("types", "Which gaps.", GAPS), default=("cross",)), choice("mode", MODES, "inventory", "Funds lie on both, or coins are sent."),
        flag("transfer_cost", False, "Count the fee of sending, too."), decimal("amount", "What you would spend, in USD."),
        decimal("min_depth", "At least so much must pay, in USD."), decimal("max_age_s", "The older price at most so many seconds old."), SOON,
    ),
    "listing": (
        many("base", "Only these coins, listed yet or not."), EXCHANGE,
        choice("what", ("coins", "pairs", "arrivals"), "coins", "New coins, new pairs of coins that are listed already, or both."),
    ),
    "down": (EXCHANGE, SOON),
}  # fmt: skip
TERMS = (
    filters.whole("cool_down_s", *COOL_DOWNS, 3600, "Seconds after a firing in which it does not fire again."),
    hour("quiet_from", "Not told from this time of day on (UTC); what still holds is told afterwards."), hour("quiet_to", "Until this time of day (UTC)."),
    filters.instant("ends_at", "The alert ends then; absent: never."), _ids("channel", "Numbers of your channels; the page is always told."),
)
KIND = choice("kind", tuple(FOR), "price", "What to watch.")
REQUIRED = {
    "pair": "Name the pair, BASE-QUOTE such as BTC-USDT.", "level": "Give the level, a plain decimal number.", "base": "Name the coin by its ticker.",
}  # fmt: skip
_STRUCTS = dict(zip(("price", "best", "arbitrage", "funding", "spread", "listing", "down"), KINDS, strict=True))


@dataclass(frozen=True)
class Given:
    """Texts as they were given, and the values they have (defaults where nothing was said)."""

    kind: str
    texts: Mapping[str, str]
    values: Mapping[str, Any]


def given(texts: Mapping[str, str]) -> Given:
    """The values of an alert's texts; empty ones count as not given. Raises BadParameter."""
    said = {name: text.strip() for name, text in texts.items() if text.strip()}
    kind = KIND.default if "kind" not in said else filters.parse(urlencode({"kind": said["kind"]}), (KIND,))["kind"]
    return Given(kind, said, filters.parse(urlencode(said), (KIND, *FOR[kind], *TERMS)))


def wish(found: Given, now: datetime) -> Wish:
    """What is asked for, with pair and coin as they are known here. Raises BadParameter."""
    v = found.values
    terms = {name: v[name] for name in ("cool_down_s", "quiet_from", "quiet_to", "ends_at")}
    return Wish(condition(found, now), Terms(channels=v["channel"], **terms))


def condition(found: Given, now: datetime) -> Condition:
    """The condition alone."""
    kind = found.kind
    for parameter in FOR[kind]:
        needed = parameter.name in ("pair", "level") or (kind == "funding" and parameter.name == "base")
        if needed and found.values[parameter.name] in (None, ""):
            raise BadParameter(parameter.name, REQUIRED[parameter.name])
    called = {name: field for field, name in CALLED.items()}
    fields = {called.get(p.name, p.name): found.values[p.name] for p in FOR[kind] if p.name != "pair"}
    if "pair" in found.values:
        fields |= _pair(found, now)
    if kind == "funding":
        fields["base"] = _perpetual(fields["base"], now)
    elif "base" in fields and isinstance(fields["base"], tuple):
        fields["base"] = tuple(dict.fromkeys(_coin(word) for word in fields["base"]))
    return _STRUCTS[kind](**fields)


def _pair(found: Given, now: datetime) -> dict[str, str]:
    """The pair as the board has it: old tickers are understood."""
    base, money = found.values["pair"]
    try:
        key = read.compare(base, money, now, kind=found.values["market"]).key
    except UnknownPair as error:
        near = f" Nearest: {', '.join(map(str, error.nearest))}." if error.nearest else ""
        raise BadParameter("pair", f"No exchange lists {base}-{money}.{near}") from None
    return {"base": key.base, "quote": key.quote}


def _perpetual(word: str, now: datetime) -> str:
    base = _coin(word)
    if not funding.of_coin(base, now):
        raise BadParameter("base", f"No exchange that has answered lists a perpetual on {word}.")
    return base


def _coin(word: str) -> str:
    """The board's key of a ticker, an old ticker or a name; what is not known yet stays as it is."""
    coin, _ = read.resolve(word)
    return coin.slug.upper() if coin else word


# --- Changing one -------------------------------------------------------------------------------------------------
PAUSED = flag("paused", False, "Nothing is judged or told.")


def changed(alert: Alert, texts: Mapping[str, str]) -> Terms:
    """An alert's terms with what is given changed; an empty text takes a quiet time or an end away. Raises BadParameter."""
    said = {name: text for name, text in texts.items() if name != PAUSED.name}
    values = filters.parse(urlencode({name: text for name, text in said.items() if text}), TERMS)
    before = {name: getattr(alert, name) for name in ("cool_down_s", "quiet_from", "quiet_to", "ends_at")}
    before["channels"] = tuple(channel.pk for channel in alert.channels.all())
    after = {"channels" if name == "channel" else name: values[name] for name in said}
    return Terms(**{**before, **after})
