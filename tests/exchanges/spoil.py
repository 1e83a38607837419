"""Real-shaped replies, spoilt at random: what a broken or hostile exchange may send in their place.

`bodies(case, chance)` goes on for ever; the same `random.Random` gives the same bodies.
"""

import re
from collections.abc import Iterator
from random import Random

from tests.exchanges.cases import Case

TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"(?P<key>\s*:)?|(?P<mark>[\[\]{}:,])|-?\d[\d.]*|true|false|null')
NASTY = (  # JSON, mostly
    b"null", b"true", b"0", b"-0", b"-1", b"[]", b"{}", b'""', b'"0"', b'"-1"', b'"NaN"', b"NaN", b"Infinity", b'"Infinity"', b'"sNaN"', b"1e999",
    b'"1e999999999"', b'"1E-400"', b'"1_000"', b'" 1.5 "', '"１２"'.encode(), '"١٢"'.encode(), b'"1,000.5"', b'"0x10"', b"9" * 400, b'"' + b"9" * 5000 + b'"',
    b"0." + b"0" * 300 + b"1", b'"\\ud800"', b'"\\u0000"', '"\u202eCTB"'.encode(), b'"<img src=x onerror=alert(1)>"', b'"=1+1"', b"1732752000000000000",
    b'"2106-02-07T06:28:16Z"', b"18446744073709551616", b"-9223372036854775809", b'"BTCUSDT"', b'"' + b"A" * 300 + b'"', b'{"a":' * 500 + b"1" + b"}" * 500,
    b"[" * 600 + b"]" * 600, b"[" + b"1," * 3000 + b"1]", b"1.0000000000000000000001", b"1797984000000", b'"1797984000"', b"4294967296",
)
BROKEN = (b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b"\n", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"[" * 2000)


def bodies(case: Case, chance: Random) -> Iterator[bytes]:
    """Without end: the sample with one to four things done to it."""
    found = [*TOKENS.finditer(case.body)]
    tokens = [token.span() for token in found]
    values = [token.span() for token in found if not (token["key"] or token["mark"])] or tokens
    while True:
        body, careful = case.body, chance.random() < 0.6
        for place in sorted((chance.choice(values if careful else tokens) for _ in range(chance.choice((1, 1, 1, 2, 3, 4)))), reverse=True):
            body = _changed(body, *place, values, chance) if careful else _broken(body, *place, chance)
        yield body


def _changed(body: bytes, start: int, end: int, values: list[tuple[int, int]], chance: Random) -> bytes:
    """Another value, or one from elsewhere in the reply: moved, of another type, twice. It stays JSON, mostly."""
    one, other = chance.choice(values)
    return body[:start] + (chance.choice(NASTY) if chance.random() < 0.75 else body[one:other]) + body[end:]


def _broken(body: bytes, start: int, end: int, chance: Random) -> bytes:
    """One thing done to the bytes from `start` on."""
    how = chance.random()
    if how < 0.3:
        return body[:start] + chance.choice(BROKEN) + body[end:]
    if how < 0.5:  # a stretch is gone
        return body[:start] + body[start + chance.randrange(1, 60) :]
    if how < 0.7:  # a stretch comes again
        stretch = body[start : start + chance.randrange(1, 400)]
        return body[:start] + stretch * chance.choice((2, 3, 30)) + body[start:]
    if how < 0.9:  # some bits are others
        wrong = bytearray(body or b"?")
        for _ in range(chance.randrange(1, 8)):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
        return bytes(wrong)
    return body[:start] if how < 0.95 else body + body[start:]  # cut short, or too much
