"""The words that questions are read with: what the store knows of coins, on top of what is known without one; exchanges from their adapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from django.db import DatabaseError
from msgspec.structs import replace

from exchanges.adapter import Adapter
from exchanges.adapters import ADAPTERS
from markets import held, known_coins, read, seeds
from markets.analysis.aliases import FORMER, TICKERS
from markets.ask.frame import Vocabulary
from markets.latest import Latest

_kept = Latest(1)
_LONG = 9  # letters from which a name is unlike any other word, so that misspellings of little known coins are mended too
_WORDS_OF_A_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def vocabulary() -> Vocabulary:
    """All that is known by now; without a database what is known without one. The same object until coins or aliases change."""
    try:
        numbers = held.current().numbers
    except DatabaseError:
        return built_in()
    changes = tuple(sorted((name, number) for name, number in numbers.items() if name == "assets" or name.startswith("catalogue")))
    return _kept.get(changes, lambda: _veiled(_grown())) if changes else built_in()


def _veiled(known: Vocabulary) -> Vocabulary:
    """An exchange that is not shown to whoever asks is one that is not covered, to them."""
    hidden = held.unseen()
    if not hidden:
        return known
    shown = {word: slug for word, slug in known.exchanges.items() if slug not in hidden}
    return replace(known, exchanges=shown, uncovered=known.uncovered | {word: hidden[slug].name for word, slug in known.exchanges.items() if slug in hidden})


@lru_cache(1)
def built_in() -> Vocabulary:
    """What is known before any exchange was asked."""
    coins = {**seeds.COINS, **seeds.STABLECOINS, **seeds.WRAPPED}
    former = dict(seeds.SPELLINGS) | {old: new for old, new, *_ in seeds.RENAMED}
    tickers = frozenset(coins) | known_coins.NAMES_OF_COINS.keys()
    names = {name: ticker for ticker, names in known_coins.NAMES_OF_COINS.items() for name in names} | known_coins.MORE_NAMES
    names |= {name.lower(): ticker for ticker, name in coins.items()} | {name.lower(): ticker for name, ticker in (*seeds.NAMES, *seeds.MISSPELLINGS)}
    renamed = {old for old, *_ in seeds.RENAMED}
    spoken = {name: ticker for name, ticker in names.items() if name.upper() not in tickers | renamed}  # a ticker stays as typed
    return Vocabulary(
        tickers=tickers, names=spoken, former=former, exchanges=_exchanges(), uncovered=known_coins.UNCOVERED,
        quotes=frozenset((*known_coins.COUNTED_IN, *seeds.FIAT, *known_coins.MONEY.values())),
        names_of={ticker: names[0].title() for ticker, names in known_coins.NAMES_OF_COINS.items()} | coins,
        stable=frozenset(seeds.STABLECOINS), money=known_coins.MONEY,
        mendable=frozenset(name for name, ticker in spoken.items() if ticker in coins or len(name) >= _LONG),
    )  # fmt: skip


def _grown() -> Vocabulary:
    """What is built in, and every coin, ticker and alias of the store.

    A well-known name stays one where some little coin has it for its ticker: who types bitcoin does not mean a coin of that code.
    """
    known, view, words = built_in(), read.board(), read.words()
    tickers = known.tickers | ({coin.ticker for coin in view.coins.values()} - {name.upper() for name in known.names})
    today = {word: view.coins[alias.coin].ticker for word, alias in words.items() if alias.coin in view.coins}
    former = known.former | {word: ticker for word, ticker in today.items() if words[word].kind in TICKERS and word != ticker}
    names = known.names | {word.lower(): ticker for word, ticker in today.items() if words[word].kind not in TICKERS}
    typed = tickers | {word for word in former if word in words and words[word].kind == FORMER} | {old for old, *_ in seeds.RENAMED}
    return replace(
        known, tickers=frozenset(tickers), former=former, names={name: ticker for name, ticker in names.items() if name.upper() not in typed},
        quotes=known.quotes | {key.quote for key in view.pairs},
        names_of=known.names_of | {coin.ticker: coin.name for coin in view.coins.values() if coin.name},
        stable=known.stable | {coin.ticker for coin in view.coins.values() if coin.kind == "stablecoin"},
    )  # fmt: skip


def _exchanges() -> dict[str, str]:
    return {spelling: slug for slug, adapter in ADAPTERS.items() for spelling in _spellings(adapter)}


def _spellings(adapter: Adapter) -> Iterator[str]:
    """Every way to write an exchange: its slug and name, the name without dots and spaces, word by word, what stands before a dot."""
    name = adapter.name.lower()
    yield from (adapter.slug, name, re.sub(r"[\W_]", "", name), name.partition(".")[0])
    yield " ".join(_WORDS_OF_A_NAME.findall(adapter.name)).lower()
    yield from adapter.spellings
