"""What the discovery page shows: ready words and figures for its three tables, and the links of its controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from markets.analysis.discovery import Flood, Lead
from markets.analysis.display import DASH, age, amount, direction, fixed, gap, percent, price_html, signed
from markets.analysis.trending import MINIMUM_USD, Overall
from markets.board import Coin, PairKey
from markets.pages.charts import sparkline
from markets.pages.query import Asked
from markets.reads.elsewhere import OnlyRow
from markets.reads.news import NewRow
from markets.reads.prices import Price, Safety
from markets.reads.trends import TrendRow
from markets.reads.wanted import Found
from markets.shapes import ExchangeStatus

Faces = Mapping[str, ExchangeStatus]
EVENTS = {  # what happened -> (pill, its style)
    "announced": ("Announced", "soft"), "listed": ("New coin", "up"), "pair_added": ("New pair", ""), "opened": ("Opened", "up"),
    "suspended": ("Suspended", "warn"), "resumed": ("Resumed", ""), "delisting": ("Delisting planned", "down"), "delisted": ("Delisted", "down"),
    "renamed": ("Renamed", ""),
}  # fmt: skip
STATUSES = {"pre_open": "not trading yet", "trading": "trading", "halted": "halted", "delisting": "trading, being delisted", "delisted": "delisted"}
IDENTITIES = {
    "confirmed": "identity confirmed", "probable": "identity probable", "unknown": "identity not confirmed yet", "conflicted": "another coin of this ticker",
}  # fmt: skip
SOURCES = {"exchange": "said by the exchange", "first_seen": "first seen by Pebble"}
WINDOWS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
WHAT = {
    "coins": "listings of new coins", "pairs": "new pairs", "arrivals": "new coins and pairs",
    "gone": "suspensions and delistings", "renamed": "renamed markets", "all": "changes",
}  # fmt: skip
CLASSES = {"leveraged": "Leveraged", "wrapped": "Wrapped", "stablecoin": "Stablecoin", "fiat": "Money", "tokenised": "Share"}


@dataclass(frozen=True)
class Shown:
    """A price as it stands in a row: the figure with its exchange and age."""

    html: SafeString
    face: ExchangeStatus | None
    age_s: float | None
    state: str
    change: str
    change_class: str
    volume: str
    spread: tuple[str, str]
    path: str


@dataclass(frozen=True)
class Line:
    """One row of any view. What a view has not got is empty."""

    id: str
    ticker: str = ""
    name: str = ""
    path: str = ""
    kind: str = ""
    price: Shown | None = None
    pebbles: tuple[tuple[ExchangeStatus, bool], ...] = ()  # (exchange, lists it)
    notes: tuple[tuple[str, str], ...] = ()  # (text, style of pill)
    face: ExchangeStatus | None = None
    event: tuple[str, str] = ("", "")
    at: datetime | None = None
    ago: float | None = None
    source: str = ""
    status: str = ""
    since: str = ""
    since_class: str = ""
    safety: str = ""
    flood: str = ""
    spark: str = ""
    rank: int = 0
    move: tuple[str, str] = (DASH, "")
    score: str = ""
    parts: str = ""
    relative: str = ""
    fresh: str = ""
    pressure: str = ""
    trending: tuple[ExchangeStatus, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows under one heading: a day of the first view; the other views are one group without heading."""

    title: str
    id: str
    lines: tuple[Line, ...]


def groups(view: str, found: Found, faces: Faces, sparks: Mapping[PairKey, Sequence[Decimal]], now: datetime) -> list[Group]:
    """The rows of the page."""
    if view == "only":
        return [Group("", "", tuple(_only(row, faces) for row in found.rows))] if found.rows else []
    if view == "trending":
        return [Group("", "", tuple(_trend(row, faces, sparks) for row in found.rows))] if found.rows else []
    days: dict[str, list[Line]] = {}
    for row in found.rows:
        at = row.at if isinstance(row, Flood) else row.news.at
        days.setdefault(at.astimezone(UTC).date().isoformat(), []).append(_flood(row, faces, now) if isinstance(row, Flood) else _new(row, faces, now))
    return [Group(_day(day, now), f"d-{day}", tuple(lines)) for day, lines in days.items()]


def _day(day: str, now: datetime) -> str:
    at, today = datetime.fromisoformat(day).date(), now.astimezone(UTC).date()
    told = {today: "Today", today - timedelta(days=1): "Yesterday"}.get(at, "To come" if at > today else "")
    date = at.strftime("%-d %B" if at.year == today.year else "%-d %B %Y")
    return f"{told}, {date}" if told else date


