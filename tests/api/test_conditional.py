"""If-None-Match in every form the standard knows, on the page and in the API alike; and what a POST gets."""

import pytest


@pytest.mark.parametrize("path", ["/api/v1/compare/BTC-USDT/", "/compare/BTC-USDT/"])
@pytest.mark.parametrize("asked", ["{tag}", "*", '"other", {tag}', '{tag}, "other"', "{strong}"])
def test_what_is_already_known_is_not_sent_again(market, client, path, asked):
    first = client.get(path)
    tag = first["ETag"]
    answer = client.get(path, headers={"If-None-Match": asked.format(tag=tag, strong=tag.removeprefix("W/"))})
    assert (answer.status_code, answer.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_post_to_a_page_gets_our_own_page_without_a_style_of_its_own(market):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/")
    assert answer.status_code == 403 and b"<style" not in answer.content and b"Not allowed" in answer.content
