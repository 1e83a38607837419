"""An operator's share of each limit, the weight and the class of each source: edited beside what the exchange publishes, obeyed at once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from exchanges.models import Allowance, Exchange, Feed, Run
from markets import asking, planning
from tests.admin.posts import fields_of
from tests.admin.test_plan import feed_of, form_of, prefix

pytestmark = pytest.mark.django_db


@pytest.fixture
def kucoin():
    return Exchange.objects.get(slug="kucoin")


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.LIMITS_FILE = tmp_path / "limits.sqlite3"
    yield
    asking.limits().close()


def row_of(page, exchange, pool):
    shown = fields_of(page)
    pk = str(Allowance.objects.get(exchange=exchange, pool=pool).pk)
    return next(name.removesuffix("-id") for name, value in shown.items() if name.startswith("allowances-") and name.endswith("-id") and value == pk)


def test_what_is_published_stands_beside_what_is_ours_of_it(operator, kucoin):
    text = operator.get(form_of(kucoin)).content.decode()
    assert "2,000 weight in 30 s" in text and "100 requests in 60 s (our budget)" in text
    assert "0 of 2000 weight" in text
    assert Allowance.objects.filter(exchange=kucoin).count() == 2


def test_a_share_is_obeyed_from_the_next_request_on(operator, kucoin):
    page = operator.get(form_of(kucoin))
    pool, own = row_of(page, kucoin, "public"), row_of(page, kucoin, "operator")
    wanted = {f"{pool}-share_pct": "50", f"{pool}-reserve_pct": "30", f"{own}-reserve_pct": "10", f"{own}-share_pct": "7"}
    done = operator.post(form_of(kucoin), fields_of(page, **wanted))
    assert done.status_code == 302
    terms = asking.terms(kucoin)
    assert terms.shares == {"operator": 1.0, "public": 0.5}, "of our own budget all is ours"
    assert terms.reserves == {"operator": 0.1, "public": 0.3}
    assert [(m.name, m.limit) for m in asking.meters(kucoin)] == [("operator", 100), ("public", 1000)]
    assert "0 of 1000 weight" in operator.get(form_of(kucoin)).content.decode()


def test_budget_and_plan_are_read_once_for_all_rows(operator, kucoin, monkeypatch):
    read = []
    for module, name in ((planning, "shares"), (asking, "meters")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, real=real, name=name: read.append(name) or real(*args))
    assert operator.get(form_of(kucoin)).status_code == 200
    assert sorted(read) == ["meters", "shares"]


@pytest.mark.parametrize("share", ["0", "101", "x", ""])
def test_a_share_above_the_published_limit_is_refused(operator, kucoin, share):
    page = operator.get(form_of(kucoin))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row_of(page, kucoin, 'public')}-share_pct": share}))
    assert answer.status_code == 200
    assert asking.terms(kucoin).shares["public"] == 1.0


def test_a_share_that_the_plan_does_not_fit_into_is_refused(operator, kucoin):
    page = operator.get(form_of(kucoin))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row_of(page, kucoin, 'public')}-share_pct": "1"}))
    assert "our share of KuCoin&#x27;s published limit &#x27;public&#x27; of 40 sustains" in answer.content.decode()
    assert asking.terms(kucoin).shares["public"] == 1.0


def test_weight_and_class_of_a_source_count_in_the_plan_and_at_the_exchange(operator, kucoin):
    page = operator.get(form_of(kucoin))
    row = prefix(page, feed_of(kucoin, "tickers"))
    before = feed_of(kucoin, "tickers").line.requests
    assert operator.post(form_of(kucoin), fields_of(page, **{f"{row}-weight": "2", f"{row}-priority": "spare"})).status_code == 302
    assert feed_of(kucoin, "tickers").line.requests == 2 * before
    terms = asking.terms(kucoin)
    assert (terms.weights["tickers"], terms.priority("tickers", False), terms.priority("book", False)) == (2, "spare", "others")


def test_a_weight_too_dear_for_the_budget_is_refused_with_the_reason(operator, kucoin):
    Feed.objects.filter(exchange=kucoin).exclude(source="time").update(enabled=False)
    page = operator.get(form_of(kucoin))
    row = prefix(page, feed_of(kucoin, "time"))
    answer = operator.post(form_of(kucoin), fields_of(page, **{f"{row}-weight": "20", "budget_per_minute": "21"}))
    assert "A weight is too large" in answer.content.decode()
    assert feed_of(kucoin, "time").weight == 1


def test_p3_p15_what_was_not_asked_and_why_is_seen(operator, kucoin):
    now = timezone.now()
    ended = (("budget_exhausted", "kucoin: what is left is kept for prices"), ("budget_exhausted", "kucoin is used up"), ("ok", ""))
    for token, (outcome, detail) in enumerate(ended):
        Run.objects.create(exchange=kucoin, source="candles", token=token, started_at=now, finished_at=now, outcome=outcome, detail=detail, ms=0)
    asking.limits().strike("kucoin", "banned", 600)
    share = next(share for share in planning.shares(kucoin, now) if share.source == "candles")
    assert (share.refused, share.shed) == (2, 1)
    text = operator.get(form_of(kucoin)).content.decode()
    assert "2 (1 for prices)" in text
    assert "Told to be silent (banned): nothing is asked for another 10 m" in text
    assert reverse("admin:exchanges_exchange_change", args=(kucoin.pk,)) == form_of(kucoin)
