"""The rules of what a question names, each with the examples that the method prints and its border."""

import pytest
from msgspec.structs import replace

from markets.ask.grammar import marked, parse
from markets.ask.lexicon import lexicon
from markets.ask.numbers import read_number, unseparated
from markets.ask.sheet import Sheet
from markets.ask.slots import ASSET, PAIR, QUOTE
from markets.reads.vocabulary import built_in

WORDS = built_in()


def read(q):
    return parse(q, WORDS)


@pytest.mark.parametrize(("q", "assets"), [
    ("price of matic", ["MATIC"]), ("price of polygon", ["POL"]), ("bitcoin price", ["BTC"]), ("shiba inu price", ["SHIB"]),
    ("ethereum classic price", ["ETC"]), ("ethereum price", ["ETH"]), ("etherium price", ["ETH"]), ("price of cardanno", ["ADA"]),
    ("fantom and ftm", ["S", "FTM"]), ("compare ripple, BTC and solana", ["XRP", "BTC", "SOL"]), ("BTC's price", ["BTC"]), ("bitcoins price", ["BTC"]),
    ("btc-usdt", ["BTC"]), ("BTCUSDT depth", ["BTC"]), ("eth_btc chart", ["ETH"]), ("BTC/ETH/SOL prices", ["BTC", "ETH", "SOL"]), ("1inch price", ["1INCH"]),
    ("ethereum clasic price", ["ETC"]), ("bitc\u00f3in price", ["BTC"]), ("\uff22\uff34\uff23 price", ["BTC"]), ("price of foobarium", []),
    ("../../etc/passwd", []), ("PnL curves of the top leads", []),
])  # fmt: skip
def test_coins_by_ticker_name_pair_and_misspelling(q, assets):
    assert list(read(q).assets) == assets


@pytest.mark.parametrize(("q", "assets"), [
    ("price of gas", ["GAS"]), ("link vs gas", ["LINK", "GAS"]), ("HOT/USDT", ["HOT"]), ("how is LINK doing today", ["LINK"]), ("price of $ME", ["ME"]),
    ("sell 500 sand", ["SAND"]), ("cheapest link on kucoin", ["LINK"]), ("near price", ["NEAR"]), ("what is NOT trading at", ["NOT"]),
    ("the best price", []), ("hot coins near the mid", []), ("can you link me the page", []), ("not for me, thanks", []), ("the one on bybit", []),
    ("sell $10,000 of arb on binance", ["ARB"]), ("slippage of 5k of link", ["LINK"]),
    ("where do I get the most sand for 100 USDT", ["SAND"]), ("the top 5 of any kind", []), ("any arb of 2 %", []),
    ("coins on kucoin but NOT on binance", []), ("THE BEST PRICE FOR ONE SOL", ["SOL"]), ("what's the price", []), ("I want to buy some", []),
])  # fmt: skip
def test_ordinary_words_are_coins_only_with_evidence(q, assets):
    assert list(read(q).assets) == assets


def test_an_unknown_ticker_is_kept_where_a_dollar_says_so():
    assert (read("price of $QXJ7").assets, read("price of $QXJ7").unknown) == (("QXJ7",), ("QXJ7",))
    assert (read("price of $BTC").assets, read("price of $BTC").unknown) == (("BTC",), ())


@pytest.mark.parametrize(("q", "spans"), [
    ("funding over 5% of btc-perp", ["over 5%: threshold 5", "btc: asset BTC"]), ("the 2nd gap", ["2nd: other "]), ("gaps of 5%", ["5%: other 5"]),
    ("volume over 5 usdt", ["5: threshold 5", "usdt: quote USDT"]), ("btc price in may", ["btc: asset BTC", "may: date "]),
    ("new binance coin", ["binance: exchange binance"]), ("buy eth/btc", ["eth: asset ETH", "btc: quote BTC"]),
])  # fmt: skip
def test_what_each_word_was_taken_for(q, spans):
    assert [f"{q[span.start : span.end]}: {span.slot} {span.value}" for span in read(q).spans] == spans


@pytest.mark.parametrize("q", ["sell $eth/btc now", "sell $eth-btc now", "sell eth/btc now"])
def test_what_parts_a_pair_is_no_word_of_the_question(q):
    sheet = marked(q, lexicon(WORDS))
    assert [mark.slot for mark in sheet.marks if mark] == [ASSET] * (1 + ("$" in q)) + [PAIR, QUOTE]


def test_what_was_mended_is_said():
    assert read("etherium clasic price").notes or read("bitcoinn price").notes == ("bitcoinn was read as Bitcoin.",)
    assert read("bitcoin price").notes == ()


