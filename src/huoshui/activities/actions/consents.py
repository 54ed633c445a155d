"""Consents to pictures of children: recorded before any is shown, and withdrawn at any time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.activities import permits
from huoshui.activities.actions.common import locked, require_state
from huoshui.activities.models import Activity, PictureConsent
from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.media.actions import take_off

LONGEST_PAPER, LONGEST_WITHDRAWAL = 200, 500
MOST_CHILDREN = 100_000


@action("activities.record_consent")
def record_consent(
    *, by: Any, activity: Activity, children: int, given_on: dt.date, paper: str, seen_version: int | None = None
) -> PictureConsent:
    """Record that guardians consented on paper to pictures of ``children`` children at an activity.

    Names are not kept: the paper has them. Raises record.stale, activity.recorder_needed, activity.state,
    activity.no_children, activity.not_yet, value.range, value.required or value.too_long.
    """
    activity = locked(activity, seen_version)
    permits.require_hand(by, activity)
    require_state(activity, Activity.State.PLANNED, Activity.State.HELD)
    if not activity.definition.children_slots:
        raise Refusal("activity.no_children", field="children", kind=activity.kind_name)
    paper = paper.strip()
    problems = _problems(children, given_on, paper)
    if problems:
        raise Refusal.of(problems)
    consent = PictureConsent.objects.create(
        activity=activity, children=children, given_on=given_on, paper=paper, recorded_by=by
    )
    activity.save_next_version()
    after = {"consent_children": children, "consent_given_on": given_on, "consent_paper": paper}
    journal.record(by=by, subject=activity, place=activity.place, after=after)
    return consent


def _problems(children: int, given_on: dt.date, paper: str) -> list[Problem]:
    found = []
    if not 1 <= children <= MOST_CHILDREN:
        params: dict[str, Any] = {"label": _("儿童人数"), "value": children, "low": 1, "high": MOST_CHILDREN}
        found.append(Problem("value.range", "children", params=params))
    if given_on > clock.today():
        found.append(Problem("activity.not_yet", "given_on", params={"day": given_on, "today": clock.today()}))
    if not paper:
        found.append(Problem("value.required", "paper", params={"label": _("签在什么上")}))
    elif len(paper) > LONGEST_PAPER:
        params = {"label": _("签在什么上"), "length": len(paper), "limit": LONGEST_PAPER}
        found.append(Problem("value.too_long", "paper", params=params))
    return found


@action("activities.withdraw_consent")
def withdraw_consent(*, by: Any, consent: PictureConsent, said: str = "", seen_version: int | None = None) -> int:
    """Note that a consent was withdrawn; all pictures in the slots with children come off. Returns how many.

    Which of them show whose child is not known here, so all go; those that may stay are put up again while another
    consent stands. ``seen_version``: of the activity. Raises record.stale, activity.recorder_needed,
    activity.consent_over or value.too_long.
    """
    activity = locked(consent.activity, seen_version)
    permits.require_hand(by, activity)
    consent = PictureConsent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_on:
        raise Refusal("activity.consent_over", field="consent", day=consent.withdrawn_on)
    said = said.strip()
    if len(said) > LONGEST_WITHDRAWAL:
        raise Refusal("value.too_long", field="said", label=_("说明"), length=len(said), limit=LONGEST_WITHDRAWAL)
    consent.withdrawn_on, consent.withdrawn_by, consent.withdrawal = clock.today(), by, said
    consent.save_next_version("withdrawn_on", "withdrawn_by", "withdrawal")
    taken = take_off(subject=activity, slots=activity.definition.children_slots)
    activity.save_next_version()
    after = {"consent_withdrawn_on": consent.withdrawn_on, "pictures_taken_off": taken}
    before = {"consent_paper": consent.paper}
    journal.record(by=by, subject=activity, place=activity.place, before=before, after=after, note=said)
    return taken
