"""ExchangeClient: the one place that asks an exchange. Switch, breaker, budget, transport, check, parse: an outcome."""

from __future__ import annotations

import logging
import math
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import structs

from exchanges.adapter import Adapter, Ask, Clock, Credentials, Instruments, Parsed, Part, R, Request, Source
from exchanges.budgets import AS_USUAL, Budgets, Terms
from exchanges.errors import Banned, Blocked, ExchangeError, Garbled, Halted, NotOffered, Paused, Refused, Throttled, Unreachable
from exchanges.rows import Candle, Row
from exchanges.state import Limits
from exchanges.transport import Reply, Transport

PAGES = 200
RETRIED = ("refused", "reset", "connect_timeout")
RETRIED_STATUS = (502, 503, 504)
RETRY_SHARE = 0.1  # of the exchange's calls in the last minute
PATIENCE_S = 1.0  # a token that comes so soon is waited for: a lost cycle would cost more
WAITS = 4  # others may take it first
NOT_TRADED = "not traded: "  # how the detail of a halted market begins
FORBIDDEN_BAN_S = 600.0  # a 403 for asking too often: at least ten minutes of silence

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Heard(NamedTuple):
    """When something was asked and answered by our clock, and what the times inside the answer mean."""

    requested_at: datetime
    received_at: datetime
    clock: Clock


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """How one poll ended. `outcome` is one of `errors.OUTCOMES`; rows are there when it is ok or partial.

    `requested_at`/`received_at` are the wall-clock times around the (last) request, `ms` the whole call by the
    monotonic clock, `at` the reply's snapshot clock where the part declares one. Where several replies were read, `heard`
    says of each native symbol when the oldest of its replies came: nothing of its row is older than that.
    """

    outcome: str
    requested_at: datetime
    received_at: datetime
    ms: int
    rows: list[R] = field(default_factory=list)
    clock: Clock = "none"
    at: datetime | None = None
    detail: str = ""
    requests: int = 0
    dropped: int = 0
    bad_fields: int = 0
    size: int = 0
    wait_s: float | None = None  # budget_exhausted, banned_wait, breaker_open: how long until asking makes sense
    heard: Mapping[str, Heard] = field(default_factory=dict)
    halted: bool = False  # the one market asked about does not trade now, by the exchange's word

    @property
    def good(self) -> bool:
        """Whether rows may be stored."""
        return self.outcome in ("ok", "partial")


