"""D17 U15: texts that are scripts, in every field that exchanges, people and staff can write, through every page and the admin in a real browser.

A page that takes one for more than text breaks the policy: the browser refuses it and says so. Both are counted, and both must be none.
"""

from itertools import cycle
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import models
from django.test import Client
from django.utils import timezone

from exchanges.models import Exchange, Transition
from markets import alerts, keys
from markets.analysis.alerts import Price
from markets.models import AssetAlias, Channel, Delivery, LeadTrader
from markets.pages import cache as pagecache
from tests.abuse.addresses import every
from tests.abuse.corpus import SCRIPTS
from tests.pages import market

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# What addresses, lists and joins go by: a text that is no word of these is refused where it comes in (D17 in tests/faults/).
WORDS = {
    "slug", "symbol", "ticker", "code", "key", "state", "status", "outcome", "kind", "username", "password", "source",
    "secret_hash", "prefix", "session_key", "nonce", "time_zone", "tz_offset", "token", "hash", "family", "category", "trader_id", "external_id",
    "announcement_id", "pool", "exchange", "func", "codename", "domain",
}  # fmt: skip
WATCH = """window.found = []; window.owned = () => found.push('ran'); window.alert = owned
document.addEventListener('securitypolicyviolation', e => found.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"""


@pytest.fixture
def spoilt(stored, monkeypatch):
    """The small market with a script in every text anybody could have written. Returns how many fields that were."""
    now, first = timezone.now(), Exchange.objects.order_by("pk").first()
    owner = User.objects.create_superuser("root", "root@example.org")
    Group.objects.create(name="some")
    keys.make(owner, "a key", ["read"], now)
    alerts.create(owner, alerts.Wish(Price(base="BTC", quote="USDT", level=1)), now)
    AssetAlias.objects.create(asset_id=1, text="alias", kind="name")
    channel = Channel.objects.create(kind="email", address="a@example.org")
    Delivery.objects.create(channel=channel, key="k", kind="incident", subject="s", text="t", critical=False, held=False, made_at=now, due_at=now, until=now)
    Transition.objects.create(exchange=first, at=now, before="healthy", after="down", detail="d")
    LeadTrader.objects.create(exchange=first, trader_id="t", name="t", seen_at=now)
    filled = sum(spoil(each) for label in ("exchanges", "markets") for each in apps.get_app_config(label).get_models()) + spoil(User)
    market.forget()
    monkeypatch.setattr(pagecache, "_count", lambda request: None)
    return filled, owner


def spoil(model):
    """Another script in each text of each row; how many."""
    fields = [
        each for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField) and not each.choices and not each.primary_key and not each.unique and each.name not in WORDS
    ]  # fmt: skip
    rows, scripts = list(model._base_manager.all()[:200]), cycle(SCRIPTS)
    for row in rows:
        for field in fields:
            text = next(scripts)
            while field.max_length and len(text) > field.max_length:
                text = next(scripts) if field.max_length >= 20 else text[: field.max_length]
            setattr(row, field.attname, text)
    if rows and fields:
        model._base_manager.bulk_update(rows, [field.name for field in fields])
    return len(rows) * len(fields)


def test_no_text_runs_anywhere(spoilt, live_server, browser):
    filled, owner = spoilt
    assert len(set(SCRIPTS)) >= 60 and filled > 200
    context = browser.new_context()
    session = Client()
    session.force_login(owner)
    context.add_cookies([{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in session.cookies.items()])
    context.add_init_script(WATCH)
    page, wrong, shown = context.new_page(), [], 0
    page.on("dialog", lambda dialog: wrong.append("dialog") or dialog.dismiss())
    for path in (*readable(session), *asked()):
        page.goto(live_server.url + path, wait_until="domcontentloaded")
        wrong += [(path, each) for each in page.evaluate("window.found")]
        shown += page.content().count("owned()")
    assert wrong == [] and shown > 100
    context.close()


def readable(session):
    """Every address that shows a page to who may see everything."""
    for path in every():
        if not path.startswith(("/api/v1/", "/feeds/", "/admin/logout", "/accounts/logout")) and not path.endswith(("/add/", "/history/", "/delete/")):
            answer = session.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield path


def asked():
    """Every script as a question, a search, a filter and a path, as many at once as an address takes."""
    for number in range(0, len(SCRIPTS), 5):
        some = quote(" ".join(SCRIPTS[number : number + 5]))
        yield from (f"/ask/?q={some}", f"/search/?q={some}") if number % 2 else (f"/?search={quote(SCRIPTS[number])}", f"/compare/{some}/")
