"""The limits file's blocks once more, in the database: a file is deleted more easily than a ban ends.

A ledger like that of the other stores, with the wall clock as its time: nothing but blocks is in it, and nobody counts by it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from django.db import DatabaseError, transaction

from exchanges.ledger import Ledger as Book
from exchanges.ledger import changed, parsed, written
from exchanges.limits import State
from exchanges.models import Ledger
from exchanges.state.kept import OutOfOrder, account

BROKEN = (DatabaseError, ValueError, TypeError, KeyError)  # the last three: a text that is no ledger

logger = logging.getLogger(__name__)


def copied(states: Mapping[str, State]) -> None:
    """Write down these blocks of one exchange. A database that is away costs the copy; the file has them."""
    name, wall = account(list(states)), time.time()
    timed = {key: replace(state, at=wall, blocked_until=state.blocked_until_wall) for key, state in states.items()}
    try:
        with transaction.atomic():
            row = Ledger.objects.select_for_update().filter(pk=name).first()
            book = parsed(row.text) if row else Book(wall, wall, wall)
            Ledger.objects.update_or_create(pk=name, defaults={"text": written(changed(replace(book, now=wall, server=wall), timed))})
    except BROKEN:
        logger.warning("%s: its silence stands in the limits file alone", name, exc_info=True)


def copies() -> dict[str, State]:
    """Every block that was written down, by key; those that are over have nothing left to wait. Raises OutOfOrder without the database."""
    try:
        texts = Ledger.objects.values_list("text", flat=True)
        return {key: state for text in texts for key, state in parsed(text).states.items()}
    except BROKEN as error:
        raise OutOfOrder(
            f"the limits file is not there, and what the database remembers of bans cannot be read ({type(error).__name__}); nothing is asked"
        ) from error
