"""What the compare page shows, made from a comparison: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote as url_quote

from django.utils.safestring import SafeString, mark_safe

from exchanges.adapters import ADAPTERS
from markets.analysis.best import Comparison, Row
from markets.pages.charts import share_bar
from markets.pages.display import DASH, MINUS, age, amount, gap, places_of, price, price_html, rate
from markets.shapes import ExchangeStatus

BADGES = {
    "best_price": ("Best price", "solid"),
    "best_to_buy": ("Best to buy", "soft"),
    "best_to_sell": ("Best to sell", "soft"),
    "tightest": ("Tightest", "soft"),
    "deepest": ("Deepest", "soft"),
    "new": ("New", "soft"),
}
REASONS = {
    "not_trading": ("Halted", "down"),
    "disabled": ("Off", "plain"),
    "auto_disabled": ("Off by Pebble", "plain"),
    "banned": ("Paused by exchange", "warn"),
    "blocked": ("Blocked by exchange", "warn"),
    "stale": ("Stale, not ranked", "warn"),
    "expired": ("Stale, not ranked", "warn"),
    "frozen": ("Frozen, not ranked", "warn"),
    "aging": ("Aging, not ranked", "warn"),
    "no_bid_ask": ("No price, not ranked", "warn"),
    "bad_number": ("No price, not ranked", "warn"),
    "conflicted": ("Another coin", "warn"),
    "unknown_identity": ("Unconfirmed, not ranked", "warn"),
    "disputed": ("Disputed, not ranked", "warn"),
    "no_consensus": ("Disputed, not ranked", "warn"),
}
SUSPECT = ("Suspect, not ranked", "warn")
SICK = ("degraded", "down", "banned", "blocked", "auto_disabled")
Faces = Mapping[str, ExchangeStatus]


@dataclass(frozen=True)
class Line:
    """One exchange's row on the compare page. `kind` is its class: best, ranked, grey, suspect or absent."""

    face: ExchangeStatus
    row: Row | None
    kind: str
    badges: tuple[tuple[str, str], ...] = ()
    why: str = ""
    vs_best: str = ""  # HTML
    volume: str = ""
    share: str = ""  # HTML
    spread: tuple[str, str] = (DASH, "")
    fee: str = DASH
    trade_page: str = ""

    @property
    def price(self) -> Decimal | None:
        """What the ranking compares: after the fee where there is one."""
        return None if self.row is None else self.row.net_price if self.row.net_price is not None else self.row.price


@dataclass(frozen=True)
class Notice:
    """What happened, what it means, and when it is tried again (in seconds, counted down on the page)."""

    what: str
    means: str
    retry_in_s: float | None = None


def shared_places(c: Comparison) -> int:
    """Decimals of a pair's prices: the finest tick of its rows, else by size; so the points of a table line up."""
    return max((places_of(r.price or c.reference_price, r.quote.tick_size) for r in c.rows), default=places_of(c.reference_price))


def net_places(c: Comparison) -> int:
    """Decimals of prices after fees: at least what the size calls for, since a coarse tick would hide the fee."""
    return max(shared_places(c), places_of(c.reference_price))


def lines(c: Comparison, faces: Faces) -> list[Line]:
    """A row for every exchange: ranked, left out, and at the end those that do not list the pair."""
    largest = max((r.quote.quote_volume_24h or Decimal(0) for r in c.rows), default=Decimal(0))
    listed = [_line(c, row, faces[row.quote.exchange], largest) for row in c.rows if row.quote.exchange in faces]
    there = {line.face.slug for line in listed}
    return listed + [_absent(face) for slug, face in faces.items() if slug not in there]


def _line(c: Comparison, row: Row, face: ExchangeStatus, largest: Decimal) -> Line:
    volume = row.quote.quote_volume_24h
    kind = ("best" if row.rank == 1 else "ranked") if row.rank else ("suspect" if _is_suspect(row) else "grey")
    return Line(
        face, row, kind, badges=_badges(row), why=why(c, row, face), vs_best=_vs_best(c, row), volume=amount(volume),
        share=_share(volume, largest), spread=gap(row.spread_bps), fee=rate(row.fee_pct), trade_page=trade_page(row),
    )


def _share(volume: Decimal | None, largest: Decimal) -> SafeString:
    return mark_safe(share_bar(volume / largest)) if volume and largest else SafeString()  # noqa: S308 - numbers only


def _absent(face: ExchangeStatus) -> Line:
    if not face.enabled:
        return Line(face, None, "absent", why="switched off by an operator")
    return Line(face, None, "absent", why="not listed" if face.markets else "no prices collected yet")


def _is_suspect(row: Row) -> bool:
    return row.reason not in REASONS


def _badges(row: Row) -> tuple[tuple[str, str], ...]:
    """At most two: why it is not ranked, or what it is best at."""
    if not row.rank:
        return (REASONS.get(row.reason, SUSPECT),)
    aging = (("Aging", "warn"),) if row.state == "aging" else ()
    return (*(BADGES[b] for b in row.badges if b in BADGES), *aging)[:2]


