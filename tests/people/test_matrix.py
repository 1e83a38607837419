"""Who may open and post what: every address of the admin and of the API, made from the resolver, for five kinds of people (U9).

A new page of the admin has no row here, and fails until somebody has said who may.
"""

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import Resolver404, get_resolver, resolve, reverse
from django.urls.resolvers import URLResolver
from django.utils import timezone

from exchanges.models import Exchange
from markets import keys, roles, trial
from markets.admin.people import resubmit_task
from markets.api.urls import v1
from markets.models import Channel, LeadTrader, Market
from markets.models.accounts import SCOPES
from tests.admin.conftest import stored  # noqa: F401
from tests.markets.build import catalogue

ROLES = ("anonymous", *roles.ROLES, "superuser")
# Letters: v look, a add, c change, d delete. Columns: viewer, operator, auditor, superuser.
RAW = ("v", "v", "", "v")  # what exchanges said and what happened: nobody edits it
KEPT = ("v", "vc", "", "vc")  # rows that are there by themselves
OURS = ("v", "vacd", "", "vacd")
TABLES = {
    **dict.fromkeys((
        "markets.quote", "markets.derivative", "markets.funding", "markets.optionquote", "markets.indexmember", "markets.book", "markets.reading",
        "markets.network", "markets.networkchange", "markets.listing", "markets.announcement", "markets.servicestatus", "markets.leadtrader",
        "exchanges.run", "exchanges.transition", "markets.receipt",
    ), RAW),
    **dict.fromkeys(("exchanges.exchange", "exchanges.incident", "markets.setting", "markets.market", "markets.exchangeasset"), KEPT),
    **dict.fromkeys(("markets.asset", "markets.assetalias", "markets.rollout"), OURS),
    "markets.question": ("v", "vcd", "", "vcd"),
    "markets.channel": ("", "vacd", "", "vacd"),
    "markets.delivery": ("", "v", "", "v"),
    "markets.invitation": ("", "vad", "", "vad"),
    "markets.apikey": ("", "v", "", "v"),
    "auth.user": ("", "", "", "vac"),
    "auth.group": ("", "", "", "vacd"),
    "auditlog.logentry": ("", "", "v", "v"),
    "django_q.schedule": ("", "v", "", "v"),
    "django_q.success": ("", "v", "", "vcd"),
    "django_q.failure": ("", "v", "", "vcd"),
    "django_q.ormq": ("", "v", "", "vcd"),
    "axes.accessattempt": ("", "", "v", "vcd"),
    "axes.accesslog": ("", "", "", "vcd"),
    "axes.accessfailurelog": ("", "", "v", "vcd"),
}
NEEDS = {"changelist": "vv", "add": "aa", "change": "vc", "delete": "dd", "history": "vv"}  # the letter for GET and for POST
STAFF, OPERATORS, LOOKERS = set(ROLES[1:]), {"operator", "superuser"}, {"viewer", "operator", "superuser"}
# name: (who by GET, who by POST, arguments); None: nobody, the method is not answered.
OTHERS = {
    "index": (STAFF, STAFF, {}), "app_list": (STAFF, STAFF, {"app_label": "markets"}), "jsi18n": (STAFF, None, {}), "password_change_done": (STAFF, None, {}),
    "view_on_site": (STAFF, STAFF, {"content_type_id": "1", "object_id": "1"}), "autocomplete": (set(), None, {}),  # without naming a field
    "auth_user_password_change": ({"superuser"}, {"superuser"}, {"id": "987654"}),
    "markets_collection": (None, OPERATORS, {"name": "pause"}),
    "markets_setting_changelist": (STAFF, STAFF, {}),  # leads to the form, which asks for the right
    "markets_rollout_zero": (None, OPERATORS, {"intent": "best_price", "pk": 1}),
    "markets_channel_send": (None, OPERATORS, {"pk": 1}), "markets_channel_secret": (None, OPERATORS, {"pk": 1}),
    "markets_channel_rotate": (None, OPERATORS, {"pk": 1}),
    "exchanges_exchange_test": (None, OPERATORS, {"pk": 1}), "exchanges_exchange_hide": (None, OPERATORS, {"pk": 1}),
    "exchanges_exchange_reset": (None, OPERATORS, {"pk": 1}),
    "markets_collisions": (LOOKERS, LOOKERS, {}), "markets_collisions_decide": (None, OPERATORS, {}),
    "markets_collisions_undo": (None, OPERATORS, {"pk": 999}),
    "markets_market_past": (LOOKERS, LOOKERS, {"pk": 1}), "markets_leadtrader_past": (LOOKERS, LOOKERS, {"pk": 1}),
}
FOR_ALL = {"login", "logout", "password_change"}  # lead to the site's own


@pytest.fixture
def rows(stored, monkeypatch):  # noqa: F811
    """One of each that a page of its own looks for before it asks for the right, all with the number 1."""
    now = timezone.now()
    first = Exchange.objects.order_by("pk").first()
    catalogue(first.slug, "BTC/USDT", now=now)
    Market.objects.update(id=1)
    Channel.objects.create(pk=1, kind="email", address="ops@example.org")
    LeadTrader.objects.create(pk=1, exchange=first, trader_id="t", name="t", seen_at=now)
    assert first.pk == 1
    monkeypatch.setattr(trial, "run", lambda exchange: ())  # asks nobody


