"""The state of an exchange, as a pure function of how its last calls went: `measure` the calls, then `next_state`.

starting -> healthy <-> degraded -> down -> healthy (after two good cycles); banned and blocked while the exchange says so.
Off, by an operator or by Pebble's own switch (exchanges/automatic.py), is not found here: the caller sets it, and after it
comes starting. Below that: whether several exchanges fail of one cause, which is ours, and whether one keeps changing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exchanges.breaker import CHANGED, FAILED, GOOD

LAST = 20  # calls
RECENT = timedelta(minutes=5)
MINUTE = timedelta(seconds=60)
ENOUGH = 10  # calls, before a share of them means anything
SLOW_MS = 2000
IN_A_ROW = 3
GOOD_IN_A_ROW = 2
TOGETHER = 3  # exchanges that fail in one way, before the cause is ours
CHANGES, CHANGES_WITHIN, STABLE = 4, timedelta(minutes=30), timedelta(minutes=15)
TOLD_TO_WAIT = frozenset({"rate_limited", "banned", "geoblocked", "forbidden"})
BARE = "HTTP 403: no text"  # the detail of a call that was refused without a word
AWAY = ("down", "banned", "blocked")
ASKED = FAILED | GOOD | CHANGED | TOLD_TO_WAIT


@dataclass(frozen=True)
class Call:
    """One finished cycle: its outcome, whole time in ms, end, and rows kept and dropped."""

    outcome: str
    ms: int
    at: datetime
    rows: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Signals:
    """What the state depends on. Shares are 0..1, None = unknown.

    `penalty` is "throttled", "banned" or "blocked" while the exchange told us to be silent, `until` when that ends, `hint` what
    an operator can do about it. `lost`: why its last list of markets is not believed, "" when it is; `unpriced`: how its prices
    failed while they are asked for only now and then, or until an exchange that is away answers them; else "".
    """

    calls: int = 0
    good: int = 0
    minute_calls: int = 0
    minute_good: int = 0
    p95_ms: int | None = None
    slow: bool = False
    failures: int = 0  # in a row, up to now
    goods: int = 0  # in a row, up to now
    last: str = ""  # the last outcome
    stale_share: float | None = None
    dropped_share: float | None = None
    penalty: str | None = None
    until: datetime | None = None
    hint: str = ""
    lost: str = ""
    unpriced: str = ""


def measure(
    calls: Sequence[Call], now: datetime, state: str, state_since: datetime | None, *,
    stale_share: float | None = None, penalty: str | None = None, blocked_s: float | None = None, hint: str = "", lost: str = "", unpriced: str = "",
) -> Signals:
    """Signals of the last 20 calls, none older than 5 minutes, oldest first. Cycles in which nothing was asked do not count,
    and in the shares neither does an answer that asked us to wait.

    What came before a recovery, or before the exchange was switched on, does not count against it again.
    """
    since = now - RECENT
    if state in ("healthy", "starting") and state_since:
        since = max(since, state_since)
    asked = [call for call in calls if call.outcome in ASKED and call.at >= since][-LAST:]
    told = [call for call in asked if call.outcome != "rate_limited"]  # whoever asks us to slow down does answer; `penalty` says so meanwhile
    minute = [call for call in told if call.at > now - MINUTE]
    kept, dropped = sum(call.rows for call in asked), sum(call.dropped for call in asked)
    return Signals(
        calls=len(told), good=_good(told), minute_calls=len(minute), minute_good=_good(minute),
        p95_ms=p95(asked), slow=_slow(asked), failures=_in_a_row(asked, good=False), goods=_in_a_row(asked, good=True),
        last=asked[-1].outcome if asked else "", stale_share=stale_share, dropped_share=dropped / (kept + dropped) if kept + dropped else None,
        penalty=penalty if blocked_s else None, until=now + timedelta(seconds=blocked_s) if blocked_s else None, hint=hint, lost=lost, unpriced=unpriced,
    )


def next_state(current: str, signals: Signals) -> tuple[str, str]:
    """(state, a sentence that says why). The state is the current one when nothing calls for another."""
    if signals.penalty in ("banned", "blocked"):
        return signals.penalty, _silence(signals)
    if current in AWAY:
        return _recovering(current, signals)
    if reason := _down(signals):
        return "down", reason
    if reason := _degraded(signals):
        return "degraded", reason
    if current in ("healthy", "degraded") or signals.goods:
        return "healthy", ""
    return "starting", f"No good answer yet: {signals.last}." if signals.last else ""


def _recovering(current: str, signals: Signals) -> tuple[str, str]:
    if signals.goods >= GOOD_IN_A_ROW:
        return (current, _without_prices(signals)) if signals.unpriced else ("healthy", "")
    if reason := _down(signals):
        return "down", reason
    if signals.penalty == "throttled":
        return current, _silence(signals)
    return current, f"Waiting for {GOOD_IN_A_ROW} good answers in a row: {signals.goods} so far, the last was {signals.last or 'none'}."


def p95(calls: Sequence[Call]) -> int | None:
    """The 95th percentile of total times in ms, by nearest rank; None without calls."""
    times = sorted(call.ms for call in calls)
    return times[math.ceil(0.95 * len(times)) - 1] if times else None


def _down(signals: Signals) -> str:
    if signals.failures >= IN_A_ROW:
        return f"No good answer {signals.failures} times in a row: {signals.last}."
    if signals.minute_calls >= ENOUGH and signals.minute_good * 2 < signals.minute_calls:
        return f"{signals.minute_good} of {signals.minute_calls} calls answered in the last minute."
    return ""


def _degraded(signals: Signals) -> str:
    if signals.penalty == "throttled" or signals.last == "rate_limited":
        return _silence(signals)
    if signals.calls >= ENOUGH and signals.good * 10 < signals.calls * 9:
        return f"{signals.good} of the last {signals.calls} calls answered."
    if signals.slow:
        return f"Slow: one answer in twenty takes {(signals.p95_ms or 0) / 1000:.1f} s or longer."
    return _incomplete(signals)


def _incomplete(signals: Signals) -> str:
    if signals.unpriced:
        return _without_prices(signals)
    if signals.lost:
        return f"{signals.lost[:1].upper()}{signals.lost[1:]}."
    if signals.stale_share is not None and signals.stale_share > 0.10:
        return f"{signals.stale_share:.0%} of its prices are stale."
    if signals.dropped_share is not None and signals.dropped_share > 0.02:
        return f"{signals.dropped_share:.0%} of its rows could not be read."
    return ""


def _without_prices(signals: Signals) -> str:
    return f"It answers, but not with prices: {signals.unpriced}."


def _silence(signals: Signals) -> str:
    why = {"throttled": "Asked to slow down", "banned": "Paused by the exchange", "blocked": "Refused by the exchange"}[signals.penalty or "throttled"]
    said = f"{why} until {signals.until:%H:%M} UTC." if signals.until else f"{why}."
    return f"{said} {signals.hint}".strip()


def hint(outcome: str, detail: str) -> str:
    """Which rule an exchange silenced us by, and what an operator can do: by how the last refused call ended."""
    if outcome == "geoblocked":
        return "It does not serve the country of this machine's address: run Pebble where it does, or switch this exchange off."
    if outcome == "forbidden":
        return "It wants a browser (a challenge page) or refuses this machine's address: ask it, use another address, or switch it off."
    if outcome == "banned" and detail.strip() == BARE:
        return "A 403 without a word is taken for a pause: lower its budget; if it stays, this machine's address is refused."
    return "It says we asked too often: lower its budget, and look what else asks from this machine's address."


def _slow(calls: Sequence[Call]) -> bool:
    """p95 above 2 s for three cycles: as it stood after each of them, or because all three were slow themselves."""
    if len(calls) < IN_A_ROW:
        return False
    each = all(call.ms > SLOW_MS for call in calls[-IN_A_ROW:])
    return each or all((p95(calls[: len(calls) - back]) or 0) > SLOW_MS for back in range(IN_A_ROW))


def _good(calls: Sequence[Call]) -> int:
    return sum(call.outcome in GOOD for call in calls)


def _in_a_row(calls: Sequence[Call], *, good: bool) -> int:
    count = 0
    for call in reversed(calls):
        if (call.outcome in GOOD) is not good:
            break
        count += 1
    return count


# --- Of one cause, and back and forth -----------------------------------------------------------------------------
_WAYS = {  # how calls fail before an exchange has said anything -> what that is on our side
    "dns": "names cannot be looked up",
    **dict.fromkeys(("refused", "reset", "truncated", "connect_timeout", "first_byte_timeout", "deadline"), "connections fail"),
    "tls": "certificates are refused",
}


@dataclass(frozen=True)
class Latest:
    """How the last call to an exchange ended and when, and how many of its calls have failed in a row."""

    exchange: str
    outcome: str
    fails: int
    at: datetime


def of_one_cause(latest: Sequence[Latest], now: datetime) -> tuple[str, tuple[str, ...]]:
    """(what fails, the exchanges) while three or more of them fail in the same way within a minute; ("", ()) else.

    Confirmed by a second failure of one of them, which comes before any of them is down.
    """
    failing: dict[str, list[Latest]] = {}
    for each in latest:
        if each.fails and each.outcome in _WAYS and now - each.at <= MINUTE:
            failing.setdefault(_WAYS[each.outcome], []).append(each)
    for way, found in failing.items():
        if len(found) >= TOGETHER and max(each.fails for each in found) >= 2:
            return way, tuple(sorted(each.exchange for each in found))
    return "", ()


def still_of_one_cause(latest: Sequence[Latest]) -> bool:
    """Whether it goes on: probes are minutes apart, so the last call of each counts however old it is."""
    return sum(bool(each.fails) and each.outcome in _WAYS for each in latest) >= TOGETHER


def flapping(changes: Sequence[datetime], now: datetime) -> bool:
    """Whether so many changes of state lie in the last half hour that telling each of them would be noise."""
    return sum(at > now - CHANGES_WITHIN for at in changes) >= CHANGES


def stable(changed: datetime | None, now: datetime) -> bool:
    """Whether the last change of state is long enough ago to speak of one again."""
    return changed is None or now - changed >= STABLE
