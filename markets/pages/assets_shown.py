"""What the page of a coin shows: its codes and the evidence for them, its contracts, in ready words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis import derivatives, display
from markets.analysis.aliases import TICKERS
from markets.analysis.derivatives import Contract
from markets.analysis.evidence import short
from markets.analysis.settings import Method
from markets.pages.overview_shown import cell
from markets.reads.assets import Asset, Code, OnNetwork
from markets.shapes import ExchangeStatus

STATES = {  # identity -> (its word, the class of its pill)
    "confirmed": ("Confirmed", "up"), "probable": ("Probable", "soft"), "unknown": ("Not shown yet", ""), "conflicted": ("Kept apart", "warn"),
}  # fmt: skip
KINDS = {
    "coin": "Coin", "stablecoin": "Stablecoin", "fiat": "Money", "wrapped": "Wrapped or staked coin", "leveraged": "Leveraged token",
    "tokenised": "Tokenised share",
}  # fmt: skip
MOST_CONTRACTS = 20
CSV_HEAD = (
    "exchange", "code", "multiplier", "name", "identity", "basis", "evidence", "since", "network", "chain", "contract_address", "deposit_open",
    "withdraw_open",
)  # fmt: skip

Faces = Mapping[str, ExchangeStatus]


@dataclass(frozen=True)
class NetworkLine:
    """One network of a code."""

    chain: str
    address: str
    full: str
    closed: str


@dataclass(frozen=True)
class CodeLine:
    """One exchange's code."""

    id: str
    face: ExchangeStatus
    code: str
    units: str
    name: str
    state: str
    pill: str
    evidence: str
    since: datetime | None
    markets: str
    networks: tuple[NetworkLine, ...]


@dataclass(frozen=True)
class ContractLine:
    """One perpetual or dated future."""

    id: str
    face: ExchangeStatus
    symbol: str
    kind: str
    quote: str
    mark: Decimal | None
    funding: str
    interval: str
    open_interest: Decimal | None
    age: float | None
    state: str


def codes(found: Iterable[Code], faces: Faces, ticker: str) -> list[CodeLine]:
    """What each exchange calls it."""
    return [_code(code, faces[code.exchange], ticker) for code in found if code.exchange in faces]


def _code(c: Code, face: ExchangeStatus, ticker: str) -> CodeLine:
    word, pill = STATES[c.state]
    units = f"{display.fixed(c.multiplier, 0)} {ticker} in one" if c.multiplier != 1 else ""
    return CodeLine(f"c-{c.exchange}-{c.pk}", face, c.code, units, c.name, word, pill, _sentence(c.evidence), c.since, _markets(c.markets),
                    tuple(map(_network, c.networks)))  # fmt: skip


def _sentence(evidence: str) -> str:
    return f"{evidence[0].upper()}{evidence[1:]}." if evidence else "Not weighed yet."


def _markets(counts: Mapping[str, int]) -> str:
    """3 spot, 1 perpetual."""
    words = (("spot", "spot", "spot"), ("perp", "perpetual", "perpetuals"), ("future", "future", "futures"), ("option", "option", "options"))
    told = [f"{counts[kind]} {one if counts[kind] == 1 else many}" for kind, one, many in words if counts.get(kind)]
    return ", ".join(told) or "no market any more"


def _network(n: OnNetwork) -> NetworkLine:
    shut = [word for word, is_open in (("deposits", n.deposit_open), ("withdrawals", n.withdraw_open)) if is_open is False]
    closed = f"{' and '.join(shut)} closed" if shut else ""
    return NetworkLine(n.chain or n.network, short(n.contract_address), n.contract_address, closed)


def contracts(found: Iterable[Contract], faces: Faces, now: datetime, method: Method) -> tuple[list[ContractLine], int]:
    """The busiest perpetuals and dated futures, and how many there are."""
    rows = [c for c in found if c.exchange in faces]
    busiest = sorted(rows, key=lambda c: -(c.quote_volume_24h or Decimal(0)))[:MOST_CONTRACTS]
    return [_contract(c, faces[c.exchange], now, method) for c in busiest], len(rows)


def _contract(c: Contract, face: ExchangeStatus, now: datetime, method: Method) -> ContractLine:
    paid = c.funding if c.kind == "perp" else None
    rate = display.percent(paid.rate * 100, places=4) if paid and paid.rate is not None else display.DASH
    interval = f"{plain(paid.interval_hours)}h" if paid and paid.interval_hours and paid.rate is not None else ""
    age = derivatives.age_s(c.observed_at, now)
    state = derivatives.freshness(age, c.period_s, method)
    kind = "Perpetual" if c.kind == "perp" else f"Until {c.expiry:%-d %b %Y}" if c.expiry else "Dated"
    return ContractLine(f"k-{c.exchange}-{c.symbol}", face, c.symbol, kind, c.quote, c.mark_price, rate, interval, c.open_interest, age, state)


def former(asset: Asset) -> str:
    """formerly MATIC (until 4 September 2024), RNDR."""
    words = [a for a, how in asset.aliases if a.kind in TICKERS and how == "former"]
    told = [f"{a.text} (until {a.valid_to.day} {a.valid_to:%B %Y})" if a.valid_to else a.text for a in words]
    return f"formerly {', '.join(told)}" if told else ""


def also(asset: Asset) -> str:
    """Other spellings of the ticker that are in use."""
    return ", ".join(a.text for a, how in asset.aliases if a.kind in TICKERS and how == "current")


def csv_rows(asset: Asset) -> Iterator[tuple[str, ...]]:
    """Every code on every network, exact."""
    yield CSV_HEAD
    for c in asset.codes:
        since = c.since.isoformat() if c.since else ""
        head = (c.exchange, cell(c.code), plain(c.multiplier) or "", cell(c.name), c.state, c.basis, cell(c.evidence), since)
        for n in c.networks or (None,):
            yield (*head, *(("",) * 5 if n is None else (*map(cell, (n.network, n.chain, n.contract_address)), _open(n.deposit_open), _open(n.withdraw_open))))


def _open(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def changing(lines: Iterable[Any]) -> str:
    """What of contracts changes without a new change number of the board."""
    return repr([(line.id, line.mark, line.funding, line.open_interest, line.state) for line in lines])
