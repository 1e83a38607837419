"""The form of a new alert: filled in from an address or from what was posted, with the condition as a sentence and what stands there now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from markets.analysis import alert_words, display
from markets.analysis.alert_words import TITLES
from markets.analysis.alerts import Level
from markets.api import filters_alerts
from markets.api.filters import BadParameter, Parameter
from markets.models import Channel
from markets.reads import alerts as reads
from markets.reads import comparisons

PATH = "/alerts/new/"
LABELS = {
    "pair": "Pair", "side": "Side", "level": "Level", "above": "When it", "soon": "If it is so already", "exchange": "Exchanges", "net": "Prices",
    "amount": "Amount", "unit": "Amount counted in", "fees": "Your own taker fees, %", "withdraw": "Withdrawal fee", "network": "Network",
    "normalise": "Other quote currencies", "market": "Kind of market", "expiry": "Dated futures that end on", "base": "Coin", "quote": "Quote currency",
    "per": "Percent", "buy": "Bought on", "sell": "Sold on", "types": "Kinds of gap", "mode": "Funds", "transfer_cost": "Fee of sending",
    "min_depth": "At least so deep, USD", "max_age_s": "Oldest price, seconds", "what": "What counts",
}  # fmt: skip
SAID = {  # what the values of a choice are called
    "side": {"buy": "Buy", "sell": "Sell"}, "above": {"true": "rises to it", "false": "falls to it"},
    "soon": {"false": "wait for the next crossing", "true": "tell me at once"}, "net": {"true": "after fees", "false": "before fees"},
    "unit": {"quote": "quote units", "base": "coins"}, "withdraw": {"false": "left out", "true": "counted"},
    "normalise": {"false": "left out", "true": "converted"}, "market": {"spot": "spot", "perp": "perpetuals", "future": "dated futures"},
    "per": {"year": "a year", "interval": "as paid per interval"}, "mode": {"inventory": "on both exchanges", "transfer": "the coins are sent over"},
    "transfer_cost": {"false": "left out", "true": "counted"}, "what": {"coins": "new coins", "pairs": "new pairs", "arrivals": "both"},
    "types": {"cross": "two exchanges", "triangle": "triangle", "basis": "spot against perpetual"},
}  # fmt: skip
UNITS = {"spread": "bps", "funding": "%", "arbitrage": "% after fees"}  # a price's is its quote currency
FIRST = ("pair", "base", "side", "amount", "above", "level", "per", "what", "soon", "exchange")  # the others stand under "More terms"
COOL_DOWNS = ((60, "a minute"), (300, "5 minutes"), (900, "15 minutes"), (3600, "an hour"), (14_400, "4 hours"), (86_400, "a day"), (604_800, "a week"))
KINDS = (
    ("price", "the best price of a pair crosses a level, net of fees, at an amount if you like"), ("best", "another exchange becomes the best"),
    ("arbitrage", "a gap leaves more than some percent after all fees"), ("funding", "a coin's funding crosses a level"),
    ("spread", "bid and ask drift apart"), ("listing", "an exchange lists a new coin"), ("down", "an exchange stops answering"),
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field: a text, a choice of (value, label, chosen), or several of them."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()
    several: bool = False
    hint: str = ""
    wrong: str = ""
    number: bool = False


@dataclass(frozen=True)
class Form:
    """Everything the page shows of it."""

    kind: str
    title: str
    kinds: tuple[tuple[str, str, bool], ...]
    first: tuple[Field, ...]
    more: tuple[Field, ...]
    open: bool  # whether something under "More terms" is not as it is unless told
    terms: Mapping[str, str]
    cool_downs: tuple[tuple[int, str, bool], ...]
    channels: tuple[tuple[Channel, bool], ...]
    sentence: str
    standing: str
    wrong: str


def posted(data: QueryDict) -> dict[str, str]:
    """A posted form as texts: boxes of one name are joined by commas."""
    return {name: ",".join(data.getlist(name)) for name in data if name != "csrfmiddlewaretoken"}


def form(texts: Mapping[str, str], owner: Any, now: datetime, wrong: BadParameter | None = None) -> Form:
    """The form with what is given. Raises BadParameter for an address that cannot be read; what was posted wrongly is shown."""
    kind = texts.get("kind", "price")
    if wrong is None or kind not in filters_alerts.FOR:
        kind = filters_alerts.given(texts).kind
    sentence, standing, value = _preview(texts, kind, now)
    unit = UNITS.get(kind) or texts.get("pair", "").rpartition("-")[2]
    units = {"level": unit, "amount": _money(texts)}
    fields = [_field(p, texts.get(p.name, ""), value, units.get(p.name, ""), wrong) for p in filters_alerts.FOR[kind]]
    first = sorted((f for f in fields if f.name in FIRST), key=lambda f: FIRST.index(f.name))
    more = [f for f in fields if f.name not in FIRST]
    chosen, cool = texts.get("channel", "").split(","), texts.get("cool_down_s", "3600")
    return Form(
        kind=kind, title=TITLES[kind], kinds=tuple((title, _link(texts, name), name == kind) for name, title in TITLES.items()),
        first=tuple(first), more=tuple(more), open=any(texts.get(f.name) for f in more),
        terms={name: texts.get(name, "") for name in ("quiet_from", "quiet_to", "ends_at")},
        cool_downs=tuple((seconds, said, cool == str(seconds)) for seconds, said in COOL_DOWNS),
        channels=tuple((c, str(c.pk) in chosen or (c.open and "cool_down_s" not in texts)) for c in Channel.objects.filter(owner=owner)),
        sentence=sentence, standing=standing, wrong=f"{LABELS.get(wrong.name, wrong.name)}: {wrong.detail}".removeprefix(": ") if wrong else "",
    )


def _money(texts: Mapping[str, str]) -> str:
    """What an amount is counted in."""
    base, _, quote = texts.get("pair", "").rpartition("-")
    return base if texts.get("unit") == "base" else quote


def _link(texts: Mapping[str, str], kind: str) -> str:
    """The same for another kind, as far as it knows what was given. A level is of its kind's own unit."""
    known = {p.name for p in filters_alerts.FOR[kind]} - {"level"}
    kept = {name: text for name, text in texts.items() if name in known and text}
    pair, base = texts.get("pair", ""), texts.get("base", "")
    if "base" in known and not base and pair:
        kept["base"] = pair.rpartition("-")[0]
    if "pair" in known and not pair and base and "," not in base:
        kept["pair"] = f"{base}-{texts.get('quote') or 'USDT'}"
    return f"{PATH}?{urlencode({'kind': kind, **kept}, safe=',:')}"


