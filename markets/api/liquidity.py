"""The API's addresses of liquidity and of the rates everything is converted by."""

from __future__ import annotations

from typing import Any

from markets import read
from markets.analysis.liquidity import Wish
from markets.api import filters_liquidity, schema, serialize, serialize_liquidity
from markets.api import schema_liquidity as shapes
from markets.api.core import Asked, Endpoint, Problem, cut, listed
from markets.api.filters import BadParameter
from markets.reads import gaps, liquidity, rates


class Liquidity(Endpoint):
    """Every pair with stored books."""

    parameters = filters_liquidity.LIST

    @schema.described(
        "Liquidity. The pairs whose order books are stored: the most liquid exchange, what an amount costs there, score, the tightest and the deepest book.",
        shapes.LiquidityList, filters_liquidity.LIST, found=False, tag="Liquidity",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Pairs that match, in the asked order: what the overview shows."""
        v = asked.values
        wanted = liquidity.Filters(
            quote=v["quote"], exchanges=v["exchange"], side=v["side"], usd=v["amount_usd"] or liquidity.USUAL_USD, asked=bool(v["amount_usd"]),
            min_score=v["min_score"], min_depth_usd=v["min_depth_usd"], search=v["search"], sort=v["ordering"],
        )
        rows = liquidity.overview(wanted, asked.now)
        page, start = cut(asked, rows)
        return listed(asked, [serialize_liquidity.row(row) for row in page], len(rows), start, missing=gaps.gaps("book", asked.now, v["exchange"]))


class PairLiquidity(Endpoint):
    """One pair's books."""

    parameters = filters_liquidity.PAIR

    @schema.described(
        "Liquidity of one pair. Every exchange's order book measured: spread, depth, what amounts cost, what moves it by 2 %, score. Old books are read anew.",
        shapes.PairLiquidity, filters_liquidity.PAIR, tag="Liquidity",
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The books of BASE-QUOTE; those on their way say `waiting`."""
        base, _, quote = pair.rpartition("-")
        if not read.board().pairs:
            raise Problem(503, "No prices have been collected yet.")
        if not base or not quote or len(pair) > 121 or not pair.isprintable():
            raise Problem(404, "A pair is written BASE-QUOTE, for example BTC-USDT.")
        compared, v = read.compare(base, quote, asked.now), asked.values
        liquidity.ask_for(compared.key, asked.now)
        wish = Wish(v["amount"], v["side"], v["unit"] == "base") if v["amount"] else None
        found = liquidity.of(compared.key, asked.now, wish=wish, side=v["side"], exchanges=v["exchange"])
        broken = [peg.ticker for peg in rates.broken(asked.now) if peg.ticker in compared.key]
        renamed = [note for note in compared.notes if " is now called " in note]
        missing = gaps.gaps("book", asked.now, v["exchange"])
        return serialize_liquidity.pair(found, [absence._asdict() for absence in missing], [*renamed, *(f"{t} has lost its peg." for t in broken)])


class Rates(Endpoint):
    """What currencies are worth."""

    parameters = filters_liquidity.RATES

    @schema.described(
        "Rates. What every quote currency, stablecoin and fiat is worth in one of them, by which markets; whether stablecoins hold. None is taken to be 1.",
        shapes.Rates, filters_liquidity.RATES, found=False, tag="Liquidity",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Every known rate into the target; currencies without one are named."""
        target = asked.values["target"] or rates.MONEY
        known = rates.currencies() | {rates.MONEY}
        if target not in known:
            raise BadParameter("target", f"It must be one of {', '.join(sorted(known))}.")
        found = rates.rates(asked.now, target)
        return {
            "target": target, "missing": serialize.missing(read.exchanges(asked.now)), "unknown": sorted(known - found.keys()),
            "rates": [serialize_liquidity.rate(each) for each in found.values()],
            "pegs": [serialize_liquidity.peg(each) for each in rates.pegs(asked.now).values()],
        }
