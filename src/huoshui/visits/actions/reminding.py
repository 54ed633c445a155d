"""Reminding those who are asked to fill in a survey and have not: a notice each, at most one a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from huoshui.duties.models import Account, Duty
from huoshui.duties.standing import deputies_of
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.notices.actions import send
from huoshui.notices.models import Notice
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place
from huoshui.visits.queries.surveys import survey_of
from huoshui.visits.schema import Checklist

REMINDER = "survey.reminded"
"""The code of the notice."""


@action("visits.remind_survey")
def remind_survey(*, by: Any, pack: str, code: str, area: Place | None = None) -> int:
    """Tell everybody who is asked and whose place handed in no sheet yet, of all places or of those in ``area``.

    Whoever was told today already is left alone. Returns how many were told. Raises access.denied, access.not_found
    (pack or checklist), survey.asks_nobody, survey.all_answered, survey.nobody_holds or survey.reminded_today.
    """
    require(by, "checklist.edit", pack=pack)
    # Locked, so that two who press the button at once tell nobody twice.
    version = PackVersion.objects.select_for_update().filter(pack=pack, current=True).first()
    checklist: Checklist | None = version.section("checklists").get(code) if version else None
    if version is None or checklist is None:
        raise Refusal("access.not_found")
    if checklist.asks is None:
        raise Refusal("survey.asks_nobody", name=checklist.name)
    missing = survey_of(by, version, checklist, area=area).missing
    if not missing:
        raise Refusal("survey.all_answered", name=checklist.name)
    asked = _asked(pack, checklist.asks.roles, missing)
    if not asked:
        raise Refusal("survey.nobody_holds", name=checklist.name, count=len(missing))
    told = _told_today(pack, code)
    people = {account: places for account, places in asked.items() if account.pk not in told and account.pk != by.pk}
    if not people:
        raise Refusal("survey.reminded_today", name=checklist.name)
    for account, places in people.items():
        _tell(by, version, checklist, account, places)
    after = {"checklist": code, "unanswered": len(missing), "reminded": len(people)}
    journal.record(by=by, subject=version, place=area, after=after)
    return len(people)


def _asked(pack: str, roles: Iterable[str], missing: list[Place]) -> dict[Account, list[Place]]:
    """Who is asked for which of some places: the holders of the roles over them, and whoever stands in for one."""
    of_pack = Q(pack="") | Q(pack=pack)
    duties = Duty.objects.in_force(clock.today()).filter(of_pack, role__in=list(roles), account__is_active=True)
    held = [(duty.pk, duty.account, duty.place.path) for duty in duties.select_related("account", "place")]
    acting = deputies_of({account.pk for _pk, account, _path in held}) if held else []
    own = {pk for pk, _account, _path in held}
    held += [(row.duty_id, row.delegate, row.duty.place.path) for row in acting if row.duty_id in own]
    found: dict[Account, list[Place]] = {}
    for place in missing:
        for account in dict.fromkeys(account for _pk, account, path in held if place.path.startswith(path)):
            if not account.is_system:
                found.setdefault(account, []).append(place)
    return found


def _told_today(pack: str, code: str) -> set[Any]:
    """Who was reminded of the survey today."""
    begun = clock.local_moment(clock.today(), 0)
    rows = Notice.objects.filter(code=REMINDER, created_at__gte=begun, params__survey=f"{pack}.{code}")
    return set(rows.values_list("account_id", flat=True))


def _tell(by: Any, version: PackVersion, checklist: Checklist, account: Account, places: list[Place]) -> None:
    until = checklist.asks.until if checklist.asks else None
    facts = {
        "survey": f"{version.pack}.{checklist.code}",
        "name": checklist.name.model_dump(),
        "place": places[0].short_name,
        "place_code": places[0].code,
        "more": len(places) - 1 or "",
        "until": str(until) if until else "",
    }
    send(accounts=[account], code=REMINDER, params=facts, place=places[0], own=[account], by=by, deputies=False)
