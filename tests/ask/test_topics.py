"""What exactly is asked for within an intent: whatever answers tell apart must be said by questions."""

import pytest

from markets.ask import grammar
from markets.ask.answers import best_price, derivatives, funding, fundings, helping, options
from markets.ask.topics import TOPICS, topic_of
from markets.reads.vocabulary import built_in

READ = """
most expensive exchange for BTC | best_price | dearest
where is btc most expensive | best_price | dearest
dearest exchange to buy SOL | best_price | dearest
worst place to buy eth | best_price | worst
where should i not buy sol | best_price | worst
how expensive is btc | best_price |
is USDT depegged? | best_price | peg
best price for btc | best_price |
ETH options | derivatives | options
where are the BTC puts at strike 100000 | derivatives | options
BTC implied volatility | derivatives | iv
BTC put/call ratio | derivatives | put_call
max pain BTC | derivatives | max_pain
BTC futures | derivatives | futures
dated ETH contracts by expiry | derivatives | futures
BTC open interest on Binance | derivatives | open_interest
which coins have the highest open interest | derivatives | open_interest
ETH basis | derivatives | basis
BTC perpetual premium | derivatives | basis
SOL perps | derivatives |
mark price of SOL on Bybit | derivatives |
lowest funding rates | funding | lowest
highest funding rates | funding | highest
negative funding | funding | negative
where do shorts pay longs | funding | negative
funding arbitrage | funding | spread
BTC funding | funding |
how old is the data of Bybit | status | age
are ETH deposits open | status | deposits
are ETH withdrawals open on KuCoin | status | withdrawals
can I withdraw BTC from Bybit | status | withdrawals
are BTC deposits and withdrawals open | status | wallets
is KuCoin up | status |
how do you rank exchanges | help | ranking
which exchanges do you support | help | coverage
where does your data come from | help | sources
what is funding | help | funding
upcoming listings | new_tokens | upcoming
what was delisted this week | new_tokens | gone
new coins on Bybit | new_tokens |
who lists coins first | new_tokens | leads
new pairs on KuCoin | new_tokens | pairs
Show me tokens trending on KuCoin but not on Binance | trending_not_on | trending
coins on KuCoin that Bybit doesn't have | trending_not_on | listed
tokens listed on Bybit but not on KuCoin | trending_not_on | listed
what is only on KuCoin | trending_not_on | only
is BTC bullish or bearish | volume_sentiment | sentiment
unusual volume | volume_sentiment | unusual
which exchange has the most volume | volume_sentiment | share
BTC volume | volume_sentiment |
lead traders with the best win rate | copy_trading | win_rate
best copy traders | copy_trading |
"""


@pytest.mark.parametrize("row", READ.strip().splitlines())
def test_a_question_says_what_exactly_it_asks_for(row):
    text, intent, topic = (part.strip() for part in row.split("|"))
    frame = grammar.parse(text, built_in())
    assert (frame.intent, frame.topic, frame.unknown) == (intent, topic, ())


def test_what_is_most_said_counts_and_of_equals_the_first():
    words = ["^", "option", "implied", "volatility", "$"]
    assert topic_of("derivatives", words, [False] * 5) == "iv"
    assert topic_of("funding", ["positive", "carry", "trade"], [False] * 3) == "positive"
    assert topic_of("derivatives", ["^", "perpetual", "$"], [False] * 3) == topic_of("arbitrage", words, [False] * 5) == ""


def test_every_topic_is_one_that_answers_know():
    known = {
        "derivatives": {*derivatives.INTEREST, *derivatives.BASIS, *derivatives.DATED, *options.TOPICS}, "help": set(helping._TOPICS),
        "best_price": {best_price.WORST, best_price.DEAREST, best_price.PEG},
        "funding": {*funding.LOWEST, *fundings.SPREAD, "positive", "highest"},
    }  # fmt: skip
    assert {intent: set(TOPICS[intent]) - names for intent, names in known.items()} == {intent: set() for intent in known}
