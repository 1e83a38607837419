"""What the arbitrage pages show, made from judged routes: ready words and figures, so that templates decide nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from markets.analysis.arbitrage import Trade
from markets.analysis.classes import Condition
from markets.analysis.display import DASH, age, amount, exact, gap, percent, places_of, rate, signed
from markets.analysis.scene import Leg, Route
from markets.board import Board, PairKey
from markets.pages.compare_shown import Faces
from markets.pages.overview_shown import Column, cell
from markets.pages.query import Asked
from markets.reads.arbitrage import Found, Line
from markets.shapes import ExchangeStatus

TURNS = " \N{RIGHTWARDS ARROW} "
HUNDRED, BPS = Decimal(100), Decimal(10_000)
SOURCES = {"visitor": "yours", "operator": "set by an operator", "exchange": "told by the exchange", "default": "public base tier", "assumed": "assumed"}
CLASSES = {
    "executable": ("Executable", "up"), "indicative": ("Indicative", "soft"), "unconfirmed": ("Unconfirmed", "warn"), "blocked": ("Blocked", "down"),
    "suspect": ("Suspect", "warn"), "unprofitable": ("Does not pay", "plain"),
}  # fmt: skip
TRANSFERS = {"open": "open", "closed": "closed", "apart": "no shared network", "unknown": "not known"}
COLUMNS = (  # (sort key, heading, class, explanation)
    ("asset", "Asset", "text", ""),
    ("", "Route", "text", "Bought at the first, sold at the second"),
    ("", "Buy at", "num", "The best ask"),
    ("", "Sell at", "num", "The best bid"),
    ("gross", "Gross, bps", "num", "Bid over ask, in basis points, before fees"),
    ("", "Fees, bps", "num", "What taker fees take of it, in basis points"),
    ("net", "Net", "num", "What is left at your amount after fees"),
    ("profit", "For your amount", "num", "Profit for the amount, or for what pays of it"),
    ("size", "Pays up to", "num", "The largest amount that still pays, in what it is bought with"),
    ("", "Transfer", "text", "A network both sides share, and whether it is open"),
    ("age", "Age", "num", "Of the older price"),
    ("open", "Open for", "num", "How long it has paid without a break"),
    ("seen", "24 h", "num", "How often it began to pay in the last day"),
)
CSV_HEAD = (
    "class", "kind", "base", "quote", "buy_exchange", "buy_symbol", "buy_price", "sell_exchange", "sell_symbol", "sell_price", "gross_bps", "fees_bps",
    "net_pct", "size", "cost", "profit", "profit_usd", "most_cost", "most_profit", "transfer", "transfer_fee", "age_s", "skew_s", "open_s", "seen_24h",
    "reasons", "as_of",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One route on the page. Figures are "–" where they would mislead; `most` are the money that pays and its profit."""

    id: str
    line: Line
    ticker: str
    pair: str
    path: str
    stops: tuple[tuple[ExchangeStatus, str], ...]  # the exchanges on the way, with what the next step turns into (loops)
    buy: Decimal | None
    sell: Decimal | None
    places: int
    gross: tuple[str, str]
    fees: tuple[str, str]
    net: str
    pays: bool
    profit: str
    most: str
    transfer: str
    badge: tuple[str, str]
    reason: str
    open_for: str
    parts: tuple[tuple[str, str], ...]

    @property
    def age_s(self) -> float | None:
        """Of the older leg."""
        return self.line.route.age_s

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that would have to be true."""
        return self.line.judged.conditions


def rows(lines: Iterable[Line], board: Board, faces: Faces, asked: Asked, now: datetime) -> list[Row]:
    """The rows of a table, of exchanges that are still known."""
    return [row(line, board, faces, asked, now) for line in lines if all(leg.exchange in faces for leg in line.route.legs)]


def row(line: Line, board: Board, faces: Faces, asked: Asked, now: datetime) -> Row:
    """One route."""
    route, judged, hidden = line.route, line.judged, line.judged.hidden
    coin = board.coins.get(route.base)
    opened, failed = line.open_s(now), judged.reasons
    net = judged.trade.net if judged.trade.net is not None else route.net
    return Row(
        id="r-" + hashlib.blake2b(route.name.encode(), digest_size=6).hexdigest(), line=line, ticker=coin.ticker if coin else route.base, pair=_pair(route),
        path=detail_path(route, asked), stops=_stops(route, faces), buy=None if hidden else route.buy.price, sell=None if hidden else route.sell.price,
        places=max(places_of(route.buy.price), places_of(route.sell.price)), gross=_bps(route.gross, hidden), fees=_bps(route.fees, hidden),
        net=DASH if hidden else percent(net * HUNDRED), pays=not hidden and net * HUNDRED >= Decimal("0.005"),
        profit=DASH if hidden or not judged.trade.size else money(judged.trade.profit, route),
        most=DASH if hidden or not judged.full.size else amount(judged.full.cost),
        transfer=_transfer(line), badge=CLASSES[judged.kind], reason=failed[0].detail if failed else "",
        open_for=age(opened) if opened is not None else DASH, parts=() if hidden else tuple(_parts(line, faces)),
    )


def _pair(route: Route) -> str:
    """What is traded: the pair, both moneys, or the loop."""
    if route.kind == "triangle":
        return TURNS.join([route.quote, *(_into(leg) for leg in route.legs)])
    if route.kind == "basis":
        return f"{route.base}/{route.quote}"
    moneys = dict.fromkeys(leg.quote for leg in route.legs[:2])
    return f"{route.base}/{TURNS.join(moneys)}"


def _into(leg: Leg) -> str:
    return leg.base if leg.side == "buy" else leg.quote


def _stops(route: Route, faces: Faces) -> tuple[tuple[ExchangeStatus, str], ...]:
    if route.kind == "triangle":
        return ((faces[route.buy.exchange], ""),)
    return (faces[route.buy.exchange], ""), (faces[route.sell.exchange], "perp" if route.kind == "basis" else "")


def detail_path(route: Route, asked: Asked) -> str:
    """The page of a route between two exchanges; of others that of the pair."""
    if route.kind != "cross":
        return f"/compare/{route.key}/"
    sold = route.sell.quote if route.sell.quote != route.quote else ""
    own = {"amount": exact(asked.values["amount"]) if asked.values["amount"] != Decimal(1000) else "", "mode": asked.values["mode"]}
    given = {"buy": route.buy.exchange, "sell": route.sell.exchange, "sold": sold, **own}
    return f"/arbitrage/{route.key}/?{urlencode({name: text for name, text in given.items() if text and text != 'inventory'})}"


def _bps(ratio: Decimal, hidden: bool) -> tuple[str, str]:
    return (DASH, "") if hidden else gap(ratio * BPS, sign=True)


def money(value: Decimal, route: Route) -> str:
    """A profit or loss in the route's money, with enough digits to tell it from nothing."""
    places = 2 if abs(value) >= 1 or not value else min(8, 1 - value.adjusted())
    return f"{signed(value, places)} {route.quote}"


