"""A screenshot with at most 256 colours: a third of the bytes, and nobody sees it. PNG by its specification, no library."""

import struct
import zlib
from collections import Counter

MOST = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def smaller(png: bytes) -> bytes:
    """The same picture with a palette. Takes 8-bit RGB or RGBA without interlacing, as browsers write it."""
    width, height, pixels = decoded(png)
    counts = Counter(pixels)
    table = [colour for colour, _ in counts.most_common(MOST)]
    place = {colour: at for at, colour in enumerate(table)}
    for colour in counts:
        if colour not in place:
            place[colour] = min(range(len(table)), key=lambda at: sum((a - b) ** 2 for a, b in zip(table[at], colour, strict=True)))
    indices = bytes(place[pixel] for pixel in pixels)
    rows = b"".join(b"\0" + indices[at : at + width] for at in range(0, width * height, width))
    return SIGNATURE + b"".join([
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), _chunk(b"PLTE", b"".join(bytes(colour) for colour in table)),
        _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""),
    ])


def decoded(png: bytes) -> tuple[int, int, list[tuple[int, int, int]]]:
    """Width, height, and every pixel as (red, green, blue)."""
    chunks = list(_chunks(png))
    width, height, _, kind = struct.unpack(">IIBB", dict(chunks)[b"IHDR"][:10])
    size = {2: 3, 6: 4}[kind]
    raw, before, pixels = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), bytes(width * size), []
    for at in range(0, len(raw), width * size + 1):
        before = _unfiltered(raw[at], bytearray(raw[at + 1 : at + 1 + width * size]), before, size)
        pixels += list(zip(before[0::size], before[1::size], before[2::size], strict=True))
    return width, height, pixels


def _chunks(png):
    at = len(SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _unfiltered(kind: int, row: bytearray, before: bytes, size: int) -> bytes:
    """One row as it was before its filter (none, left, above, mean, Paeth)."""
    if kind == 2:
        return bytes((x + up) & 255 for x, up in zip(row, before, strict=True))
    for at in range(len(row) if kind else 0):
        left, up, corner = (row[at - size], before[at], before[at - size]) if at >= size else (0, before[at], 0)
        row[at] = (row[at] + {1: left, 3: (left + up) // 2, 4: _nearest(left, up, corner)}[kind]) & 255
    return bytes(row)


def _nearest(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))
