"""How Bitget says no, and what its limit header means. Errors are HTTP 400 with a code of their own. Facts of 2026-09."""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import Decoder

from exchanges import reading
from exchanges.adapter import Headers, Use
from exchanges.errors import Halted, Refused, Throttled, Unreachable
from exchanges.reading import Text


class _Envelope(Struct):
    code: str | int
    msg: Text = None


_ENVELOPE = Decoder(_Envelope)
# Timed out, busy, upgrading or unknown: not an answer, and not our doing.
_THEIR_FAULT = {"40010", "40015", "40200", "40604", "45001"}
_MAINTAINED = {"40308", "41114"}  # the pair, or the whole product
_NOT_TRADED = {"25100", "40309", "43115"}  # no such pair, removed, about to open
_PAIR = "check key, secret and passphrase: they were made together"
# Of signed calls: what whoever set the key has to do.
_ADVICE = {
    "40001": "no key was sent: set key, secret and passphrase",
    "40002": "no signature was sent: set the secret",
    "40003": "no time was sent with the signature",
    "40005": "the time of the signature was not accepted: this machine's clock differs from the exchange's",
    "40006": "this key is not known to the exchange: check it, or make a new one",
    "40008": "the signature came too late: this machine's clock differs from the exchange's",
    "40009": "the signature does not fit: check the secret",
    "40011": "no passphrase was sent: set the one the key was made with",
    "40012": _PAIR,
    "40014": "this key lacks the copy-trading read permission",
    "40018": "the key's IP list lacks this address",
    "40037": "this key does not exist any more: make a new one",
    "40084": "classic-account key where a unified account is asked for",
    "40085": "unified-account key: make a classic one",
}


def check(status: int, headers: Headers, body: bytes) -> None:
    """Success is code "00000" in HTTP 200; errors are HTTP 400 with another. Region codes are unverified: none is mapped."""
    reply = reading.envelope(status, headers, body, _ENVELOPE)
    code, text = str(reply.code), reading.words(reply.code, reply.msg)
    if code == "429" or status == 429:
        raise Throttled(text, reading.retry_after(headers))
    if code in _ADVICE:
        raise Refused(f"{_ADVICE[code]} ({text})", "api_error")
    if code in _THEIR_FAULT:
        raise Unreachable(text, "server_error")
    if code in _MAINTAINED | _NOT_TRADED:
        raise Halted(text, status, whole=code in _MAINTAINED)
    reading.refuse(status, headers, body)
    if code != "00000":
        raise Refused(text, "api_error")


def usage(headers: Headers) -> tuple[Use, ...]:
    """x-mbx-used-remain-limit: calls left to this endpoint in the running second, despite its name."""
    left = reading.count(headers, "x-mbx-used-remain-limit")
    return () if left is None else (Use("endpoint", left=left, resets_in_s=1.0),)
