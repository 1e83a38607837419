"""The small charts: what is drawn where, and what is said of it."""

import re
from decimal import Decimal

from markets.pages.charts import Dot, meter, share_bar, sparkline, strip

D = Decimal


def test_a_strip_puts_the_dearest_right_and_the_middle_in_the_middle():
    svg = strip([Dot(1, "One", D("-5")), Dot(2, "Two", D(0)), Dot(3, "Three", D("5"))])
    assert re.findall(r'class="dot ex-(\d)" cx="([\d.]+)"', svg) == [("1", "6.0"), ("2", "75.0"), ("3", "144.0")]
    assert "±5</span>" in svg
    assert 'aria-label="From the median: One −5.0 bps, Two 0.0 bps, Three +5.0 bps"' in svg


def test_what_is_left_out_is_hollow_does_not_set_the_scale_and_stays_inside():
    svg = strip([Dot(1, "One", D("1")), Dot(2, "Two", D("-1")), Dot(3, "Three", D("400"), hollow=True)])
    assert 'class="hollow" cx="144.0"' in svg
    assert "±1.0</span>" in svg
    assert "Three +400.0 bps (left out)" in svg


def test_nothing_to_draw_draws_nothing():
    assert strip([]) == ""
    assert sparkline([D(1), D(2)]) == ""


def test_equal_prices_need_no_scale():
    assert "±0.1" in strip([Dot(1, "One", D(0)), Dot(2, "Two", D(0))])


def test_names_are_escaped():
    assert "<b>" not in strip([Dot(1, '"><b>', D(1))])


def test_a_sparkline_is_coloured_by_its_ends_and_stays_inside():
    svg = sparkline([D(100), D(90), D(120), D(101)])
    assert 'class="spark up"' in svg
    points = [tuple(map(float, p.split(","))) for p in re.search(r'points="([^"]*)"', svg).group(1).split()]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert all(0 <= x <= 84 and 0 <= y <= 26 for x, y in points)
    assert 'class="spark down"' in sparkline([D(2), D(3), D(1)])
    assert 'class="spark "' in sparkline([D(1), D(1), D(1)])


def test_bars_are_never_longer_than_their_ground():
    assert 'class="meter near"' in meter(D(130), D(100))
    assert 'width="120.0"' in meter(D(130), D(100))
    assert 'class="meter"' in meter(D(80), D(100))
    assert 'class="bar" width="0.0"' in meter(D(1), D(0))
    assert 'class="bar" width="68.0"' in share_bar(D(2))
