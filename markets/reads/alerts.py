"""What stands there now of what people asked to be told of: by the same reads as the pages, each asked once for all who ask the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from exchanges.models import ExchangeState
from exchanges.numbers import EXACT
from markets import audience, held, read, rollouts
from markets.analysis import discovery, display
from markets.analysis.alert_words import Words
from markets.analysis.alerts import Arbitrage, Best, Condition, Down, Funding, Item, Items, Level, Listing, Offer, Price, Seen, Spread
from markets.analysis.best import Comparison
from markets.analysis.discovery import News
from markets.analysis.funding import Cell
from markets.analysis.rows import Row
from markets.reads import arbitrage, comparisons, funding, listed, news
from markets.reads import wanted as discovering

SCANS = 3  # questions about gaps in one round: each takes as long as a page of them
AT_ONCE = 400  # things of a set at most, the newest or best first
UNASKED = ("disabled", "not_in_rollout")
DOWN = (ExchangeState.DOWN, ExchangeState.BANNED, ExchangeState.BLOCKED, ExchangeState.AUTO_DISABLED)


def words() -> Words:
    """What exchanges and coins are called here."""
    return Words(comparisons.names(), {key: coin.ticker for key, coin in read.board().coins.items()})


def look(conditions: Iterable[Condition], now: datetime) -> list[Seen | None]:
    """What stands there for each, as whoever is looking sees it; None where there was no time to look in this round."""
    seeing = _Round(now)
    return [seeing.of(condition) for condition in conditions]


def look_for(asked: Iterable[tuple[int, Condition]], now: datetime) -> list[Seen | None]:
    """As `look`, each for its owner (a user's id): an exchange that is released to some is told of to those alone."""
    seeing, found = _Round(now), list[Seen | None]()
    for owner, condition in asked:
        with audience.of(partial(rollouts.user, owner)):
            found.append(seeing.of(condition))
    return found


@dataclass
class _Round:
    """One round of looks. `known` holds what was asked in it, by who was looking and by question."""

    now: datetime
    known: dict[object, Any] = field(default_factory=dict)
    scans: int = 0

    def of(self, condition: Condition) -> Seen | None:
        """What stands there for one condition."""
        if isinstance(condition, Offer):
            return self._offer(condition)
        if isinstance(condition, Funding):
            return self._funding(condition)
        if isinstance(condition, Arbitrage):
            return self._gaps(condition)
        return self._listings(condition) if isinstance(condition, Listing) else _down(condition)

    def _once(self, question: object, make: Callable[[], Any]) -> Any:
        asked = held.looker(), question
        if asked not in self.known:
            self.known[asked] = make()
        return self.known[asked]

    # --- Prices and spreads -------------------------------------------------------------------------------------
    def _offer(self, offer: Price | Best | Spread) -> Level:
        terms = comparisons.Wanted(
            side=offer.side, net=offer.net, amount=offer.amount, unit=offer.unit, fees=offer.fees, withdraw=offer.withdraw, network=offer.network,
            normalise=offer.normalise, expiry=offer.expiry,
        )
        compared: Comparison = self._once(
            (offer.key, repr(terms)), lambda: comparisons.compared(read.board(), offer.key, self.now, terms),
        )  # whatever exchanges are asked for: only all of them together show who is wrong
        rows = [row for row in compared.rows if not offer.exchanges or row.quote.exchange in offer.exchanges]
        return _spread(rows, compared) if isinstance(offer, Spread) else _price(offer, rows, compared)

    # --- Funding ------------------------------------------------------------------------------------------------
    def _funding(self, condition: Funding) -> Level:
        lines = self._once(("funding", condition.base), lambda: funding.of_coin(condition.base, self.now))
        cells = [
            cell for line in lines if condition.quote in ("", line.quote)
            for slug, cell in line.cells.items() if not condition.exchanges or slug in condition.exchanges
        ]  # fmt: skip
        values = [(value, cell) for cell in cells if (value := rate(condition, cell)) is not None]
        sure = [(value, cell) for value, cell in values if not _cell_doubt(cell)]
        if not sure:
            return Level(doubt=_cell_doubt(values[0][1]) if values else "not_listed")
        value, cell = (max if condition.above else min)(sure, key=lambda each: (each[0], each[1].contract.exchange))
        observed = cell.contract.funding.observed_at if cell.contract.funding else None
        return Level(value=value, where=cell.contract.exchange, age_s=cell.age_s, observed_at=observed)

    # --- Gaps ---------------------------------------------------------------------------------------------------
    def _gaps(self, condition: Arbitrage) -> Items | None:
        """The gaps of the main table. Each is followed from birth to death, so that none is told of twice."""
        if not self._once("alive", arbitrage.alive):
            return Items()
        wanted = arbitrage.Wanted(
            amount=condition.amount, mode=condition.mode, transfer_cost=condition.transfer_cost, exchanges=condition.exchanges, kinds=condition.types,
        )
        question = repr(wanted)
        new = (held.looker(), question) not in self.known
        if new and self.scans >= SCANS:
            return None
        self.scans += new
        found = self._once(question, lambda: arbitrage.find(wanted, self.now))
        narrowed = arbitrage.Wanted(min_net_pct=condition.level, min_depth=condition.min_depth, max_age_s=condition.max_age_s)
        lines = [line for line in found.main if line.episode and _asked_for(line, condition) and arbitrage.matches(line, narrowed)]
        return Items(tuple(_gap(line) for line in lines[:AT_ONCE]))

    # --- Listings -----------------------------------------------------------------------------------------------
    def _listings(self, condition: Listing) -> Items:
        found = self._once(("news", condition.what), lambda: _news(condition.what, self.now))
        asked = [
            item for item in found
            if (not condition.exchanges or item.exchange in condition.exchanges) and (_is_of(item, condition.base) if condition.base else _is_shown(item))
        ]  # fmt: skip
        return Items(tuple(_told(item, self.now) for item in asked[:AT_ONCE]))


# --- Prices and spreads -----------------------------------------------------------------------------------------
def _price(offer: Offer, rows: Sequence[Row], compared: Comparison) -> Level:
    """The best of these exchanges: the first in the page's own order."""
    best = next((row for row in rows if row.rank and row.deal and row.deal.fills), None)
    if best is None:
        return Level(doubt=_nobody(rows))
    value = best.net_price if offer.net else best.deal.price if best.deal else None
    return _level(value, best, _doubt(best, compared, offer.amount is not None))


def _spread(rows: Sequence[Row], compared: Comparison) -> Level:
    sure = [row for row in rows if row.rank and row.spread_bps is not None and not _doubt(row, compared, False)]
    if not sure:
        ranked = next((row for row in rows if row.rank), None)
        return _level(ranked.spread_bps, ranked, _doubt(ranked, compared, False)) if ranked else Level(doubt=_nobody(rows))
    best = min(sure, key=lambda row: (row.spread_bps, row.rank))
    return _level(best.spread_bps, best, "")


def _level(value: Decimal | None, row: Row, doubt: str) -> Level:
    return Level(value=value, where=row.quote.exchange, age_s=row.age_s, observed_at=row.quote.observed_at, doubt=doubt)


def _nobody(rows: Sequence[Row]) -> str:
    """Why nobody is the best."""
    if any(row.rank for row in rows):
        return "partial"
    return next((row.reason for row in rows if row.reason), "none" if rows else "not_listed")


def _doubt(row: Row, compared: Comparison, at_amount: bool) -> str:
    """Why a ranked price is not sure enough to be told of: not fresh, flagged, of another coin perhaps, or the word of one exchange alone."""
    flags = [flag for flag in row.flags if not (at_amount and flag == "thin")]
    book = row.ladder_state if row.deal and row.deal.book_age_s is not None else "fresh"
    known = {
        row.state: row.state != "fresh", flags[0] if flags else "": bool(flags), book: book != "fresh",
        "single_source": compared.status == "single_source" and _others(compared) > 1,
        "depegged": bool(row.conversion and row.conversion.peg == "depegged"),
    }  # fmt: skip
    return next((code for code, holds in known.items() if holds), "")


def _others(compared: Comparison) -> int:
    """How many exchanges that an operator has not switched off should have a price of their own."""
    return sum(row.quote.status == "trading" and row.quote.switch not in UNASKED for row in compared.rows)


# --- Funding ----------------------------------------------------------------------------------------------------
def rate(condition: Funding, cell: Cell) -> Decimal | None:
    """A contract's funding in the condition's unit, percent."""
    if condition.per == "year":
        return cell.apr_pct
    return None if cell.rate is None else EXACT.multiply(cell.rate, Decimal(100))


def _cell_doubt(cell: Cell) -> str:
    return cell.reason or ("" if cell.state == "fresh" else cell.state)


# --- Gaps -------------------------------------------------------------------------------------------------------
def _asked_for(line: arbitrage.Line, c: Arbitrage) -> bool:
    route = line.route
    return (
        (not c.base or route.base in c.base) and c.quote in ("", route.quote) and c.buy in ("", route.buy.exchange) and c.sell in ("", route.sell.exchange)
    )


def _gap(line: arbitrage.Line) -> Item:
    route, net, names = line.route, line.judged.trade.net, comparisons.names()
    left = None if net is None else EXACT.multiply(net, Decimal(100))
    places = tuple(dict.fromkeys((route.buy.exchange, route.sell.exchange)))
    says = f"{route.base}/{route.quote}, {' to '.join(names.get(slug, slug) for slug in places)}: {display.percent(left)} after fees"
    episode = line.episode
    assert episode is not None  # noqa: S101 - for the type checker: only followed gaps come here
    return Item(
        key=f"{route.name}@{episode.born_at.isoformat()}", says=says, value=left, where=places,
        age_s=route.age_s, observed_at=episode.observed_at, receipt=episode.receipt,
    )  # fmt: skip


# --- Listings ---------------------------------------------------------------------------------------------------
def _news(what: str, now: datetime) -> list[News]:
    """The day's news that a second catalogue has confirmed, of coins that are no other coin's name."""
    catalogues, there = listed.catalogues(now), listed.presences()
    found = news.events(discovering.Wanted(what=what, window="24h"), now)
    return [
        item for item in sorted(found, key=lambda n: (n.seen_at, n.pk), reverse=True)
        if discovery.is_verified(item, catalogues[item.exchange].accepted_at) and item.exchange in discovery.here(there.get(item.asset, {}))
    ]  # fmt: skip


def _is_of(item: News, coins: Sequence[str]) -> bool:
    return item.asset in coins or discovering.coin(item.asset).ticker in coins


def _is_shown(item: News) -> bool:
    """Whether it is of a class that the page of new listings shows unless told."""
    return not discovering.is_hidden(discovering.Wanted(), item.asset)


def _told(item: News, now: datetime) -> Item:
    coin, name = discovering.coin(item.asset), comparisons.names().get(item.exchange, item.exchange)
    pair = f"{coin.ticker}/{item.quote}"
    says = {"announced": f"{name} announces {pair}", "listed": f"{name} lists {coin.ticker}", "pair_added": f"{name} adds {pair}"}
    at = (now - item.seen_at).total_seconds()
    return Item(key=f"{item.pk}", says=says.get(item.event, f"{name} opened {pair}"), where=(item.exchange,), age_s=max(0.0, at), observed_at=item.seen_at)


# --- Exchanges --------------------------------------------------------------------------------------------------
def _down(condition: Down) -> Items:
    """The exchanges that are on and do not answer. One that an operator switched off is not down."""
    view = held.current().exchanges.values()
    there = [e for e in view if e.enabled and e.state in DOWN and (not condition.exchanges or e.slug in condition.exchanges)]
    return Items(tuple(Item(key=e.slug, says=f"{e.name}: {ExchangeState(e.state).label}", where=(e.slug,)) for e in there))
