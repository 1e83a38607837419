"""Traders whom others copy: young records, few trades, what changed over a period, what is not told."""

from datetime import date, timedelta

import pytest

from markets.analysis import copying
from markets.analysis.copying import Change, Noted
from tests.markets.analysis.boards import D

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("days", "trades", "marks"), [
    (29, 20, ("young",)), (30, 19, ("few",)), (30, 20, ()), (0, 0, ("young", "few")), (None, None, ()), (None, 5, ("few",)),
])
def test_short_records_are_marked_and_unknown_ones_are_not(days, trades, marks):
    assert copying.marks(days, trades) == marks


def noted(back, roi, profit=None):
    return {TODAY - timedelta(days=back): Noted(None if roi is None else D(roi), None if profit is None else D(profit))}


@pytest.mark.parametrize(("notes", "change"), [
    (noted(30, "10", "100"), Change(D("2.5"), D(50))),
    (noted(33, "10"), Change(D("2.5"), None)),
    (noted(34, "10"), Change()),
    (noted(29, "10"), Change()),
    (noted(30, None, "160"), Change(None, D(-10))),
    ({**noted(30, "11"), **noted(31, "1")}, Change(D("1.5"), None)),  # the day itself before the days before it
    ({}, Change()),
])
def test_a_period_begins_with_its_own_note_or_one_just_before(notes, change):
    assert copying.changed(Noted(D("12.5"), D(150)), notes, TODAY, 30) == change


def test_the_middle_is_of_what_is_known():
    assert copying.middle([D(1), None, D(9), D(3)]) == 3
    assert copying.middle([D(1), D(2)]) == D("1.5")
    assert copying.middle([None]) is None


@pytest.mark.parametrize(("days", "fall", "least", "most", "fits"), [
    (30, "20", 30, "20", True), (29, "20", 30, "20", False), (30, "20.1", 30, "20", False), (30, "-20.1", 30, "20", False), (30, "-20", 0, "20", True),
    (None, None, 0, None, True), (None, "1", 1, None, False), (5, None, 0, "20", False), (5, None, 5, None, True),
])
def test_what_is_not_told_fits_no_limit(days, fall, least, most, fits):
    assert copying.fits(days, None if fall is None else D(fall), least, None if most is None else D(most)) is fits


def test_a_line_stops_where_a_day_is_missing():
    days = [TODAY - timedelta(days=back) for back in range(5)]
    notes = {days[4]: D(1), days[3]: D(2), days[2]: None, days[0]: D(5)}
    assert copying.runs(notes, days) == [[(0, 1), (1, 2)], [(4, 5)]]
    assert copying.runs({}, days) == []
    assert copying.runs({days[3]: D(2)}, days) == [[(1, 2)]]
