"""What the addresses of contracts understand: derivatives, funding, options."""

from __future__ import annotations

from exchanges.adapters import ADAPTERS
from markets.analysis.funding import SIGNS, WHENS
from markets.api.filters import FLAGS, PAGE, STATES, choice, day, decimal, either, fees, instant, many, one_of, ordering, ticker, words
from markets.reads.funding import SORTS

DERIVATIVE_ORDERS = (
    "base", "exchange", "symbol", "expiry", "bid", "ask", "mark_price", "basis_pct", "open_interest_usd", "quote_volume_24h", "change_24h_pct", "observed_at",
)
FUNDING_ORDERS = ("base", "exchange", "symbol", "rate", "interval_hours", "next_funding_at", "rate_8h", "apr_pct", "open_interest_usd", "observed_at")
OPTION_ORDERS = ("expiry", "strike", "exchange", "symbol", "mark_price", "mark_iv", "delta", "open_interest", "base_volume_24h")

EXCHANGE = many("exchange", "Only these exchanges.", tuple(ADAPTERS))
BASE = many("base", "Only contracts on these coins.")
_CONTRACT = (
    EXCHANGE,
    BASE,
    many("quote", "Only contracts priced in these currencies."),
    many("settle", "Only contracts paid in these currencies."),
    either("inverse", "Only contracts counted in money and paid in the coin (true), or only the others (false)."),
    decimal("min_open_interest_usd", "Only contracts with at least so much open interest, in USD."),
    many("state", "Only rows of these ages.", STATES),
    many("flag", "Only rows that carry at least one of these flags.", FLAGS),
    words("symbol", 60, "Only this native symbol, exactly as the exchange writes it."),
)
DERIVATIVES = (*_CONTRACT, many("kind", "Only perpetuals or only dated futures.", ("perp", "future")), ordering(DERIVATIVE_ORDERS, "base"), *PAGE)
FUNDING = (*_CONTRACT, ordering(FUNDING_ORDERS, "base"), *PAGE)
ROUTES = (
    BASE,
    ticker("quote", "Only perpetuals priced in this currency. Absent: all."),
    many("exchange", "Compare these exchanges only. Absent: all that are switched on.", tuple(ADAPTERS)),
    choice("when", WHENS, "current", "Rates of the running interval, foretold for the next one, or the mean of what was paid in seven days."),
    fees(),
    words("search", 60, "Part of a ticker or name."),
    decimal("min_open_interest_usd", "Only coins with at least so much open interest on all exchanges, in USD."),
    decimal("min_volume_usd", "Only coins with at least this volume in 24 hours on all exchanges, in USD."),
    one_of("interval", ("1", "2", "4", "8"), "Only coins that pay every so many hours on at least one exchange."),
    one_of("sign", SIGNS, "Only coins on which these pay on every exchange."),
    ordering((*SORTS, *ADAPTERS), "-spread"),
    *PAGE,
)
SETTLED = (
    many("base", "Of contracts on these coins. Required."),
    many("quote", "Only contracts priced in these currencies."),
    EXCHANGE,
    words("symbol", 60, "Only this native symbol, exactly as the exchange writes it."),
    instant("since", "Only what was paid at or after this time."),
    instant("until", "Only what was paid before this time."),
    choice("ordering", ("settled_at", "-settled_at"), "-settled_at", "Oldest or newest first."),
    *PAGE,
)
OPTIONS = (
    ticker("base", "Options on this coin. Required."),
    EXCHANGE,
    day("expiry", "Only those that expire on this day (UTC)."),
    decimal("strike", "Only this strike price."),
    one_of("type", ("call", "put"), "Only calls or only puts. Absent: both."),
    ordering(OPTION_ORDERS, "expiry"),
    *PAGE,
)
