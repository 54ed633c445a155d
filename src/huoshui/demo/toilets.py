"""The survey of rural public toilets: most villages have answered by the day, each by its own secretary.

Nothing of it was published: every answer is invented.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from huoshui.demo.agenda import Part
from huoshui.demo.story import Story, number_of
from huoshui.packs.queries import current
from huoshui.places.models import Place
from huoshui.visits import actions as visits
from huoshui.visits.exchange.source import source_of

PACK, CODE = "surveys", "public_toilets"
SURVEY = f"{PACK}.{CODE}"
DAYS_LEFT = 3
"""Until the last day."""
SILENT_EVERY = 8
"""One village of so many has not answered."""
REMARKS = ("冬天水管冻，建议加保温（示范）。", "夜里没有灯，老人不方便（示范）。", "")
KINDS = ("flush", "flush", "three_tanks", "three_tanks", "dry")
CONDITIONS = ("good", "good", "fair", "fair", "poor")
CLEANERS = ("village", "village", "company", "volunteers", "nobody")
FITTINGS = (["basin", "light"], ["basin"], ["light"], ["basin", "light", "rail"], ["none"])


def put_survey_on(part: Part, story: Story) -> None:
    """Over the two weeks before the day, some villages a day."""
    part.add(story.as_of - dt.timedelta(days=14), 9, partial(_ask, story))
    answering = [village for village in story.land.villages if _dice(village, "answers") % SILENT_EVERY]
    for n, village in enumerate(answering):
        day = story.as_of - dt.timedelta(days=13 - n * 12 // len(answering))
        part.add(day, 9 + n % 8, partial(_answer, story, village))


def _ask(story: Story) -> None:
    """The office says who answers, and until when."""
    version = current(PACK)
    asks = {"roles": ["village_secretary"], "until": (story.as_of + dt.timedelta(days=DAYS_LEFT)).isoformat()}
    definition = {**source_of(version.section("checklists")[CODE]), "asks": asks}
    by = story.cast.staff["livelihood"]
    visits.edit_checklist(by=by, pack=PACK, definition=definition, seen_number=version.number)


def _dice(village: Place, about: str) -> int:
    return number_of(village.code, "toilets", about)


def _answer(story: Story, village: Place) -> None:
    by = story.cast.secretaries[village.code]
    sheet = visits.start_visit(by=by, place=village, checklist=SURVEY)
    answers = _answers(village) if _dice(village, "has") % 6 else {"has": False}
    visits.save_answers(by=by, visit=sheet, answers={**answers, "remarks": _picked(village, "remarks", REMARKS)})
    visits.submit_visit(by=by, visit=sheet)


def _answers(village: Place) -> dict[str, Any]:
    return {
        "has": True,
        "toilets": 1 + _dice(village, "toilets") % 3,
        "kind": _picked(village, "kind", KINDS),
        "condition": _picked(village, "condition", CONDITIONS),
        "cleaned_by": _picked(village, "cleaned_by", CLEANERS),
        "fittings": _picked(village, "fittings", FITTINGS),
        "open": bool(_dice(village, "open") % 4),
    }


def _picked(village: Place, about: str, among: tuple[Any, ...]) -> Any:
    return among[_dice(village, about) % len(among)]
