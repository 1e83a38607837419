"""The optional language model: an endpoint of the chat-completions kind that the operator named, asked within a second.

Without `PEBBLE_MODEL_URL` there is none. It sees the question, never a visitor; what it says is data, checked by `markets.ask.model`.
"""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

import msgspec
from django.conf import settings

from exchanges.errors import ExchangeError
from exchanges.transport import Named
from markets.ask.answer import Answer
from markets.ask.frame import INTENTS, SIDES, Vocabulary
from markets.ask.model import Model, Proposal

BUDGET_S = 1.0
REST_S = 30.0  # after a failure: a model that is down must not cost every question a second
LONGEST = 64 * 1024  # bytes of a reply
TOKENS = 300
READ = """You turn one question about cryptocurrency prices into JSON. Answer with one JSON object and nothing else.
Keys: intent (one of {intents}), assets (list of tickers), quote, exchanges and exclude (lists, of {exchanges}), side (one of {sides}), amount, unit,
time_range (a number and one of m h d w), limit. Use null or [] for what the question does not say. Never invent a value that is not in the question."""
SAY = """Put one sentence in other words, more fluently. Keep every number, name and unit letter for letter and in the same order.
Answer with the sentence alone."""
logger = logging.getLogger(__name__)


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Reply(msgspec.Struct):
    choices: list[_Choice]


class Chat:
    """One endpoint. Whatever goes wrong is None; after a failure it is left alone for a while."""

    def __init__(self, url: str, name: str, key: str = "", budget_s: float = BUDGET_S) -> None:
        self._wire, self._name, self._budget_s = Named(url), name, budget_s
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._again_at = float("-inf")

    def propose(self, text: str, words: Vocabulary) -> Proposal | None:
        """How a question was meant; unchecked."""
        rules = READ.format(intents=", ".join(INTENTS), exchanges=", ".join(sorted(set(words.exchanges.values()))), sides=", ".join(SIDES))
        said = self._asked(rules, text)
        try:
            return msgspec.json.decode(_object(said), type=Proposal) if said else None
        except msgspec.DecodeError:
            logger.info("the model proposed no reading")
            return None

    def rephrase(self, answer: Answer) -> str | None:
        """A sentence in other words; unchecked."""
        said = self._asked(SAY, answer.sentence)
        return said.strip() if said else None

    def _asked(self, rules: str, text: str) -> str | None:
        if time.monotonic() < self._again_at:
            return None
        messages: list[dict[str, Any]] = [{"role": "system", "content": rules}, {"role": "user", "content": text}]
        body = msgspec.json.encode({"model": self._name, "messages": messages, "temperature": 0, "max_tokens": TOKENS, "stream": False})
        try:
            reply = self._wire.post(body, self._headers, whole_s=self._budget_s, cap=LONGEST)
            if reply.status != 200:
                raise ValueError(f"HTTP {reply.status}")
            return msgspec.json.decode(reply.body, type=_Reply).choices[0].message.content
        except (ExchangeError, ValueError, IndexError) as error:  # a DecodeError is a ValueError
            logger.warning("the language model is left alone for %s s: %s", REST_S, error)
            self._again_at = time.monotonic() + REST_S
            return None


def _object(said: str) -> str:
    """The JSON object in a text: models like to put fences around it."""
    return said[said.find("{") : said.rfind("}") + 1]


def model() -> Model | None:
    """The model of this installation, if it has one."""
    return _made(settings.MODEL_URL, settings.MODEL_NAME, settings.MODEL_KEY) if settings.MODEL_URL else None


@cache
def _made(url: str, name: str, key: str) -> Model:
    return Chat(url, name, key)
