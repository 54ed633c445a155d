"""What a place is known for: the latest confirmed profile of each kind, on the place's own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from tests.conftest import NOON

SignIn = Callable[[Account], Client]


def brand(cast: SimpleNamespace, name: str, *, confirmed: bool = True) -> Matter:
    """A profile that the village wrote and, if so, its township confirmed."""
    matter = open_matter(by=cast.secretary, kind="activities.brand", place=cast.land.village, title=name, values={})
    values = {"brand_name": name, "kind_of_brand": "culture", "story": "唐村老戏台"}
    matter = advance(by=cast.secretary, matter=matter, transition="submit", values=values)
    return advance(by=cast.town_office, matter=matter, transition="confirm") if confirmed else matter


def test_the_latest_that_was_confirmed(cast: SimpleNamespace, signed_in: SignIn) -> None:
    empty = "<dt>一村一品牌</dt>"
    office, address = signed_in(cast.town_office), reverse("place", args=[cast.land.village.code])
    assert empty in office.get(address).content.decode()
    brand(cast, "老戏台")
    assert empty not in office.get(address).content.decode()  # the profile tells it
    with clock.set_to(NOON + dt.timedelta(days=3)):
        brand(cast, "怀梆之乡")
    with clock.set_to(NOON + dt.timedelta(days=5)):
        brand(cast, "还没有确认", confirmed=False)
        page = office.get(address)
        assert [matter.title for matter, _told in page.context["life"].profiles] == ["怀梆之乡"]
        assert "怀梆之乡" in page.content.decode()
        elsewhere = signed_in(cast.leader).get(reverse("place", args=[cast.land.village2.code]))
        assert elsewhere.context["life"].profiles == []
