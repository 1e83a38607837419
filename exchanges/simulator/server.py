"""The exchange simulator's server: five exchanges behind one port of this machine, each under its host name.

`http://127.0.0.1:N/api.kucoin.com/api/v1/market/allTickers`; what goes wrong is set at `/_control/`. Nothing here
needs Django or a database, so tests and benchmarks run it in a thread: `with running() as simulator: ...`.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from exchanges.simulator.faults import REPLY_FAULTS, ROW_FAULTS, Sheet, Spec
from exchanges.simulator.prices import Prices
from exchanges.simulator.scenario import BadScenario, Fault, Scenario, Stage
from exchanges.simulator.sockets import SOCKET_FAULTS, Request, Wire
from exchanges.simulator.writers import WRITERS, Fields, Reply, Route, Scene, find

LOCAL = "127.0.0.1"
CONTROL = "/_control/"
CATALOGUE_S = 1.0  # how long a list is served as it was built
QUOTED = ("tickers", "perp_tickers", "open_interest", "funding", "option_tickers", "book", "candles", "funding_history")  # the exchange's own snapshot
LISTS = ("instruments", "perp_instruments", "option_instruments", "currencies", "announcements", "status", "index_members")
KEPT = 600  # built replies
PAGE_WORDS = ("cursor", "offset", "page", "pageNo", "currentPage", "idLessThan", "after")
BY_HOST = {host: slug for slug, writer in WRITERS.items() for host in writer.HOSTS}


@dataclass(frozen=True)
class _Built:
    """A reply and, once somebody took it packed, its gzip form."""

    tick: int
    reply: Reply
    packed: bytes


@dataclass(frozen=True)
class _Call:
    """One request to one exchange and the faults that strike it."""

    stage: Stage
    host: str
    path: str
    address: str  # the route's, words in braces
    words: dict[str, str]
    route: Route
    request: Request
    faults: list[Fault]

    def named(self, name: str) -> list[Spec]:
        """The parameters of the faults of one name, with when they began and which way this jump goes."""
        return [fault.spec | {"since": fault.since, "sign": (-1) ** fault.seen} for fault in self.faults if fault.spec["name"] == name]


class Simulator:
    """Answers requests. One instance is one world: a seed, a scenario, five exchanges. `planned`: things happen of themselves.

    `most`: a small world, in which spot trades only so many of the best-known coins.
    """

    def __init__(self, seed: int = 1, planned: bool = True, most: int | None = None) -> None:
        self.scenario = Scenario(seed, planned, most)
        self.prices = Prices(seed, self.scenario.timetable)
        self._built: dict[tuple[object, ...], _Built] = {}
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, port: int, listening: Callable[[int], None], stop: asyncio.Event) -> None:
        """Listen on 127.0.0.1 until `stop` is set; `listening` is told the port."""
        server = await asyncio.start_server(self._connected, LOCAL, port, limit=65_536)
        listening(server.sockets[0].getsockname()[1])
        await stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.sleep(0)  # one more turn of the loop, in which the aborted connections are really closed

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._open.add(task)
        wire = Wire(reader, writer)
        try:
            while (request := await wire.request()) and await self._answer(wire, request):
                wire.served += 1
        except ConnectionError:
            pass  # the client is gone: nothing is owed to anybody
        except asyncio.CancelledError:
            writer.transport.abort()  # we are asked to stop: what is not sent yet never will be
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, wire: Wire, request: Request) -> bool:
        if request.path.rstrip("/") == CONTROL.rstrip("/"):
            return await wire.send(self._control(request), request)
        host, _, rest = request.path.lstrip("/").partition("/")
        if host not in BY_HOST:
            return await wire.send(Reply(b'{"error":"no exchange lives here"}', 404), request)
        return await self._exchange(wire, request, self.scenario.stages[BY_HOST[host]], host, f"/{rest}")

    async def _exchange(self, wire: Wire, request: Request, stage: Stage, host: str, path: str) -> bool:
        """One request to one exchange: counted, limited, delayed, answered, and spoilt as the scenario wants."""
        route, address, words = find(stage.slug, host, path)
        if name := getattr(WRITERS[stage.slug], "source", None):
            route = replace(route, source=name(route, request.query))
        call = _Call(stage, host, path, address, words, route, request, [fault for fault in stage.faults if fault.due(route.source)])
        reply, packed = self._reply(call, self.scenario.now() + stage.clock_offset_s)
        self.scenario.count(stage.slug, path, reply.status)
        await asyncio.sleep(stage.delay_s(route.source) + sum(float(spec.get("ms", 3_000)) / 1_000 for spec in call.named("slow")))
        for fault in call.faults:
            if fault.spec["name"] in SOCKET_FAULTS:
                return await SOCKET_FAULTS[fault.spec["name"]](wire, reply, request, fault.spec)
        return await wire.send(reply, request, packed)

    def _reply(self, call: _Call, now: float) -> tuple[Reply, bytes | None]:
        writer, route = WRITERS[call.stage.slug], call.route
        verdict = call.stage.limiter.take(call.address, writer.cost(route, call.request.query | call.words), route.pool)
        if call.stage.limits and not verdict.ok:
            refused = writer.throttled(now, verdict.wait_s, verdict.banned)
            return replace(refused, headers=writer.headers(now, verdict.used, 0, verdict.resets_in) | refused.headers), None
        if not route.name:
            return writer.not_found(call.path, now), None
        if call.request.method != "GET":
            return Reply(b"", 405, "text/plain"), None
        stamped = now + sum(float(spec.get("shift_s", 0)) + float(spec.get("jump_s", 0)) * spec["sign"] for spec in call.named("stamp"))
        reply, packed = self._made(call, now, stamped)
        if not route.silent:
            reply = replace(reply, headers=reply.headers | writer.headers(stamped, verdict.used, verdict.left, verdict.resets_in))
        for fault in call.faults:
            name = fault.spec["name"]
            if name in ROW_FAULTS and reply.status == 200 and route.source in ("tickers", "instruments"):
                reply, packed = _spoilt(reply, writer.FIELDS, route, fault), None
            elif name in REPLY_FAULTS:
                reply, packed = REPLY_FAULTS[name](reply, fault.spec, writer, now), None
        return reply, packed

    def _made(self, call: _Call, now: float, stamped: float) -> tuple[Reply, bytes | None]:
        """The healthy reply of this instant: the exchange's own snapshot while that is young, else a new one."""
        writer, source, frozen = WRITERS[call.stage.slug], call.route.source, call.named("freeze")
        age = writer.SNAPSHOT_S if source in QUOTED else CATALOGUE_S if source in LISTS else 0.0
        answer, query = getattr(writer, call.route.name), call.request.query | call.words
        if call.named("loop"):  # whichever page is asked for, here is the first
            query = {name: text for name, text in query.items() if name not in PAGE_WORDS}
        if frozen or stamped != now or not age:
            return answer(self._scene(call, stamped, float(frozen[0]["since"]) if frozen else now), query), None
        varies = tuple(call.request.headers.get(name) for name in getattr(writer, "VARY", ()))
        tick, key = int(now // age), (call.stage.slug, call.host, call.path, tuple(sorted(query.items())), varies, self.prices.timetable.version)
        if (built := self._built.get(key)) is None or built.tick != tick:
            self._built.pop(key, None)
            while len(self._built) >= KEPT:
                del self._built[next(iter(self._built))]
            reply = answer(self._scene(call, tick * age, tick * age), query)
            self._built[key] = built = _Built(tick, reply, gzip.compress(reply.body, 1))
        return built.reply, built.packed

    def _scene(self, call: _Call, now: float, t: float) -> Scene:
        request = call.request
        target = request.target[len(call.host) + 1 :]
        return Scene(call.stage.slug, self.prices, now, t, call.host, call.path, target, request.method, request.headers, call.words)

    def _control(self, request: Request) -> Reply:
        if request.method == "POST":
            try:
                self.scenario.apply(json.loads(request.body or b"{}"))
            except (BadScenario, ValueError, TypeError, AttributeError) as error:
                return Reply(json.dumps({"error": str(error)}).encode(), 400)
        return Reply(json.dumps(self.scenario.state(), ensure_ascii=False).encode())


def _spoilt(reply: Reply, fields: Fields, route: Route, fault: Fault) -> Reply:
    """The reply with its rows changed."""
    sheet = Sheet.of(reply, route.source, fields, fault.spec)
    ROW_FAULTS[fault.spec["name"]][0](sheet)
    headers = dict(reply.headers)
    if fault.spec["name"] == "unit" and fields.header_clock:
        micro = int(headers[fields.header_clock])
        headers[fields.header_clock] = str({"s": micro // 1_000_000, "us": micro * 1_000, "ns": micro * 1_000_000}[fault.spec["unit"]])
    return replace(reply, body=sheet.encode(), headers=headers)


@dataclass(frozen=True)
class Running:
    """A simulator in a thread of this process: its address, and its control by name instead of by JSON."""

    url: str
    port: int

    def control(self, *, reset: bool = False, clock: dict[str, float] | None = None, **exchanges: dict[str, Any]) -> dict[str, Any]:
        """Set the scenario: `control(kucoin={"fault": "hang"})`. Returns the state; an unknown word is a ValueError."""
        return self._ask("POST", {"reset": reset, "exchanges": exchanges} | ({"clock": clock} if clock else {}))

    def state(self) -> dict[str, Any]:
        """Seed, clock, and for each exchange its faults and requests."""
        return self._ask("GET")

    def requests(self, slug: str, since: float = 0.0) -> list[dict[str, Any]]:
        """An exchange's requests (path, status, at, wall), from `since` on (the `monotonic` of a state)."""
        return [row for row in self.state()["exchanges"][slug]["requests"]["recent"] if row["at"] >= since]

    def _ask(self, method: str, wish: dict[str, Any] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(LOCAL, self.port, timeout=10)
        try:
            connection.request(method, CONTROL, json.dumps(wish) if wish is not None else None)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer


@contextmanager
def running(port: int = 0, seed: int = 1, planned: bool = False, most: int | None = None) -> Iterator[Running]:
    """Run a simulator in a daemon thread with its own loop; it has stopped when the block ends.

    Nothing is listed or closed of itself unless `planned`: a test says what shall happen. `most` as in `Simulator`.
    """
    loop, stop, ready, found = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), list[int]()
    simulator = Simulator(seed, planned, most)

    def listening(at: int) -> None:
        found.append(at)
        ready.set()

    def work() -> None:
        try:
            loop.run_until_complete(simulator.serve(port, listening, stop))
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=work, name="simulator", daemon=True)
    thread.start()
    ready.wait(10)
    if not found:
        raise OSError(f"the simulator could not listen on {LOCAL}:{port}")
    try:
        yield Running(f"http://{LOCAL}:{found[0]}", found[0])
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
