"""What the words of this site mean: one or two plain sentences each, and the page of the guide that tells more. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Term(NamedTuple):
    """One word: what it is called, what it means (no digits: those would be figures), and its page of the guide."""

    name: str
    says: str
    guide: str


_TEXT = """\
Ask |  | how-we-rank#the-best-price
The lowest price at which somebody sells right now: what a buyer pays.

Bid |  | how-we-rank#the-best-price
The highest price at which somebody buys right now: what a seller gets.

Spread | bid ask spread, venue spread, bid-ask spread | liquidity#one-pair
The distance from the best bid to the best ask on one exchange: what buying and selling again at once costs before fees.

Mid | mid price, middle | how-we-rank#the-other-numbers
The middle between the best bid and the best ask of one exchange.

Order book | orderbook, book, limit order book | liquidity#one-pair
All open offers to buy and to sell on one exchange, by price. A large order walks through it, level by level.

Depth | market depth | liquidity#one-pair
How much money waits in an order book within a given distance of its middle. A deep book takes a large order calmly.

Slippage | price impact, impact | liquidity#one-pair
How much worse the average price of your whole order is than the middle of the book, because the best offers are not enough for it.

Liquidity | liquid | liquidity
How much can be traded before the price moves. Pebble measures it from stored order books, not from reported volume.

Liquidity score | score, liquidity rating | liquidity#one-pair
One number for a whole order book, from nothing to a hundred: what eight amounts of money would cost in slippage, by the worse of buying and selling,
small amounts weighing more.

Taker fee | taker, taker fees, trading fee, trading fees, taker commission | how-we-rank#the-best-price
What an exchange charges for an order that is filled at once. Rankings here are after it: yours if you gave one, else the exchange's own.

Maker fee | maker, maker fees, maker and taker | how-we-rank#the-best-price
What an exchange charges for an order that waits in the book. Pebble counts with taker fees, since it asks what you get now.

Withdrawal fee | withdraw fee, withdrawal fees, network fee | compare#other-controls
What an exchange keeps when coins leave it, in coins and by network.

Bps | basis points, bp, basis point, bps mean | how-we-rank#the-other-numbers
Basis points: hundredths of a percent. A hundred of them are one percent.

Arbitrage | arb, arbitrage opportunity | arbitrage
Buying on one exchange and selling on another because their prices differ. What counts is what is left after both taker fees, for the size that both
books hold, and whether the coins can move.

Triangular arbitrage | triangle, triangular, loop, loops | arbitrage#loops-and-carries
Three trades on one exchange that end in the coin they began with. It pays only if the end is more than the start after three fees.

Price range | dispersion, price difference | how-we-rank#the-other-numbers
How far apart the exchanges' prices are, from the lowest to the highest. It is not money to be made: fees and books come between.

Funding | funding rate, funding rates, funding fee, funding fees | funding
A payment between those who hold a perpetual, every few hours. Where the rate is positive longs pay shorts, where it is negative shorts pay longs.

APR | annual rate, apy, annualised, annualized, a year | funding#the-matrix
A rate as simple percent a year: the rate of one interval times the intervals of a year, not compounded.

Carry | cost of carry, carry trade, cash and carry | funding#carry-calculator
What holding one position against another brings, such as spot against a perpetual that pays: funding or basis on one side, four taker fees on the
other.

Perpetual | perp, perps, perpetuals, perpetual future, perpetual futures, perpetual swap, swap | funding
A contract on a coin's price that never expires. Funding payments keep it near the price of the coin.

Future | futures, dated future, dated futures, quarterly | funding#one-coin
A contract on a coin's price on a fixed day. How far it stands above the index is its basis.

Option | options, call, put, calls, puts | options
The right to buy (call) or to sell (put) a coin at a fixed price, the strike, by a fixed day, the expiry.

Implied volatility | iv, implied vol, volatility | options
How much movement a year the price of an option takes for granted. Higher means dearer options.

Put/call ratio | put call ratio, pcr, put call, put/call | options
Open puts for one open call, or puts traded for one call.

Max pain |  | options
The strike at which all open options of one expiry together would be paid least.

Open interest | oi | funding#one-coin
The contracts that are open at this moment, each counted once. Volume says what was traded, open interest what is still held.

Basis |  | funding#one-coin
How far a contract's mark price stands above the index price of its coin, in percent. Below the index it is negative.

Contango | contango and backwardation, backwardation | funding#one-coin
Futures stand above the index price. The opposite, futures below it, is called backwardation.

Mark price | mark | funding#one-coin
The price by which an exchange values open contracts, made so that one odd trade does not move it.

Index price | index | how-we-rank#the-other-numbers
A coin's price averaged over several markets; contracts are measured against it.

Leverage | margin | funding#one-coin
Holding a position worth more than the money put up for it. Losses grow as gains do, and the exchange may close it by force.

Liquidation | liquidated | funding#one-coin
An exchange closes a leveraged position by force because what was put up for it no longer covers the loss.

Long | longs, shorts, short, long and short | funding
Long gains when the price rises; short, the other side, gains when it falls.

Reference price | median, reference | how-we-rank#the-other-numbers
The plain median of the exchanges' mid prices that count. Prices are judged by how far they are from it.

Volume | trading volume, turnover | volume#what-is-counted
What was traded in the last day, as each exchange reports it of itself.

Volume sentiment | sentiment | volume#sentiment
Which way price and volume point together, from strongly bearish to strongly bullish. It is a measure of activity, not advice.

Trending | trend, hot | discover#trending
Unusual volume and movement compared with the other markets of the same exchange.

