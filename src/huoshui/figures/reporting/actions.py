"""Filling in a return, submitting, approving in steps, sending back and reopening it.

Whoever filled in or submitted does not approve, and each step of approval is another person's. Approved figures are
locked; reopening is an approver's, says why, and what was approved stands in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.queries import get_indicator, get_period, indicators
from huoshui.figures.reporting import queries
from huoshui.figures.reporting.conflicts import look_for_conflicts
from huoshui.figures.reporting.history import told_key
from huoshui.figures.reporting.models import Bound, Filing, FilingStep, Observation
from huoshui.figures.reporting.queries import packs_of
from huoshui.figures.reporting.rules import broken
from huoshui.figures.reporting.values import Value, quotient, read_value, told
from huoshui.figures.schema import Return
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action, running_action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.kernel.periods import period as period_of_code
from huoshui.kernel.wording import listed
from huoshui.packs.queries import current
from huoshui.places.models import Place

LONGEST_NOTE, LONGEST_REMARK = 300, 2000
Typed = Mapping[str, Mapping[str, str]]
"""By indicator: its value as it was typed, and the note beside it."""


@action("figures.fill")
def fill_return(
    *, by: Any, form: str, place: Place, period: str, values: Typed, seen_version: int | None = None
) -> Filing:
    """Write values into the draft of a return, which is begun with the first of them.

    Of a value that is left empty the note says why it is not there. Raises access.denied, return.unknown,
    return.not_asked, return.period, return.future, return.state, return.role_needed, return.indicator, record.stale
    or the figure.value* errors, all fields at once.
    """
    pack = form.partition(".")[0]
    require(by, "figure.report", path=place.path, pack=pack)
    known = queries.get_return(form)
    if place.kind not in known.asked_of:
        raise Refusal("return.not_asked", field="place", place=place.short_name)
    asked = queries.return_period(known, period)
    filing, made = Filing.objects.get_or_create(
        form=form, place=place, period=asked.code, defaults={"pack": pack, "pack_version": current(pack)}
    )
    filing = _locked(filing, "fill", by, None if made else (seen_version or 0))
    before = _told(filing)
    _write(filing, known, asked, values)
    after = _told(filing)
    if before == after and not made:
        running_action().changed_nothing()
        return filing
    if not filing.steps.filter(verb=FilingStep.Verb.FILL, by=by).exists() or filing.state == Filing.State.RETURNED:
        _step(filing, FilingStep.Verb.FILL, by)
    filing.pack_version = current(pack)
    filing.save_next_version("missing", "pack_version")
    was, now_is = _differing(before, after)
    journal.record(by=by, subject=filing, place=place, before=was, after=now_is)
    return filing


def _write(filing: Filing, form: Return, asked: Period, values: Typed) -> None:
    """Put typed values into the draft. Raises every problem of them at once."""
    problems: list[Problem] = []
    filing.observations.exclude(indicator__in=form.indicators).delete()  # asked by an earlier version of the return
    missing = {code: why for code, why in filing.missing.items() if code in form.indicators}
    for code, cell in values.items():
        if code not in form.indicators:
            raise Refusal("return.indicator", field="values", name=code)
        text, note = str(cell.get("value", "")).strip(), str(cell.get("note", "")).strip()[:LONGEST_NOTE]
        rows = filing.observations.filter(indicator=code)
        missing.pop(code, None)
        if not text:
            rows.delete()
            if note:
                missing[code] = note
            continue
        try:
            value = read_value(text, get_indicator(code))
        except Refusal as refusal:
            problems += [_at(problem, code) for problem in refusal.problems]
            continue
        own = get_period(get_indicator(code), asked.code)  # its month may begin on another day
        rows.update_or_create(
            filing=filing, indicator=code, place=filing.place, period=asked.code,
            defaults=_columns(value) | {"first": own.first, "last": own.last, "note": note},
        )  # fmt: skip
    if problems:
        raise Refusal.of(problems)
    filing.missing = missing


def _at(problem: Problem, code: str) -> Problem:
    problem.field = code
    return problem


def _columns(value: Value) -> dict[str, Any]:
    return {
        "numerator": value.numerator,
        "denominator": value.denominator,
        "bound": value.bound,
        "parts_known": value.parts_known,
    }


@action("figures.submit")
def submit_return(*, by: Any, filing: Filing, remark: str = "", seen_version: int | None = None) -> Filing:
    """Submit a draft to the first step of approval; figures of a file, once they were sent back.

    Raises access.denied, return.state, return.role_needed, record.stale, return.incomplete (a value is missing and no
    note says why), return.rule_broken, or return.remark_needed where a warning stands without a remark.
    """
    if filing.is_imported:
        return _submit_again(by, filing, remark, seen_version)
    require(by, "figure.report", path=filing.place.path, pack=filing.pack)
    filing = _locked(filing, "submit", by, seen_version)
    form = queries.get_return(filing.form)
    rows = {code: row for code, row in queries.observations_of(filing).items() if code in form.indicators}
    absent = [code for code in form.indicators if code not in rows and code not in filing.missing]
    if absent:
        names = listed(str(get_indicator(code).name) for code in absent)
        raise Refusal("return.incomplete", field="values", n=len(absent), names=names)
    remark = remark.strip()[:LONGEST_REMARK]
    _require_sound(filing, form, rows, remark)
    filing.state, filing.step, filing.remark = Filing.State.SUBMITTED, 0, remark
    filing.save_next_version("state", "step", "remark")
    _step(filing, FilingStep.Verb.SUBMIT, by, note=remark)
    _record(filing, by, {"state": filing.state} | _told(filing), remark)
    return filing


def _submit_again(by: Any, filing: Filing, remark: str, seen_version: int | None) -> Filing:
    """Figures of a file that were sent back or withdrawn, put before the approver once more."""
    for pack in packs_of(filing):
        require(by, "figure.import", path=filing.place.path, pack=pack)
    filing = _locked(filing, "submit", by, seen_version)
    filing.state, filing.step, filing.remark = Filing.State.SUBMITTED, 0, remark.strip()[:LONGEST_REMARK]
    filing.save_next_version("state", "step", "remark")
    _step(filing, FilingStep.Verb.SUBMIT, by, note=filing.remark)
    _record(filing, by, {"state": filing.state}, filing.remark)
    return filing


def _require_sound(filing: Filing, form: Return, rows: Mapping[str, Observation], remark: str) -> None:
    values = {
        code: Value(row.numerator, row.denominator, Bound(row.bound), row.parts_known) for code, row in rows.items()
    }
    found = broken(form, values, indicators(), filing.place, period_of_code(filing.period))
    errors = [one.problem for one in found if one.is_error]
    if errors:
        raise Refusal.of(errors)
    if found and not remark:
        names = listed(f"{one.rule}（{one.left} / {one.right}）" for one in found)
        raise Refusal("return.remark_needed", field="remark", n=len(found), names=names)


@action("figures.approve")
def approve_return(*, by: Any, filing: Filing, note: str = "", seen_version: int | None = None) -> Filing:
    """Take the next step of approval; with the last of them the figures count, and are locked.

    Raises access.denied, return.state, return.role_needed, return.own_work or record.stale.
    """
    require_approver(by, filing)
    filing = _locked(filing, "approve", by, seen_version)
    steps = 1 if filing.is_imported else len(queries.get_return(filing.form).approved_by)
    filing.step += 1
    if filing.step >= steps:
        filing.state, filing.approved_on = Filing.State.APPROVED, clock.today()
    filing.save_next_version("state", "step", "approved_on")
    _step(filing, FilingStep.Verb.APPROVE, by, step=filing.step, note=note)
    _record(filing, by, {"state": filing.state, "approvals": filing.step}, note)
    if filing.state == Filing.State.APPROVED:
        look_for_conflicts(by=by, place=filing.place)
    return filing


@action("figures.send_back")
def send_back_return(*, by: Any, filing: Filing, reason: str, seen_version: int | None = None) -> Filing:
    """Give a submitted return back to be corrected, and say why.

    Raises access.denied, return.state, return.role_needed, record.stale or value.required.
    """
    require_approver(by, filing)
    return _back(filing, "send_back", by, reason, seen_version)


@action("figures.reopen")
def reopen_return(*, by: Any, filing: Filing, reason: str, seen_version: int | None = None) -> Filing:
    """Open an approved return again, so that it is corrected and approved anew; until then its figures do not count.

    Raises access.denied, return.state, return.role_needed, record.stale or value.required.
    """
    require_approver(by, filing)
    return _back(filing, "reopen", by, reason, seen_version)


def require_approver(by: Any, filing: Filing) -> None:
    """Raise access.denied unless the actor approves figures there, of every pack that the filing speaks of."""
    for pack in packs_of(filing):
        require(by, "figure.approve", path=filing.place.path, pack=pack)


def _back(filing: Filing, verb: str, by: Any, reason: str, seen_version: int | None) -> Filing:
    filing = _locked(filing, verb, by, seen_version)
    reason = reason.strip()[:LONGEST_REMARK]
    if not reason:
        raise Refusal("value.required", field="reason", label=_("原因"))
    filing.state, filing.step, filing.approved_on = Filing.State.RETURNED, 0, None
    filing.save_next_version("state", "step", "approved_on")
    _step(filing, FilingStep.Verb(verb), by, note=reason)
    _record(filing, by, {"state": filing.state} | _told(filing), reason)
    return filing


def _locked(filing: Filing, verb: str, by: Any, seen_version: int | None) -> Filing:
    """The filing under its lock, if the actor may take this step of it now."""
    filing = Filing.objects.select_for_update(of=("self",)).select_related("place").get(pk=filing.pk)
    refusal = queries.refusal_of(filing, verb, by)
    if refusal:
        raise refusal
    filing.require_version(seen_version)
    return filing


def _step(filing: Filing, verb: FilingStep.Verb, by: Any, *, step: int = 0, note: str = "") -> None:
    FilingStep.objects.create(
        filing=filing, verb=verb, step=step, by=by, unit=by.unit_id, on=clock.today(), note=note.strip()
    )


def _record(filing: Filing, by: Any, after: dict[str, Any], note: str) -> None:
    journal.record(by=by, subject=filing, place=filing.place, after=after, note=note.strip())


Told = dict[str, dict[str, str]]


def _told(filing: Filing) -> Told:
    """What stands in a filing, as the journal keeps it: values in words by indicator (with the place and the period,
    where these are not the filing's), and why others are missing."""
    found: dict[str, str] = {}
    for row in filing.observations.select_related("place").order_by("indicator", "place_id", "period"):
        known = indicators().get(row.indicator)
        value = quotient(row.numerator, row.denominator, known) if known else None
        text = told(value, known, row.bound) if known and value is not None else "—"
        found[told_key(filing, row.indicator, row.place, row.period)] = text
    return {"figures": found, "absent": dict(filing.missing)}


def _differing(before: Told, after: Told) -> tuple[Told, Told]:
    """Of either side what the other says otherwise."""
    return tuple(  # type: ignore[return-value]
        {part: {key: text for key, text in one[part].items() if other[part].get(key) != text} for part in one}
        for one, other in ((before, after), (after, before))
    )
