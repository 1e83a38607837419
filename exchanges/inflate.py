"""A reply's body, inflated step by step under caps: one that grows without end is noticed long before it is large."""

from __future__ import annotations

import zlib
from typing import Any

from exchanges.errors import Garbled

MIB = 1024 * 1024
RATIO = 200  # decoded to raw, once past 1 MiB
STEP = 256 * 1024  # decoded at once


class Body:
    """Collects and inflates a body step by step, and stops at the caps. Raises Garbled: too_large, decode."""

    def __init__(self, encoding: str, cap: int) -> None:
        self._coded = encoding.strip().lower() not in ("", "identity")
        if self._coded and encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
            raise Garbled(f"unknown content encoding {encoding[:40]!a}", "decode")
        self._inflate: Any = None  # zlib's decompressor has no public type
        self._cap = cap
        self.data = bytearray()
        self.wire = 0

    def feed(self, raw: bytes) -> None:
        """Take the next bytes as they came."""
        self.wire += len(raw)
        if not self._coded:
            self._add(raw)
            return
        if self._inflate is None:  # 47: gzip or zlib by their heads; -15: "deflate" without a head, as some servers send it
            self._inflate = zlib.decompressobj(47 if raw[0] == 0x1F or raw[0] & 15 == 8 else -15)
        try:
            self._inflated(raw)
        except zlib.error as error:
            raise Garbled(f"broken compression: {error}", "decode") from None

    def _inflated(self, raw: bytes) -> None:
        piece = b""
        while raw or len(piece) == STEP:
            piece = self._inflate.decompress(raw, STEP)
            self._add(piece)
            raw = self._inflate.unconsumed_tail
        if self._inflate.unused_data:
            raise Garbled("bytes after the end of the compressed body", "decode")

    def _add(self, piece: bytes) -> None:
        size = len(self.data) + len(piece)
        if size > self._cap or self.wire > self._cap or (size > MIB and size > RATIO * self.wire):
            raise Garbled(f"a body of more than {size} bytes, {self.wire} as sent", "too_large")
        self.data += piece

    def end(self) -> None:
        """The last bytes have come."""
        if self._inflate is not None and not self._inflate.eof:
            raise Garbled("the compressed body ends too early", "decode")
