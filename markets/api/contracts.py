"""The API's addresses of contracts: derivatives, funding now and settled, options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markets import read
from markets.analysis import derivatives
from markets.api import contract_rows, filters_contracts, schema, serialize_contracts
from markets.api import schema_contracts as shapes
from markets.api.core import Asked, Endpoint, cut, listed
from markets.api.filters import BadParameter
from markets.api.words import coins
from markets.method import current_method
from markets.reads import contracts, funding, gaps, options, settled
from markets.shapes import Absence


def _asked_coins(asked: Asked) -> tuple[dict[str, Any], list[str]]:
    keys, notes = coins(asked.values["base"])
    return {**asked.values, "base": keys}, list(notes)


class Derivatives(Endpoint):
    """Every perpetual and dated future."""

    parameters = filters_contracts.DERIVATIVES

    @schema.described(
        "Derivatives. Perpetuals and dated futures of every exchange, per coin: prices, mark, index, basis, one-sided open interest, and funding.",
        shapes.Derivatives, filters_contracts.DERIVATIVES, found=False, tag="Contracts",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Contracts that match, in the asked order."""
        values, notes = _asked_coins(asked)
        rows = contract_rows.matching(values, asked.now)
        page, start = cut(asked, rows)
        usd, method = read.board().usd, current_method()
        told = [serialize_contracts.contract(row, usd, asked.now, method) for row in page]
        notes += nothing(rows, values["base"], "perpetual or future")
        return listed(asked, told, len(rows), start, missing=_missing(asked, "perp_tickers"), notes=notes)


class Funding(Endpoint):
    """What perpetuals pay in the running interval."""

    parameters = filters_contracts.FUNDING

    @schema.described(
        "Funding. The rate of the running interval of every perpetual, over eight hours and a year only where its interval is known; positive: longs pay.",
        shapes.FundingRates, filters_contracts.FUNDING, found=False, tag="Contracts",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Funding rates that match, in the asked order."""
        values, notes = _asked_coins(asked)
        rows = contract_rows.matching(values, asked.now, paid=True)
        page, start = cut(asked, rows)
        usd, method, means = read.board().usd, current_method(), settled.means(asked.now)
        told = [serialize_contracts.funding(row, usd, asked.now, method, means.get((row.exchange, row.symbol))) for row in page]
        return listed(asked, told, len(rows), start, missing=_missing(asked, "funding"), notes=notes + nothing(rows, values["base"], "funding rate"))


class FundingRoutes(Endpoint):
    """Funding across exchanges."""

    parameters = filters_contracts.ROUTES

    @schema.described(
        "Funding across exchanges. Every coin's rates side by side, and the pair furthest apart: long where holding costs least, short where it pays most.",
        shapes.FundingRoutes, filters_contracts.ROUTES, found=False, tag="Contracts",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """What the page of funding shows, by the same read."""
        v = asked.values
        keys, notes = coins(v["base"])
        found = funding.matrix(funding.Wanted(
            quote=v["quote"], exchanges=v["exchange"], when=v["when"], fees=v["fees"], base=keys, search=v["search"],
            min_open_interest_usd=v["min_open_interest_usd"], min_volume_usd=v["min_volume_usd"], interval_hours=int(v["interval"]) if v["interval"] else None,
            sign=v["sign"], sort=v["ordering"], limit=v["limit"], offset=v["offset"],
        ), asked.now)
        told = [serialize_contracts.line(row, funding.volume_usd(row), asked.now) for row in found.rows]
        return listed(asked, told, found.total, v["offset"], missing=found.missing, notes=[*notes, *nothing(range(found.total), keys, "perpetual")])


class FundingHistory(Endpoint):
    """What perpetuals paid."""

    parameters = filters_contracts.SETTLED

    @schema.described(
        "Funding history. Rates that were paid, by the time of payment. Read market by market, so of the busiest contracts first; `base` is required.",
        shapes.SettledRates, filters_contracts.SETTLED, found=False, tag="Contracts",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Settled rates that match."""
        v = asked.values
        if not v["base"]:
            raise BadParameter("base", "It is required: name the coins, for example base=BTC,ETH.")
        keys, notes = coins(v["base"])
        found = settled.rates(
            settled.Wanted(base=keys, quote=v["quote"], exchanges=v["exchange"], symbol=v["symbol"], since=v["since"], until=v["until"]),
            newest_first=v["ordering"].startswith("-"), offset=v["offset"], limit=v["limit"],
        )
        told = [serialize_contracts.settlement(row) for row in found.rows]
        unread = [f"Nothing has been collected of {found.unread} of its {found.markets} contracts yet."] if found.unread else []
        return listed(asked, told, found.count, v["offset"], missing=_missing(asked, "funding_history"),
                      notes=[*notes, *unread, *found.notes, *nothing(range(found.markets), keys, "contract")])


class Options(Endpoint):
    """The chain of one coin."""

    parameters = filters_contracts.OPTIONS

    @schema.described(
        "Options. The chain of one coin over all exchanges: prices per coin, implied volatilities as ratios a year, greeks, open interest; "
        "`expiries` sums up each one per exchange; `base` is required.",
        shapes.Options, filters_contracts.OPTIONS, found=False, tag="Contracts",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Options that match, in the asked order."""
        v = asked.values
        if not v["base"]:
            raise BadParameter("base", f"It is required: name the coin. Options are listed on {', '.join(options.underlyings()) or 'none yet'}.")
        keys, notes = coins([v["base"]])
        chain = options.chain(keys[0], exchanges=v["exchange"], expiry=v["expiry"], strike=v["strike"], option_type=v["type"])
        alive = [row for row in chain if derivatives.trades_still(row.expiry, asked.now)]
        rows = contract_rows.ordered(alive, v["ordering"], {name: contract_rows.field(name) for name in filters_contracts.OPTION_ORDERS})
        page, start = cut(asked, rows)
        told = [serialize_contracts.option(row, asked.now, current_method()) for row in page]
        empty = [] if rows else [f"No option on {keys[0]} matches. Options are listed on {', '.join(options.underlyings()) or 'none yet'}."]
        answer = listed(asked, told, len(rows), start, missing=_missing(asked, "option_tickers"), notes=[*notes, *empty])
        come_to = [row for row in options.expiries(keys[0], asked.now, v["exchange"]) if not v["expiry"] or v["expiry"][0] <= row.expiry < v["expiry"][1]]
        return {**answer, "expiries": [serialize_contracts.expiry(row) for row in come_to]}


def _missing(asked: Asked, source: str) -> tuple[Absence, ...]:
    return gaps.gaps(source, asked.now, asked.values["exchange"])


def nothing(rows: Sequence[Any], bases: Sequence[str], what: str) -> list[str]:
    """Why a list is empty, where the coin is the reason."""
    if rows or not bases:
        return []
    known = {row.base for row in contracts.contracts()}
    unknown = [base for base in bases if base not in known]
    return [f"No exchange that has answered lists a {what} on {', '.join(unknown)}."] if unknown else [f"No {what} matches what was asked."]
