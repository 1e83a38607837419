"""Several markets of one exchange, asked one after the other in one poll, as one outcome."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from exchanges.adapter import Ask
from exchanges.client import ExchangeClient, Heard, Outcome
from exchanges.rows import Row

# After one of these the next request would meet the same: the rest of the batch waits for its next turn.
STOPS = frozenset({"disabled", "not_offered", "breaker_open", "banned_wait", "budget_exhausted", "rate_limited", "banned", "geoblocked", "forbidden"})


@dataclass(frozen=True)
class Batch:
    """What came of a batch: one outcome for the run, and each market's own, by native symbol. Markets not tried are not in it."""

    outcome: Outcome[Row]
    outcomes: Mapping[str, Outcome[Row]]

    @property
    def times(self) -> dict[str, tuple[datetime, datetime]]:
        """When each market was asked and answered."""
        return {symbol: (outcome.requested_at, outcome.received_at) for symbol, outcome in self.outcomes.items()}


def fetch_each(client: ExchangeClient, source: str, asks: Iterable[Ask], *, seconds: float, interactive: bool = False) -> Batch:
    """Ask about each market in turn, for at most so many seconds. `asks` must not be empty."""
    ends, outcomes = time.monotonic() + seconds, dict[str, Outcome[Row]]()
    for ask in asks:
        outcome = client.fetch(source, ask=ask, interactive=interactive)
        symbol = ask.market.symbol
        outcomes[symbol] = together([outcomes[symbol], outcome]) if symbol in outcomes else outcome
        if _hopeless(outcome) or time.monotonic() > ends:
            break
    if len(outcomes) > 1 and all(each.halted for each in outcomes.values()):
        outcomes = {symbol: replace(each, outcome="server_error", halted=False) for symbol, each in outcomes.items()}  # no market: the exchange itself
    heard = {symbol: Heard(each.requested_at, each.received_at, each.clock) for symbol, each in outcomes.items()}
    return Batch(replace(_answered(list(outcomes.values())), heard=heard), outcomes)


def _answered(outcomes: list[Outcome[Row]]) -> Outcome[Row]:
    """All as one; a market that does not trade, asked about alone, is an answer, too, though it gave nothing."""
    whole = together(outcomes)
    return replace(whole, outcome="partial") if whole.halted and len(outcomes) == 1 else whole


def _hopeless(outcome: Outcome[Row]) -> bool:
    """A market of which something is not offered says nothing of the next one."""
    return outcome.outcome in STOPS - {"not_offered"} or outcome.wait_s is not None


def together(outcomes: list[Outcome[Row]]) -> Outcome[Row]:
    """Several outcomes as one: ok when all are, partial when some are, else the first failure."""
    good = [each for each in outcomes if each.good]
    bad = [each for each in outcomes if not each.good]
    first = (good or bad)[0]
    name = "partial" if good and (bad or any(each.outcome == "partial" for each in good)) else first.outcome
    return replace(
        first, outcome=name, requested_at=min(each.requested_at for each in outcomes), received_at=max(each.received_at for each in outcomes),
        ms=sum(each.ms for each in outcomes), rows=[row for each in good for row in each.rows], detail=_said(outcomes, bad),
        requests=sum(each.requests for each in outcomes), dropped=sum(each.dropped for each in outcomes),
        bad_fields=sum(each.bad_fields for each in outcomes), size=sum(each.size for each in outcomes),
        wait_s=next((each.wait_s for each in bad if each.wait_s is not None), None), halted=any(each.halted for each in bad),
    )


def _said(outcomes: list[Outcome[Row]], bad: list[Outcome[Row]]) -> str:
    texts = [each.detail for each in outcomes if each.detail]
    if not bad or len(outcomes) == 1:
        return texts[0] if texts else ""
    return f"{len(bad)} of {len(outcomes)} failed: {texts[0] if texts else bad[0].outcome}"[:200]
