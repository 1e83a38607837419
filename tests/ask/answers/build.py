"""Questions, routes and findings made by hand, and what every kept answer must hold."""

from __future__ import annotations

import msgspec

from markets.analysis.best import Terms
from markets.analysis.inputs import Inputs
from markets.analysis.settings import DEFAULT
from markets.ask.answer import Answer, Left
from markets.ask.answers.common import Coin
from markets.ask.frame import Frame
from markets.ask.record import Part, Record
from markets.ask.router import Route, Step
from markets.board import PairKey
from tests.ask.figures import holds
from tests.markets.analysis.boards import NAMES, NOW, PAIR, D

MOST = 60_000  # bytes of a kept question
POL = Coin(typed="POL", key="POL", ticker="POL", name="Polygon")
MATIC = Coin(typed="MATIC", key="POL", ticker="POL", name="Polygon", former="MATIC")


def route(intent: str = "best_price", exchanges=NAMES, left=(), names=None) -> Route:
    """All of NAMES, called as they are but with a capital; `left` are (exchange, reason, detail)."""
    called = names or {name: name.title() for name in NAMES}
    gone = tuple(Left(slug, called[slug], reason, detail) for slug, reason, detail in left)
    priced = [name for name in exchanges if name not in {each.exchange for each in gone}]
    return Route(intent, tuple(Step(name, called[name], ("tickers",), "priced", "") for name in priced), gone, called)


def inputs(quotes, side="buy", books=None, key: PairKey = PAIR, terms: Terms | None = None, **more) -> Inputs:
    """A comparison's inputs over these quotes by exchange; `usd` is 1 unless told."""
    given = {"usd": D(1), "names": {name: name.title() for name in quotes}} | more
    return Inputs(key=key, quotes=dict(quotes), method=DEFAULT, terms=terms or Terms(side), books=dict(books or {}), wallets={}, **given)


def kept(frame: Frame, way: Route, *findings, now=NOW) -> tuple[Answer, ...]:
    """The answers of a record that was stored and read again, as they hold: the same, small, with every number in its figures."""
    record = Record(now, "1", (Part(frame, way, findings),))
    raw = msgspec.json.encode(record)
    again = msgspec.json.decode(raw, type=Record)
    assert again == record and again.answers() == record.answers()
    assert len(raw) < MOST, len(raw)
    for answer in record.answers():
        holds(answer)
    return record.answers()


def one(frame: Frame, way: Route, *findings, now=NOW) -> Answer:
    """The only answer."""
    (answer,) = kept(frame, way, *findings, now=now)
    return answer


def cells(answer: Answer, name: str) -> list[str]:
    """One column's texts."""
    assert answer.table
    at = [column.name for column in answer.table.columns].index(name)
    return [row[at].text for row in answer.table.rows]
