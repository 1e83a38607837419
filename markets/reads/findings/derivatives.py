"""Contracts of a question: one coin's perpetuals, dated futures or options, or the largest of all, as the API of derivatives has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from markets import read
from markets.analysis import chain
from markets.analysis import derivatives as analysis
from markets.analysis.derivatives import Contract as Stored
from markets.analysis.derivatives import Option
from markets.analysis.funding import in_usd
from markets.ask.answer import Used
from markets.ask.answers import Finding, derivatives, largest
from markets.ask.answers.common import Coin
from markets.ask.answers.derivatives import BASIS, DATED, INTEREST, Contract, Derivatives
from markets.ask.answers.largest import Held, Largest
from markets.ask.answers.options import TOPICS, Options, Underlyings
from markets.ask.frame import Frame
from markets.ask.router import Route
from markets.method import current_method
from markets.reads import contracts
from markets.reads import options as chains
from markets.reads.findings import common, missing
from markets.reads.findings.asked import Asked
from markets.reads.findings.funding import MOST_SHOWN, SHOWN, USUAL, ticker

SOURCE, OPTIONS = "perp_tickers", "option_tickers"
OLD = ("stale", "expired")
INFORMS = ("no_bid_ask",)  # a contract is valued without a quote of its own
MOST_ROWS = 20
EXPIRIES = 12


def gather(frame: Frame, route: Route, asked: Asked) -> tuple[Finding, ...]:
    """Of each coin that is named; without any, of all."""
    of_options = frame.topic in TOPICS
    if frame.assets or frame.unknown:
        one: Callable[[Coin, Frame, Route, Asked], Finding] = _options if of_options else _of_coin
        return common.each_coin(frame, lambda coin: one(coin, frame, route, asked))
    if of_options:
        listed = tuple(ticker(base) for base in chains.underlyings())
        return (Underlyings(coins=listed, missing=missing.among(route.priced, OPTIONS, route, asked.now)),)
    return (_largest(frame, route, asked),)


# --- Perpetuals and futures ---------------------------------------------------------------------------------------
def _rows(kind: str, route: Route, asked: Asked) -> list[Stored]:
    return [row for row in contracts.contracts() if row.kind == kind and row.exchange in route.priced and analysis.trades_still(row.expiry, asked.now)]


def _of_coin(coin: Coin, frame: Frame, route: Route, asked: Asked) -> Derivatives:
    futures = [row for row in _rows("future", route, asked) if row.base == coin.key] if frame.topic in DATED else []
    own, dated = futures or [row for row in _rows("perp", route, asked) if row.base == coin.key], bool(futures)  # many call perpetuals futures
    wanted = own if dated or (frame.topic in INTEREST and frame.quote is None) else [row for row in own if row.quote == _quote(own, frame)]
    found = derivatives.ordered([_contract(row, coin.ticker, asked) for row in wanted], frame)
    odd = tuple(one for row in wanted if (one := _contract(row, coin.ticker, asked)).reason)
    shown = (*found[:MOST_ROWS], *odd[: MOST_ROWS - len(found[:MOST_ROWS])])
    there = {row.exchange for row in wanted}
    untold = tuple(left for left in missing.among(route.priced, SOURCE, route, asked.now) if left.exchange not in there)
    quotes = tuple(sorted({row.quote for row in own} - {row.quote for row in wanted}))
    return Derivatives(coin=coin, rows=shown, count=len(wanted), dated=dated, quotes=quotes, missing=untold)


def _quote(own: Sequence[Stored], frame: Frame) -> str | None:
    """The currency asked for, else USDT where there is one, else that of the most contracts."""
    known = [row.quote for row in own]
    if frame.quote in known:
        return frame.quote
    return USUAL if USUAL in known else max(sorted(set(known)), key=known.count, default=None)


def _contract(row: Stored, base: str, asked: Asked) -> Contract:
    age, usd = analysis.age_s(row.observed_at, asked.now), read.board().usd
    state = analysis.freshness(age, row.period_s, current_method())
    wrong = [*(flag for flag in analysis.flags(row) if flag not in INFORMS), *((state,) if state in OLD else ())]
    rate = usd.get(row.quote)
    volume = None if row.quote_volume_24h is None or rate is None else row.quote_volume_24h * rate
    return Contract(
        exchange=row.exchange, base=base, quote=row.quote, mark=row.mark_price, index=row.index_price, basis_pct=row.basis_pct,
        basis_apr_pct=analysis.basis_apr_pct(row.basis_pct, row.expiry, asked.now), open_interest_usd=in_usd(row, usd), volume_usd=volume,
        max_leverage=row.max_leverage, expiry=row.expiry, observed_at=row.observed_at, age_s=age, state=state, reason=wrong[0] if wrong else "",
    )  # fmt: skip


# --- The largest --------------------------------------------------------------------------------------------------
def _largest(frame: Frame, route: Route, asked: Asked) -> Largest:
    rows = [row for row in _rows("perp", route, asked) if frame.quote is None or row.quote == frame.quote]
    found = [one for row in rows if not (one := _contract(row, ticker(row.base), asked)).reason]
    shown, untold = min(frame.limit or SHOWN, MOST_SHOWN), missing.among(route.priced, SOURCE, route, asked.now)
    sources = derivatives.used(found, route)
    if frame.topic in BASIS:
        limit = largest.limit_pct(frame)
        far = [one for one in found if one.basis_pct is not None and (limit is None or abs(one.basis_pct) > limit)]
        far.sort(key=lambda one: (-abs(one.basis_pct or Decimal(0)), one.base, one.exchange))
        return Largest(apart=tuple(far[:shown]), count=len(far), sources=sources, missing=untold)
    coins = sorted(_held(found), key=lambda held: (-held.open_interest_usd, held.base))
    whole = sum((held.open_interest_usd for held in coins), Decimal(0)) if coins else None
    return Largest(coins=tuple(coins[:shown]), count=len(coins), whole_usd=whole, sources=sources, missing=untold)


def _held(found: Iterable[Contract]) -> list[Held]:
    """Open interest by coin."""
    groups: dict[str, list[Contract]] = {}
    for one in found:
        groups.setdefault(one.base, []).append(one)
    return [held for base, rows in groups.items() if (held := _one_held(base, rows))]


def _one_held(base: str, rows: Sequence[Contract]) -> Held | None:
    known, whole = derivatives.interest(rows), derivatives.total(rows)
    return None if whole is None else Held(base=base, open_interest_usd=whole, exchanges=len(known), largest=known[0][0], largest_usd=known[0][1])


# --- Options ------------------------------------------------------------------------------------------------------
def _options(coin: Coin, frame: Frame, route: Route, asked: Asked) -> Options:
    rows = [row for row in chains.placed(chains.chain(coin.key, exchanges=route.priced)) if not row.switch] if route.priced else []
    found = chain.expiries(rows, asked.now, current_method())
    chosen = next((one for one in found if one.exchange == chains.largest(found)), None)
    own = [one for one in found if chosen and one.exchange == chosen.exchange]
    others = [one for one in found if one not in own]
    shown = sorted([*own[:EXPIRIES], *others[: max(0, EXPIRIES - len(own))]], key=lambda one: (one.expiry, one.exchange))
    there = {one.exchange for one in found}
    untold = tuple(left for left in missing.among(route.priced, OPTIONS, route, asked.now) if left.exchange not in there)
    listed = () if found else tuple(ticker(base) for base in chains.underlyings())
    return Options(coin=coin, chosen=chosen, expiries=tuple(shown), count=len(found), coins=listed, sources=_sources(rows, route, asked), missing=untold)


def _sources(rows: Iterable[Option], route: Route, asked: Asked) -> tuple[Used, ...]:
    """Of each exchange the oldest option that counts."""
    oldest: dict[str, chain.Side] = {}
    for row in rows:
        side = chain.side(row, asked.now, current_method())
        if not side.reason and (row.exchange not in oldest or (side.age_s or 0) > (oldest[row.exchange].age_s or 0)):
            oldest[row.exchange] = side
    return tuple(Used(slug, route.named(slug), side.option.observed_at, side.age_s, side.state) for slug, side in oldest.items())