def _who(coin: Coin, asset: str) -> dict[str, str]:
    return {"ticker": coin.ticker, "name": coin.name, "path": f"/assets/{coin.slug or asset.lower()}/", "kind": CLASSES.get(coin.kind, "")}


def _shown(price: Price | None, faces: Faces) -> Shown | None:
    if price is None:
        return None
    return Shown(
        html=mark_safe(price_html(price.price)),  # noqa: S308 - digits of a Decimal only
        face=faces.get(price.exchange), age_s=price.age_s, state=price.state,
        change=percent(price.change_24h_pct), change_class=direction(price.change_24h_pct),
        volume=amount(price.volume_usd), spread=gap(price.spread_bps), path=f"/compare/{price.key}/",
    )


def _pebbles(there: Sequence[str], faces: Faces) -> tuple[tuple[ExchangeStatus, bool], ...]:
    return tuple((face, slug in there) for slug, face in faces.items() if face.enabled or slug in there)


# --- New ------------------------------------------------------------------------------------------------------------
def _new(row: NewRow, faces: Faces, now: datetime) -> Line:
    news = row.news
    ahead = news.at > now
    return Line(
        id=f"n-{news.pk}", **_who(row.coin, news.asset), price=_shown(row.price, faces), pebbles=_pebbles(row.on, faces), notes=_new_notes(row),
        face=faces.get(news.exchange), event=EVENTS.get(news.event, (news.event, "")), at=news.at, ago=None if ahead else (now - news.at).total_seconds(),
        source=SOURCES[news.time_source], status=STATUSES.get(news.status, news.status),
        since=percent(row.change_pct), since_class=direction(row.change_pct), safety=safety_line(row.safety, now, len(faces)),
    )


def _new_notes(row: NewRow) -> tuple[tuple[str, str], ...]:
    found = []
    if row.news.event == "renamed" and row.news.detail:
        found.append((row.news.detail, ""))
    if row.conflicted:
        found.append(("Same ticker, another coin", "warn"))
    elif row.twins:
        found.append((f"Not the other {row.coin.ticker}", "warn"))
    if not row.verified and row.news.event in ("announced", "listed", "pair_added", "opened"):
        found.append(("Seen once", "warn"))
    return tuple(found)


def safety_line(s: Safety, now: datetime, exchanges: int) -> str:
    """What to know of a young market, in one line."""
    opened = f"opens in {age((s.since - now).total_seconds())}" if s.since > now else f"{age((now - s.since).total_seconds())} old"
    deep = "depth unknown" if s.depth_usd is None else f"{'at least ' if s.at_least else ''}{amount(s.depth_usd)} USD within 2%"
    return f"{opened} · on {s.exchanges} of {exchanges} · {deep} · {IDENTITIES.get(s.identity, s.identity)}"


def _flood(flood: Flood, faces: Faces, now: datetime) -> Line:
    face = faces.get(flood.exchange)
    name = face.name if face else flood.exchange
    some = ", ".join(flood.assets[:8])
    more = " and more" if len(flood.assets) > 8 else ""
    text = f"{name}: {flood.count:,} new symbols at once, {some}{more}. One piece of news, not so many."
    return Line(id=f"n-{flood.key}", face=face, flood=text, at=flood.at, ago=(now - flood.at).total_seconds())


# --- On one, not on another -------------------------------------------------------------------------------------------
def _only(row: OnlyRow, faces: Faces) -> Line:
    notes = [(f"Likely same as {ticker}{_at(where, faces)}", "soft") for ticker, where in row.same]
    notes += [(f"{faces[slug].name}: another coin of this ticker", "warn") for slug in row.others if slug in faces]
    return Line(
        id=f"o-{row.asset}", **_who(row.coin, row.asset), price=_shown(row.price, faces), pebbles=_pebbles(row.on, faces), notes=tuple(notes), at=row.since,
        source=SOURCES.get(row.time_source, "before Pebble looked"), score=_score(row.trend), trending=_trending(row.trend, faces),
    )


def _at(where: Sequence[str], faces: Faces) -> str:
    names = [faces[slug].name for slug in where if slug in faces]
    return f", on {', '.join(names)}" if names else ""


