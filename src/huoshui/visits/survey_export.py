"""All answers of a survey as a workbook: a row a sheet, numbers as numbers and days as days."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.streamed_tables import Numeral, StreamedTable
from huoshui.kernel.wording import bracketed
from huoshui.packs.units import unit_word
from huoshui.visits.answers import shown_answer
from huoshui.visits.models import Answer, Visit
from huoshui.visits.queries.surveys import Survey, scale_of
from huoshui.visits.schema import Deduction, Graded, Item, Threshold

WIDE, USUAL = 28, 14


def survey_workbook(survey: Survey) -> bytes:
    """Every handed-in sheet of the survey, for whoever may see these sheets; which of a place counts is marked."""
    items = survey.items
    heads = [(_("乡镇"), 12), (_("村（社区）"), 14), (_("代码"), 16), (_("日期"), 12), (_("计入汇总"), 8)]
    heads += [(_head(item), WIDE if item.scoring.type in ("text", "choices") else USUAL) for item in items]
    day = {"name": survey.checklist.name, "day": clock.today().isoformat()}
    title = f"{_('%(name)s：全部回答（%(day)s）') % day} {demonstration_mark()}".strip()
    table = StreamedTable(_("回答"), title, [*heads, (_("说明"), WIDE)])
    for visit in survey.sheets:
        answers, own = survey.answers[visit.pk], visit.checklist.items
        cells = [_cell(own.get(item.code, item), answers.get(item.code)) for item in items]
        table.row([*_where(visit, survey), *cells, _notes(own, answers)])
    return table.file()


def _where(visit: Visit, survey: Survey) -> list[Any]:
    place = visit.place
    town = place.parent.short_name if place.parent else ""
    return [town, place.short_name, place.code, visit.visited_on, _("是") if visit.pk in survey.counted else _("否")]


def _head(item: Item) -> str:
    unit = bracketed(unit_word(item.scoring.unit)) if isinstance(item.scoring, Threshold) else ""
    return f"{item.name}{unit}"


def _cell(item: Item, answer: Answer | None) -> Any:
    if answer is None:
        return None
    if answer.day is not None:
        return answer.day
    match item.scoring:
        case Threshold(decimals=decimals) if answer.value is not None:
            return Numeral(Decimal(answer.value) / scale_of(item), decimals)
        case Graded(options=[]) if answer.value is not None:
            return Numeral(Decimal(answer.value) / scale_of(item), 3)
        case Deduction():
            return answer.findings
    return shown_answer(item, answer)


def _notes(items: dict[str, Item], answers: dict[str, Answer]) -> str:
    noted = [(items[code].name if code in items else code, answer.note) for code, answer in answers.items()]
    return "\n".join(_("%(name)s：%(note)s") % {"name": name, "note": note} for name, note in noted if note)