@pytest.mark.parametrize(("q", "asset", "note"), [
    ("price of bitcin cassh", "BCH", "bitcin cassh was read as Bitcoin Cash."), ("ethreum clasic depth", "ETC", "ethreum clasic was read as Ethereum Classic."),
])  # fmt: skip
def test_two_misspelt_words_of_one_name_are_mended_together_and_once(q, asset, note):
    assert (read(q).assets, read(q).notes) == ((asset,), (note,))


def test_a_name_that_is_nothing_but_signs_is_no_word():
    words = replace(WORDS, tickers=WORDS.tickers | {"SMILE"}, names=WORDS.names | {"?!": "SMILE", "": "SMILE", "\U0001f642": "SMILE", "smile-y": "SMILE"})
    assert [parse(q, words).assets for q in ("price of bitcoin?!", "price of smile-y", "price of \U0001f642")] == [("BTC",), ("SMILE",), ()]


@pytest.mark.parametrize(("q", "quote"), [
    ("BTC/USDT", "USDT"), ("btc in USDC", "USDC"), ("100 usdt of btc", "USDT"), ("$500 of btc", "USD"), ("btc in dollars", "USD"), ("btc in euros", "EUR"),
    ("€200 of btc", "EUR"), ("btc eur", "EUR"), ("sol price in btc", "BTC"), ("ETH/BTC", "BTC"), ("BTCUSDT", "USDT"), ("new usdt pairs", "USDT"),
    ("btc in usdt or usdc", None), ("price of usdt", None), ("arbitrage in sol", None), ("compare btc and usdt", None), ("btc price", None),
    ("5k$ of eth", "USD"),
])  # fmt: skip
def test_a_quote_only_where_one_is_stated(q, quote):
    assert read(q).quote == quote


@pytest.mark.parametrize(("q", "exchanges", "exclude"), [
    ("btc on gate", ["gateio"], []), ("btc on gate.io", ["gateio"], []), ("btc on gate io", ["gateio"], []), ("kucoin vs ku coin", ["kucoin"], []),
    ("binanse btc price", ["binance"], []), ("coins on kucoin but not on binance", ["kucoin"], ["binance"]),
    ("all but bybit", [], ["bybit"]), ("btc except gate and bitget", [], ["gateio", "bitget"]), ("btc excluding bybit", [], ["bybit"]),
    ("btc without bybit", [], ["bybit"]), ("btc, ignore bybit", [], ["bybit"]), ("btc, skip bybit", [], ["bybit"]), ("btc minus bybit", [], ["bybit"]),
    ("btc other than on bybit", [], ["bybit"]), ("coins on gate that aren't on bybit or bitget", ["gateio"], ["bybit", "bitget"]),
    ("coins that isn't on bybit", [], ["bybit"]), ("missing from bybit", [], ["bybit"]), ("coins bybit doesn't have", [], ["bybit"]),
    ("coins kucoin has but bybit hasn't listed", ["kucoin"], ["bybit"]), ("not only on bybit but on gate", ["bybit", "gateio"], []),
    ("bybit is not working", ["bybit"], []), ("why no prices from bybit", ["bybit"], []), ("btc not on bybit but on gate", ["gateio"], ["bybit"]),
])  # fmt: skip
def test_exchanges_and_what_a_negation_reaches(q, exchanges, exclude):
    frame = read(q)
    assert (list(frame.exchanges), list(frame.exclude)) == (exchanges, exclude)


def test_exchanges_that_are_not_covered_are_told_apart():
    frame = read("btc on kraken and bybit")
    assert (frame.exchanges, frame.uncovered) == (("bybit",), ("Kraken",))


@pytest.mark.parametrize(("q", "side"), [
    ("I have 5000 dollars, where should I get the most solana for it?", "buy"), ("how many sol can I get for 1 btc", "buy"),
    ("where do i get the most eth for my 1 btc", "buy"), ("I have 2 ETH, where do I get the most for it?", "sell"), ("what do I get for 2 eth", "sell"),
    ("where to buy btc", "buy"), ("cheapest btc", "buy"), ("what can i get for 500 usdt in btc", "buy"), ("lowest ask for btc", "buy"),
    ("spend 100 usdt on btc", "buy"),
    ("where to sell btc", "sell"), ("dump my btc", "sell"), ("where do i cash out btc", "sell"), ("highest bid for btc", "sell"),
    ("how much would i get for 2 eth", "sell"),
    ("what do i get for my eth", "sell"), ("where to buy and sell btc", None), ("btc price", None), ("bid ask spread of btc", None),
    ("can i ask the btc price", None),
    ("cheapest btc price yesterday", None), ("buy btc on gate and sell on bybit", None), ("buying pressure on btc", None), ("when did btc get listed", None),
])  # fmt: skip
def test_the_side(q, side):
    assert read(q).side == side


