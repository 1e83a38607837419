"""The review of contested codes: every open question with the evidence of each side, answered with one click, and taken back with one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from exchanges.numbers import plain
from markets import decisions
from markets.admin.audited import safe_cell
from markets.analysis.display import amount, fixed
from markets.analysis.display import price as shown_price
from markets.models import Asset, Decision, ExchangeAsset, Renaming
from markets.reads import collisions
from markets.reads.collisions import KINDS, Item, Side

PAGE = 20
RECENT = 20
FILTERS = ("kind", "exchange", "q")
LARGEST_FACTOR = Decimal(10) ** 12
HEAD = ("kind", "exchange", "code", "asset", "question", "since", "side_exchange", "side_code", "side_asset", "side_name", "side_identity", "side_evidence",
        "price_usd", "price_ratio", "volume_usd", "contracts", "indices")  # fmt: skip


class Reviewed(admin.ModelAdmin):
    """Adds the review to the table of codes."""

    def get_urls(self) -> list[URLPattern]:
        """The review, an answer, and taking one back."""
        return [
            path("collisions/", self.admin_site.admin_view(self.collisions), name="markets_collisions"),
            path("collisions/decide/", self.admin_site.admin_view(self.decide), name="markets_collisions_decide"),
            path("collisions/undo/<int:pk>/", self.admin_site.admin_view(self.undo), name="markets_collisions_undo"),
            *super().get_urls(),
        ]

    def collisions(self, request: HttpRequest) -> HttpResponse:
        """Open questions, filtered, page by page; or all that match as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        everything = collisions.items(timezone.now())
        asked = {name: request.GET.get(name, "")[:60] for name in FILTERS}
        found = collisions.matching(everything, asked["kind"], asked["exchange"], asked["q"])
        if writer := _FILES.get(request.GET.get("format", "")):
            return writer(found)
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        sides = collisions.sides(shown)
        return TemplateResponse(request, "admin/markets/collisions.html", {
            **self.admin_site.each_context(request), "title": "Which coin is it?", "opts": self.opts, "page": page, "asked": asked,
            "rows": [(item, KINDS[item.kind], [_words(side) for side in sides[item.key]]) for item in shown],
            "kinds": [(kind, label, sum(item.kind == kind for item in everything), _query({**asked, "kind": kind})) for kind, label in KINDS.items()],
            "all": (len(everything), _query({**asked, "kind": ""})), "exchanges": sorted({item.exchange for item in everything}), "query": _query(asked),
            "may_decide": self.has_change_permission(request), "recent": Decision.objects.select_related("code")[:RECENT],
        })  # fmt: skip

    def decide(self, request: HttpRequest) -> HttpResponse:
        """One answer. POST only, with the right to change codes."""
        self._may_post(request)
        kind, _, pk = request.POST.get("item", "").partition("-")
        answer = _ANSWERS.get((kind, request.POST.get("do", "")))
        if request.method != "POST" or answer is None or not (pk.isascii() and pk.isdigit()):
            return HttpResponseNotAllowed(["POST"]) if request.method != "POST" else HttpResponse("There is no such answer.", status=400)
        try:
            self.message_user(request, answer(request, int(pk)).said, messages.SUCCESS)
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
        return self._back(request)

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take one answer back. POST only."""
        self._may_post(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        decision = get_object_or_404(Decision, pk=pk)
        try:
            decisions.undo(decision)
            self.message_user(request, f"Taken back: {decision.said}", messages.SUCCESS)
        except decisions.CannotUndo as error:
            self.message_user(request, str(error), messages.ERROR)
        return self._back(request)

    def _may_post(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _back(self, request: HttpRequest) -> HttpResponse:
        """To the page of the review that the answer was given on."""
        query = _query({name: request.POST.get(f"back-{name}", "")[:60] for name in (*FILTERS, "page")})
        return HttpResponseRedirect(reverse("admin:markets_collisions") + query)


def _query(values: dict[str, str]) -> str:
    said = {name: value for name, value in values.items() if value}
    return f"?{urlencode(said)}" if said else "?"


# --- Answers --------------------------------------------------------------------------------------------------------------
def _code(decide: Callable[[ExchangeAsset, str], Decision]) -> Callable[[HttpRequest, int], Decision]:
    def answer(request: HttpRequest, pk: int) -> Decision:
        return decide(get_object_or_404(ExchangeAsset.objects.select_related("exchange", "asset"), pk=pk), str(request.user))

    return answer


def _joined(request: HttpRequest, pk: int) -> Decision:
    target = request.POST.get("target", "")
    asset = get_object_or_404(Asset, pk=int(target) if target.isascii() and target.isdigit() else 0)
    return _code(lambda code, who: decisions.join(code, asset, who))(request, pk)


def _renaming(pk: int) -> Renaming:
    return get_object_or_404(Renaming.objects.select_related("old", "new__exchange", "new__asset"), pk=pk)


def _same(request: HttpRequest, pk: int) -> Decision:
    return decisions.accept_renaming(_renaming(pk), str(request.user), _factor(request.POST.get("factor", "1")))


def _factor(text: str) -> Decimal:
    """How many new for one old. Raises ValueError in words."""
    try:
        factor = Decimal(text.strip() or "1")
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or not 0 < factor <= LARGEST_FACTOR:
        raise ValueError("How many new coins one old coin became must be a number above zero.")
    return factor


_ANSWERS: dict[tuple[str, str], Callable[[HttpRequest, int], Decision]] = {
    ("code", "accept"): _code(decisions.confirm),
    ("code", "split"): _code(decisions.split),
    ("code", "ignore"): _code(decisions.ignore),
    ("code", "join"): _joined,
    ("renaming", "accept"): _same,
    ("renaming", "ignore"): lambda request, pk: decisions.ignore_renaming(_renaming(pk), str(request.user)),
}


# --- Shown and written ----------------------------------------------------------------------------------------------------
def _words(side: Side) -> dict[str, Any]:
    ratio = "–" if side.ratio is None else f"× {fixed(side.ratio, 3 if side.ratio < 10 else 1)}"
    return {**asdict(side), "price": shown_price(side.price), "ratio": ratio, "volume": amount(side.volume_usd)}


def _records(found: list[Item]) -> Iterator[tuple[str, ...]]:
    """One line for each side of each question, numbers exact."""
    sides = collisions.sides(found)
    for item in found:
        head = (item.kind, item.exchange, item.code, item.asset, item.question, item.since.isoformat() if item.since else "")
        for s in sides[item.key]:
            numbers = (plain(value) or "" if value is not None else "" for value in (s.price, s.ratio, s.volume_usd))
            yield (*head, s.exchange, s.code, s.asset, s.name, s.state, s.evidence, *numbers, "; ".join(s.contracts), "; ".join(s.indices))


def _csv(found: list[Item]) -> HttpResponse:
    response = _file("csv", "text/csv")
    csv.writer(response).writerows([HEAD, *([safe_cell(cell) for cell in row] for row in _records(found))])
    return response


def _json_lines(found: list[Item]) -> HttpResponse:
    response = _file("jsonl", "application/x-ndjson")
    for row in _records(found):
        response.write(json.dumps({name: value or None for name, value in zip(HEAD, row, strict=True)}, ensure_ascii=False) + "\n")
    return response


def _file(ending: str, kind: str) -> HttpResponse:
    return HttpResponse(content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="collisions.{ending}"'})


_FILES: dict[str, Callable[[list[Item]], HttpResponse]] = {"csv": _csv, "jsonl": _json_lines}
