"""Replies of the simulated exchanges as bytes: real sizes, and each round another instant of the market."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from exchanges.adapter import Adapter, Headers, Instruments, Parsed, Part, Request
from exchanges.adapters import ADAPTERS
from exchanges.simulator.server import Running


@dataclass(frozen=True)
class Reply:
    """One reply of one part, ready to be parsed."""

    adapter: Adapter
    part: Part[Any]
    body: bytes
    headers: Headers
    instruments: Instruments

    def parse(self) -> Parsed[Any]:
        """As the client would."""
        return self.part.parse(self.body, self.headers, self.instruments)


def offered() -> list[Adapter]:
    """The adapters that have both a catalogue and tickers."""
    return [adapter for adapter in ADAPTERS.values() if adapter.instruments and adapter.tickers]


def catalogue(simulator: Running, adapter: Adapter) -> Instruments:
    """The exchange's instruments by native symbol."""
    parts = adapter.instruments.parts if adapter.instruments else ()
    return {row.symbol: row for reply in _replies(simulator, adapter, parts, {}) for row in reply.parse().rows}


def tickers(simulator: Running, adapter: Adapter, instruments: Instruments) -> list[Reply]:
    """All spot tickers of one exchange at this instant of the simulator."""
    return list(_replies(simulator, adapter, adapter.tickers.parts if adapter.tickers else (), instruments))


def sweep(simulator: Running, adapter: Adapter, name: str, known: Instruments) -> list[Reply]:
    """Every reply of one source that comes in one sweep, at this instant of the simulator."""
    source = adapter.sources.get(name)
    return list(_replies(simulator, adapter, source.parts if source else (), known))


def sweeps(simulator: Running, catalogue: str, name: str, count: int) -> tuple[dict[str, Instruments], list[list[Reply]]]:
    """({exchange: instruments of a catalogue}, all exchanges' replies of a source at `count` instants ten seconds apart)."""
    known = {
        adapter.slug: {row.symbol: row for reply in sweep(simulator, adapter, catalogue, {}) for row in reply.parse().rows}
        for adapter in ADAPTERS.values() if adapter.sources.get(name)
    }  # fmt: skip
    found = []
    for number in range(count):
        simulator.control(clock={"offset_s": 10 * number})
        found.append([reply for slug, markets in known.items() for reply in sweep(simulator, ADAPTERS[slug], name, markets)])
    return known, found


def instants(simulator: Running, count: int) -> list[list[Reply]]:
    """All exchanges' ticker replies at `count` instants ten seconds apart."""
    known = {adapter.slug: catalogue(simulator, adapter) for adapter in offered()}
    found = []
    for number in range(count):
        simulator.control(clock={"offset_s": 10 * number})
        found.append([reply for adapter in offered() for reply in tickers(simulator, adapter, known[adapter.slug])])
    return found


def _replies(simulator: Running, adapter: Adapter, parts: tuple[Part[Any], ...], instruments: Instruments) -> Iterator[Reply]:
    for part in parts:
        waiting = [part.request]
        while waiting:
            request = waiting.pop(0)
            headers, body = _get(simulator, request)
            yield Reply(adapter, part, body, headers, instruments)
            waiting += part.next_pages(body, request) if part.next_pages else ()


def _get(simulator: Running, request: Request) -> tuple[Headers, bytes]:
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=30)
    try:
        connection.request("GET", f"/{request.host}{request.target}", headers=dict(request.headers))
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the simulator answered {answer.status} to {request}: {body[:200]!r}")
    return {name.lower(): value for name, value in answer.getheaders()}, body
