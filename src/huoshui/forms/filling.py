"""Filling a form for a place and a period: the file, and where each cell came from, kept as they were."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from huoshui.forms.answering import Answer, Answers, answered, values_of
from huoshui.forms.document_write import fill_document
from huoshui.forms.files import book_of, data_of, keep
from huoshui.forms.grid import position
from huoshui.forms.mapping import misfits, newest
from huoshui.forms.models import Filling, Form, FormVersion
from huoshui.forms.workbook_write import fill_workbook
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.office_files import opened
from huoshui.kernel.periods import Period, period
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

LEVELS = {Form.Level.VILLAGE: "village", Form.Level.TOWN: "township", Form.Level.DISTRICT: "county"}
"""Of whom a form is asked, as the level of a kind of place."""
LONGEST_SITTING = 4 * 3600
"""Seconds after which nobody was typing all the time: no measure."""


def require_fillable(form: Form, place: Place, code: str) -> Period:
    """The period, when a form may be filled for a place and a period today.

    Raises form.ended, form.not_approved, form.past, form.wrong_place, form.wrong_level or form.period.
    """
    if form.state == Form.State.ENDED:
        raise Refusal("form.ended", field="form", name=form.name, why=form.ended_why or "—", day=form.ended_on)
    if form.state != Form.State.APPROVED:
        raise Refusal("form.not_approved", field="form", name=form.name)
    if form.is_past():
        raise Refusal("form.past", field="form", name=form.name, day=form.ends_on)
    if not place.path.startswith(form.place.path):
        raise Refusal("form.wrong_place", field="place", place=place.short_name, form=form.place.short_name)
    kind = all_current("place_kinds").get(place.kind)
    if kind is None or kind.level != LEVELS[Form.Level(form.level)]:
        raise Refusal("form.wrong_level", field="place", place=place.short_name, level=form.get_level_display())
    return form_period(form, code)


def form_period(form: Form, code: str) -> Period:
    """A period of the kind that a form is filled for, that has begun. Raises form.period."""
    try:
        found = period(code)
    except ValueError:
        found = None
    if found is None or found.kind != form.period_kind or found.first > clock.today():
        examples = {"year": "2018", "half": "2018H1", "quarter": "2018Q1", "month": "2018-03"}
        raise Refusal("form.period", field="period", period=code or "—", example=examples[form.period_kind.value])
    return found


@action("forms.fill")
def fill_form(
    *,
    by: Any,
    form: Form,
    place: Place,
    period: str,
    typed: dict[str, str] | None = None,
    seconds: int | None = None,
) -> Filling:
    """Fill a form and keep it as it is now, beside earlier ones of the same place and period.

    ``typed``: what only a person knows, by sheet!cell; ``seconds``: how long it took to type it. Raises access.denied,
    what ``require_fillable`` raises, form.sheet_gone, form.cell_moved, form.no_room, value.required or value.type.
    """
    require(by, "form.fill", path=place.path)
    form = Form.objects.select_for_update(of=("self",)).select_related("place").get(pk=form.pk)
    time = require_fillable(form, place, period)
    version = newest(form)
    typed = {key: str(text) for key, text in (typed or {}).items() if str(text).strip()}
    answers, data = filled_file(by, version, place, time, typed)
    asked = [answer for answer in answers.cells if answer.kind == "typed" and answer.value is not None]
    same = Filling.objects.filter(form=form, place=place, period=time.code)
    unit = getattr(by, "unit", None)
    filling = Filling.objects.create(
        form=form,
        form_version=version,
        mapping=version.mapping,
        place=place,
        period=time.code,
        first=time.first,
        last=time.last,
        number=(same.aggregate(most=Max("number"))["most"] or 0) + 1,
        file=keep(data),
        cells=[vars(answer) for answer in answers.cells],
        typed={f"{answer.sheet}!{answer.cell}": answer.value for answer in asked},
        lists=answers.lists,
        filled=sum(answer.value is not None for answer in answers.cells),
        missing=len(answers.missing),
        seconds=seconds if asked and seconds is not None and 0 < seconds <= LONGEST_SITTING else None,
        by=by,
        unit_name=unit.name if unit else "",
    )
    after = {
        "form": form.code, "period": time.code, "copy": filling.number, "filled": filling.filled,
        "missing": filling.missing, "sha256": filling.file_id,
    }  # fmt: skip
    journal.record(by=by, subject=filling, place=place, after=after)
    return filling


def filled_file(
    by: Any, version: FormVersion, place: Place, time: Period, typed: dict[str, str]
) -> tuple[Answers, bytes]:
    """The answers of a version's cells and the file with them, without keeping either. Raises as ``fill_form``."""
    book = book_of(version.file)
    problems = misfits(book, version.cells.filter(until__isnull=True))
    if problems:
        raise Refusal.of(problems)
    answers = answered(by, version, place, time, typed)
    cells, blanks = values_of(answers.cells, book)
    package = opened(data_of(version.file), version.name)
    if version.kind == FormVersion.Kind.DOCX:
        return answers, fill_document(package, cells, blanks, answers.inserts)
    gaps = {(answer.sheet, *position(answer.at)) for answer in answers.missing}
    data, unknown, over_gaps = fill_workbook(package, cells, answers.inserts, gaps)
    why = {where: _("合计里有空着的格：空不是零") for where in over_gaps}
    why |= {where: _("这里的公式要在 Excel 或 WPS 里打开才算出来") for where in unknown}
    for where, reason in why.items():
        sheet, _mark, cell = where.rpartition("!")
        answers.cells.append(Answer(sheet, cell, cell, "formula", _("公式"), None, why=reason))
    return answers, data
