"""What the tests of matters use, and an analyst of one town."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from tests.matters.conftest import Opener, item, open_item

__all__ = ["analyst", "item", "many", "open_item"]


@pytest.fixture
def analyst(cast: SimpleNamespace) -> Account:
    """Somebody who analyses the records of 苏家作乡 alone."""
    duties.grant_duty(
        by=system_account(), account=cast.stranger, role="analyst", place=cast.land.town, since=dt.date(2016, 1, 1)
    )
    account: Account = Account.objects.get(pk=cast.stranger.pk)
    return account


@pytest.fixture
def many(open_item: Opener, cast: SimpleNamespace) -> SimpleNamespace:
    """Matters: 7 in village 1, 6 in village 2, 2 in village 3, and 8 in a village of the other town."""
    land = cast.land
    for place, number in ((land.village, 7), (land.village2, 6), (land.village3, 2), (land.other_village, 8)):
        for at in range(number):
            open_item(place, title=f"事项{at}")
    return cast
