"""Pictures of the guide: what a browser writes is read digit for digit, and comes out with a palette."""

import functools
import operator
import struct
import zlib

import pytest

from tests.pages.palette import SIGNATURE, _chunk, decoded, smaller

COLOURS = [(10, 20, 30), (200, 100, 0), (255, 255, 255), (0, 0, 0)]


def png(rows: bytes, width, height, kind):
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize(("name", "rows"), [
    ("none", bytes([0, 10, 20, 30, 200, 100, 0, 0, 255, 255, 255, 0, 0, 0])),
    ("left", bytes([1, 10, 20, 30, 190, 80, 226, 1, 255, 255, 255, 1, 1, 1])),
    ("up", bytes([0, 10, 20, 30, 200, 100, 0, 2, 245, 235, 225, 56, 156, 0])),
    ("mean", bytes([0, 10, 20, 30, 200, 100, 0, 3, 250, 245, 240, 29, 79, 129])),
    ("paeth", bytes([0, 10, 20, 30, 200, 100, 0, 4, 245, 235, 225, 1, 1, 1])),
])
def test_every_filter_of_a_row_is_undone(name, rows):
    assert decoded(png(rows, 2, 2, 2)) == (2, 2, COLOURS)


def test_a_picture_keeps_its_colours_and_its_size():
    rows = b"".join(b"\0" + b"".join(bytes((*colour, 255)) for colour in COLOURS) for _ in range(3))
    made = smaller(png(rows, 4, 3, 6))
    assert struct.unpack(">IIBB", made[16:26]) == (4, 3, 8, 3)
    assert sorted(made.split(b"PLTE")[1][:12]) == sorted(bytes(functools.reduce(operator.iadd, map(list, COLOURS), [])))
