"""What the compare page shows, made from a comparison: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote as url_quote

from django.utils.safestring import SafeString, mark_safe

from exchanges.adapters import ADAPTERS
from markets.analysis.best import Comparison, Row
from markets.analysis.depth import Level
from markets.analysis.display import DASH, age, amount, fixed, gap, price, price_html, rate
from markets.pages import compare_why
from markets.pages.charts import depth_bar, share_bar
from markets.pages.compare_why import net_places, shared_places
from markets.shapes import ExchangeStatus

__all__ = ["BADGES", "Faces", "Line", "lines", "net_places", "shared_places"]

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
UNFILLED = {
    "thin_book": ("Not enough depth", "warn"),
    "unknown_depth": ("Depth not known", "plain"),
    "below_minimum": ("Below its minimum", "plain"),
    "below_withdrawal": ("Below its withdrawal", "plain"),
}
LADDER = 10  # levels of a book in an expanded row
SUSPECT = ("Suspect, not ranked", "warn")
SICK = ("degraded", "down", "banned", "blocked", "auto_disabled")
Faces = Mapping[str, ExchangeStatus]


@dataclass(frozen=True)
class Line:
    """One exchange's row on the compare page. `kind` is its class: best, ranked, grey, suspect or absent."""

    face: ExchangeStatus
    row: Row | None
    kind: str
    id: str
    badges: tuple[tuple[str, str], ...] = ()
    why: str = ""
    steps: tuple[str, ...] = ()
    vs_best: str = ""  # HTML
    gets: str = ""  # at an amount: the coins, or how much of it is filled
    volume: str = ""
    share: str = ""  # HTML
    spread: tuple[str, str] = (DASH, "")
    fee: str = DASH
    depth: str = ""  # HTML
    depths: tuple[str, str] = (DASH, DASH)
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()
    conversion: str = ""
    trade_page: str = ""

    @property
    def price(self) -> Decimal | None:
        """What the ranking compares: after the fee where there is one."""
        if self.row is None:
            return None
        deal = self.row.deal
        if deal is not None and (deal.reason == "unknown_depth" or deal.price is None):
            return None
        return self.row.net_price if self.row.net_price is not None else self.before_fees

    @property
    def before_fees(self) -> Decimal | None:
        """The average fill, or the best price."""
        deal = self.row.deal if self.row else None
        return deal.price if deal is not None else self.row.price if self.row else None


@dataclass(frozen=True)
class Notice:
    """What happened, what it means, and when it is tried again (in seconds, counted down on the page)."""

    what: str
    means: str
    retry_in_s: float | None = None


def lines(c: Comparison, faces: Faces) -> list[Line]:
    """A row for every exchange: ranked, left out, and at the end those that do not list the pair."""
    scale = Scale(
        max((r.quote.quote_volume_24h or Decimal(0) for r in c.rows), default=Decimal(0)),
        max((max(r.depth.bid, r.depth.ask) for r in c.rows if r.depth), default=Decimal(0)),
    )
    listed = [_line(c, row, faces[row.quote.exchange], scale) for row in c.rows if row.quote.exchange in faces]
    there = {line.face.slug for line in listed}
    return listed + [_absent(face) for slug, face in faces.items() if slug not in there]


@dataclass(frozen=True)
class Scale:
    """The largest volume and depth of a table, which its bars are drawn against."""

    volume: Decimal
    depth: Decimal


def _line(c: Comparison, row: Row, face: ExchangeStatus, scale: Scale) -> Line:
    volume, band, ladder = row.quote.quote_volume_24h, row.depth, row.ladder
    won = row.rank == 1 and row.deal is not None and row.deal.fills
    kind = ("best" if won else "ranked") if row.rank else ("suspect" if _is_suspect(row) else "grey")
    steps = tuple(compare_why.steps(c, row, face.name))
    return Line(
        face, row, kind, face.slug if row.conversion is None else f"{face.slug}-{row.quote.quote}", badges=_badges(row), why=" ".join(steps), steps=steps,
        vs_best=_vs_best(c, row), gets=_gets(c, row), volume=amount(volume), share=_share(volume, scale.volume), spread=gap(row.spread_bps),
        fee=rate(row.fee_pct),
        depth=mark_safe(depth_bar(band.bid, band.ask, scale.depth)) if band else "",  # noqa: S308 - numbers only
        depths=(_at_least(band.bid, band.bid_truncated), _at_least(band.ask, band.ask_truncated)) if band else (DASH, DASH),
        bids=ladder.bids[:LADDER] if ladder else (), asks=ladder.asks[:LADDER] if ladder else (), conversion=_conversion(row), trade_page=trade_page(row),
    )


def _at_least(money: Decimal, truncated: bool) -> str:
    return f"≥ {amount(money)}" if truncated else amount(money)


def _conversion(row: Row) -> str:
    found = row.conversion
    if found is None:
        return ""
    doubt = ", off its peg" if found.peg == "depegged" else ""
    return f"{found.quote} × {price(found.rate)} · {age(found.age_s)}{doubt}"


