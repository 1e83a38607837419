"""Ask: a question in plain words, how it was understood, and its answers.

An asked page is made for whoever asks (rollouts, fees) and leaves a receipt, so it is never kept. Refreshing brings the strip of
exchanges only: the answer stays as it was given.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from markets import read
from markets.api import filters, filters_ask, throttle
from markets.api.visitor import subject_of
from markets.ask import agent
from markets.pages import ask_shown, query
from markets.pages.base import frame_of, html, page, states_of
from markets.pages.cache import Busy, Page
from markets.pages.query import Asked
from markets.reads import findings

PARAMETERS = (*filters_ask.CHANGES, filters_ask.QUESTION, *(query.blank(p) for p in filters_ask.PARAMETERS if p.name == "fees"))
TRIES = 4  # examples under the field


@page
def ask(request: HttpRequest, now: datetime) -> Page | HttpResponseBase:
    """The page of a question, or of what can be asked."""
    asked = query.asked(request, PARAMETERS)
    frame = frame_of(request, now, "ask")
    frame |= _question(asked, frame)
    if frame["fragment"] or not asked.values["q"]:
        tag = read.tag(now, asked.link(), str(frame["fragment"]), states_of(frame))
        return Page(tag, html("ask.html", frame))
    if wait_s := throttle.wait_to_ask(request):
        raise Busy(wait_s)
    body = html("ask.html", {**frame, **_answers(request, asked, frame)})()
    return HttpResponse(body, headers={"Cache-Control": "private, no-cache"})


def _question(asked: Asked, frame: dict[str, Any]) -> dict[str, Any]:
    examples = ask_shown.examples(frame["faces"])
    tries = [texts[0] for _, texts in examples[:TRIES]]
    return {"q": asked.values["q"], "fees_text": filters.fees_text(asked.values["fees"]), "tries": tries, "kinds": examples}


def _answers(request: HttpRequest, asked: Asked, frame: dict[str, Any]) -> dict[str, Any]:
    faces = frame["faces"]
    who = findings.Asked(now=frame["now"], fees=asked.values["fees"], subject=subject_of(request))
    reply = agent.ask(asked.values["q"], who, filters_ask.changes(asked.values))
    return {
        "reply": reply, "chips": ask_shown.chips(asked, reply.record.frame, faces),
        "sections": [ask_shown.section(answer, asked, faces) for answer in reply.answers], "as_of": reply.record.as_of, "parts": len(reply.record.parts),
        "api_link": ask_shown.api_link(asked), "again_link": asked.link(), "changed": bool(filters_ask.changes(asked.values)),
        "unchanged_link": ask_shown.question_link(asked.values["q"]),
    }
