"""Bytes to rows: all exchanges' ticker replies, beside ccxt's reading of the same bytes and msgspec's bare scan."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from exchanges.adapter import Adapter
from exchanges.simulator.server import Running, running
from markets.benchmarks.measure import Figure, in_turns
from markets.benchmarks.replies import Reply, instants, offered

ROUNDS = 9
AIM = 20


def run() -> Iterator[Figure]:
    """One figure: milliseconds of processor time for one reply of each exchange, JSON included on all sides."""
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


def _list_in(reply: Any) -> list[Any]:
    """The one list of rows in an exchange's envelope."""
    if isinstance(reply, list):
        return reply
    inner = [value for value in reply.values() if isinstance(value, (dict, list))]
    return _list_in(next((value for value in inner if isinstance(value, list)), inner[0]))
