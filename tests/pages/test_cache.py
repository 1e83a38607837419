"""Public pages are made once for all who want them within a second."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from markets.pages import cache

NOW = datetime(2026, 7, 1, tzinfo=UTC)
READERS = 3


def test_a_page_that_several_want_is_made_and_rendered_by_one_of_them(rf, monkeypatch):
    monkeypatch.setattr(cache.read, "revision", lambda: "1")
    monkeypatch.setattr(cache.timezone, "now", lambda: NOW)
    none_has_it, count, done = threading.Barrier(READERS), cache._count, []

    def counted(request):
        count(request)
        none_has_it.wait(30)

    def view(request, now):
        done.append("made")
        return cache.Page("tag", lambda: done.append("rendered") or b"whole")

    monkeypatch.setattr(cache, "_count", counted)
    with ThreadPoolExecutor(READERS) as pool:
        replies = list(pool.map(cache.public(view), [rf.get("/one/")] * READERS))
    assert [reply.content for reply in replies] == [b"whole"] * READERS
    assert done == ["made", "rendered"]


def test_what_is_no_page_is_made_for_each(rf, monkeypatch):
    """A refusal is changed on its way out, so two may not share one."""
    monkeypatch.setattr(cache.read, "revision", lambda: "1")
    answer = cache.public(lambda request, now: cache.HttpResponse(status=404))
    one, other = answer(rf.get("/two/")), answer(rf.get("/two/"))
    assert one is not other and {one.status_code, other.status_code} == {404}
