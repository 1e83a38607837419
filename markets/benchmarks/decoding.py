"""Bytes to rows: all exchanges' ticker replies, beside ccxt's reading of the same bytes and msgspec's bare scan."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from exchanges.adapter import Adapter, Instruments
from exchanges.adapters import ADAPTERS
from exchanges.rows import Instrument
from exchanges.simulator.server import Running, running
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.replies import Reply, instants, offered, sweeps

ROUNDS = 9
AIM = 20


CONTRACTS = (("perp_instruments", "perp_tickers"), ("option_instruments", "option_tickers"))


def run() -> Iterator[Figure]:
    """Milliseconds of processor time for one sweep of every exchange, JSON included on all sides: spot, contracts, options."""
    yield from _spot()
    for catalogue, name in CONTRACTS:
        yield from _contracts(catalogue, name)


def _contracts(catalogue: str, name: str) -> Iterator[Figure]:
    """All replies of a source that takes several, to rows in base units, beside ccxt's reading of every list in the same bytes."""
    scan = msgspec.json.Decoder(msgspec.Raw)
    with running() as simulator:
        known, rounds = sweeps(simulator, catalogue, name, ROUNDS + 1)
    rivals = {slug: ContractRival(ADAPTERS[slug], markets) for slug, markets in known.items()}
    contenders = {
        "pebble": lambda number: [reply.parse() for reply in rounds[number]],
        "ccxt parse_tickers": lambda number: [rivals[reply.adapter.slug](reply.body) for reply in rounds[number]],
        "msgspec raw scan": lambda number: [scan.decode(reply.body) for reply in rounds[number]],
    }
    taken = in_turns(contenders, ROUNDS, time.process_time)
    ours = taken.pop("pebble")
    detail = {
        "rows of all replies": _rows(rounds[0]), "rows ccxt": sum(len(rivals[r.adapter.slug](r.body)) for r in rounds[0]),
        "bytes": sum(len(r.body) for r in rounds[0]), "replies": len(rounds[0]), "rounds": ROUNDS,
    }
    yield Figure(f"decode {name}", ours, "ms", taken, taken["ccxt parse_tickers"] / ours, "", None, detail)


def _spot() -> Iterator[Figure]:
    """One reply of each exchange."""
    scan = msgspec.json.Decoder(msgspec.Raw)
    with running() as simulator:
        rounds = instants(simulator, ROUNDS + 1)
        rivals = {adapter.slug: Rival(simulator, adapter) for adapter in offered()}
    contenders = {
        "pebble": lambda number: [reply.parse() for reply in rounds[number]],
        "ccxt parse_tickers": lambda number: [rivals[reply.adapter.slug](reply.body) for reply in rounds[number]],
        "msgspec raw scan": lambda number: [scan.decode(reply.body) for reply in rounds[number]],
    }
    taken = in_turns(contenders, ROUNDS, time.process_time)
    ours = taken.pop("pebble")
    ratio = taken["ccxt parse_tickers"] / ours
    detail = {"rows": _rows(rounds[0]), "rows ccxt": sum(len(rivals[r.adapter.slug](r.body)) for r in rounds[0]), "bytes": sum(len(r.body) for r in rounds[0])}
    yield Figure("decode all tickers", ours, "ms", taken, ratio, f"{AIM} times faster than ccxt", ratio >= AIM, {**detail, "rounds": ROUNDS})


def _rows(replies: list[Reply]) -> int:
    return sum(len(reply.parse().rows) for reply in replies)


class Rival:
    """ccxt's way from bytes to tickers, with its markets loaded from the same simulator."""

    def __init__(self, simulator: Running, adapter: Adapter) -> None:
        import ccxt  # noqa: PLC0415 - a development dependency: `make setup` brings it

        name = adapter.slug
        if name not in ccxt.exchanges:  # ccxt leaves a domain's ending out
            name = max((known for known in ccxt.exchanges if name.startswith(known)), key=len)
        options = {"defaultType": "spot", "fetchMargins": False, "fetchCurrencies": False, "uta": False}
        self.exchange = getattr(ccxt, name)({"enableRateLimit": False, "options": options})
        self.exchange.options["fetchMarkets"] = {"types": ["spot"], "fetchTickersFees": False}
        self.exchange.has["fetchCurrencies"] = False
        self.exchange.urls["api"] = self._through(simulator.url, self.exchange.urls["api"])
        self.exchange.load_markets()

    def _through(self, url: str, known: Any) -> Any:
        if isinstance(known, dict):
            return {name: self._through(url, inner) for name, inner in known.items()}
        filled = known.replace("{hostname}", self.exchange.hostname or "")
        return f"{url}/{filled.removeprefix('https://')}"

    def __call__(self, body: bytes) -> list[Any]:
        """The tickers in a reply's bytes."""
        found: list[Any] = self.exchange.parse_tickers(_list_in(self.exchange.parse_json(body.decode())))
        return found


class ContractRival:
    """ccxt's way from bytes to the tickers of contracts. It is given the markets, so that it need not fetch its own."""

    def __init__(self, adapter: Adapter, instruments: Instruments) -> None:
        import ccxt  # noqa: PLC0415 - a development dependency: `make setup` brings it

        name = adapter.slug if adapter.slug in ccxt.exchanges else max((known for known in ccxt.exchanges if adapter.slug.startswith(known)), key=len)
        self.exchange = getattr(ccxt, name)({"enableRateLimit": False})
        self.exchange.set_markets([_market(row) for row in instruments.values()])

    def __call__(self, body: bytes) -> list[Any]:
        """A ticker of every row of the list in a reply's bytes; none of a reply without one."""
        found = _list_in(self.exchange.parse_json(body.decode()))
        rows = [row for row in found if isinstance(row, dict)]
        parsed: list[Any] = [self.exchange.parse_ticker(row) for row in rows]
        return parsed


def _market(row: Instrument) -> dict[str, Any]:
    """An instrument as ccxt describes a market."""
    kind = "swap" if row.kind == "perp" else row.kind
    return {
        "id": row.symbol, "symbol": f"{row.base}/{row.quote}:{row.settle or row.quote}-{row.symbol}", "base": row.base, "quote": row.quote,
        "baseId": row.base, "quoteId": row.quote, "settle": row.settle, "type": kind, "spot": False, "contract": True, kind: True,
        "linear": not row.inverse, "inverse": row.inverse, "contractSize": float(row.contract_size or 1), "active": True,
    }  # fmt: skip


def _list_in(reply: Any) -> list[Any]:
    """The one list of rows in an exchange's envelope."""
    if isinstance(reply, list):
        return reply
    inner = [value for value in reply.values() if isinstance(value, (dict, list))]
    return _list_in(next((value for value in inner if isinstance(value, list)), inner[0] if inner else []))
