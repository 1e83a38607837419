"""What a log line may say: secrets are masked by the name they stand under and by what they are, and text is cut and made visible. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

MASK = "***"
SHORTEST = 8  # a shorter value is a word of the language sooner or later, and masking it would hide what happened
_NAME = r"secret|passphrase|password|passwd|token|api[_-]?key|access[_-]?key|authorization|cookie|signature|credential|-sign\b|session"
_NAMED = re.compile(_NAME, re.IGNORECASE)
# `name=value`, `name: value`, `'name': 'value'`: in addresses, headers and what exceptions print of them. First the name alone, from
# where a word begins: a pattern that looks for the secret's word inside of any word takes the cube of the word's length.
_WORD = re.compile(r"""(?<![\w-])[\w-]+["']?\s*[=:]\s*""")
_VALUE = re.compile(r""""[^"]*"|'[^']*'|(?:Bearer |Basic )?[^\s"'&,;})\]]+""", re.IGNORECASE)
# By their form: keys of the API, and links of mails, whose last parts are as good as a password.
_OURS = re.compile(r"(pb_[0-9a-f]{12}_|/accounts/(?:reset|invited)/|/channels/(?:stop|confirm)/)[^\s\"'?&<>]+")
_LOGIN = re.compile(r"(://[^/@\s:]*:)[^/@\s]+@")


class Mask:
    """Knows the secrets of this process. `of` gives a text without them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._values: re.Pattern[str] | None = None
        self.remember(*secrets)

    def remember(self, *secrets: str) -> None:
        """Mask these from now on, as they are and as an address writes them. Shorter ones than eight characters are not masked."""
        found = {form for secret in secrets if len(secret) >= SHORTEST for form in (secret, quote(secret, safe=""), repr(secret)[1:-1])}
        if not found <= self._known:
            self._known |= found
            self._values = re.compile("|".join(re.escape(value) for value in sorted(self._known, key=len, reverse=True)))

    def of(self, text: str) -> str:
        """The text with every known secret, everything that stands under a secret's name and every password in an address masked."""
        hidden = self._values.sub(MASK, text) if self._values else text
        return _OURS.sub(rf"\1{MASK}", _LOGIN.sub(rf"\1{MASK}@", _unpaired(hidden)))

    def within(self, value: Any, name: str = "") -> Any:
        """A value of a log line, or a mapping or sequence of them."""
        if name and _NAMED.search(name) and value not in (None, ""):
            return MASK
        if isinstance(value, str):
            return self.of(value)
        if isinstance(value, Mapping):
            return {self.of(str(key)): self.within(each, str(key)) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.within(each) for each in value]
        return value if value is None or isinstance(value, bool | int | float) else self.of(str(value))


def _unpaired(text: str) -> str:
    """The text without what stands under a secret's name."""
    kept, at = [], 0
    for word in _WORD.finditer(text):
        value = _VALUE.match(text, word.end()) if word.start() >= at and _NAMED.search(word[0]) else None
        if value:
            kept += [text[at : word.end()], MASK]
            at = value.end()
    return "".join([*kept, text[at:]])


def visible(text: str, longest: int) -> str:
    """One line: control and format characters written as \\x0a or \\u202e, and no longer than that."""
    shown = "".join(_escape(char) if unicodedata.category(char)[0] == "C" else char for char in text[:longest])
    return shown[:longest] + ("…" if len(text) > longest or len(shown) > longest else "")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65_536 else f"\\U{code:08x}"
