"""Contracts of all coins: the most open interest, or those that stand furthest from their index price. Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from markets.analysis.derivatives import FIGURE, HUNDRED
from markets.analysis.display import exact
from markets.ask.answer import Answer, Cell, Column, Left, Said, Table, Used
from markets.ask.answers import common
from markets.ask.answers.derivatives import BASIS, Contract
from markets.ask.frame import Frame
from markets.ask.router import Route

BPS = Decimal(100)  # of a percent


class Held(Struct, frozen=True, kw_only=True):
    """One coin's perpetuals together: open interest in USD, on how many exchanges, and the one that has most of it."""

    base: str
    open_interest_usd: Decimal
    exchanges: int
    largest: str
    largest_usd: Decimal


class Largest(Struct, frozen=True, tag="largest", kw_only=True):
    """The coins with the most open interest, or the contracts furthest from their index; `count` of which there are, `whole` open in all of them."""

    coins: tuple[Held, ...] = ()
    apart: tuple[Contract, ...] = ()
    count: int = 0
    whole_usd: Decimal | None = None
    sources: tuple[Used, ...] = ()
    missing: tuple[Left, ...] = ()


COINS = (
    Column("coin", "Coin"), Column("open_interest_usd", "Open interest, USD", number=True), Column("share_pct", "Of all", number=True, phone=False),
    Column("exchanges", "Exchanges", number=True, phone=False), Column("largest", "Most on"),
)  # fmt: skip
APART = (
    Column("contract", "Contract"), Column("exchange", "Exchange"), Column("basis_pct", "Basis", number=True), Column("mark", "Mark price", number=True),
    Column("index", "Index price", number=True, phone=False), Column("open_interest_usd", "Open interest, USD", number=True, phone=False),
)  # fmt: skip


def compose(frame: Frame, route: Route, found: Largest, now: datetime) -> Answer:
    """The largest, or the furthest."""
    said, left, apart = Said(), (*common.told(route), *found.missing), frame.topic in BASIS
    title = "Perpetuals - furthest from their index" if apart else "Perpetuals - most open interest"
    lead = found.apart[0].basis_pct if apart and found.apart else found.coins[0].open_interest_usd if found.coins else None
    return Answer(
        kind="answer" if found.apart or found.coins else "nothing", title=title,
        sentence=_furthest(said, frame, found, route) if apart else _most(said, found, route), lines=tuple(common.reasons(left)),
        table=_apart(said, found, route) if apart else _coins(said, found, route), sources=found.sources, excluded=left, value=lead,
        unit="" if lead is None else "%" if apart else "USD", as_of=now, max_age_s=common.oldest(found.sources),
        page=common.address("/funding/", sort="-basis" if apart else "-open_interest", exchange=common.only(frame, route), quote=frame.quote),
        api=common.address("/api/v1/derivatives/", kind="perp", ordering="-basis_pct" if apart else "-open_interest_usd", exchange=common.only(frame, route),
                           quote=frame.quote), figures=said.figures,
    )  # fmt: skip


def limit_pct(frame: Frame) -> Decimal | None:
    """The threshold as percent of basis; None without one."""
    limit = frame.threshold
    if limit is None:
        return None
    return Decimal(limit.value) / BPS if limit.unit == "bps" else Decimal(limit.value)


def _most(said: Said, found: Largest, route: Route) -> str:
    if not found.coins:
        return "No open interest is known right now."
    first = found.coins[0]
    whole = f"{said.amount('all open interest', found.whole_usd, 'USD')} USD are open in {said.count('coins', found.count)} coins together"
    return (
        f"{first.base} has the most open interest: {said.amount(f'{first.base}, open interest', first.open_interest_usd, 'USD')} USD, most of it on "
        f"{route.named(first.largest)}; {whole}."
    )


def _furthest(said: Said, frame: Frame, found: Largest, route: Route) -> str:
    limit = limit_pct(frame)
    far = "" if limit is None else f"more than {said.rate('threshold', limit)} from their index price"
    if not found.apart:
        return f"No perpetual that counts stands {far}." if far else "No basis is known right now."
    first = found.apart[0]
    head = f"{said.count('perpetuals', found.count)} perpetuals stand {far}; furthest is" if far and found.count > 1 else "Furthest from its index price is"
    way = "below" if (first.basis_pct or 0) < 0 else "above"
    off = said.percent(f"{first.base} on {route.named(first.exchange)}, distance", abs(first.basis_pct or Decimal(0)))
    return f"{head} {first.base}/{first.quote} on {route.named(first.exchange)}: {off} {way} it."


def _coins(said: Said, found: Largest, route: Route) -> Table | None:
    rows = tuple(_coin(said, held, found, route) for held in found.coins)
    return Table(COINS, rows, found.count - len(rows)) if rows else None


def _coin(said: Said, held: Held, found: Largest, route: Route) -> tuple[Cell, ...]:
    share = FIGURE.divide(held.open_interest_usd * HUNDRED, found.whole_usd) if found.whole_usd else None
    most = said.amount(f"{held.base} on {route.named(held.largest)}", held.largest_usd, "USD")
    return (
        Cell(held.base), Cell(said.amount(f"{held.base}, open interest", held.open_interest_usd, "USD"), exact(held.open_interest_usd)),
        Cell(said.percent(f"{held.base}, share", share, places=1), exact(share)),
        Cell(said.count(f"{held.base}, exchanges", held.exchanges), str(held.exchanges)), Cell(f"{route.named(held.largest)} {most}"),
    )  # fmt: skip


def _apart(said: Said, found: Largest, route: Route) -> Table | None:
    rows = tuple(_contract(said, row, route) for row in found.apart)
    return Table(APART, rows, found.count - len(rows)) if rows else None


def _contract(said: Said, row: Contract, route: Route) -> tuple[Cell, ...]:
    name, places = f"{row.base}/{row.quote} on {route.named(row.exchange)}", common.digits((row.mark, row.index))
    return (
        Cell(f"{row.base}/{row.quote}"), Cell(route.named(row.exchange)), Cell(said.percent(f"{name}, basis", row.basis_pct, sign=True), exact(row.basis_pct)),
        Cell(said.price(f"{name}, mark", row.mark, row.quote, places=places), exact(row.mark)),
        Cell(said.price(f"{name}, index", row.index, row.quote, places=places), exact(row.index)),
        Cell(said.amount(f"{name}, open interest", row.open_interest_usd, "USD"), exact(row.open_interest_usd)),
    )  # fmt: skip
