"""Planning a round: its dates and rules, its places, its judges; and opening it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from huoshui.kernel import journal
from huoshui.kernel.access import allows, require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.wording import listed
from huoshui.packs.values import require_within
from huoshui.places.models import Place
from huoshui.visits.actions.common import (
    BEFORE_LOCK,
    checklist_or_refuse,
    locked,
    order_of_tour,
    require_state,
    required_text,
)
from huoshui.visits.models import Judge, Missing, Round, RoundPlace, Visit
from huoshui.visits.schema import Checklist
from huoshui.visits.teams import fitting_places, opening_gaps

RULE_LIMITS = {
    "drop_highest": (0, 20),
    "drop_lowest": (0, 20),
    "minimum_judges": (1, 100),
    "quorum": (0, 100),
    "decimals": (0, 3),
}
RULE_NAMES = {
    "drop_highest": _lazy("去掉最高分的个数"),
    "drop_lowest": _lazy("去掉最低分的个数"),
    "minimum_judges": _lazy("每村最少评委数"),
    "missing": _lazy("缺项"),
    "quorum": _lazy("几名评委认定才算不合格（0 为过半数）"),
    "decimals": _lazy("均分小数位数"),
}
"""The rules as the planning page names them."""
FIELDS = ("name", "opens_on", "closes_on", *Round.RULES)


@action("visits.plan_round")
def plan_round(
    *,
    by: Any,
    place: Place,
    checklist: str,
    name: str,
    opens_on: dt.date,
    closes_on: dt.date,
    rules: Mapping[str, Any] | None = None,
) -> Round:
    """Plan a round under ``place`` with the current version of a checklist (``pack.code``).

    ``rules`` overrides the checklist's: drop_highest, drop_lowest, minimum_judges, missing (blocks, zero, rescale),
    quorum (0: majority), decimals. Raises access.denied, checklist.unknown, round.nothing_fits (no open place there is
    of the checklist's kinds), value.required, round.dates, value.range, value.choice, value.unknown or
    checklist.minimum_judges.
    """
    pack = checklist.partition(".")[0]
    require(by, "round.plan", path=place.path, pack=pack)
    version, definition = checklist_or_refuse(checklist)
    if not fitting_places(definition).under(place.path).exists():
        raise Refusal("round.nothing_fits", field="place", place=place.short_name, checklist=definition.name)
    chosen = {**_default_rules(definition), **_clean_rules(rules or {})}
    _check_rules(chosen)
    round = Round(
        name=required_text(name, "name", _("名称")),
        pack_version=version,
        checklist_code=definition.code,
        place=place,
        opens_on=opens_on,
        closes_on=closes_on,
        **chosen,
    )
    _check_dates(round)
    round.save(force_insert=True)
    after = {"checklist": checklist, "pack_version": version.number, **journal.snapshot(round, *FIELDS)}
    journal.record(by=by, subject=round, place=place, after=after)
    return round


@action("visits.amend_round")
def amend_round(
    *,
    by: Any,
    round: Round,
    name: str | None = None,
    opens_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    rules: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
) -> Round:
    """Change a round's name, dates or rules before its lock; what is None stays.

    Raises access.denied, round.state, record.stale, and what ``plan_round`` raises.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, *BEFORE_LOCK)
    round.require_version(seen_version)
    before = journal.snapshot(round, *FIELDS)
    given = {"name": name, "opens_on": opens_on, "closes_on": closes_on, **_clean_rules(rules or {})}
    for field, value in given.items():
        if value is not None:
            setattr(round, field, value)
    round.name = required_text(round.name, "name", _("名称"))
    _check_dates(round)
    _check_rules(journal.snapshot(round, *Round.RULES))
    after = journal.snapshot(round, *FIELDS)
    if before == after:
        running_action().changed_nothing()
        return round
    round.save_next_version(*FIELDS)
    journal.record(by=by, subject=round, place=round.place, before=before, after=after)
    return round


@action("visits.set_places")
def set_places(
    *, by: Any, round: Round, places: Sequence[Place], visit_on: Mapping[UUID, dt.date | None] | None = None
) -> list[RoundPlace]:
    """Give the round its places in the order of the tour; ``visit_on``: planned dates by place id, None: no date.

    Replaces the list that stood; a place that ``visit_on`` leaves out keeps its date. Raises access.denied,
    round.state, round.place_kind, round.place_outside, or round.place_has_sheets when a place that has sheets would
    be left out.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, *BEFORE_LOCK)
    places = list({place.pk: place for place in places}.values())
    _check_places(round, places)
    standing = {entry.place_id: entry for entry in round.places.select_related("place")}
    before = order_of_tour(standing.values())
    kept = [standing.get(place.pk) or RoundPlace(round=round, place=place) for place in places]
    for position, entry in enumerate(kept, start=1):
        day = (visit_on or {}).get(entry.place_id, entry.visit_on)
        if day != entry.visit_on:
            entry.team = entry.arrives = None  # the adopted tour says nothing of another day
        entry.position, entry.visit_on = position, day
    after = order_of_tour(kept)
    if before == after:
        running_action().changed_nothing()
        return kept
    round.places.exclude(place__in=places).delete()
    for entry in kept:
        entry.save()
    round.save_next_version()
    journal.record(by=by, subject=round, place=round.place, before={"places": before["places"]}, after=after)
    return kept


@action("visits.appoint_judges")
def appoint_judges(*, by: Any, round: Round, accounts: Sequence[Any], place: Place | None = None) -> list[Judge]:
    """Appoint accounts as judges of the round's places under ``place`` (a town's team; None: of all).

    Numbers go on from the last. Who answers for a place never judges it, whatever the team. Raises access.denied,
    round.state, round.place_outside, judge.twice, or judge.no_duty for accounts that may not score there.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, *BEFORE_LOCK)
    area = place or round.place
    if not area.path.startswith(round.place.path):
        raise Refusal("round.place_outside", field="place", place=area.short_name, round=round.name)
    accounts = list({account.pk: account for account in accounts}.values())
    known = set(round.judges.values_list("account_id", flat=True))
    problems = [
        Problem("judge.twice" if account.pk in known else "judge.no_duty", "accounts", params={"judge": account.title})
        for account in accounts
        if account.pk in known or not allows(account, "visit.score", path=area.path, pack=round.pack)
    ]
    if problems:
        raise Refusal.of(problems)
    last = round.judges.order_by("-number").values_list("number", flat=True).first() or 0
    running_action().changes_reference_data()
    judges = [
        Judge.objects.create(round=round, account=account, number=number, place=area)
        for number, account in enumerate(accounts, start=last + 1)
    ]
    after = {"judges": {str(judge.number): judge.account_id for judge in judges}, "place": area.code}
    journal.record(by=by, subject=round, place=round.place, after=after, restricted=True)
    return judges