# --- Asking ---------------------------------------------------------------------------------------------------------
class ExchangeClient:
    """Asks one exchange. Cheap to make: one for each poll, with the operator's row as it is now.

    `enabled(source)` is looked at before every single request. `breaker_wait_s(source)` is the seconds until the breaker
    lets a cycle leave (`breaker.wait_s`); a `probe` of an open one is a single try. `host` replaces the adapter's first host;
    `extra_hosts` are the operator's own.
    `credentials` sign what must be signed, by the exchange's clock: ours plus `clock_offset_ms`.
    """

    def __init__(
        self, adapter: Adapter, transport: Transport, limits: Limits, *, budget_per_minute: int | None = None,
        enabled: Callable[[str], bool] = lambda source: True, breaker_wait_s: Callable[[str], float] = lambda source: 0.0,
        host: str = "", extra_hosts: tuple[str, ...] = (), pause: Callable[[float], None] = time.sleep,
        credentials: Credentials | None = None, clock_offset_ms: int = 0, probe: bool = False, terms: Terms = AS_USUAL,
    ) -> None:
        self.adapter, self._transport, self._limits = adapter, transport, limits
        self._budgets = Budgets(adapter, adapter.budget if budget_per_minute is None else budget_per_minute, terms)
        self._enabled, self._breaker_wait_s = enabled, breaker_wait_s
        self._host, self._hosts, self._pause = host, (*adapter.hosts, *extra_hosts), pause
        self._credentials, self._clock_offset_ms, self._probe = credentials, clock_offset_ms, probe

    def fetch(self, source_name: str, *, interactive: bool = False, instruments: Instruments | None = None, ask: Ask | None = None) -> Outcome[Row]:
        """Ask for everything a source is made of. Always an outcome; raises only KeyError, for a name no source has.

        `instruments` are those the source's units need, by native symbol. `ask` names the market of a source that is read
        market by market: then that market's instrument is all its parts are given, and only the parts that fit are asked.
        """
        known = {ask.market.symbol: ask.market} if ask else instruments or {}
        cycle = _Cycle(source_name, interactive, known, time.monotonic() + self._transport.deadlines.cycle)
        try:
            source = self.adapter.source(source_name)
            if source is None:
                raise NotOffered(f"{self.adapter.name} does not offer {source_name}")
            if (wait := self._breaker_wait_s(source_name)) > 0:
                self._switched_on(cycle)
                raise _wait(Paused("the breaker is open", "breaker_open"), wait)
            self._parts(source, cycle, ask)
        except ExchangeError as error:
            cycle.failed(error)
        return cycle.outcome()

    def _parts(self, source: Source[Row], cycle: _Cycle, ask: Ask | None) -> None:
        """Ask part by part. What one part cannot give does not cost the others, unless the exchange said no to us."""
        parts = source.fitting(ask.market) if ask else source.parts
        if not parts:
            self._switched_on(cycle)  # an operator's word goes first, as before every request
            raise NotOffered(f"{self.adapter.name} does not offer {cycle.source} of such a market")
        for part in parts:
            try:
                self._pages(source, part, part.request.filled(ask.words(part)) if ask else part.request, cycle)
                cycle.stamp(ask)
            except (Paused, Throttled, Banned, Blocked):
                raise
            except ExchangeError as error:
                if isinstance(error, Halted) and error.whole and not ask:
                    error.outcome = "server_error"  # everything is under maintenance: it does not answer
                cycle.failed(error, part.name)

    def _pages(self, source: Source[Row], part: Part[Row], first: Request, cycle: _Cycle) -> None:
        waiting, seen, rows = deque([first]), set[Request](), 0
        while waiting:
            request = waiting.popleft()
            if request in seen or len(seen) == PAGES:
                raise Garbled(f"pages without an end: stopped after {len(seen)}", "schema")
            seen.add(request)
            reply = self._asked(source, part, request, cycle)
            parsed = self._understood(part.parse, reply.body, reply.headers, cycle.instruments)
            cycle.received(part, parsed)
            cycle.typed(reply.headers.get("content-type", ""))
            rows += len(parsed.rows)
            if part.next_pages:
                waiting.extend(self._understood(part.next_pages, reply.body, request))
        if rows < part.few:
            cycle.forget(len(seen))
            raise Garbled(f"only {rows} rows where at least {part.few} are believable")

    def _asked(self, source: Source[Row], part: Part[Row], request: Request, cycle: _Cycle) -> Reply:
        """One request, and at most one retry of it inside the same deadline: rule R1."""
        deadlines = self._transport.deadlines
        ends = min(time.monotonic() + (deadlines.bulk if source.whole else deadlines.whole), cycle.ends)
        try:
            return self._once(part, request, cycle, ends)
        except ExchangeError as error:
            if not self._may_retry(error):
                raise
            self._pause(random.uniform(0.05, 0.25))  # noqa: S311 - full jitter, no secret
            self._transport.forget(self._chosen(request).host)  # where one idle connection was closed, its neighbours are too
            try:
                return self._once(part, request, cycle, ends, retry=True)
            except Paused:
                raise error from None

    def _may_retry(self, error: ExchangeError) -> bool:
        if self._probe or (error.outcome not in RETRIED and error.status not in RETRIED_STATUS):
            return False
        calls, retries = self._budgets.operator, self._budgets.retry
        used = self._limits.meters({calls.key: calls.rate, retries.key: retries.rate})
        # Rounded up: a retry counts whole until it is a minute old.
        return bool(used) and math.ceil(used[retries.key]) <= RETRY_SHARE * used[calls.key]

    def _once(self, part: Part[Row], request: Request, cycle: _Cycle, ends: float, retry: bool = False) -> Reply:
        self._switched_on(cycle)
        self._paid(part, request, cycle, ends, retry)
        whole_s = ends - time.monotonic()
        if whole_s <= 0:
            raise Unreachable("no time is left in this cycle", "deadline")
        chosen = self._signed(self._chosen(request))
        cycle.asking()
        reply = self._transport.get(chosen, self._hosts, whole_s=whole_s)
        cycle.answered(reply)
        self._observed(reply, request)
        try:
            self._understood(self.adapter.check, reply.status, reply.headers, reply.body)
        except ExchangeError as error:
            self._silenced(error, reply, chosen.host)
            error.status = reply.status
            raise
        return reply

    def _chosen(self, request: Request) -> Request:
        """The request on the operator's host, where it stands in for the adapter's first."""
        return replace(request, host=self._host) if self._host and request.host == self.adapter.hosts[0] else request

    def _signed(self, request: Request) -> Request:
        """The request with its signature, made at the last moment: it carries the time. A retry is signed anew."""
        if not request.signed:
            return request
        if self._credentials is None or self.adapter.sign is None:
            raise Refused(f"a key is needed: {self.adapter.name} tells this to signed calls only", "not_offered")
        headers = self.adapter.sign(self._credentials, request, round(time.time() * 1000) + self._clock_offset_ms)
        return replace(request, headers=(*request.headers, *headers.items()))

    def _switched_on(self, cycle: _Cycle) -> None:
        if not self._enabled(cycle.source):
            raise Paused("switched off, or everything paused, by an operator", "disabled")

    def _paid(self, part: Part[Row], request: Request, cycle: _Cycle, ends: float, retry: bool) -> None:
        """Take the request's tokens, waiting a little for them. Raises Paused: banned_wait, budget_exhausted."""
        more = [*([self._budgets.people] if cycle.interactive else []), *([self._budgets.retry] if retry else [])]
        charges = [*self._budgets.charges(part, request, cycle.source), self._budgets.host(request.host), *more]
        priority = self._budgets.terms.priority(cycle.source, cycle.interactive)
        for attempt in range(WAITS + 1):
            grant = self._limits.acquire(charges, priority)
            if grant.granted:
                return
            if grant.blocked:
                raise _wait(Paused(f"waiting as the exchange asked ({grant.detail})", "banned_wait"), grant.wait_s)
            if attempt == WAITS or grant.wait_s > min(PATIENCE_S, ends - time.monotonic()):
                raise _wait(Paused(grant.detail, "budget_exhausted"), grant.wait_s)
            self._pause(grant.wait_s)
            self._switched_on(cycle)  # a word said while we waited counts

    def _observed(self, reply: Reply, request: Request) -> None:
        """What the headers say of the pools. Unreadable ones say nothing.

        Beside them stand, under names no header can have, what was asked: one name counts different pools on different hosts.
        """
        asked = {":authority": request.host, ":path": request.path}
        with suppress(Garbled):
            for use in self._understood(self.adapter.usage, reply.headers | asked):
                if bucket := self._budgets.bucket(use.pool, request.path):
                    self._limits.observe(bucket.key, bucket.rate, used=use.used, left=use.left, resets_in_s=use.resets_in_s)

    def _silenced(self, error: ExchangeError, reply: Reply, host: str) -> None:
        """Obey a no in all processes at once."""
        if isinstance(error, Throttled):
            wait_s = self._limits.strike(self.adapter.slug, "throttled", error.retry_after_s)
        elif isinstance(error, Banned):
            asked = [error.retry_after_s or 0.0, FORBIDDEN_BAN_S if reply.status == 403 else 0.0]
            if error.until:
                asked.append((error.until - reply.received_at).total_seconds())
            wait_s = self._limits.strike(self.adapter.slug, "banned", max(asked))
        elif isinstance(error, Blocked):
            wait_s = self._limits.strike(self._budgets.whole(host, self._host), "blocked")
        else:
            return
        if not isinstance(error, Throttled):
            self._transport.forget(host)
        _wait(error, wait_s)

    def _understood(self, read: Callable[..., T], *arguments: Any) -> T:
        """Let an adapter read what an exchange sent. Whatever goes wrong in there becomes an outcome: this is the one edge."""
        try:
            return read(*arguments)
        except ExchangeError:
            raise
        except Exception as error:  # a hostile or changed reply found a hole in the adapter
            logger.exception("%s: %s failed", self.adapter.slug, getattr(read, "__name__", "reading"))
            raise Garbled(f"{type(error).__name__} while reading the reply") from None


