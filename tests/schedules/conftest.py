"""A plan that asks villages for a visit of the survey of the three withouts, at the end of each month."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from huoshui.media.actions import attach_file
from huoshui.places.models import Place
from huoshui.schedules.actions import Wanted, begin_plan
from huoshui.schedules.models import Occasion, Plan
from huoshui.visits import actions as visits
from huoshui.visits.models import Visit

SURVEY = "hubs.three_withouts"
MONTHLY = "FREQ=MONTHLY;BYMONTHDAY=-1"
JANUARY = dt.date(2018, 1, 1)


def wanted(**changed: Any) -> Wanted:
    """What the plan asks for, but for what is changed."""
    given: dict[str, Any] = {
        "section": "checklists", "of": SURVEY, "name": "三无排查", "place_kinds": ("village",), "rule": MONTHLY,
        "grace_days": 10,
    }  # fmt: skip
    return Wanted(**given | changed)


@pytest.fixture
def plan(cast: SimpleNamespace) -> Plan:
    """Begun on 1 January 2018 by the district's office; today is 2 April 2018."""
    return begin_plan(by=cast.district_office, place=cast.land.district, wanted=wanted(), begins_on=JANUARY)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings: Any, tmp_path: Path) -> None:
    kept_in(settings, tmp_path)


def kept_in(settings: Any, folder: Path) -> None:
    """What is attached lies in a folder of the test."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


def _photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#3a7").save(file, "JPEG")
    return file.getvalue()


def survey_on(cast: SimpleNamespace, day: dt.date, place: Place | None = None) -> Visit:
    """A visit on a day, handed in now."""
    place = place or cast.land.village
    visit = visits.start_visit(by=cast.assessor, place=place, checklist=SURVEY, visited_on=day)
    answers = {"site": "是", "service_room": "是", "recreation_facility": "是"}
    visits.save_answers(by=cast.assessor, visit=visit, answers=answers)
    attach_file(by=cast.assessor, subject=visit, place=place, slot="site", data=_photo(), name="a.jpg")
    return visits.submit_visit(by=cast.assessor, visit=visit)


def states(plan: Plan, place: Place) -> dict[str, str]:
    """How a place's occasions stand today, by the month in which they are due."""
    from huoshui.kernel import clock

    rows = Occasion.objects.filter(plan=plan, place=place).with_state(clock.today()).order_by("due_on")
    return {f"{row.due_on:%Y-%m}": row.state for row in rows}
