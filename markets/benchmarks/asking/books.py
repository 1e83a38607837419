"""Whether answers about liquidity are what the API's books say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markets.benchmarks.asking.checking import Checked, Row, Value
from markets.benchmarks.asking.prices import begun

# The answer's title to the API's name of the exchange that was chosen, and the figure by which, as the answer and as the API name it.
CHOSEN = {
    "Most liquid pairs": ("best", "score", "score"), "Deepest pairs": ("deepest", "depth_usd", "depth_2_pct_usd"),
    "Tightest spreads": ("tightest", "spread_bps", "spread_bps"),
}  # fmt: skip
USUAL_USD = "10000"  # whose cost is told where no amount is named


def liquidity(c: Checked) -> None:
    """Who is most liquid: score, depth, what the amount costs, spread; in the API's order, of the spread the tightest first."""
    if not c.coin:
        _pairs(c)
        return
    found = begun(c)
    if found is None:
        return
    pair, wanted = found
    api = c.reads.read(f"liquidity/{pair}/", side="sell" if c.meant.side == "sell" else None, exchange=c.narrowed, **wanted)
    ranked = sorted((row for row in api["results"] if row["rank"]), key=lambda row: row["rank"])
    if any(column["name"] == "bid_size" for column in (c.answer["table"] or {"columns": ()})["columns"]):
        _ladder(c, ranked)
        return
    if c.meant.topic == "spread":
        ranked.sort(key=lambda row: Decimal(row["book"]["spread_bps"]))
    side = "sell" if c.meant.side == "sell" else "buy"
    cost: Value = lambda row: row["cost"] if wanted else next((each[side] for each in row["book"]["costs"] if each["usd"] == USUAL_USD), None)  # noqa: E731
    columns: dict[str, Value] = {
        "score": lambda row: row["book"]["score"], "depth_2": _thinner, "spread_bps": lambda row: row["book"]["spread_bps"],
        "slippage_bps": lambda row: (cost(row) or {}).get("slippage_bps"), "average": lambda row: (cost(row) or {}).get("average_price"),
    }  # fmt: skip
    c.table(ranked, lambda row: row["exchange"], lambda row: c.slug(row["exchange"]), columns)
    for used in c.answer["sources"]:
        book = next((row for row in ranked if row["exchange"] == used["exchange"]), None)
        c.same(f"instant of the book of {used['exchange']}", used["observed_at"], book and book["observed_at"])


def _thinner(row: Row) -> str | None:
    band = next(each for each in row["book"]["depth"] if each["within_pct"] == "2")
    held: str = min(band["bids"], band["asks"], key=Decimal)
    return held


def _ladder(c: Checked, ranked: Sequence[Row]) -> None:
    """The best levels of one book: the API has its middle and spread."""
    c.same("books", 1, len(ranked))
    top, book = c.rows[0], ranked[0]["book"] if ranked else None
    if book and top["bid"] and top["ask"]:
        c.near("middle", (Decimal(top["bid"]) + Decimal(top["ask"])) / 2, Decimal(book["mid"]))
        c.near("best bid", Decimal(top["bid"]) * Decimal(top["bid_size"]), Decimal(book["top_bid"]))
        c.near("best ask", Decimal(top["ask"]) * Decimal(top["ask_size"]), Decimal(book["top_ask"]))


def _pairs(c: Checked) -> None:
    """All pairs with stored books: whose book is the best, deepest or tightest, as the answer says of itself, and its figure."""
    rows = c.reads.read("liquidity/", exchange=c.narrowed, quote=c.meant.quote, ordering="-score", limit="200")["results"]
    known = {f"{row['base']}/{row['quote']}": row for row in rows}
    first, figure, named = CHOSEN[c.answer["title"]]
    for row in c.rows:
        found = known.get(row["pair"])
        c.holds(f"{row['pair']} is none of the API's", found is not None)
        if found:
            c.same(f"{first} of {row['pair']}", c.slug(row["exchange"]), found[first])
            c.same(f"{figure} of {row['pair']}", row[figure], found[named])