def _wait(error: ExchangeError, seconds: float) -> ExchangeError:
    error.wait_s = seconds
    return error


# --- Collecting -----------------------------------------------------------------------------------------------------
class _Cycle:
    """What one fetch has gathered so far."""

    def __init__(self, source: str, interactive: bool, instruments: Instruments, ends: float) -> None:
        self.source, self.interactive, self.instruments, self.ends = source, interactive, instruments, ends
        self._start = time.monotonic()
        self._requested_at = self._received_at = datetime.now(UTC)
        self._batches: list[Parsed[Row]] = []
        self._heard: list[Heard] = []  # beside them: when each came
        self._clock: Clock = "none"
        self._failures: list[tuple[ExchangeError, str]] = []
        self._requests = self._size = 0
        self._called = ""

    def asking(self) -> None:
        self._requests += 1
        self._requested_at = self._received_at = datetime.now(UTC)

    def answered(self, reply: Reply) -> None:
        self._requested_at, self._received_at = reply.requested_at, reply.received_at
        self._size += len(reply.body)

    def received(self, part: Part[Row], parsed: Parsed[Row]) -> None:
        if not self._batches:
            self._clock = part.clock
        self._batches.append(parsed)
        self._heard.append(Heard(self._requested_at, self._received_at, part.clock))

    def typed(self, content_type: str) -> None:
        """What was read was JSON whatever it called itself; that it called itself something else is told of."""
        if content_type and "json" not in content_type.lower():
            self._called = content_type

    def forget(self, pages: int) -> None:
        """Take the last pages back."""
        del self._batches[len(self._batches) - pages :], self._heard[len(self._heard) - pages :]

    def stamp(self, ask: Ask | None) -> None:
        """No reply names the period of its candles, and a gap in them must not make one up: it is the one asked for."""
        if ask is not None:
            self._batches = [replace(batch, rows=[_of_period(row, ask.period_s) for row in batch.rows]) for batch in self._batches]

    def failed(self, error: ExchangeError, part: str = "") -> None:
        self._failures.append((error, part))

    def outcome(self) -> Outcome[Row]:
        """The first failure names the outcome, unless something came: then it is partial and the rest stays empty."""
        dropped = sum(batch.dropped for batch in self._batches)
        name = "partial" if self._failures or dropped else "ok"
        if not self._batches:
            name = self._failures[0][0].outcome
        return Outcome(
            name, self._requested_at, self._received_at if self._requests else datetime.now(UTC), round((time.monotonic() - self._start) * 1000),
            rows=merged(self._batches), clock=self._clock, at=self._batches[0].at if self._batches else None, detail=self._detail(),
            requests=self._requests, dropped=dropped, bad_fields=sum(batch.bad_fields for batch in self._batches), size=self._size,
            wait_s=next((error.wait_s for error, _ in self._failures if error.wait_s is not None), None), heard=self._each_heard(),
            halted=self._halted(),
        )

    def _halted(self) -> bool:
        """Whether nothing came but the exchange's word that this market does not trade.

        Only books are asked about by the market's own symbol everywhere: other words may be about its index or pair.
        """
        return self.source == "book" and not self._batches and any(isinstance(error, Halted) for error, _ in self._failures)

    def _each_heard(self) -> dict[str, Heard]:
        found: dict[str, Heard] = {}
        for batch, heard in zip(self._batches, self._heard, strict=True) if len(self._batches) > 1 else ():
            for row in batch.rows:
                found.setdefault(getattr(row, "symbol", ""), heard)
        return found

    def _detail(self) -> str:
        if self._halted():
            return printable(f"{NOT_TRADED}{self._failures[0][0].detail}")
        said = [f"JSON that calls itself {self._called}"] if self._called and not self._failures and not any(batch.dropped for batch in self._batches) else []
        for error, part in self._failures:
            text = f"{error.outcome}: {error.detail}" if self._batches else error.detail
            said.append(f"{part}: {text}" if self._batches and part else text)
        return printable("; ".join(said))


def _of_period(row: Row, period_s: int) -> Row:
    return structs.replace(row, period_s=period_s) if isinstance(row, Candle) else row


def printable(text: str) -> str:
    """One line of at most 200 characters; control characters and the like stand escaped."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:200])[:200]


def merged(batches: list[Parsed[Row]]) -> list[Row]:
    """Rows of all pages and parts, one for each key: what an earlier one leaves unknown, a later one may fill in."""
    if len(batches) == 1:
        return batches[0].rows
    rows: dict[object, Row] = {}
    for row in (row for batch in batches for row in batch.rows):
        key = tuple(getattr(row, name) for name in row.KEY)
        rows[key] = _filled(rows[key], row) if key in rows else row
    return list(rows.values())


def _filled(row: Row, other: Row) -> Row:
    new = {name: value for name in row.__struct_fields__ if getattr(row, name) is None and (value := getattr(other, name)) is not None}
    if bad := getattr(other, "bad", ()):
        new["bad"] = (*getattr(row, "bad", ()), *bad)
    return structs.replace(row, **new) if new else row
