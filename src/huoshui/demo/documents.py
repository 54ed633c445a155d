"""The documents of the demo district: the review of 2017 and a profile, issued when all of it was approved."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.conf import settings

from huoshui.demo.accounts import SHOWN_VILLAGE
from huoshui.demo.agenda import Part
from huoshui.demo.story import Story
from huoshui.documents.actions import issue
from huoshui.places.models import Place

ISSUED = dt.date(2018, 3, 30)
ORGAN = "焦作城乡一体化示范区党建办"
YEAR = "2017"


def put_documents_on(part: Part, story: Story) -> None:
    """After the figures of 2017 were approved and published."""
    village = Place.objects.get(code=SHOWN_VILLAGE)
    part.add(ISSUED, 16, partial(_issue, story, "documents.year_review", story.land.district))
    part.add(ISSUED, 17, partial(_issue, story, "documents.village_profile", village))


def _issue(story: Story, kind: str, place: Place) -> None:
    config = settings.CONFIG
    address = config.site_url or config.local_url
    issue(by=story.cast.staff["office"], kind=kind, place=place, period=YEAR, organ=ORGAN, address=address)