@action("visits.dismiss_judge")
def dismiss_judge(*, by: Any, judge: Judge, reason: str) -> None:
    """Take a judge off the round before its lock. Raises access.denied, round.state or judge.has_sheets."""
    round = locked(judge.round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, *BEFORE_LOCK)
    if Visit.objects.filter(round=round, judge=judge.account_id).exists():
        raise Refusal("judge.has_sheets", judge=str(judge))
    before = {"number": judge.number, "account": judge.account_id}
    note = required_text(reason, "reason", _("理由"))
    running_action().changes_reference_data()
    judge.delete()
    journal.record(by=by, subject=round, place=round.place, before=before, note=note, restricted=True)


@action("visits.open_round")
def open_round(*, by: Any, round: Round) -> Round:
    """Let the judges begin.

    Raises access.denied, round.state, and all of round.no_places, round.no_judges, round.too_few_judges that apply.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.PLANNED)
    if gaps := opening_gaps(round):
        raise Refusal.of(gaps)
    round.state = Round.State.OPEN
    round.save_next_version("state")
    journal.record(
        by=by, subject=round, place=round.place, before={"state": Round.State.PLANNED}, after={"state": round.state}
    )
    return round


@action("visits.withdraw_round")
def withdraw_round(*, by: Any, round: Round, reason: str) -> None:
    """Take a round off that was planned by mistake, with its places and judges; its journal stays.

    Only before it is opened, when there can be no sheets yet. Raises access.denied, round.state or value.required.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.PLANNED)
    note = required_text(reason, "reason", _("理由"))
    before = {"state": round.state, **journal.snapshot(round, *FIELDS)}
    running_action().changes_reference_data()
    journal.record(by=by, subject=round, place=round.place, before=before, note=note)
    round.delete()


def _default_rules(checklist: Checklist) -> dict[str, Any]:
    rules = checklist.rules
    return {
        "drop_highest": rules.drop_highest,
        "drop_lowest": rules.drop_lowest,
        "minimum_judges": rules.minimum_judges,
        "missing": rules.missing,
        "quorum": 0 if rules.quorum == "majority" else rules.quorum,
        "decimals": checklist.decimals,
    }


def _clean_rules(given: Mapping[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for code, raw in given.items():
        if raw is None:
            continue
        if code == "missing":
            if raw not in Missing.values:
                names = listed(Missing.labels)
                raise Refusal("value.choice", field=code, label=RULE_NAMES[code], value=raw, choices=names)
            cleaned[code] = str(raw)
        elif code in RULE_LIMITS:
            cleaned[code] = _whole(code, 0 if raw == "majority" else raw)
        else:
            raise Refusal("value.unknown", field=code, label=code)
    return cleaned


def _whole(code: str, raw: Any) -> int:
    low, high = RULE_LIMITS[code]
    try:
        value = int(raw)
    except (TypeError, ValueError):
        raise Refusal("value.type", field=code, label=RULE_NAMES[code], value=raw, expected=_("整数")) from None
    require_within(value, low, high, 1, field=code, label=RULE_NAMES[code])
    return value


def _check_rules(rules: Mapping[str, Any]) -> None:
    dropped = rules["drop_highest"] + rules["drop_lowest"]
    if rules["minimum_judges"] <= dropped:
        raise Refusal(
            "checklist.minimum_judges", field="minimum_judges", minimum=rules["minimum_judges"], dropped=dropped
        )


def _check_dates(round: Round) -> None:
    if round.closes_on < round.opens_on:
        raise Refusal("round.dates", field="closes_on")


def _check_places(round: Round, places: Sequence[Place]) -> None:
    kinds = round.checklist.place_kinds
    for place in places:
        if place.kind not in kinds:
            raise Refusal("round.place_kind", field="places", place=place.short_name, checklist=round.checklist.name)
        if not place.path.startswith(round.place.path):
            raise Refusal("round.place_outside", field="places", place=place.short_name, round=round.name)
    left_out = Visit.objects.filter(round=round).exclude(place__in=places).select_related("place").first()
    if left_out:
        raise Refusal("round.place_has_sheets", field="places", place=left_out.place.short_name)