# --- Trending -----------------------------------------------------------------------------------------------------------
def _trend(row: TrendRow, faces: Faces, sparks: Mapping[PairKey, Sequence[Decimal]]) -> Line:
    o = row.trend
    return Line(
        id=f"t-{o.asset}", **_who(row.coin, o.asset), price=_shown(row.price, faces), pebbles=_pebbles(row.on, faces), rank=o.rank, move=_move(row.move),
        spark=mark_safe(sparkline(sparks.get(row.price.key, ()) if row.price else ())),  # noqa: S308 - numbers only
        score=_score(o), parts=" × ".join({"volume": "volume", "move": "move"}[part] for part in o.parts), relative=_times(o.relative),
        fresh=str(row.fresh) if row.fresh else DASH, pressure=percent(None if row.pressure is None else row.pressure * 100, places=0, sign=False),
        trending=_trending(o, faces),
    )


def _score(o: Overall | None) -> str:
    return DASH if o is None else fixed(Decimal(repr(o.score)), 0)


def _times(relative: float | None) -> str:
    return "not enough history" if relative is None else f"{fixed(Decimal(repr(relative)), 1)}×"


def _move(places: int | None) -> tuple[str, str]:
    if places is None:
        return DASH, ""
    return signed(Decimal(places), 0), direction(Decimal(places))


def _trending(o: Overall | None, faces: Faces) -> tuple[ExchangeStatus, ...]:
    return tuple(faces[slug] for slug in o.on if slug in faces) if o else ()


# --- Words above the table -----------------------------------------------------------------------------------------------
def answer(asked: Asked, found: Found, faces: Faces) -> str:
    """One sentence that answers the question of the view."""
    v, first = asked.values, next((row for row in found.rows if not isinstance(row, Flood)), None)
    if v["view"] == "only":
        on, off = _names(v["on"], faces, v["on_match"]), _names(v["not_on"], faces, v["not_match"])
        return f"{found.total:,} coins are listed {on or 'somewhere'} but not {off or 'everywhere'}."
    if v["view"] == "trending":
        if first is None:
            return "Nothing trades above the minimum right now."
        where = _trending(first.trend, faces)
        return f"{first.coin.ticker} moves most" + (f", on {', '.join(face.name for face in where)}" if where else "") + f", of {found.total:,} coins."
    window, what = WINDOWS[v["window"]], WHAT[v["what"]]
    if first is None:
        return f"{found.total or 'No'} {what} in the last {window}."
    head = f"{found.total:,} {what} in the last {window}" if found.total > 1 else f"One of the {what} in the last {window}"
    return f"{head}; the latest is {first.coin.ticker} on {faces[first.news.exchange].name if first.news.exchange in faces else first.news.exchange}."


def _names(slugs: Sequence[str], faces: Faces, how: str) -> str:
    """on A, B or C; "" where none is named."""
    names = [faces[slug].name for slug in slugs if slug in faces]
    if not names:
        return ""
    return "on " + f" {'and' if how == 'all' else 'or'} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def evidence(v: Mapping[str, Any], found: Found) -> str:
    """What the answer stands on: how old the lists are, what scores are made of."""
    read_ones = [c for c in found.catalogues.values() if c.age_s is not None]
    if v["view"] == "trending":
        what = "volume against its norm × movement" if found.measured else "movement alone: there is not enough history of volume yet"
        return f"Score: percentile among each exchange's markets over {amount(v['min_volume_usd'] or MINIMUM_USD)} USD a day, by {what}."
    never = [c.name for c in found.catalogues.values() if c.age_s is None]
    shown = [c for c in read_ones if not v["not_on"] or c.exchange in v["not_on"]] if v["view"] == "only" else read_ones
    told = ", ".join(f"{c.name} {age(c.age_s)} ago" for c in shown)
    missing = f" Nothing is claimed of {', '.join(never)}: no list has been read yet." if never else ""
    how = "By identity, not by ticker, in the lists of markets last read: " if v["view"] == "only" else "Lists of markets last read: "
    return f"{how}{told or 'none'}.{missing}"


def lead_lines(found: Found, faces: Faces) -> list[tuple[ExchangeStatus, ExchangeStatus, str]]:
    """(who was first, before whom, how often and by how much) of every two exchanges, the more frequent first."""
    known = [lead for lead in found.leads if lead.leader in faces and lead.follower in faces]
    ordered = sorted(known, key=lambda lead: (-lead.coins, lead.leader, lead.follower))
    return [(faces[lead.leader], faces[lead.follower], _by(lead)) for lead in ordered]


def _by(lead: Lead) -> str:
    return f"by a median of {age(lead.median.total_seconds())} on {lead.coins:,} of {lead.both:,} coins"
