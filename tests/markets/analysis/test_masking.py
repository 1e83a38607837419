"""What a log line may say, as a function of a text: by its name, by its form, by what is known, and how it is cut."""

import time

import pytest

from markets.analysis.masking import Mask, visible


def test_a_short_secret_would_hide_words_and_is_left_to_its_name():
    mask = Mask(["seven77", "eight888"])
    assert mask.of("seven77 eight888") == "seven77 ***" and mask.within("seven77", "password") == "***"
    assert mask.within("", "password") == "" and mask.within(None, "token") is None and mask.within(True) is True and mask.within(1.5) == 1.5


def test_text_is_cut_where_it_should_be():
    assert (visible("abc", 3), visible("abcd", 3), visible("\n", 3), visible("\U000e0001", 20)) == ("abc", "abc…", "\\x0…", "\\U000e0001")


OURS = {
    "GET /accounts/invited/WzEsIjIw:1abc:def/ 404": "GET /accounts/invited/*** 404",
    "at 'https://x.example/accounts/reset/MQ/abc-def/'.": "at 'https://x.example/accounts/reset/***'.",
    "/channels/stop/7:sig/?a=1": "/channels/stop/***?a=1",
    "POST /channels/confirm/7-n:1a:b/": "POST /channels/confirm/***",
    "sent pb_1f2e3d4c5b6a_" + "0f" * 24 + " twice": "sent pb_1f2e3d4c5b6a_*** twice",
}


@pytest.mark.parametrize("text", [*OURS, "/accounts/reset/", "/accounts/keys/7/revoke/", "/channels/stop/ is one", "pb_1f2e3d4c5b6a_ and pb_1f2e_00"])
def test_keys_of_the_api_and_links_of_mails_are_masked_by_their_form(text):
    """U13"""
    assert Mask().of(text) == OURS.get(text, text)


@pytest.mark.parametrize("text", ["y" * 50_000, "b-" * 25_000, "a " * 25_000, "a" * 25_000 + " " * 25_000, "://a:" * 10_000, "token= " * 7_000, "x='" * 16_000])
def test_masking_takes_no_longer_than_a_text_is_long(text):
    """The cube of a word's length was seconds for one line of a log: whoever sends such a word would hold a worker."""
    before = time.process_time()
    Mask(["a-known-secret"]).of(text)
    assert time.process_time() - before < 1