def _transfer(line: Line) -> str:
    way = line.judged.way
    if way is None:
        return "not needed"
    return f"{way.network}, open" if way.state == "open" else TRANSFERS[way.state]


def _parts(line: Line, faces: Faces) -> Iterable[tuple[str, str]]:
    """(what, figure) of everything that opens below a row."""
    route, judged = line.route, line.judged
    for leg in route.legs:
        what = f"{'Buy' if leg.side == 'buy' else 'Sell'} {leg.base}/{leg.quote}{' perpetual' if leg.kind == 'perp' else ''} on {faces[leg.exchange].name}"
        yield f"{what}: taker fee", f"{rate(leg.fee * HUNDRED)} {SOURCES.get(leg.fee_source, leg.fee_source)}"
    yield "At the best prices", percent(route.net * HUNDRED, places=4)
    yield "At your amount", _said(judged.trade, route)
    yield "All that pays", _said(judged.full, route)
    if judged.way is not None:
        fee = judged.way.fee
        yield "Sending the coins", judged.way.detail + (f"; costs {exact(fee)} {route.base}" if fee is not None else "")
    skew = route.skew_s
    yield "Seen apart by", DASH if skew is None else f"{skew:.1f} s"
    if judged.noise is not None:
        yield "Noise of that", f"{percent(Decimal(judged.noise) * HUNDRED, places=3, sign=False)}{'' if judged.measured else ', assumed'}"
    if route.carry is not None:
        yield from _carried(route)
    if line.episode is not None:
        yield "Snapshots in a row", str(line.episode.snapshots)


def _carried(route: Route) -> Iterable[tuple[str, str]]:
    carry = route.carry
    if carry is None or carry.apr_pct is None:
        yield "Funding", "not known"
        return
    yield "Funding a year, as it is now", percent(carry.apr_pct)
    hours = carry.break_even_h
    yield "Paid back by funding after", "it is paid, not earned" if hours is None else age(float(hours) * 3600)
    yield "Open interest", amount(carry.open_interest_value)


def _said(trade: Trade, route: Route) -> str:
    if not trade.size:
        return "nothing"
    coins = "" if route.kind == "triangle" else f"{amount(trade.size)} {route.base} for "
    return f"{coins}{amount(trade.cost)} {route.quote}: {money(trade.profit, route)}, {percent((trade.net or Decimal(0)) * HUNDRED, places=3)}"


# --- The answer -------------------------------------------------------------------------------------------------
def sentence(found: Found, board: Board, faces: Faces) -> str:
    """What the page answers, in one line."""
    if found.clock_off:
        return "Arbitrage is off: this machine's clock and the exchanges' are too far apart."
    if found.main:
        return _paying(found, board, faces)
    if unjudged := _unjudged(found, faces):
        return unjudged
    hidden = f" {found.filtered} more are hidden by your filters." if found.filtered else ""
    if not found.near:
        return f"Nothing pays after fees.{hidden}"
    first = found.near[0].route
    short, unit = gap(-first.net * BPS)
    return f"Nothing pays after fees. Closest: {ticker(board, first.base)}, {short} {unit} short.{hidden}"


