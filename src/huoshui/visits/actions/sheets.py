"""A judge's sheet: begun, filled in, submitted, taken back. What arrives after the lock is kept, marked late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.ids import new_id
from huoshui.packs.models import PackVersion
from huoshui.places.models import Place
from huoshui.visits.actions.common import checklist_or_refuse, locked, require_state
from huoshui.visits.alone import open_what_failed, opens_matters
from huoshui.visits.answering import require_answering
from huoshui.visits.answers import VALUE_COLUMNS, Entered, confirmed_texts, enter, entered_value, unfinished
from huoshui.visits.cadence import settle_visit
from huoshui.visits.models import Answer, Chosen, Judge, Missing, Round, Visit
from huoshui.visits.photos import counted_by_slot
from huoshui.visits.prefill import known_values
from huoshui.visits.question_types import Choices
from huoshui.visits.relevance import asked
from huoshui.visits.schema import Item
from huoshui.visits.teams import answers_for

TEXTS = {"strengths": _("亮点"), "shortcomings": _("不足"), "direction": _("方向")}
LONGEST_TEXT = 2000
LONGEST_NOTE = 500


@action("visits.open_sheet")
def open_sheet(
    *, by: Any, round: Round, place: Place, visited_on: dt.date | None = None, visit_id: UUID | None = None
) -> Visit:
    """The judge's own sheet for a place of the round, made at first call with what the register knows filled in.

    ``visit_id``: an id that the field app chose while offline. After the lock a sheet can still be handed in, and
    becomes late. Raises round.state (not yet opened), visit.not_judge, visit.own_place or access.denied.
    """
    round = locked(round)
    require_state(round, Round.State.OPEN, *Round.LOCKED_STATES)
    judge = Judge.objects.filter(round=round, account=by.pk).select_related("place").first()
    in_round = round.places.filter(place=place).exists()
    if judge is None or not in_round or not judge.covers(place):
        raise Refusal("visit.not_judge", place=place.short_name, round=round.name)
    require(by, "visit.score", path=place.path, pack=round.pack)
    if answers_for(by, place):
        raise Refusal("visit.own_place", place=place.short_name)
    standing: Visit | None = Visit.objects.filter(round=round, place=place, judge=by.pk).first()
    if standing:
        running_action().changed_nothing()
        return standing
    visit = Visit(
        round=round,
        place=place,
        judge=by,
        judge_number=judge.number,
        pack_version=round.pack_version,
        checklist_code=round.checklist_code,
    )
    return _begin(by, visit, visited_on, visit_id)


@action("visits.start_visit")
def start_visit(
    *, by: Any, place: Place, checklist: str, visited_on: dt.date | None = None, visit_id: UUID | None = None
) -> Visit:
    """Begin a visit that stands by itself (a survey, a patrol) with the current version of ``pack.code``.

    By whoever scores there, or whom the checklist asks. The same ``visit_id`` sent twice begins one visit. Raises
    access.denied, checklist.unknown or round.place_kind.
    """
    version, definition = checklist_or_refuse(checklist)
    require_answering(by, place, version.pack, definition)
    if place.kind not in definition.place_kinds:
        raise Refusal("round.place_kind", field="place", place=place.short_name, checklist=definition.name)
    standing: Visit | None = Visit.objects.filter(pk=visit_id, judge=by.pk).first() if visit_id else None
    if standing:
        running_action().changed_nothing()
        return standing
    visit = Visit(place=place, judge=by, pack_version=version, checklist_code=definition.code)
    return _begin(by, visit, visited_on, visit_id)


@action("visits.save_answers")
def save_answers(
    *,
    by: Any,
    visit: Visit,
    answers: Mapping[str, Any] | None = None,
    notes: Mapping[str, str] | None = None,
    strengths: str | None = None,
    shortcomings: str | None = None,
    direction: str | None = None,
    visited_on: dt.date | None = None,
    seen_version: int | None = None,
) -> Visit:
    """Save what the judge entered on their own draft; only what is given changes, an empty value clears.

    ``answers``: by item code, as ``answers.enter`` reads them; ``notes``: by item code. Nothing is saved when
    anything is wrong: value.range, value.choice, value.type or value.unknown name the item. record.stale carries both
    versions in ``extra`` as ``mine`` and ``theirs``. Raises also access.not_found (not one's own) and visit.not_draft.
    """
    visit = _own_draft(by, visit)
    texts = _clean_texts({"strengths": strengths, "shortcomings": shortcomings, "direction": direction})
    given, noted = dict(answers or {}), dict(notes or {})
    standing = {answer.item: answer for answer in visit.answers.all()}
    _refuse_stale(visit, seen_version, standing, {**texts, "answers": given})
    entered = _enter_all(visit.checklist.items, given, noted)
    was, now_is = _write_answers(visit, standing, entered, noted)
    fields: dict[str, Any] = {**texts, "visited_on": visited_on or visit.visited_on}
    before = {**journal.snapshot(visit, *fields), "answers": was}
    after = {**fields, "answers": now_is}
    if before == after:
        running_action().changed_nothing()
        return visit
    for field, value in fields.items():
        setattr(visit, field, value)
    visit.save_next_version(*fields)
    _journal(by, visit, before, after)
    return visit


@action("visits.submit_visit")
def submit_visit(*, by: Any, visit: Visit, seen_version: int | None = None) -> Visit:
    """Hand in one's own sheet. After the round's lock it is kept, marked late, and does not count.

    What was answered before other answers made it irrelevant is taken away: it is not asked any more, and would be
    counted. By itself it opens the matters of what failed. Raises one refusal naming every item without a needed answer
    (value.required) or without its photos (visit.photos); visit.empty, visit.not_draft, record.stale, access.not_found,
    or what refuses such a matter.
    """
    visit = _own_draft(by, visit)
    visit.require_version(seen_version)
    standing = {answer.item: answer for answer in visit.answers.all()}
    wanted = asked(visit.checklist, confirmed_texts(visit.checklist.items, standing))
    _require_complete(visit, standing, wanted)
    round = locked(visit.round) if visit.round else None
    left = {code: Entered() for code in standing if code in visit.checklist.items and code not in wanted}
    was, now_is = _write_answers(visit, standing, left, dict.fromkeys(left, ""))
    before: dict[str, Any] = {"state": visit.state} | ({"answers": was} if was else {})
    visit.state = Visit.State.LATE if round and round.is_locked else Visit.State.SUBMITTED
    visit.submitted_at = clock.now()
    visit.save_next_version("state", "submitted_at")
    _journal(by, visit, before, {"state": visit.state} | ({"answers": now_is} if was else {}))
    settle_visit(visit)
    open_what_failed(by, visit)
    return visit


@action("visits.take_back_visit")
def take_back_visit(*, by: Any, visit: Visit) -> Visit:
    """Make one's own submitted sheet a draft again, while the round is open (or the visit stands by itself).

    Raises access.not_found, visit.not_submitted, round.state, or visit.opened_matters: what it found is worked on.
    """
    visit = _own(by, visit)
    if visit.round:
        require_state(locked(visit.round), Round.State.OPEN)
    if visit.state != Visit.State.SUBMITTED:
        raise Refusal("visit.not_submitted", state=visit.get_state_display())
    if opens_matters(visit):
        raise Refusal("visit.opened_matters")
    visit.state, visit.submitted_at = Visit.State.DRAFT, None
    visit.save_next_version("state", "submitted_at")
    _journal(by, visit, {"state": Visit.State.SUBMITTED}, {"state": visit.state})
    settle_visit(visit)
    return visit


def _begin(by: Any, visit: Visit, visited_on: dt.date | None, visit_id: UUID | None) -> Visit:
    visit.id = visit_id or new_id()
    if visit_id and Visit.objects.filter(pk=visit_id).exists():
        raise Refusal("access.not_found")
    visit.visited_on = visited_on or clock.today()
    visit.save(force_insert=True)
    known = known_values(visit.place, visit.checklist)
    answers = []
    for code, value in known.items():
        answer = Answer(visit=visit, item=code, prefilled=True)
        _apply(answer, enter(visit.checklist.items[code], value.raw))
        answer.points, answer.fails = None, False  # not until the judge confirms it
        answers.append(answer)
    Answer.objects.bulk_create(answers)
    after = {"checklist": visit.checklist_code, "visited_on": visit.visited_on, "prefilled": sorted(known)}
    _journal(by, visit, {}, after)
    return visit


def _own(by: Any, visit: Visit) -> Visit:
    """The sheet as it stands now, locked, if it is the caller's own and they still may score there."""
    found: Visit | None = (
        Visit.objects.select_for_update(of=("self",))
        .select_related("place", "pack_version", "round")
        .filter(pk=visit.pk, judge=by.pk)
        .first()
    )
    if found is None:
        raise Refusal("access.not_found")
    version: PackVersion = found.pack_version
    if found.round is None:
        require_answering(by, found.place, version.pack, found.checklist)
    else:
        require(by, "visit.score", path=found.place.path, pack=version.pack)
    return found


def _own_draft(by: Any, visit: Visit) -> Visit:
    found = _own(by, visit)
    if found.state != Visit.State.DRAFT:
        raise Refusal("visit.not_draft", state=found.get_state_display())
    return found


def _clean_texts(given: Mapping[str, str | None]) -> dict[str, str]:
    texts = {field: text.strip() for field, text in given.items() if text is not None}
    for field, text in texts.items():
        if len(text) > LONGEST_TEXT:
            raise Refusal("value.too_long", field=field, label=TEXTS[field], length=len(text), limit=LONGEST_TEXT)
    return texts


def _enter_all(items: Mapping[str, Item], answers: Mapping[str, Any], notes: Mapping[str, str]) -> dict[str, Entered]:
    """Every given answer as typed columns; one refusal names all that are wrong."""
    problems = [
        Problem("value.unknown", code, params={"label": code}) for code in {**answers, **notes} if code not in items
    ]
    for code, note in notes.items():
        if code in items and len(note) > LONGEST_NOTE:
            params = {"label": items[code].name, "length": len(note), "limit": LONGEST_NOTE}
            problems.append(Problem("value.too_long", code, params=params))
    entered: dict[str, Entered] = {}
    for code, raw in answers.items():
        if code not in items:
            continue
        try:
            entered[code] = enter(items[code], raw)
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal.of(problems)
    return entered


def _write_answers(
    visit: Visit, standing: Mapping[str, Answer], entered: Mapping[str, Entered], notes: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write what differs from what stands; returns the changed answers as they were and as they are, by item."""
    items = visit.checklist.items
    was: dict[str, Any] = {}
    now_is: dict[str, Any] = {}
    changed = []
    for code in dict.fromkeys([*entered, *notes]):
        answer = standing.get(code) or Answer(visit=visit, item=code)
        before = _state_of(items[code], answer)
        if code in entered:
            _apply(answer, entered[code])
        if code in notes:
            answer.note = notes[code].strip()
        after = _state_of(items[code], answer)
        if before != after:
            changed.append(answer)
            was[code], now_is[code] = before, after
    # One statement for a whole sheet: those that stand are changed, the others added.
    Answer.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=[*VALUE_COLUMNS, "note"]
    )
    _write_chosen(visit, [answer for answer in changed if isinstance(items[answer.item].scoring, Choices)])
    return was, now_is


def _write_chosen(visit: Visit, answers: list[Answer]) -> None:
    """The choices of these answers, a row each, as far as they count."""
    if not answers:
        return
    Chosen.objects.filter(visit=visit, item__in=[answer.item for answer in answers]).delete()
    counted = [answer for answer in answers if answer.points is not None]
    rows = [Chosen(visit=visit, item=answer.item, option=code) for answer in counted for code in answer.text.split()]
    Chosen.objects.bulk_create(rows)


def _apply(answer: Answer, entered: Entered) -> None:
    for column in VALUE_COLUMNS:
        setattr(answer, column, getattr(entered, column))


def _state_of(item: Item, answer: Answer) -> list[Any]:
    """An answer as the journal keeps it: what was entered, points in thousandths, note."""
    return [entered_value(item, answer), answer.points, answer.note]


def _refuse_stale(visit: Visit, seen_version: int | None, standing: Mapping[str, Answer], mine: dict[str, Any]) -> None:
    """Raise record.stale with what was sent and what stands, where another device saved in between."""
    try:
        visit.require_version(seen_version)
    except Refusal as refusal:
        items = visit.checklist.items
        theirs: dict[str, Any] = {field: getattr(visit, field) for field in mine if field != "answers"}
        theirs["answers"] = {
            code: entered_value(items[code], standing.get(code)) for code in mine["answers"] if code in items
        }
        refusal.extra |= {"mine": mine, "theirs": theirs}
        raise


def _require_complete(visit: Visit, standing: Mapping[str, Answer], wanted: set[str]) -> None:
    items = {code: item for code, item in visit.checklist.items.items() if code in wanted}
    answered = {code: answer for code, answer in standing.items() if code in items and answer.points is not None}
    if not answered:
        raise Refusal("visit.empty")
    problems = [p for code, item in items.items() if code in standing and (p := unfinished(item, standing[code]))]
    named = {problem.field for problem in problems}
    if (visit.round.missing if visit.round else visit.checklist.rules.missing) == Missing.BLOCKS:
        problems += [
            Problem("value.required", code, params={"label": item.name})
            for code, item in items.items()
            if code not in answered and code not in named
        ]
    photos = counted_by_slot(visit)
    for code, answer in answered.items():
        have, needed = photos.get(code, 0), items[code].photos_needed(answer.fails)
        if have < needed:
            params = {"item": items[code].name, "wanted": needed, "have": have}
            problems.append(Problem("visit.photos", code, params=params))
    if problems:
        raise Refusal.of(problems)


def _journal(by: Any, visit: Visit, before: dict[str, Any], after: dict[str, Any]) -> None:
    journal.record(by=by, subject=visit, place=visit.place, before=before, after=after, restricted=True)
