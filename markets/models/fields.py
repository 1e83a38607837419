"""The one kind of number column: 15 significant digits and 18 decimals on both databases (`exchanges.numbers`)."""

from __future__ import annotations

from typing import Any

from django.db import models


def number() -> models.DecimalField[Any, Any]:
    """A number column; NULL is unknown."""
    return models.DecimalField(max_digits=38, decimal_places=18, null=True, blank=True)