def _gets(c: Comparison, row: Row) -> str:
    """Under the price of a row, at an amount: the coins or the money it comes to, or how much of it is filled."""
    deal = row.deal
    if c.order.amount is None or deal is None:
        return ""
    if deal.reason == "unknown_depth":
        return "depth not known"
    if deal.reason == "thin_book":
        return f"Fills {compare_why.part_of(deal).lower()} of your amount"
    if deal.reason:
        return "below the minimum"
    if c.order.in_base:
        return f"{fixed(deal.money, compare_why.money_places(c))} {c.key.quote}" if deal.money is not None else ""
    held = deal.arrives if deal.arrives is not None else deal.base
    return f"{fixed(held, compare_why.coin_places(held))} {c.key.base}" if held is not None else ""


SORTERS: dict[str, Callable[[Line], Any]] = {
    "exchange": lambda line: line.face.name.casefold(),
    "net": lambda line: line.price,
    "vs": lambda line: None if line.row is None or line.row.vs_best is None else -line.row.vs_best,
    "ask": lambda line: line.row and line.row.quote.ask,
    "bid": lambda line: line.row and line.row.quote.bid,
    "spread": lambda line: line.row and line.row.spread_bps,
    "fee": lambda line: line.row and line.row.fee_pct,
    "depth": lambda line: min(line.row.depth.bid, line.row.depth.ask) if line.row and line.row.depth else None,
    "volume": lambda line: line.row and line.row.quote.quote_volume_24h,
}


def ordered(listed: list[Line], sort: str) -> list[Line]:
    """In the asked order; unknown values come last either way. By rank they come as they are, or turned round."""
    name = sort.lstrip("-")
    if name == "rank":
        ranked = [line for line in listed if line.row and line.row.rank]
        return [*reversed(ranked), *listed[len(ranked) :]] if sort.startswith("-") else listed
    value = SORTERS[name]
    known = sorted((line for line in listed if value(line) is not None), key=value, reverse=sort.startswith("-"))
    return known + [line for line in listed if value(line) is None]


def shown(hidden: Sequence[str]) -> dict[str, bool]:
    """{column: whether it is shown}."""
    return {name: name not in hidden for name in ("ask", "bid", "spread", "fee", "depth", "volume")}


def _share(volume: Decimal | None, largest: Decimal) -> SafeString:
    return mark_safe(share_bar(volume / largest)) if volume and largest else SafeString()  # noqa: S308 - numbers only


def _absent(face: ExchangeStatus) -> Line:
    if not face.enabled:
        return Line(face, None, "absent", face.slug, why="switched off by an operator")
    return Line(face, None, "absent", face.slug, why="not listed" if face.markets else "no prices collected yet")


def _is_suspect(row: Row) -> bool:
    return row.reason not in REASONS


def _badges(row: Row) -> tuple[tuple[str, str], ...]:
    """At most two: why it is not ranked, or what it is best at."""
    if not row.rank:
        return (REASONS.get(row.reason, SUSPECT),)
    aging = (("Aging", "warn"),) if row.state == "aging" else ()
    if row.deal is not None and not row.deal.fills:
        return (UNFILLED[row.deal.reason], *aging)[:2]
    return (*(BADGES[b] for b in row.badges if b in BADGES), *aging)[:2]


def _vs_best(c: Comparison, row: Row) -> SafeString:
    if not row.rank or row.vs_best is None:
        return SafeString()
    if row.vs_best == 0:
        return SafeString("best")
    return mark_safe(price_html(-abs(row.vs_best), places=digits(row.vs_best, _places(c))))  # noqa: S308 - digits only


def _places(c: Comparison) -> int:
    """Of differences: of prices, or of money."""
    return net_places(c) if c.order.amount is None else compare_why.money_places(c)


def digits(difference: Decimal, places: int) -> int:
    """More decimals when a difference would otherwise round to nothing."""
    return places if abs(difference) >= Decimal(1).scaleb(-places) else -difference.adjusted() + 1


def trade_page(row: Row) -> str:
    """Where a person trades this market; "" when the adapter's file is gone."""
    adapter = ADAPTERS.get(row.quote.exchange)
    q = row.quote
    names = {"base": q.base_code or q.base, "quote": q.quote_code or q.quote, "symbol": q.symbol}  # its own: 1000SATS, not SATS
    return adapter.trade_page.format(**{name: url_quote(text, safe="") for name, text in names.items()}) if adapter else ""


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
    if face.silent:
        why_ = face.detail or face.state_label
        return Notice(f"{face.name}: {why_[:1].lower()}{why_[1:].rstrip('.')}.", "Its prices do not count until it is back.", face.retry_in_s)
    if face.freshness == "fresh":
        why_ = f"{face.detail[:1].upper()}{face.detail[1:].rstrip('.')}. " if face.detail else ""
        return Notice(f"{face.name}: {face.state_label.lower()}.", f"{why_}Prices of it that are fresh still count.", face.retry_in_s)
    if not face.freshness:
        return Notice(f"{face.name} has not answered yet.", "It joins the comparison with its first prices.", face.retry_in_s)
    grey = face.freshness != "aging"
    means = "Its last prices are shown in grey and do not count." if grey else "Its last prices count only where nobody has fresh ones."
    return Notice(f"{face.name} has not answered for {age(face.age_s)}.", means, face.retry_in_s)