def _unjudged(found: Found, faces: Faces) -> str:
    """Why nothing can be said of gaps right now; "" where enough exchanges are live. Between two exchanges it takes two."""
    only, needed = found.wanted.exchanges, 2 if found.wanted.kinds == ("cross",) else 1
    asked = [face for slug, face in faces.items() if face.enabled and (not only or slug in only)]
    live = sum(face.live for face in asked)
    if live >= needed or found.filtered or found.near:
        return ""
    of = f"{live or 'none'} of {len(asked)} exchange{'s' * (len(asked) != 1)}"
    return f"Nothing can be compared right now: {of} has live prices{', and a gap needs two' * (needed > 1)}."


def _paying(found: Found, board: Board, faces: Faces) -> str:
    best, count = found.main[0], len(found.main)
    route, judged = best.route, best.judged
    where = faces[route.buy.exchange].name if route.kind == "triangle" else f"{faces[route.buy.exchange].name} to {faces[route.sell.exchange].name}"
    head = "1 route pays" if count == 1 else f"{count:,} routes pay"
    net = percent((judged.trade.net or route.net) * HUNDRED)
    return f"{head} after fees right now; best {net} on {ticker(board, route.base)}, {where}, up to {whole(judged.full.cost)} {route.quote}."


def ticker(board: Board, base: str) -> str:
    """A coin as people write it."""
    coin = board.coins.get(base)
    return coin.ticker if coin else base


def whole(value: Decimal) -> str:
    """Money in a sentence: no decimals from a hundred on."""
    return f"{value:,.0f}" if value >= HUNDRED else f"{value:,.2f}" if value >= 1 else exact(value)[:10]


# --- Controls ---------------------------------------------------------------------------------------------------
def columns(asked: Asked) -> list[Column]:
    """The headings with links that sort by them."""
    return [_column(asked, *column) for column in COLUMNS]


def _column(asked: Asked, key: str, title: str, css: str, explains: str) -> Column:
    sort, down = asked.values["sort"], f"-{key}"
    first, second = (key, down) if key in ("asset", "age") else (down, key)
    link = asked.link(sort=second if sort == first else first) if key else ""
    return Column(title, css, link, {key: "ascending", down: "descending"}.get(sort, "") if key else "", explains)


def removals(asked: Asked) -> list[tuple[str, str]]:
    """(what a filter asks for, the link without it) for every filter that is set."""
    v = asked.values
    says = {
        "min_net_pct": f"Net over {exact(v['min_net_pct'])}%", "min_depth": f"Pays over {amount(v['min_depth'])} USD",
        "max_age_s": f"Younger than {exact(v['max_age_s'])} s", "exchange": f"{len(v['exchange'])} exchanges only", "base": f"Only {', '.join(v['base'])}",
    }
    defaults = {p.name: p.default for p in asked.parameters}
    return [(text, asked.link(**{name: defaults[name]})) for name, text in says.items() if v[name] != defaults[name]]


# --- CSV --------------------------------------------------------------------------------------------------------
def csv_rows(lines: Sequence[Line], now: datetime) -> Iterable[tuple[str, ...]]:
    """The same rows as plain numbers, a heading first."""
    yield CSV_HEAD
    for line in lines:
        route, judged = line.route, line.judged
        figures = ("",) * 9 if judged.hidden else (
            _figure(route.gross * BPS), _figure(route.fees * BPS), _figure(None if judged.trade.net is None else judged.trade.net * HUNDRED),
            *map(_figure, (judged.trade.size, judged.trade.cost, judged.trade.profit, judged.profit_usd, judged.full.cost, judged.full.profit)),
        )  # fmt: skip
        way, opened = judged.way, line.open_s(now)
        yield (
            judged.kind, route.kind, cell(route.base), cell(route.quote), route.buy.exchange, cell(route.buy.symbol),
            "" if judged.hidden else exact(route.buy.price), route.sell.exchange, cell(route.sell.symbol),
            "" if judged.hidden else exact(route.sell.price), *figures, way.state if way else "", exact(way.fee) if way else "",
            _seconds(route.age_s), _seconds(route.skew_s), _seconds(opened), str(line.seen_24h), " ".join(c.code for c in judged.reasons), now.isoformat(),
        )


def _figure(value: Decimal | None) -> str:
    return exact(None if value is None else round(value, 8))


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def api_link(asked: Asked, names: Iterable[str]) -> str:
    """The call that answers the same."""
    shared = [p for p in asked.parameters if p.name in set(names)]
    link = Asked("/api/v1/arbitrage/", asked.values, shared).link()
    sort = asked.values["sort"]
    return link if sort == "-profit" else f"{link}{'&' if '?' in link else '?'}ordering={sort}"


def pair_of(key: PairKey, board: Board) -> str:
    """A pair as a title says it."""
    return f"{ticker(board, key.base)}/{key.quote}"