def _vs_best(c: Comparison, row: Row) -> SafeString:
    if not row.rank or row.vs_best is None:
        return SafeString()
    if row.vs_best == 0:
        return SafeString("best")
    return mark_safe(price_html(-abs(row.vs_best), places=_digits(row.vs_best, net_places(c))))  # noqa: S308 - digits only


def _digits(difference: Decimal, places: int) -> int:
    """More decimals when a difference would otherwise round to nothing."""
    return places if abs(difference) >= Decimal(1).scaleb(-places) else -difference.adjusted() + 1


def trade_page(row: Row) -> str:
    """Where a person trades this market; "" when the adapter's file is gone."""
    adapter = ADAPTERS.get(row.quote.exchange)
    q = row.quote
    names = {"base": q.base_code or q.base, "quote": q.quote_code or q.quote, "symbol": q.symbol}  # its own: 1000SATS, not SATS
    return adapter.trade_page.format(**{name: url_quote(text, safe="") for name, text in names.items()}) if adapter else ""


def why(c: Comparison, row: Row, face: ExchangeStatus) -> str:
    """Why a row stands where it stands, with the sum written out."""
    if not row.rank:
        return f"{face.name} is not ranked: {row.detail or 'it may not be compared'}."
    places, side = net_places(c), "ask" if c.side == "buy" else "bid"
    if not c.net:
        return f"Ranked {row.rank} before fees by its {side}, {price(row.price, places=places)} {c.key.quote}."
    if row.net_price is None:
        return f"Ranked {row.rank}, after those whose fee is known: no taker fee is known here."
    sign = "+" if c.side == "buy" else MINUS
    price_, net = price(row.price, places=places), price(row.net_price, places=places)
    sum_ = f"{side} {price_} \N{MULTIPLICATION SIGN} (1 {sign} {rate(row.fee_pct)} taker fee) = {net} {c.key.quote}"
    better = "lowest" if c.side == "buy" else "highest"
    return f"{sum_}, the {better} of {ranked(c)}." if row.rank == 1 else f"{sum_}, place {row.rank} of {ranked(c)}."


def ranked(c: Comparison) -> int:
    """How many exchanges are ranked."""
    return sum(r.rank is not None for r in c.rows)


# --- The answer -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Answer:
    """The sentence of the answer card in parts: who, at what price, after which fee, and how far the next one is."""

    lead: str
    face: ExchangeStatus
    price: Decimal | None
    places: int
    unit: str
    fee: str
    difference: Decimal | None = None
    difference_places: int = 2
    than: str = ""


def answer(c: Comparison, faces: Faces) -> Answer | None:
    """Who is cheapest to buy on, or pays most; None when nothing is ranked."""
    first = next((r for r in c.rows if r.rank == 1 and r.quote.exchange in faces), None)
    if first is None:
        return None
    after = c.net and first.net_price is not None
    shown = first.net_price if after else first.price
    fee = f"after the {rate(first.fee_pct)} fee" if after else "before fees"
    found = Answer("Cheapest on" if c.side == "buy" else "Pays most on", faces[first.quote.exchange], shown, net_places(c), c.key.quote, fee)
    second = next((r for r in c.rows if r.rank and r is not first and r.quote.exchange in faces), None)
    if second is None or second.vs_best is None:
        return found
    name = faces[second.quote.exchange].name
    if second.vs_best == 0:
        return replace(found, than=f"the same on {name}")
    than = f"{'less' if c.side == 'buy' else 'more'} than on {name}"
    return replace(found, difference=abs(second.vs_best), difference_places=_digits(second.vs_best, net_places(c)), than=than)


def left_out(listed: Iterable[Line]) -> list[tuple[str, str]]:
    """(exchange, reason) of everything that is not ranked."""
    return [(line.face.name, line.row.detail or "not compared" if line.row else line.why) for line in listed if line.kind not in ("best", "ranked")]


def basis(c: Comparison, faces: Faces) -> str:
    """What the reference price rests on."""
    if c.live == 0:
        return "The last known prices; none is live."
    mids = "1 live mid price" if c.live == 1 else f"{c.live} live mid prices"
    stale = [faces[r.quote.exchange].name for r in c.rows if r.reason in ("stale", "expired") and r.quote.exchange in faces]
    left = f" {_and(stale)} {'is' if len(stale) == 1 else 'are'} stale and left out." if stale else ""
    return f"Median of {mids}, {age(c.oldest_s)} old at most.{left}"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def notices(faces: Faces, shown: Iterable[str]) -> list[Notice]:
    """One line for each exchange of the page that is switched on and not well."""
    there = set(shown)
    return [_notice(face) for slug, face in faces.items() if slug in there and face.enabled and (face.state in SICK or face.freshness in ("stale", "expired"))]


def _notice(face: ExchangeStatus) -> Notice:
    if face.freshness == "fresh":
        why_ = f"{face.detail[:1].upper()}{face.detail[1:].rstrip('.')}. " if face.detail else ""
        return Notice(f"{face.name}: {face.state_label.lower()}.", f"{why_}Prices of it that are fresh still count.", face.retry_in_s)
    if not face.freshness:
        return Notice(f"{face.name} has not answered yet.", "It joins the comparison with its first prices.", face.retry_in_s)
    return Notice(f"{face.name} has not answered for {age(face.age_s)}.", "Its last prices are shown in grey and do not count.", face.retry_in_s)