def _preview(texts: Mapping[str, str], kind: str, now: datetime) -> tuple[str, str, str]:
    """(the condition as a sentence, what stands there now, its value as a level is written); empty where it is not known yet."""
    levels = any(p.name == "level" for p in filters_alerts.FOR[kind])
    missing = levels and not texts.get("level")
    try:
        found = filters_alerts.given({**texts, **({"level": "0"} if missing else {})})
        condition = filters_alerts.condition(found, now)
    except BadParameter:
        return "", "", ""
    words, seen = reads.words(), reads.look([condition], now)[0]
    if seen is None:
        return "", "", ""
    value = display.price(seen.value).replace(",", "") if isinstance(seen, Level) and seen.value is not None else ""
    return "" if missing else alert_words.sentence(condition, words), alert_words.standing(condition, seen, words), value


def _field(p: Parameter, text: str, value: str, unit: str, wrong: BadParameter | None) -> Field:
    label = f"{LABELS[p.name]}, {unit}" if unit else LABELS[p.name]
    about: dict[str, Any] = {"name": p.name, "label": label, "wrong": wrong.detail if wrong and wrong.name == p.name else ""}
    several = p.schema.get("type") == "array" and "enum" in p.schema["items"]
    if several:
        chosen = text.split(",") if text else list(p.default)
        return Field(**about, several=True, options=tuple((word, name, word in chosen) for word, name in _named(p, p.schema["items"]["enum"], chosen)))
    options = ["true", "false"] if p.schema.get("type") == "boolean" else p.schema.get("enum")
    if options:
        return Field(**about, options=_options(p, options, text))
    return Field(**about, value=text, hint=value if p.name == "level" else "", number=p.schema.get("format") == "decimal")


def _options(p: Parameter, options: list[str], text: str) -> tuple[tuple[str, str, bool], ...]:
    default = str(p.default).lower() if isinstance(p.default, bool) else p.default
    any_of = () if default else (("", "anywhere", not text),)
    return (*any_of, *((word, name, word == (text or default)) for word, name in _named(p, options, [text])))


def _named(p: Parameter, words: list[str], chosen: list[str]) -> list[tuple[str, str]]:
    """Each word with what it is called. An exchange that this reader is not shown is no choice, unless it was chosen before."""
    if said := SAID.get(p.name):
        return [(word, said.get(word, word)) for word in words]
    names = comparisons.names()
    return [(word, names.get(word, word)) for word in words if word in names or word in chosen]