@pytest.mark.parametrize(("q", "amount"), [
    ("sell 30k ada", "30000"), ("buy 2 million doge", "2000000"), ("price of one solana", "1"), ("buy half a bitcoin", "0.5"), ("buy a dozen sol", "12"),
    ("buy 1,000.50 usdt of btc", "1000.50"), ("buy 1 000 ada", "1000"), ("2.5eth sell", "2.5"), ("100usdt of btc", "100"), ("5k$ of btc", "5000"),
    ("$500 of btc", "500"), ("0,5 btc sell", "0.5"), ("sell 2mm doge", "2000000"), ("1.000,50 usdt of btc", "1000.50"),
    ("slippage for 10k usdc of eth", "10000"),
    ("buy twenty five sol", "25"), ("sell 1/2 btc", "0.5"), ("order book of eth for 10k", "10000"), ("a hundred usdt of btc", "100"),
    ("btc up 5%", None), ("top 5 coins", None), ("btc above 0.90", None), ("btc 4h chart", None), ("btc in 24h", None), ("1% depth of btc", None),
    ("will btc hit 100k", None), ("gaps over 50 bps", None), ("10x leverage on btc", None), ("btc in 2023", None), ("btc 15m candles", None),
    ("100k strike calls on btc", None),
])  # fmt: skip
def test_amounts_and_numbers_that_are_none(q, amount):
    assert read(q).amount == amount


@pytest.mark.parametrize(("q", "op", "value", "unit"), [
    ("funding above 20% a year", ">", "20", "pct_year"), ("spread under 5 bps", "<", "5", "bps"), ("gaps of at least 0.5 percent", ">", "0.5", "pct"),
    ("coins with volume over $1m", ">", "1000000", "usd"), ("btc below 90000 usdt", "<", "90000", "USDT"),
    ("funding under -5 % a year", "<", "-5", "pct_year"), ("funding over \N{MINUS SIGN}0.01%", ">", "-0.01", "pct"), ("basis below -10 bps", "<", "-10", "bps"),
    ("btc under 10-20%", None, None, None), ("funding of btc-5% and over", None, None, None),
])  # fmt: skip
def test_bounds(q, op, value, unit):
    bound = read(q).threshold
    assert bound is None if op is None else (bound.op, bound.value, bound.unit) == (op, value, unit)


@pytest.mark.parametrize(("q", "time_range"), [
    ("btc last 7 days", "7d"), ("btc chart 4h", "4h"), ("btc since yesterday", "24h"), ("btc over the last week", "7d"), ("btc this month", "30d"),
    ("btc price", None), ("btc price over the last 0 hours", None), ("btc 0d chart", None), ("btc over 0.5 hours", None),
])  # fmt: skip
def test_times(q, time_range):
    assert read(q).time_range == time_range


@pytest.mark.parametrize(("q", "limit"), [("top 5 arbitrage gaps", 5), ("the 3 cheapest exchanges for btc", 3), ("btc on 3 exchanges", None), ("5 btc", None)])
def test_limits(q, limit):
    assert read(q).limit == limit


def test_the_unit_and_the_places_of_what_was_understood():
    frame = read("Sell 2.5 ETH on KuCoin")
    assert (frame.amount, frame.unit) == ("2.5", "ETH")
    assert [(frame.q[span.start : span.end], span.slot, span.value) for span in frame.spans] == [
        ("2.5", "amount", "2.5"), ("ETH", "asset", "ETH"), ("KuCoin", "exchange", "kucoin"),
    ]  # fmt: skip


@pytest.mark.parametrize(("q", "places"), [
    ("gaps less than 0.5 %", ["threshold: less than 0.5 %"]), ("gaps above 0.5 %", ["threshold: above 0.5 %"]),
    ("gaps at least 50 bps", ["threshold: at least 50 bps"]),
    ("spread under 5 basis points", ["threshold: under 5 basis points"]),
    ("btc price 7-day chart", ["asset: btc", "time: 7-day"]),
    ("btc last 7 days", ["asset: btc", "time: 7 days"]), ("btc a week ago", ["asset: btc", "time: a week ago"]),
    ("btc this week", ["asset: btc", "time: this week"]),
    ("top 5 gaps", ["limit: 5"]), ("sell half a btc", ["amount: half a", "asset: btc"]),
    ("btc above 90k usdt", ["asset: btc", "threshold: 90k", "quote: usdt"]),
    ("btc since monday", ["asset: btc", "time: monday"]), ("shiba inu on gate.io", ["asset: shiba inu", "exchange: gate.io"]),
    ("BTC/USDT", ["asset: BTC", "quote: USDT"]), ("BTC/ETH/SOL", ["asset: BTC", "asset: ETH", "asset: SOL"]), ("$btc-usdt", ["asset: $btc", "quote: usdt"]),
])  # fmt: skip
def test_what_of_the_question_says_it(q, places):
    frame = read(q)
    assert [f"{span.slot}: {frame.q[span.start : span.end]}" for span in frame.spans] == places


