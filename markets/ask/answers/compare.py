"""Prices side by side: of one coin over the exchanges, or of several coins beside each other. Pure.

Between different coins no difference of prices is told: it would mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from markets.analysis.best import Best, Comparison, Row
from markets.analysis.inputs import Inputs
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.common import Coin, cell
from markets.ask.answers.words import Words, off
from markets.ask.frame import Frame
from markets.ask.router import Route


class Beside(Struct, frozen=True, kw_only=True):
    """One coin's comparison as it can be made again, and how the question was read. Of `unread` exchanges it is not known what they list."""

    coin: Coin
    inputs: Inputs
    notes: tuple[str, ...] = ()
    unread: tuple[Left, ...] = ()


class Compared(Struct, frozen=True, tag="compare", kw_only=True):
    """Coins to be put beside each other, and tickers that nobody here lists."""

    coins: tuple[Beside, ...]
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Coin:
    """One coin compared, with its words."""

    beside: Beside
    c: Comparison
    words: Words

    @property
    def label(self) -> str:
        return self.beside.coin.label

    @property
    def best(self) -> Best | None:
        return self.c.best_sell if self.c.side == "sell" else self.c.best_buy

    @property
    def grade(self) -> str:
        return common.graded(self.c.grade, sum(row.rank is not None for row in self.c.rows))

    def notes(self, *, alone: bool) -> list[str]:
        """What there is to say of it; beside others with its ticker."""
        own = [note for note in (self.beside.coin.note, *self.beside.notes) if note]
        return own + [note if alone else f"{self.words.ticker}: {note[0].lower()}{note[1:]}" for note in self.c.notes]

    def row_of(self, exchange: str) -> Row | None:
        return next((row for row in self.c.rows if row.quote.exchange == exchange), None)


def compose(frame: Frame, route: Route, found: Compared, now: datetime) -> Answer:
    """One coin over all exchanges, or several beside each other."""
    said = Said()
    coins = []
    for each in found.coins:
        c = each.inputs.compared(now)
        coins.append(_Coin(each, c, Words.of(c, each.coin, route, said)))
    answer = _single(frame, route, coins[0], now) if len(coins) == 1 else _several(frame, route, coins, now)
    unlisted = tuple(f"No exchange I watch lists {ticker}." for ticker in found.unlisted)
    notes = [note for one in coins for note in one.notes(alone=len(coins) == 1) if note != answer.sentence]
    told = tuple(dict.fromkeys(common.numbers(said, "remark", note) for note in (*notes, *unlisted)))
    return replace(answer, notes=told, as_of=now, method=coins[0].beside.inputs.method.version, figures=said.figures)


# --- One coin -----------------------------------------------------------------------------------------------------
def _single(frame: Frame, route: Route, one: _Coin, now: datetime) -> Answer:
    c, words = one.c, one.words
    sources, left = _sources(route, [one])
    query = {"side": c.side if c.side == "sell" else None, "exchange": common.only(frame, route)}
    path = f"{c.key}/"
    return Answer(
        kind="answer" if one.best else "nothing", title=f"{one.label} - prices side by side", sentence=_single_sentence(one), table=_single_table(frame, one),
        lines=tuple(line for line in (_ranges(one), _changed(one), common.closing(sources, left, words.said)) if line),
        sources=sources, excluded=left, value=one.best.price if one.best else None, unit=c.key.quote, grade=one.grade, max_age_s=common.oldest(sources),
        page=common.address(f"/compare/{path}", **query), api=common.address(f"/api/v1/compare/{path}", **query),
    )


def _single_sentence(one: _Coin) -> str:
    buy, sell, words = one.c.best_buy, one.c.best_sell, one.words
    if buy is None or sell is None:
        usual = f"No exchange has a usable price of {common.pair(one.c.key, one.beside.coin)} right now."
        return common.numbers(words.said, "remark", next(iter(one.c.notes), usual))
    cheapest = f"Cheapest to buy on {words.name(buy.exchange)}, {words.quoted('best_buy', buy.price)}"
    return f"{cheapest}; best to sell on {words.name(sell.exchange)}, {words.quoted('best_sell', sell.price)}"


def _changed(one: _Coin) -> str:
    found = one.words.change(one.c)
    return f"The price changed by {found}." if found else ""


def _ranges(one: _Coin) -> str:
    return " ".join(part for part in (one.words.price_range(one.c), one.words.after_fees(one.c)) if part)


def _single_table(frame: Frame, one: _Coin) -> Table | None:
    """Every exchange with a price; of those that do not count, why."""
    rows, money = [row for row in one.c.rows if row.price], one.c.key.quote
    limit = frame.limit or len(rows)
    columns = (
        Column("exchange", "Exchange"), Column("ask", f"Ask, {money}", True), Column("bid", f"Bid, {money}", True), Column("vs_best", "Against best", True),
        Column("spread_bps", "Spread", True, False), Column("change_24h_pct", "24 h", True, False), Column("volume_24h", f"Volume, {money}", True, False),
        Column("age_s", "Age", True, False),
    )
    return Table(columns, tuple(_cells(one, row) for row in rows[:limit]), max(0, len(rows) - limit)) if rows else None


