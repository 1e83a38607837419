"""Words that mean the same here, by one name each: the evidence for an intent is written in these. Plain data."""

from __future__ import annotations

from markets.ask.tables import words

# the word that stands for all: the others, common misspellings of short ones included
_GROUPS = """
exchange: exchanges shop shops venue venues platform platforms cex cexes cexs exchnage exhange xchange bourse bourses marketplace marketplaces; coin: coins
token tokens crypto cryptos cryptocurrency cryptocurrencies asset assets altcoin altcoins alts alt gem gems project projects memecoin memecoins shitcoin
shitcoins currency currencies symbol symbols ticker tickers; pair: pairs market markets; price: prices priced pricing prcie pirce prize quote quotes quoted
rate rates cost costs costing worth value valued valuation prix precio preis; cheap: cheaper cheapest cheaply inexpensive bargain bargains affordable cheepest
chepest cheapst; dear: dearer dearest expensive priciest pricey pricier costliest; best: better optimal ideal finest good great nice decent top; low: lower
lowest minimum min least smallest smaller; high: higher highest maximum max most biggest bigger largest greatest strongest; buy: buying bought buys purchase
purchasing purchased purchases acquire acquiring acquired; sell: selling sold sells offload offloading offloaded dump dumping dumped unload unloading
liquidate liquidating sale; swap: swapping convert converting converted conversion exchanged; get: getting gets got obtain; receive: receiving received;
spend: spending spent; compare: comparing compared compares comparison comparisons comparative comapre compere compair contrast comparre; versus: vs vrs v/s;
difference: differences differ differs diff diffs differential discrepancy discrepancies differing disparity disparities divergence divergences deviation
deviations deviate; gap: gaps; arbitrage: arb arbs arbing arbitrages arbitrageur arbitraging arbitarge arbitage arbitrag abritrage arbirtage arbitraje
arbritrage; profit: profits profitable profitably profiting gainful lucrative; earn: earning earned pocket; opportunity: opportunities opps oppurtunity
oppertunity; triangle: triangular triangles; loop: loops looping cycle cycles roundtrip; transfer: transferring transfered transferred transfers move moving
moved send sending sent shift shifting; liquidity: liquid liq liquidness illiquid liquidty liqudity liqidity; depth: deep deeper deepest depths; slippage:
slip slips slipage slipagge slippages; impact: impacts impacting; spread: spreads spred spreds; tight: tighter tightest narrow narrower narrowest; wide: wider
widest; orderbook: orderbooks; book: books; wall: walls; thin: thinner thinnest thick thicker thickest; absorb: absorbs absorbed fill filled fills filling;
order: orders; large: larger big huge sizeable sizable massive whale whales block institutional; list: lists listed listing listings listd lsited relisted;
new: newer newest newly neu brand; upcoming: scheduled announced announcement announcements announce; delist: delisted delisting delistings delists de-listed
removal removals remove removed removing; launch: launched launches launching launchpad launchpool debut debuts debuted debuting premiere; add: added adds
adding addition additions; trend: trending trends trendy trnding treding buzzing buzz; popular: hottest hyped hype hotter viral; exclusive: exclusives
exclusively unique; missing: absent lacking lack lacks misses unavailable unlisted; perpetual: perpetuals perp perps perpetuls; future: futures futs fut
futurs; option: options; derivative: derivatives derivs derivitives derivates; contract: contracts; leverage: leveraged margin lev; basis: contango
backwardation; expiry: expiries expiration expire expires expiring dated quarterly quarterlies; strike: strikes; call: calls; volatility: iv vola; interest:
intrest intrests; oi: ois; short: shorts shorting shorted; long: longs longing longed; funding: fundng fundings fuding fundin funidng funing; carry: carrying;
pay: pays paying paid payment payments; volume: volumes volum vol vols voulme volumn turnover turnovers; activity: activities action; active: busiest busy
busier liveliest actively; traded: transacted; bullish: bull bulls bulish bullishness; bearish: bear bears berish bearishness; sentiment: sentiments mood
moods feeling feelings vibe vibes sentimnt sentament outlook optimistic pessimistic greed greedy; pressure: pressures; momentum: momentums; copytrading:
copytrade copytrader copytraders; copy: copying copied copies copier copiers mirror mirroring copiable; trader: traders; lead: leading leads leader leaders
master masters; follow: following followed follower followers follows; win: wins winning winrate; roi: pnl aum drawdown sharpe; online: running alive; down:
offline outage outages unreachable dead downtime; working: work works operational functioning functional responding respond responsive healthy health; broken:
broke lag lagging lags laggy slow delayed delay delays stuck frozen faulty issues issue problem problems trouble failing failed glitch glitches; status: state
uptime; maintenance: maintainance maintenence; halted: halt suspended suspend suspension paused pause disabled blocked; open: opened opens enabled;
withdrawal: withdrawals withdrawls withdrawl withdrawable withdrawls; withdraw: withdrawing withdrawn; deposit: depositing deposited; wallet: wallets;
network: networks chain chains; stale: outdated old freshness age ages uptodate; data: feed feeds numbers figures; update: updates updated refreshed refresh
refreshes; live: realtime; history: historical historic historically historcal; chart: charts graph graphs candle candles candlestick candlesticks ohlc ohlcv
plot sparkline; change: changes changed changing changd fluctuate fluctuated fluctuation fluctuations fluctuating; perform: performed performing performance
performs fared fare faring; rise: rose risen rises rising climb climbed climbing gained gain gains gaining gainer gainers rallied rally surge surged soar
soared pumped increased increase increases; fall: fell fallen falls falling drop dropped dropping drops crash crashed declined decline loser losers lost
tanked plunged decreased decrease dipped dip; ath: atl; past: previous previously ago; yesterday: ystrday yesteday yday; today: 2day; week: weeks weekly wk;
month: months monthly; day: days daily; hour: hours hourly hr hrs; year: years yearly annum annual annually annualised annualized apr apy ytd; minute: minutes
mins; across: accross throughout; explain: explained explains explaining explanation elaborate; mean: means meaning meant; define: definition definitions;
rank: ranks ranked ranking rankings; calculate: calculated calculates calculating calculation compute computed computes measure measured; help: helps halp
hlep; show: shows display give tell find finding search look lookup fetch pull; fee: fees commission commissions; exclude: excluding excludes excluded except
excepting excl exlcuding exluding; where: wher whre; which: wich whcih whitch wht; what: wat wut whta; should: shud shuld shoud; will: wil; moon: moonshot;
predict: prediction predictions predicting predicted forecast forecasts forecasting projection prognosis; invest: investing investment investments investor;
recommend: recommendation recommendations recommended advise advice suggest suggestion; place: places site sites; latest: recent recently fresh freshly
"""

# Words worth mending when misspelt: what decides an intent, and is long enough to be no other word.
MENDED = words(
    """
    liquidity arbitrage funding exchange exchanges compare comparison slippage derivatives derivative perpetual perpetuals futures options volume sentiment
    history historical trending listing listings listed withdrawals withdrawal deposits cheapest cheaper spread bullish bearish volatility trader traders
    opportunities opportunity interest buying selling orderbook without except excluding available delisted upcoming highest lowest premium leverage turnover
    activity maintenance profitable profit between difference purchase performance yesterday currently triangular trading traded convert explain contango
    backwardation position statistics expensive status popular
    """
)

LEMMAS: dict[str, str] = {}
for _row in _GROUPS.split(";"):
    _lemma, _, _others = _row.partition(":")
    LEMMAS |= dict.fromkeys([_lemma.strip(), *_others.split()], _lemma.strip())
