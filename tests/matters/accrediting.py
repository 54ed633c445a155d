"""People of an accreditation, and the way of one from the application to the award."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.matters.actions import advance, open_matter
from huoshui.matters.models import Matter
from huoshui.media.actions import attach_file
from huoshui.places.models import Place
from huoshui.visits.actions import save_answers, start_visit, submit_visit
from huoshui.visits.models import Visit
from tests.matters.conftest import at, photo

OPENED, SUBMITTED, REVIEWED, PUBLICISED, AWARDED = (
    "2018-04-02", "2018-05-07", "2018-05-14", "2018-05-15", "2018-05-25",
)  # fmt: skip


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with those who accredit."""
    return accrediting(cast)


def accrediting(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, with 创建联络员 of village 1 (its secretary), 创建办 and 考评员 of the district."""
    by, since = system_account(), clock.today().replace(year=2016)
    district = cast.land.district
    for name, role, unit, title in (
        ("office", "accreditation_office", "区文明办", "创建办干部"),
        ("reviewer", "accreditation_reviewer", "区创建考评组", "创建考评员"),
    ):
        there = duties.open_unit(by=by, place=district, name=unit)
        account = duties.open_account(by=by, username=f"accreditation-{name}", title=title, unit=there)
        duties.grant_duty(by=by, account=account, role=role, place=district, since=since)
        setattr(cast, name, account)
    duties.grant_duty(
        by=by,
        account=cast.secretary,
        role="accreditation_liaison",
        place=cast.land.village,
        pack="honours",
        since=since,
    )
    return cast


def fill(by: Any, place: Place, checklist: str, *, bad: int = 0) -> Visit:
    """A sheet by one of the pack's checklists, handed in; ``bad`` of its items at the worst."""
    visit = start_visit(by=by, place=place, checklist=f"honours.{checklist}")
    answers: dict[str, Any] = {}
    for at_item, (code, item) in enumerate(visit.checklist.items.items()):
        worst = at_item < bad
        kind = item.scoring.type
        if kind == "yes_no":
            answers[code] = not worst
        elif kind == "deduction":
            answers[code] = 99 if worst else 0
        else:
            answers[code] = "poor" if worst else "good"
    visit = save_answers(by=by, visit=visit, answers=answers)
    return submit_visit(by=by, visit=visit)


def apply(people: SimpleNamespace, kind: str = "liveable_village", **values: Any) -> Matter:
    """By the village's liaison."""
    given = {"level": "municipal"} | values
    return open_matter(
        by=people.secretary, kind=f"honours.{kind}", place=people.land.village, title="宜居乡村创建", values=given
    )


def submitted(people: SimpleNamespace, matter: Matter, check: str = "village") -> Matter:
    with at(SUBMITTED):
        if check != "family":
            fill(people.secretary, matter.place, f"{check}_self_check")
        values = {} if check == "family" else {"achievements": "道路硬化，垃圾日产日清"}
        return advance(by=people.secretary, matter=matter, transition="submit", values=values)


def publicised(people: SimpleNamespace, matter: Matter, check: str = "village") -> Matter:
    matter = submitted(people, matter, check)
    with at(REVIEWED):
        fill(people.reviewer, matter.place, f"{check}_review")
    with at(PUBLICISED):
        attach_file(
            by=people.office, subject=matter, place=matter.place, slot="notice", data=photo(), name="a.jpg", caption=""
        )
        return advance(by=people.office, matter=matter, transition="publicise")


def awarded(people: SimpleNamespace, matter: Matter, check: str = "village") -> Matter:
    matter = publicised(people, matter, check)
    with at(AWARDED):
        return advance(by=people.office, matter=matter, transition="award", values=DOCUMENT)


DOCUMENT = {"award_document": "示范创〔2018〕3号"}
