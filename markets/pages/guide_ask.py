"""The part of the guide that says what can be asked: written from docs/guide/ask.yaml, every question of which is asked by a test."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import fill

import yaml
from msgspec import Struct, convert

from markets.pages.guide import FOLDER

FILE, PAGE = FOLDER / "ask.yaml", FOLDER / "ask.md"
WIDE = 126  # characters of a line
HEAD = "## What can be asked"
_SECTION = re.compile(rf"(?<=^{HEAD}\n\n).*?(?=^## )", re.MULTILINE | re.DOTALL)


class Example(Struct, frozen=True, forbid_unknown_fields=True):
    """A question, how it is read, and texts that its answer holds."""

    q: str
    intent: str
    shows: tuple[str, ...] = ()


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """Questions of one kind, and what their answers say."""

    title: str
    says: str
    ask: tuple[Example, ...]


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """Every kind with its examples, in the order of the guide."""
    return convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), tuple[Group, ...])


def section() -> str:
    """The examples as Markdown."""
    return "".join("\n".join((f"### {group.title}", "", fill(group.says, WIDE), "", *(f"- {each.q}" for each in group.ask), "", "")) for group in groups())


def page() -> str:
    """The page of the guide with its section of examples as it should be."""
    return _SECTION.sub(lambda _: section(), PAGE.read_text(encoding="utf-8"))
