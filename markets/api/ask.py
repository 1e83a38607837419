"""The API's address of a question in plain words. Its answer is made for whoever asks and leaves a receipt, so it is never kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from markets.api import filters, filters_ask, schema_ask, serialize_ask, throttle
from markets.api.core import Asked, Endpoint, Kept, Problem
from markets.api.filters import BadParameter
from markets.api.schema import described
from markets.api.visitor import subject_of
from markets.ask import agent
from markets.ask.agent import Reply
from markets.reads import findings


class Ask(Endpoint):
    """A question in plain words."""

    parameters = filters_ask.PARAMETERS
    scope = "ask"

    @described(
        "Ask. A question in plain words: how it was read, which exchanges were asked and why, and the answers, with every number exact, its age, and what "
        "was left out. Each further parameter reads one part of the question otherwise; empty takes it away.",
        schema_ask.AskReply, filters_ask.PARAMETERS, found=False, tag="Questions",
    )  # fmt: skip
    def get(self, asked: Asked) -> dict[str, Any]:
        """The reply to `q`."""
        v = asked.values
        if not v["q"]:
            raise BadParameter("q", "It is required: the question, such as ?q=best+price+for+BTC.")
        if wait := throttle.wait_to_ask(self.request, self.key):
            raise Problem(429, f"Too many questions {'with this key' if self.key else 'from your address'}. Ask again in {wait} s.", retry_after=wait)
        who = findings.Asked(now=asked.now, fees=v["fees"], subject=subject_of(self.request, self.key))
        return told(agent.ask(v["q"], who, filters_ask.changes(v)))

    def _kept(self, path: str, query: str, kwargs: Mapping[str, str]) -> Kept:
        return self._made(Asked(timezone.now(), path, query, filters.parse(query, self.parameters)), kwargs)


def told(reply: Reply) -> dict[str, Any]:
    """A reply as the API and the command print it."""
    kept = reply.receipt
    receipt = None if kept is None else {"id": kept.id, "url": settings.BASE_URL + kept.path, "until": kept.until}
    return serialize_ask.reply(reply.record.parts, reply.answers, receipt, reply.why_not, reply.took_ms)
