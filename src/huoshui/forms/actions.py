"""The register of forms: proposing one, handing in another file of it, approving, ending; what an answer costs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huoshui.duties.models import Account
from huoshui.duties.standing import Hand, standing_of
from huoshui.forms.files import keep, read
from huoshui.forms.grid import Book
from huoshui.forms.headings import around
from huoshui.forms.mapping import follow, misfits, newest
from huoshui.forms.models import Assumption, Form, FormVersion, MappedCell
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.journal import about
from huoshui.kernel.models import Entry
from huoshui.kernel.wording import listed
from huoshui.places.models import Place

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
RESERVED = {"new", "repeats", "burden", "filled"}
"""Codes that would be addresses of other pages."""
LONGEST = {"name": 120, "asker": 100, "right": 200}
HANDED_IN = ("forms.propose", "forms.add_version")
"""Actions that make the version that counts."""
LEAST_SECONDS, MOST_SECONDS = 5, 3600


def _labels() -> dict[str, str]:
    return {"name": _("表名"), "asker": _("要表单位"), "right": _("文件依据")}


@action("forms.propose")
def propose_form(
    *,
    by: Any,
    place: Place,
    code: str,
    name: str,
    asker: str,
    right: str,
    frequency: str,
    level: str,
    ends_on: dt.date,
    data: bytes,
    file_name: str,
) -> Form:
    """Register a form with its file; it may be asked once somebody else has approved it.

    Raises access.denied, form.code, form.code_taken, value.required, value.too_long, value.choice, form.end_past, or
    what reading the file raises.
    """
    require(by, "form.propose", path=place.path)
    code = code.strip()
    if not CODE.fullmatch(code) or code.lower() in RESERVED:
        raise Refusal("form.code", field="code", code=code[:40] or "—")
    told = _words(name=name, asker=asker, right=right)
    _require_choice(Form.Frequency, "frequency", _("频次"), frequency)
    _require_choice(Form.Level, "level", _("填报层级"), level)
    if ends_on < clock.today():
        raise Refusal("form.end_past", field="ends_on", day=ends_on)
    try:
        with transaction.atomic():  # of two at once the unique code lets one in
            form = Form.objects.create(
                code=code, place=place, frequency=frequency, level=level, ends_on=ends_on, proposed_by=by, **told
            )
    except IntegrityError:
        raise Refusal("form.code_taken", field="code", code=code) from None
    version = _add(by, form, data, file_name)
    after = {
        "code": code, **told, "frequency": frequency, "level": level, "ends_on": ends_on, "file": version.name,
        "sha256": version.file_id,
    }  # fmt: skip
    journal.record(by=by, subject=form, place=place, after=after)
    return form


def _words(**given: str) -> dict[str, str]:
    problems: list[Problem] = []
    for key, text in given.items():
        label, limit = _labels()[key], LONGEST[key]
        if not text.strip():
            problems.append(Problem("value.required", key, params={"label": label}))
        elif len(text.strip()) > limit:
            problems.append(
                Problem("value.too_long", key, params={"label": label, "limit": limit, "length": len(text.strip())})
            )
    if problems:
        raise Refusal.of(problems)
    return {key: text.strip() for key, text in given.items()}


def _require_choice(choices: Any, field: str, label: str, value: str) -> None:
    if value not in choices.values:
        raise Refusal("value.choice", field=field, label=label, value=value or "—", choices=listed(choices.labels))


def _add(by: Any, form: Form, data: bytes, file_name: str) -> FormVersion:
    package, _book = read(data, file_name)
    number = form.versions.count() + 1
    return FormVersion.objects.create(
        form=form, number=number, kind=package.kind, file=keep(data), name=file_name.strip()[-200:] or form.code,
        notes=[("linked", address) for address in package.linked], by=by,
    )  # fmt: skip


@action("forms.add_version")
def add_version(
    *,
    by: Any,
    form: Form,
    data: bytes,
    file_name: str,
    renamed: dict[str, str] | None = None,
    remap: bool = False,
    seen_version: int | None = None,
) -> FormVersion:
    """Hand in another file of a form. The mapping goes along; the form has to be approved anew.

    Where the mapping does not fit the new file it is refused, naming each sheet and cell. ``renamed`` says which sheet
    of the new file stands for an old one; ``remap`` lets moved cells be followed by their headings, and drops those
    that are found nowhere, to be mapped anew. Raises access.denied, record.stale, form.ended, form.same_file,
    form.sheet_gone, form.cell_moved, form.cell_unknown, form.cell_taken, or what reading the file raises.
    """
    require(by, "form.propose", path=form.place.path)
    form = Form.objects.select_for_update(of=("self",)).select_related("place").get(pk=form.pk)
    form.require_version(seen_version)
    _require_running(form)
    before = newest(form)
    version = _add(by, form, data, file_name)
    if version.file_id == before.file_id:
        raise Refusal("form.same_file", field="file", name=version.name)
    _package, book = read(data, file_name)
    dropped = _carry(before, version, book, renamed or {}, remap)
    was = form.state
    form.state, form.proposed_by, form.proposed_on = Form.State.DRAFT, by, clock.today()
    form.approved_by, form.approved_on = None, None
    form.save_next_version("state", "proposed_by", "proposed_on", "approved_by", "approved_on")
    journal.record(
        by=by,
        subject=form,
        place=form.place,
        before={"state": was, "file": before.name, "sha256": before.file_id},
        after={"state": form.state, "file": version.name, "sha256": version.file_id, "dropped": dropped or None},
    )
    return version


def _carry(before: FormVersion, version: FormVersion, book: Book, renamed: dict[str, str], remap: bool) -> list[str]:
    """Bring the mapping to another file; the cells that were dropped."""
    cells = list(before.cells.filter(until__isnull=True).order_by("pk"))
    for cell in cells:
        cell.sheet = renamed.get(cell.sheet, cell.sheet)
    problems = misfits(book, cells)
    if problems and not remap:
        raise Refusal.of(problems)
    dropped: list[str] = []
    carried: list[MappedCell] = []
    for cell in cells:
        if misfits(book, [cell]):
            found = follow(book, cell)
            if len(found) != 1:
                dropped.append(f"{cell.sheet}!{cell.cell}")
                continue
            cell.sheet, cell.cell = found[0]
        words = around(book, cell.sheet, cell.cell).words
        carried.append(
            MappedCell(
                form_version=version, sheet=cell.sheet, cell=cell.cell, spec=cell.spec, words=words, since=1, until=None
            )
        )
    MappedCell.objects.bulk_create(carried)
    version.mapping = 1
    version.save(update_fields=["mapping"])
    return dropped


def _require_running(form: Form) -> None:
    if form.state == Form.State.ENDED:
        raise Refusal("form.ended", field="form", name=form.name, why=form.ended_why or "—", day=form.ended_on)


@action("forms.approve")
def approve_form(*, by: Any, form: Form, seen_version: int | None = None) -> Form:
    """Let a form be asked. Not by whoever registered it, handed in or mapped its newest file, or stands in for them.

    Raises access.denied, record.stale, form.not_draft, form.own, form.end_past or form.unmapped.
    """
    require(by, "form.approve", path=form.place.path)
    form = Form.objects.select_for_update(of=("self",)).select_related("place").get(pk=form.pk)
    form.require_version(seen_version)
    if form.state != Form.State.DRAFT:
        raise Refusal("form.not_draft", field="form", name=form.name, state=form.get_state_display())
    version = newest(form)
    _require_of_others(by, form, version)
    if form.is_past():
        raise Refusal("form.end_past", field="ends_on", day=form.ends_on)
    if not version.cells.filter(until__isnull=True).exists():
        raise Refusal("form.unmapped", field="form", name=form.name)
    form.state, form.approved_by, form.approved_on = Form.State.APPROVED, by, clock.today()
    form.save_next_version("state", "approved_by", "approved_on")
    journal.record(
        by=by, subject=form, place=form.place, before={"state": Form.State.DRAFT}, after={"state": form.state}
    )
    return form


def _require_of_others(by: Any, form: Form, version: FormVersion) -> None:
    """Raise form.own when the actor, or whom they stand in for, had a hand in the version, naming whose it was."""
    entries = Entry.objects.filter(about(Form.objects.filter(pk=form.pk)))
    handed_in = entries.filter(action__in=HANDED_IN).order_by("-seq").values_list("seq", flat=True)[0]
    mapped = entries.filter(action="forms.map_cells", seq__gt=handed_in)
    known = Account.objects.in_bulk({entry.actor_id for entry in mapped if entry.actor_id})
    hands = [
        (form.proposed_by.title, Hand(form.proposed_by_id, day=form.proposed_on)),
        (version.by.title, Hand(version.by_id, day=version.on)),
        *(
            (known[entry.actor_id].title, Hand(entry.actor_id, day=clock.local_date(entry.at)))
            for entry in mapped
            if entry.actor_id in known
        ),
    ]
    for who, hand in hands:
        if standing_of(by).had_a_hand([hand], form.place.path, ""):
            raise Refusal("form.own", field="form", who=who)


@action("forms.end")
def end_form(*, by: Any, form: Form, reason: str, seen_version: int | None = None) -> Form:
    """Take a form out of use; what was filled stays. Raises access.denied, record.stale, form.ended, value.required."""
    require(by, "form.approve", path=form.place.path)
    form = Form.objects.select_for_update(of=("self",)).select_related("place").get(pk=form.pk)
    form.require_version(seen_version)
    _require_running(form)
    if not reason.strip():
        raise Refusal("value.required", field="reason", label=_("停用原因"))
    was = form.state
    form.state, form.ended_on, form.ended_why = Form.State.ENDED, clock.today(), reason.strip()[:200]
    form.save_next_version("state", "ended_on", "ended_why")
    journal.record(
        by=by, subject=form, place=form.place, before={"state": was}, after={"state": form.state}, note=form.ended_why
    )
    return form


@action("forms.assume")
def assume_seconds(*, by: Any, place: Place, seconds: int, why: str) -> Assumption:
    """State how long an answer typed by hand takes at a place and below it, where nobody measured it.

    Raises access.denied, value.required or form.seconds.
    """
    require(by, "form.burden", path=place.path)
    if not why.strip():
        raise Refusal("value.required", field="why", label=_("依据"))
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise Refusal("form.seconds", field="seconds", least=LEAST_SECONDS, most=MOST_SECONDS)
    made = Assumption.objects.create(place=place, seconds=seconds, why=why.strip()[:200], by=by)
    journal.record(by=by, subject=made, place=place, after={"seconds": seconds, "why": made.why})
    return made