@pytest.mark.parametrize(("text", "value"), [
    ("1", "1"), ("1,000.50", "1000.50"), ("1.000,50", "1000.50"), ("0,5", "0.5"), ("1,50", "1.50"), ("1,000", "1000"), ("1,000,000", "1000000"),
    ("1.000.000", "1000000"), ("0,500", "0.500"), ("10,00,000", None), ("1'000.5", "1000.5"), (".5", "0.5"), ("1.5", "1.5"), ("12,345.6", "12345.6"),
    ("1,000,00", None), ("1,2.3,4", None), ("9" * 24, "9" * 24), ("9" * 25, None), ("1." + "0" * 22, "1." + "0" * 22), ("1." + "0" * 23, None), ("x", None),
])  # fmt: skip
def test_separators_of_a_number(text, value):
    assert unseparated(text) == value


@pytest.mark.parametrize(("text", "value", "end"), [
    ("a dozen sol", "12", 2), ("a couple of sol", "2", 3), ("couple of of sol", "2", 3), ("two of sol", "2", 1), ("a hundred sol", "100", 2),
    ("a half sol", "0.5", 2),
    ("an half sol", "0.5", 2), ("a quarter of sol", "0.25", 3), ("half of an one sol", "0.5", 4), ("half a million sol", "500000", 3),
    ("a thousand sol", "1000", 2),
    ("thousand sol", "1000", 1), ("k sol", None, 0), ("mm sol", None, 0), ("mil sol", "1000000", 1), ("a k sol", None, 0), ("a sol", None, 0),
    ("third of sol", None, 0), ("2 billion thousand sol", "2000000000", 2), ("2 thousand million sol", "2000000000", 3), ("2 m sol", "2", 1),
    ("2m sol", "2000000", 2),
    ("two and a half sol", "2.5", 4), ("two and a sol", "2", 1), ("two and half sol", "2", 1), ("two or a half", "2", 1),
    ("one and a half million sol", "1500000", 5),
    ("twenty five sol", "25", 2), ("twenty-five sol", "25", 3), ("twenty - nine sol", "29", 3), ("twenty ten sol", "20", 1), ("twenty zero sol", "20", 1),
    ("five twenty sol", "5", 1), ("ninety-nine", "99", 3), ("zero sol", "0", 1), ("1/2 sol", "0.5", 3), ("2/2 sol", None, 0), ("1/0 sol", None, 0),
    ("1 /2 sol", "1", 1),
    ("1/ 2 sol", "1", 1), ("1.5/2 sol", "1.5", 1), ("1/2.5 sol", "1", 1), ("1/2/3", "1", 1), ("1 000 sol", "1000", 2), ("1 000 000.5 sol", "1000000.5", 3),
    ("1 000.5 000 sol", "1000.5", 2), ("1000 000 sol", "1000", 1), ("123 000", "123000", 2), ("1234 000", "1234", 1), ("0 500", "0", 1),
    ("1 50", "1", 1), ("1 0000", "1", 1),
    ("1.5 000", "1.5", 1), ("5k sol", "5000", 2), ("5 kk", "5", 1), ("5", "5", 1), ("", None, 0), ("?", None, 0), ("sol", None, 0), ("2.50k", "2500", 2),
])  # fmt: skip
def test_a_number_and_where_it_ends(text, value, end):
    found = read_number(Sheet(text, lexicon(WORDS)), 0)
    assert found == (None if value is None else (value, end))


def test_an_amount_that_nobody_can_trade_is_said_and_left_out():
    for q, typed in (("best price for -5 btc", "-5"), ("best price for 0 eth", "0"), ("0.0 eth", "0.0")):
        frame = read(q)
        assert frame.amount is None and frame.notes == (f"{typed} is no amount that can be traded: it is left out.",)
    assert read("best price for 5 btc").amount == "5" and read("0.5 btc").notes == ()


def test_what_something_held_is_worth_is_what_it_would_bring():
    assert read("I hold 10 SOL on KuCoin, what is it worth").side == read("we own 2 eth, how much is that worth").side == "sell"
    assert read("how much is 10 SOL worth").side is None and read("I hold SOL, what is it worth").side is None
