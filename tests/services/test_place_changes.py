"""Offers and running requests go along when villages are merged; undoing it brings them back."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.places.changes.actions import undo_change
from huoshui.places.models import Place
from huoshui.services import actions
from huoshui.services.models import Offer, Request
from tests.places.changing import merged
from tests.services.conftest import LOAN, PAPERS, PENSION, WHO, matter_of, offered


def test_what_both_offered_goes_on_as_one(desk: SimpleNamespace) -> None:
    land = desk.land
    here, there = offered(desk, place=land.village2), offered(desk, place=land.village3)
    alone = offered(desk, LOAN, place=land.village2)
    request = actions.take_request(by=desk.window, offer=here, received=PAPERS[PENSION], values=WHO)
    change = merged(desk.administrator, [land.village2], land.village3, dt.date(2018, 4, 2))
    request = Request.objects.get(pk=request.pk)
    assert (request.place, request.offer) == (land.village3, there)
    assert matter_of(request).place == land.village3
    assert Offer.objects.get(pk=alone.pk).place == land.village3
    assert Offer.objects.get(pk=here.pk).until == dt.date(2018, 4, 2)
    undo_change(by=desk.administrator, change=change, reason="文件撤销")
    request = Request.objects.get(pk=request.pk)
    assert (request.place, request.offer) == (Place.objects.get(pk=land.village2.pk), here)
    assert Offer.objects.get(pk=here.pk).until is None
    assert Offer.objects.get(pk=alone.pk).place_id == land.village2.pk
