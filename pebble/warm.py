"""What the first visitors of a new process would wait for, made before they come."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.template import engines
from django.template.loader import get_template
from django.urls import get_resolver

from markets import held


def code() -> int:
    """Every page's code and templates. Return how many templates there are."""
    _ = get_resolver().url_patterns
    folders = [Path(folder) for engine in engines.all() for folder in engine.dirs]
    names = [str(path.relative_to(folder)) for folder in folders for path in sorted(folder.rglob("*.html"))]
    return len([get_template(name) for name in names])


def board() -> None:
    """The board in memory. Where the database is not there yet, or is another market's, whoever asks for a page is told."""
    try:
        with suppress(DatabaseError, ImproperlyConfigured):
            held.current()
    finally:
        connections.close_all()  # this thread's own


def board_soon() -> None:
    """The same, while the server already answers."""
    threading.Thread(target=board, name="warm", daemon=True).start()
