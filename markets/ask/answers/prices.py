"""Where a coin is cheapest to buy or dearest to sell, and its prices side by side: the comparison, said in words. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from markets.analysis.inputs import Inputs
from markets.ask.answer import Answer, Said
from markets.ask.frame import Frame
from markets.ask.router import Route


class Prices(Struct, frozen=True, tag="prices", kw_only=True):
    """One pair's comparison as it can be made again. `typed` is the ticker of the question, `renamed` whether it is an old one."""

    typed: str
    renamed: bool
    inputs: Inputs


def compose(frame: Frame, route: Route, found: Prices, now: datetime) -> Answer:
    """The best price and how far the others are."""
    said, c = Said(), found.inputs.compared(now)
    best = c.best_sell if c.side == "sell" else c.best_buy
    if best is None:
        return Answer(kind="nothing", title=c.key.base, sentence="No exchange has a usable price right now.", notes=c.notes, as_of=now)
    price = said.price("best_price", best.price, c.key.quote)
    sentence = f"{route.named(best.exchange)} {price} {c.key.quote}"
    return Answer(kind="answer", title=c.key.base, sentence=sentence, notes=c.notes, as_of=now, figures=said.figures, grade=c.grade)
