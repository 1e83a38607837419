"""What is written back is what the product stores."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.api import conftest as api
from tests.markets import gaps, kept
from tests.pages import market


@pytest.mark.both
@pytest.mark.parametrize("make", [market._made, api.fill, gaps._made])
def test_what_is_written_back_is_what_is_stored(db, make):
    """At another moment of another minute; but for the numbers of rows, which a server never gives again."""
    now = timezone.now().replace(minute=3, second=20)
    soon, found = now + timedelta(seconds=200.25), []
    for at, by in ((now, kept.again), (soon, kept.again), (soon, lambda make, now: make(now))):
        with transaction.atomic():
            by(make, at)
            found.append({model: sorted(map(repr, model.objects.values(*named(model)))) for model in kept._rows()})
            transaction.set_rollback(True)
    assert found[1] == found[2] != found[0]
    assert sum(map(len, found[1].values())) > 200


def named(model):
    return [each.attname for each in model._meta.concrete_fields if each.column and each.attname != "id" and not each.is_relation]
