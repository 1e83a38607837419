"""Other ways to the same contracts: one contract's funding, and the unified API's funding and open interest of all of them.

The adapter needs none of these; unrelated readers do, and what they find here must be what the whole-market reply says.
"""

from __future__ import annotations

import json

from exchanges.simulator.derivatives import ContractQuote, in_contracts
from exchanges.simulator.writers import Query, Reply, Scene

HOUR_MS = 3_600_000


def funding_now(scene: Scene, query: Query) -> Reply:
    """The running interval of one perpetual, under the rate's own name; `timePoint` is its start."""
    q = next((q for q in _perpetuals(scene) if q.contract.symbol == query.get("symbol")), None)
    if q is None:
        return Reply(b'{"msg":"funding rate is not supported","code":"415000"}')
    length, due = q.interval_h * HOUR_MS, q.next_funding_at * 1_000
    cap = _cap(q)
    data = {
        "symbol": f".{q.contract.symbol}FPI8H", "granularity": length, "timePoint": due - length, "value": round(q.funding_rate or 0.0, 6),
        "fundingRateCap": cap, "fundingRateFloor": -cap, "period": 0, "fundingTime": due,
    }  # fmt: skip
    return _reply(data)


def funding_all(scene: Scene, query: Query) -> Reply:
    """The running interval of every perpetual, or of the one asked for."""
    rows = [
        {
            "symbol": q.contract.symbol, "nextFundingRate": f"{q.funding_rate or 0.0:.6f}", "fundingTime": q.next_funding_at * 1_000,
            "fundingRateCap": f"{_cap(q)}", "fundingRateFloor": f"{-_cap(q)}", "currentGranularity": q.interval_h * HOUR_MS,
            "newGranularity": q.interval_h * HOUR_MS, "newGranularityStartTime": 1_750_147_200_000,
        }
        for q in _perpetuals(scene) if query.get("symbol", q.contract.symbol) == q.contract.symbol
    ]  # fmt: skip
    return _reply(rows)


def open_interest(scene: Scene, query: Query) -> Reply:
    """Open interest of contracts, in lots as everywhere here."""
    wanted = query.get("symbol", "").split(",")
    rows = [
        {"symbol": q.contract.symbol, "openInterest": str(in_contracts(q.contract, q.open_interest, q.mark)), "ts": scene.ms}
        for q in scene.contract_quotes()
        if wanted == [""] or q.contract.symbol in wanted
    ]
    return _reply(rows)


def _perpetuals(scene: Scene) -> list[ContractQuote]:
    return [q for q in scene.contract_quotes() if q.contract.kind == "perp"]


def _cap(q: ContractQuote) -> float:
    return 0.003 if q.contract.rank < 20 else 0.0125


def _reply(data: object) -> Reply:
    return Reply(json.dumps({"code": "200000", "data": data}, separators=(",", ":")).encode())
