"""The small charts: what is drawn where, and what is said of it."""

import re
from decimal import Decimal

from markets.pages.charts import Dot, availability, meter, share_bar, sparkline, strip
from markets.pages.charts_time import Axis, Bar, Block, Trace, candles, deviation_chart, hours_strip, scale_of, spread

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


def test_availability_is_tall_where_all_was_there_and_a_stub_where_nobody_knows():
    svg = availability([D(1), D("0.5"), D(0), None], 'One "was" there')
    assert re.findall(r'<rect class="(\w+)" x="(\d+)" y="(\d+)" width="3" height="(\d+)"', svg) == [
        ("up", "0", "0", "16"), ("warn", "4", "4", "12"), ("down", "8", "8", "8"), ("none", "12", "12", "4"),
    ]  # fmt: skip
    assert 'width="16"' in svg and 'aria-label="One &quot;was&quot; there"' in svg


def test_bars_are_never_longer_than_their_ground():
    assert 'class="meter near"' in meter(D(130), D(100))
    assert 'width="120.0"' in meter(D(130), D(100))
    assert 'class="meter"' in meter(D(80), D(100))
    assert 'class="bar" width="0.0"' in meter(D(1), D(0))
    assert 'class="bar" width="68.0"' in share_bar(D(2))


# --- Over time --------------------------------------------------------------------------------------------------
AXIS = Axis(0, 3600, 5)


def trace(*values, place=1, name="One", monogram="ON"):
    return Trace(place, monogram, name, tuple(None if v is None else D(str(v)) for v in values))


def strokes(svg, place=1):
    return re.findall(rf'class="line ex-{place}" d="([^"]*)"', svg)


def test_a_line_stops_at_a_gap_and_a_value_alone_is_a_dot():
    wide, narrow = strokes(deviation_chart([trace(1, 2, None, 3, None)], AXIS))
    assert wide == "M46.0 85.2L237.5 61.5M620.5 37.8h0"
    assert [wide.count(mark) for mark in "MLh"] == [2, 1, 1] and narrow.count("M") == 2


def test_zero_is_dashed_in_the_middle_and_the_edge_is_round():
    svg = deviation_chart([trace(-3, 0, 1, 2, 3)], AXIS)
    assert 'class="zero" d="M46 109.0H812"' in svg
    assert re.findall(r'class="end" x="40" y="[\d.]+">([^<]+)<', svg) == ["+4", "+2", "0", "−2", "−4"]
    assert 'aria-label="Distance from the median, basis points, last known: One +3.0"' in svg


def test_a_stray_stops_at_the_edge_instead_of_flattening_the_rest():
    assert scale_of([D(1)] * 30 + [D(900)]) == 4
    assert scale_of([D(1), D(2), D(3)]) == 4
    assert scale_of([D(0)]) == D("0.1") and scale_of([D("0.35")]) == D("0.4") and scale_of([D(90)]) == 100
    y = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", strokes(deviation_chart([trace(*[1] * 30, 900)], Axis(0, 60, 31)))[0])]
    assert min(y) == 14.0


def test_labels_are_pushed_apart_and_stay_inside():
    assert spread([20, 21, 100], 14, 204) == [20, 36, 100]
    assert spread([200, 203], 14, 204) == [188, 204]
    assert spread([3], 14, 204) == [14] and spread([], 14, 204) == []


def test_both_sizes_are_drawn_and_names_are_escaped():
    svg = deviation_chart([trace(1, 1, 1, 1, 1, name='"><b>', monogram="<b>")], AXIS)
    assert svg.count("<svg") == 2 and "<b>" not in svg
    assert 'class="chart deviation wide"' in svg and 'class="chart deviation narrow"' in svg


def test_the_axis_names_round_hours_or_days_and_ends_now():
    day = deviation_chart([trace(*[1] * 25)], Axis(1_795_262_400, 3600, 25))
    assert re.findall(r'y="224">([^<]+)<', day) == ["12:00", "18:00", "00:00", "06:00", "now"]
    month = deviation_chart([trace(*[1] * 720)], Axis(1_795_262_400, 3600, 720))
    assert re.findall(r'y="224">([^<]+)<', month)[0] == "26 Nov"


def test_candles_rise_and_fall_and_many_become_fewer():
    bars = [Bar(0, D(10), D(12), D(9), D(11)), Bar(1, D(11), D(11), D(8), D(8))]
    svg = candles(bars, Axis(0, 3600, 2), 2, "BTC/USDT on One")
    assert svg.count('class="rise"') == 2 and svg.count('class="fall"') == 2  # in both sizes
    assert 'aria-label="BTC/USDT on One: from 10.00 to 8.00, lowest 8.00, highest 12.00"' in svg
    assert candles(bars[:1], AXIS, 2, "x") == ""
    many = [Bar(slot, D(10), D(11), D(9), D(10)) for slot in range(288)]
    assert candles(many, Axis(0, 300, 288), 2, "x").count("<path class=\"rise\"") == 96 + 48


def test_the_hours_of_a_day_are_one_row_or_two_and_say_whose_they_are():
    svg = hours_strip([Block(1, "ON", "One", "5 of 7"), *[None] * 23], "Cheapest")
    assert svg.count('class="none"') == 46 and "5/7" in svg and 'aria-label="Cheapest: 00 h One 5 of 7"' in svg
    assert hours_strip([None] * 24, "x") == "" and deviation_chart([trace(None)], AXIS) == ""
