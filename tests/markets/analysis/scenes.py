"""Boards with gaps in them: single scenes made by hand, and random ones with everything that may be wrong with a leg."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from msgspec import structs

from markets.analysis.scene import Scene
from markets.board import Board, Coin, Ladder, PairKey, Quote
from tests.markets.analysis.boards import NAMES, NOW, D, quote

POL = PairKey("POL", "USDT")
USD = {"USDT": D(1), "USDC": D("0.9995"), "BTC": D(60_000), "EUR": D("1.08")}
COINS = {"USDT": Coin("USDT", kind="stablecoin"), "USDC": Coin("USDC", kind="stablecoin"), "EUR": Coin("EUR", kind="fiat")}


def at(bid: object, ask: object, exchange: str = "ada", key: PairKey = POL, **fields: object) -> Quote:
    """A fresh, confirmed quote with this bid and ask."""
    size = D(fields.pop("size", 900))
    return structs.replace(quote(exchange, 1, base=key.base, quote=key.quote, symbol=str(key), **fields), bid=D(bid), ask=D(ask), bid_size=size, ask_size=size)


def ladder(exchange: str, bids, asks, key: PairKey = POL, age: float = 2, **fields: object) -> Ladder:
    def side(levels):
        return tuple((D(price), D(size)) for price, size in levels)

    return Ladder(exchange=exchange, symbol=str(key), bids=side(bids), asks=side(asks), observed_at=NOW - timedelta(seconds=age), **fields)


def scene(*quotes: Quote, books: tuple[Ladder, ...] = (), usd=USD, **more: object) -> Scene:
    """What is known of these quotes; a book belongs to the pair that its symbol is."""
    pairs: dict[PairKey, dict[str, Quote]] = {}
    for q in quotes:
        pairs.setdefault(PairKey(q.base, q.quote), {})[q.exchange] = q
    found: dict[PairKey, dict[str, Ladder]] = {}
    for book in books:
        found.setdefault(PairKey(*book.symbol.split("-")), {})[book.exchange] = book
    return Scene(Board(pairs, COINS, usd), found, NOW, **more)


# --- Random -----------------------------------------------------------------------------------------------------
def random_scene(seed: int, coins: int = 40, **more: object) -> Scene:
    """Some dozens of coins in three moneys on five exchanges: quiet ones, gaps, two coins of one name, old, halted and thin ones."""
    r = random.Random(seed)
    quotes, books = list[Quote](), list[Ladder]()
    for number in range(coins):
        price = 10 ** r.uniform(-4, 3)
        for money in ["USDT", *r.sample(["USDC", "BTC"], r.randint(0, 2))]:
            key = PairKey(f"C{number}", money)
            for name in r.sample(NAMES, r.randint(1, 5)):
                made = _quote(r, key, name, price / float(USD[money]))
                quotes.append(made)
                books += _book(r, made) if made.bid and made.ask and r.random() < 0.6 else []
    for key, price in ((PairKey("USDC", "USDT"), 0.9995), (PairKey("BTC", "USDT"), 60_000.0)):
        for name in NAMES[:4]:
            made = _quote(r, key, name, price, calm=True)
            quotes.append(made)
            books += _book(r, made)
    return scene(*quotes, books=tuple(books), **more)


_ODD = (
    {"identity": "conflicted"}, {"identity": "unknown"}, {"status": "halted"}, {"switch": "disabled"}, {"age": 40}, {"age": 200}, {"age": 5000},
    {"taker_fee": None}, {"bid_size": None}, {"ask_size": None}, {"flag": "price_anomaly", "flag_since": NOW - timedelta(seconds=90)}, {"bid": None},
)  # fmt: skip


def _quote(r: random.Random, key: PairKey, name: str, price: float, *, calm: bool = False) -> Quote:
    off = 1 if calm else r.choice([1, 1, 1, 1.003, 0.997, 1.004, 1.012, 1.2, 110])
    middle = D(f"{price * off * r.uniform(0.9995, 1.0005):.9f}")
    given: dict[str, object] = {
        "base": key.base, "quote": key.quote, "symbol": str(key), "half": r.choice(["0.0001", "0.0004"]), "age": r.choice([1, 2, 3, 8, 14, 28]),
        "bid_size": D(f"{r.uniform(0.5, 3000):.2f}"), "ask_size": D(f"{r.uniform(0.5, 3000):.2f}"), "taker_fee": D(r.choice(["0.001", "0.002", "0.0008"])),
        "lot_size": r.choice([None, D("0.01"), D(1)]), "min_size": r.choice([None, D(5)]), "min_notional": r.choice([None, D(5)]),
    }
    return quote(name, f"{middle:.12f}", **{**given, **(r.choice(_ODD) if not calm and r.random() < 0.25 else {})})


def _book(r: random.Random, q: Quote) -> list[Ladder]:
    """Near the ticker, thin or deep, sometimes old, switched off, crossed, or another market's."""
    shift = Decimal(f"{r.uniform(0.9996, 1.0004):.6f}")
    bid, ask = q.bid * shift, q.ask * shift
    sizes = [D(f"{10 ** r.uniform(-1, 3.2):.2f}") for _ in range(8)]
    bids = [(bid * (1 - D("0.0004") * i), sizes[i]) for i in range(r.randint(1, 4))]
    asks = [(ask * (1 + D("0.0004") * i), sizes[-i - 1]) for i in range(r.randint(1, 4))]
    key = PairKey(q.base, q.quote)
    made = ladder(q.exchange, bids, asks, key, age=r.choice([1, 4, 9, 16, 29, 31, 300]), switch="disabled" if r.random() < 0.03 else "")
    if r.random() < 0.03:
        return [structs.replace(made, bids=made.asks, asks=made.bids)]
    return [made]
