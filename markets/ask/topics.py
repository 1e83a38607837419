"""What exactly is asked for within an intent, as data: the same phrases with weights as the evidence for intents.

The names of topics are those that answers know; of a question that says none of them an answer is about the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markets.ask.phrases import Phrases, strength

TOPICS: Mapping[str, Mapping[str, Mapping[int, str]]] = {
    "best_price": {
        "peg": {10: "peg; pegs; pegged; depeg; depegs; depegged; depegging"},
        "worst": {9: "worst; not buy; not sell; avoid buying; avoid selling"},
        "dearest": {8: "most expensive; dearest exchange; dearest place; where ... dearest; which ... dearest; who ... dearest"},
    },
    "derivatives": {
        "open_interest": {9: "open interest; oi; interest in contracts"},
        "basis": {9: "basis; contango; backwardation; premium; discount; above spot; below spot; against spot; spot against; index price"},
        "max_pain": {14: "max pain"},
        "put_call": {14: "put call ratio; call put ratio; put call; ratio of puts to calls; puts per call"},
        "iv": {12: "implied volatility; implied vol; iv", 8: "volatility"},
        "options": {7: "option; call; put; strike; option chain; greeks; delta; gamma"},
        "futures": {8: "dated; delivery; expiry", 6: "future"},
    },
    "funding": {
        "negative": {9: "negative; below zero; under zero; shorts pay; short pays; paid to long; paid to be long"},
        "positive": {8: "positive; above zero; longs pay; paid to short; paid to be short"},
        "lowest": {7: "lowest; cheapest; least"},
        "highest": {7: "highest; most expensive"},
        "spread": {8: "spread; difference; gap; arbitrage; furthest apart; delta neutral; widest"},
        "carry": {7: "carry trade"},
    },
    "status": {
        "age": {9: "how old; how fresh; how stale; age of; last update; latest update; how up to date; how current; stale"},
        "wallets": {7: "wallet; deposits ... withdrawal; withdrawal ... deposits; deposit ... withdraw; withdraw ... deposit; move ... between"},
        "deposits": {5: "deposit; deposits; send to; send ... to"},
        "withdrawals": {5: "withdrawal; withdraw; take out; send from; get ... out"},
    },
    "help": {
        "ranking": {9: "rank; how do you choose; how do you decide; how do you compare; how is best; how is the best; how is the winner; order exchanges"},
        "sources": {9: "where ... data come; where ... price come; where ... come from; where do you get; data source; source of; your sources"},
        "age": {9: "how often; how old; how fresh; how current; real time; update"},
        "fees": {8: "which fee; what fees; taker fee; maker fee; fees do you; your fees; fees included; include fees; own fee"},
        "coverage": {8: "which exchange; what exchanges; list exchanges; list all exchanges; list of exchanges; which coins; what coins; which tokens;"
                        "support; cover; track; watch"},
        "privacy": {9: "privacy; who can see; do you store; do you log; keep my question; my data; track me"},
    },
    "price_history": {
        "gainers": {9: "gainer; gainers; gained most; gained the most; rose most; rose the most; rising most; went up most; went up the most; best performer;"
                       "best performers; best performing; top performers; up most; up the most"},
        "losers": {9: "loser; losers; lost most; lost the most; fell most; fell the most; dropped most; dropped the most; drop the most; fallen most;"
                      "fallen the most; went down most; went down the most; worst performer; worst performing; down most; down the most; crashed most"},
    },
    "new_tokens": {
        "gone": {9: "delist; removal; removed; dropped from; taken off; suspended; halted"},
        "upcoming": {8: "upcoming; soon; will list; to be listed; be listed; going to list; about to list; next listing; planned; will launch; will be"},
        "renamed": {9: "rename; renamed; rebrand; rebranded; changed name; change name"},
        "pairs": {8: "new pair; pair added"},
        "leads": {7: "who lists first; lists first; first to list; lists coins first; usually first; list new coins first; fastest to list; listing lead"},
    },
    "trending_not_on": {
        "only": {9: "only on; only at; exclusive; exclusively; unique to; nowhere else; nobody else; no other exchange; listed only; only listed; only trades"},
        "trending": {9: "trend; hot; popular; hyped; buzz; viral; moving; mover; movers; pump; pumping; moon; mooning; gainer; gainers"},
        "listed": {6: "list; available; carry; have; has; not have; missing; present; coins on; tokens on; trade; offer; exist"},
    },
    "volume_sentiment": {
        "sentiment": {9: "sentiment; bullish; bearish; mood; feel; fear and greed; pressure; risk on; risk off"},
        "unusual": {9: "unusual; abnormal; relative volume; spike; surge; more than usual; out of the ordinary"},
        "share": {7: "market share; share of volume; volume by exchange; volume of exchange; largest exchange; busiest exchange; exchange by volume;"
                     "exchange has ... volume; exchange ... most volume; most popular exchange"},
    },
    "copy_trading": {
        "win_rate": {9: "win rate; wins most; win most; winning"},
        "followers": {8: "most followers; number of followers; most followed; most copied"},
        "profit": {8: "profit; earned most"},
        "days": {8: "longest record; longest history; most days; experience"},
        "drawdown": {9: "drawdown; largest fall; biggest loss"},
        "managed": {8: "under copy; most assets; most managed"},
    },
}  # fmt: skip

WORDS = frozenset(word for topics in TOPICS.values() for table in topics.values() for phrases in table.values() for word in phrases.replace(";", " ").split())
_PHRASES = {intent: Phrases(tables) for intent, tables in TOPICS.items()}


def topic_of(intent: str, stream: Sequence[str], is_skipped: Sequence[bool]) -> str:
    """The topic of an intent that a question has most evidence for, of equals the first; "" where it says none."""
    if intent not in _PHRASES:
        return ""
    found = _PHRASES[intent].found(stream, is_skipped)
    return max(TOPICS[intent], key=lambda topic: strength(found.get(topic, ()))) if found else ""