Listing | listings, new listing | discover#new-listings
The first market of a coin on an exchange. What an exchange's first list held is not called new.

Peg | pegged, depeg, depegged, stablecoin peg | currencies
A stablecoin keeps its peg while it trades close to the currency it stands for. Pebble never takes one to be worth exactly another.

Stablecoin | stablecoins, stable coin | currencies
A coin that is meant to be worth a fixed sum of money. Each is counted as a currency of its own.

Spot | spot price, spot market | compare
Buying and selling the coin itself, now, as opposed to contracts on its price.

Pair | trading pair, currency pair | compare
A coin and the currency it is priced in. Prices are compared within one pair only, unless they are converted.

Stale | stale data, freshness, fresh | how-we-rank#age
A price that is too old to count. It stays visible with its age, and wins nothing.

Confidence | grade, confidence grade, certainty | how-we-rank#the-other-numbers
A: several exchanges agree closely and are fresh. B: at least two agree. C: a single source, or ageing prices. D: disputed, or old.

Copy trading | copy trader, copy traders, lead trader, lead traders, copytrading | copy
Followers let an exchange repeat the trades of a lead trader in their own accounts. Past results do not predict.

Drawdown | max drawdown, largest fall | copy#columns
The largest fall of a result from a high to the low after it.

ROI | roi, return, result | copy#columns
A trader's result in percent, as the exchange tells it.

Wallet | deposits and withdrawals, deposit, withdrawal, network | arbitrage#classes
Where coins enter and leave an exchange, network by network. A closed one keeps a gap between exchanges from being traded away.

Anomaly | anomalies, outlier, suspect | how-we-rank#what-does-not-count-and-why-you-still-see-it
A price so far from the others' median that it does not count until it comes back. It is shown, with the reason.

Receipt | receipts | index
A link that keeps everything an answer was made of, so that the same answer can be computed again.

Best price | the best price | how-we-rank#the-best-price
Where a coin costs least to buy, or brings most when sold, after taker fees and at the amount you name, among prices that are fresh and agree.

Net price | net of fees, after fees | how-we-rank#the-best-price
A price with the taker fee in it: more than the ask for a buyer, less than the bid for a seller.

Market order | taker order | how-we-rank#the-best-price
An order that is filled at once at the best prices in the book, and pays the taker fee.

Limit order | maker order | how-we-rank#the-best-price
An order that waits in the book at a price of its own until somebody takes it.

Derivatives | derivative, derivate | funding
Contracts on a coin's price rather than the coin itself: perpetuals, dated futures and options.

Strike | strike price, strike prices | options
The fixed price at which an option gives the right to buy or sell.

Delta | option delta | options
How much an option's price moves when its coin moves by one.

Gamma | option gamma | options
How fast an option's delta changes while its coin moves.

Ticker | symbol, ticker symbol | identity
The short code of a coin. It is no identity: two exchanges can mean different coins by one ticker, and then they are not compared.

Token | tokens, coin, coins | identity
A unit that is traded: Pebble calls all of them coins, and tells them apart by identity, not by ticker.

Exchange | exchanges, an exchange, trading venue | index
A place where coins are bought and sold. Pebble reads what several of them publish and compares it.

Delisting | delisted, delist | discover#new-listings
An exchange takes a market off. Pebble says so when its lists have lacked the market several times, or the exchange itself tells.

Market cap | marketcap, market capitalisation | volume
The price of a coin times how many there are. Exchanges do not publish it, so Pebble does not tell it.

ATH | all time high | history
The highest price a coin ever had. Pebble knows prices as far back as exchanges tell them and no further.

Candle | candles, candlestick, candlesticks | history
One period of a price in four numbers: where it opened and closed, its highest and its lowest.

Long/short ratio | long short ratio, long to short ratio | funding
How many accounts hold long against short. Pebble does not tell it; funding shows which side pays.

Sharpe ratio | sharpe | copy
A result against how much it varied. Exchanges do not publish it of lead traders, so Pebble does not tell it.

Impermanent loss | il | index
What providing coins to an automated market may cost against holding them. Pebble compares order books, where there is none.

Crypto | cryptocurrency, cryptocurrencies | index
Coins that are kept on public ledgers instead of with a bank. Pebble compares what they cost on exchanges.

Blockchain | chain | index
A public ledger that many keep together. Coins move between exchanges over such networks.
"""  # fmt: skip


def parsed(text: str) -> dict[str, Term]:
    """{word in lower case: its entry} of blocks: the term | other words for it | where in the guide, and under that what it means."""
    found: dict[str, Term] = {}
    for block in text.strip().split("\n\n"):
        head, *says = block.split("\n")
        name, others, guide = (part.strip() for part in head.split("|"))
        term = Term(name, " ".join(says), guide)
        found |= {word.strip(): term for word in (name.lower(), *others.split(",")) if word.strip()}
    return found


_BY_WORD: Mapping[str, Term] = parsed(_TEXT)
TERMS: tuple[Term, ...] = tuple(sorted(set(_BY_WORD.values())))


def find(words: str) -> Term | None:
    """The entry of a word or phrase, in any case, singular or plural; None where there is none."""
    text = " ".join(words.lower().replace("_", " ").split())
    return next((_BY_WORD[form] for form in (text, text.removesuffix("s"), text + "s") if form in _BY_WORD), None)


def named(topic: str) -> tuple[Term, ...]:
    """Every entry a topic names, once each, in order: several are separated by commas."""
    return tuple(dict.fromkeys(term for part in topic.split(",") if (term := find(part))))