@pytest.fixture
def people(rows):
    made = {"anonymous": AnonymousUser(), "superuser": User.objects.create_superuser("superuser")}
    for role in roles.ROLES:
        made[role] = User.objects.create_user(role, is_staff=True)
        made[role].groups.add(Group.objects.get(name=role))
    return made


def addresses(resolver=None, namespaces=()):
    """(namespaces, name) of everything that is served."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, (*namespaces, *([pattern.namespace] if pattern.namespace else [])))
        else:
            yield namespaces, pattern.name


def admin_names():
    return sorted({name for spaces, name in addresses() if spaces == ("admin",) and name is not None})


def split(name):
    """markets_asset_change -> (markets.asset, change); None for a page of its own."""
    for model in admin.site._registry:
        stem = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(stem) and name.removeprefix(stem) in NEEDS and name not in OTHERS:
            return model._meta.label_lower, name.removeprefix(stem)
    return None


def answer(user, method, path):
    """What becomes of a request, up to but without drawing the page: in, no, login or method."""
    request = getattr(RequestFactory(), method)(path)
    request.user, request.session, request._dont_enforce_csrf_checks = user, {}, True
    request._messages = CookieStorage(request)
    found = resolve(path)
    request.resolver_match = found
    try:
        response = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return "no"
    except (Http404, Resolver404, ObjectDoesNotExist):  # let in, and there is no such row, or nothing to name it by
        return "in"
    if response.status_code == 302 and "/login/" in response["Location"]:
        return "login"
    return {403: "no", 405: "method"}.get(response.status_code, "in")


def expected(allowed, role):
    """What a row says of one role."""
    if allowed is None:
        return ("method", "no", "login")
    return ("login",) if role == "anonymous" else ("in",) if role in allowed else ("no",)


def row_of(name):
    """(who by GET, who by POST, arguments)."""
    if name in OTHERS:
        return OTHERS[name]
    label, page = split(name)
    by = [{role for role, rights in zip(ROLES[1:], TABLES[label], strict=True) if letter in rights} for letter in NEEDS[page]]
    return *by, {} if page in ("changelist", "add") else {"object_id": "987654"}


def test_every_page_of_the_admin_has_a_row_and_every_row_a_page():
    names = set(admin_names()) - FOR_ALL
    without = {name for name in names - set(OTHERS) if split(name) is None or split(name)[0] not in TABLES}
    assert not without, "say in this file who may"
    assert set(OTHERS) <= names and set(TABLES) == {model._meta.label_lower for model in admin.site._registry}


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_exactly_as_far_as_the_matrix_says(people, role, monkeypatch):
    wrong = []
    for name in admin_names():
        if name in FOR_ALL:
            continue
        get, post, arguments = row_of(name)
        path = reverse(f"admin:{name}", kwargs=arguments)
        for method, allowed in (("get", get), ("post", post)):
            with monkeypatch.context() as patch:
                if name.endswith("_history"):  # it asks for the right of a row only once there is one
                    patch.setattr(admin.ModelAdmin, "get_object", lambda self, *args, **more: self.model(pk=1))
                found = answer(people[role], method, path)
            if found not in expected(allowed, role):
                wrong.append(f"{role} {method} {name}: {found}, the matrix says {expected(allowed, role)}")
    assert not wrong, "\n".join(wrong)


def test_every_action_of_a_list_asks_for_a_right():
    missing = []
    for model, shown in admin.site._registry.items():
        for action in shown.actions:
            function = getattr(type(shown), action) if isinstance(action, str) else action
            missing += [] if getattr(function, "allowed_permissions", ()) else [f"{model._meta.label}: {action}"]
    assert not missing and resubmit_task.allowed_permissions == ("change",)


# --- The API --------------------------------------------------------------------------------------------------------
def api_paths():
    filled = {"<str:slug>": "btc", "<str:pair>": "BTC-USDT", "<str:id>": "x", "<int:pk>": "1", "<str:name>": "x"}
    for pattern in v1:
        path = str(pattern.pattern)
        for part, value in filled.items():
            path = path.replace(part, value)
        assert "<" not in path, "say above what stands there"
        yield f"/api/v1/{path}", getattr(pattern.callback, "view_class", None) or pattern.callback.cls


def test_what_is_public_is_so_for_every_role_and_what_is_personal_needs_a_key_or_a_session(people, client):
    for person in (None, *(people[role] for role in ROLES[1:])):
        if person:
            client.force_login(person)
        for path, view in api_paths():
            got, posted = client.get(path).status_code, client.post(path).status_code
            if not view.personal:
                assert got not in (401, 403) and posted == 405, path
            elif person is None:  # somebody signed in gets their own, and posts with a form's token
                assert 401 in (got, posted) and {got, posted} <= {401, 405}, path


def test_a_key_opens_what_its_scopes_say(people, client):
    texts = {scope: keys.make(people["viewer"], scope, [scope], timezone.now())[1] for scope in SCOPES}
    for path, view in api_paths():
        for scope, text in texts.items():
            status = client.get(path, headers={"Authorization": f"Bearer {text}"}).status_code
            assert status != 401 and (status == 405 or (status == 403) == (scope != view.scope)), (path, scope)
