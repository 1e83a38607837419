"""Which class a coin is of by how exchanges call it, where none of them says: leveraged tokens and wrapped coins."""

from __future__ import annotations

import re
from collections.abc import Collection

from exchanges import chains

COIN, WRAPPED = "coin", "wrapped"
# Ordinary coins whose code reads like another coin's leveraged token.
NOT_LEVERAGED = frozenset({"JUP", "SYRUP", "SUP", "UP", "PUP", "BUP", "CUP", "SOUP", "PITBULL", "BULL", "BEAR"})
_LEVERAGED = re.compile(r"(.+?)(?:[2-9][LS]|10[LS]|UP|DOWN|BULL|BEAR)")
_HOLDS_ANOTHER = frozenset({"wrapped", "staked", "restaked", "bridged", "pegged", "peg"})
_PREFIX = re.compile(r"(?:wst|st|cb|w)([A-Z0-9]{2,})")  # wAXL, stETH
_CAPITALS = re.compile(r"(?:WST|ST|CB|W)([A-Z]{3,})")  # WBTC, STETH: read so of a chain's own coin only, since WAXP and STORJ begin alike
_WORD = re.compile(r"[^\W\d_]+")


def is_leveraged(code: str, coins: Collection[str]) -> bool:
    """Whether a code of a spot market is a leveraged token of one of `coins` (in capitals): BTC3L, ETHDOWN, XRPBULL."""
    code = code.upper()
    found = _LEVERAGED.fullmatch(code)
    return found is not None and code not in NOT_LEVERAGED and found[1] in coins


def is_wrapped(code: str, name: str, coins: Collection[str]) -> bool:
    """Whether a code is another coin in a wrapper, or staked: by its full name, else by its spelling."""
    if not _HOLDS_ANOTHER.isdisjoint(_WORD.findall(name.casefold())):
        return True
    if found := _PREFIX.fullmatch(code):
        return found[1] in coins
    found = _CAPITALS.fullmatch(code)
    return found is not None and found[1] in coins and chains.chain(found[1]) is not None