def _cells(one: _Coin, row: Row) -> tuple[Cell, ...]:
    q, words, said = row.quote, one.words, one.words.said
    name = words.name(q.exchange)
    return (
        Cell(name), cell(words.price(f"ask on {name}", q.ask), q.ask), cell(words.price(f"bid on {name}", q.bid), q.bid), _against(one, row, name),
        cell(said.bps(f"spread on {name}", row.spread_bps), row.spread_bps),
        cell(said.percent(f"change on {name}", q.change_24h_pct, sign=True), q.change_24h_pct),
        cell(said.amount(f"volume on {name}", q.quote_volume_24h, one.c.key.quote), q.quote_volume_24h),
        Cell(said.age(f"age of {name}", row.age_s), common.seconds(row.age_s)),
    )


def _against(one: _Coin, row: Row, name: str) -> Cell:
    if not row.rank:
        return Cell(one.words.doubt(row))
    if "best_price" in row.badges:
        return Cell("best", "0")
    behind = off(row.price, one.best.price if one.best else None)
    return cell(one.words.said.percent(f"{name} against best", behind, sign=True), behind)


# --- Several coins ------------------------------------------------------------------------------------------------
def _several(frame: Frame, route: Route, coins: list[_Coin], now: datetime) -> Answer:
    sources, left = _sources(route, coins)
    said = coins[0].words.said
    keys = [str(one.c.key) for one in coins]
    return Answer(
        kind="answer" if any(one.best for one in coins) else "nothing", title=f"{common.listed([one.label for one in coins])} - side by side",
        sentence="; ".join(_priced(one) for one in coins), table=_several_table(route, coins),
        lines=(*(_spread_out(one) for one in coins if one.c.price_range_pct is not None), common.closing(sources, left, said)), sources=sources, excluded=left,
        grade=max((one.grade for one in coins), default=None), max_age_s=common.oldest(sources), page=common.address(f"/compare/{keys[0]}/"),
        api=common.address("/api/v1/pairs/", base=[one.c.key.base for one in coins], quote=coins[0].c.key.quote),
    )


def _priced(one: _Coin) -> str:
    """BTC 92,370.7 USDT on Bybit (+2.10 % in 24 h)."""
    if one.best is None:
        return f"{one.label}: no usable price"
    change = one.words.change(one.c)
    price = f"{one.label} {one.words.quoted(f'price of {one.words.ticker}', one.best.price)} on {one.words.name(one.best.exchange)}"
    return f"{price} ({change})" if change else price


def _spread_out(one: _Coin) -> str:
    count = one.words.said.count(f"exchanges of {one.words.ticker}", sum(row.rank is not None for row in one.c.rows))
    return f"{one.words.ticker}: {one.words.price_range(one.c).lower().rstrip('.')} over {count} exchanges."


def _several_table(route: Route, coins: list[_Coin]) -> Table:
    """A row for each exchange, a column for each coin."""
    names = [slug for slug in route.priced if any(one.row_of(slug) for one in coins)]
    side = "bid" if coins[0].c.side == "sell" else "ask"
    prices = (Column(one.words.ticker.lower(), f"{one.words.ticker} {side}, {one.c.key.quote}", True) for one in coins)
    return Table((Column("exchange", "Exchange"), *prices), tuple((Cell(route.named(slug)), *(_price_on(one, slug) for one in coins)) for slug in names))


def _price_on(one: _Coin, slug: str) -> Cell:
    row = one.row_of(slug)
    if row is None:
        return Cell("not listed")
    if not row.rank:
        return Cell(one.words.doubt(row))
    return cell(one.words.price(f"{one.words.ticker} on {one.words.name(slug)}", row.price), row.price)


# --- Both ---------------------------------------------------------------------------------------------------------
def _sources(route: Route, coins: list[_Coin]) -> tuple[tuple[Used, ...], tuple[Left, ...]]:
    """Each exchange once: with its oldest price, and left out only where no coin's price counts."""
    by_slug: dict[str, Used] = {}
    left: dict[str, Left] = {}
    for one in coins:
        for each in common.used(one.c.rows, route):
            known = by_slug.get(each.exchange)
            by_slug[each.exchange] = each if known is None or (known.age_s or 0) < (each.age_s or 0) else known
        for gone in common.left_out(one.c, route, one.words.said, one.beside.coin.ticker, one.beside.unread):
            left.setdefault(gone.exchange, gone)
    return tuple(by_slug.values()), tuple(each for slug, each in left.items() if slug not in by_slug)
