"""The result sheet for signing: every village, every judge's total, who signed when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.reports.papers import Cell, Column, Heading, Row, Signer, TablePaper
from huoshui.reports.round_results.words import mean_rule, provisional, title_of
from huoshui.reports.typesetting import typeset
from huoshui.visits.models import Round, Signature
from huoshui.visits.queries import ResultRow, ResultSheet, result_sheet, shown_points

MOST_JUDGES = 8
"""Judges who get a column each; the totals of more stand in one column, each behind its judge's number."""
PORTRAIT_JUDGES = 5


def result_sheet_pdf(round: Round, actor: Actor) -> bytes:
    """A4, upright where the judges' columns allow it. Raises access.not_found where the actor sees no result."""
    sheet = result_sheet(round, actor)
    if not sheet.rows:
        raise Refusal("access.not_found")
    title = title_of(round, _("成绩表"))
    landscape = len(sheet.judge_numbers) > PORTRAIT_JUDGES
    return typeset("table", _paper(round, sheet), title=title, by=actor, landscape=landscape)


def _paper(round: Round, sheet: ResultSheet) -> TablePaper:
    days = _("%(start)s 至 %(end)s") % {"start": f"{round.opens_on:%Y-%m-%d}", "end": f"{round.closes_on:%Y-%m-%d}"}
    heading = Heading(
        round.place.name,
        f"{round.name}{_('成绩表')}",
        [str(round.checklist.name), days, f"{round.get_state_display()}{provisional(round)}"],
    )
    return TablePaper(
        heading,
        _columns(round, sheet),
        [_row(round, row, sheet) for row in sheet.rows],
        [*_corrections(sheet), mean_rule(round), *_purpose(round), *_digests(sheet)],
        signers(sheet),
    )


def _columns(round: Round, sheet: ResultSheet) -> list[Column]:
    ranks = [Column(_("名次"), 0.8, "right")] if round.ranks else []
    known = [
        *ranks,
        Column(_("村"), 2.4),
        Column(_("乡镇"), 1.7),
        Column(_("总分"), 1.2, "right"),
        Column(_("均分"), 1.2, "right"),
        Column(_("加减分"), 1, "right"),
    ]
    if len(sheet.judge_numbers) > MOST_JUDGES:
        return [*known, Column(_("各评委总分"), 5)]
    return [*known, *(Column(label, 1.1, "right") for label in sheet.judge_labels)]


def _row(round: Round, row: ResultRow, sheet: ResultSheet) -> Row:
    rank = row.rank
    total = [Cell(rank.total_shown, strong=True)]
    if rank.corrections:
        total.append(Cell(rank.corrected_from, struck=True))
    known: Row = [
        *([str(rank.rank)] if round.ranks else []),
        Cell(rank.place.short_name, strong=True),
        rank.town.short_name if rank.town else "",
        total,
        rank.mean_shown,
        rank.adjustments_shown if rank.adjustments else "—",
    ]
    totals = {entry.number: Cell(shown_points(entry.total), struck=entry.dropped) for entry in row.totals}
    if len(sheet.judge_numbers) > MOST_JUDGES:
        return [
            *known,
            [part for number, cell in totals.items() for part in (Cell(_("%(number)s号") % {"number": number}), cell)],
        ]
    return [*known, *(totals.get(number, "") for number in sheet.judge_numbers)]


def _corrections(sheet: ResultSheet) -> list[str]:
    return [
        _("%(place)s 更正：%(before)s → %(after)s，%(reason)s（%(day)s）")
        % {
            "place": row.rank.place.short_name,
            "before": shown_points(correction.before),
            "after": shown_points(correction.after),
            "reason": correction.reason,
            "day": f"{clock.local_date(correction.created_at):%Y-%m-%d}",
        }
        for row in sheet.rows
        for correction in row.rank.corrections
    ]


def _purpose(round: Round) -> list[str]:
    ranking = round.checklist.ranking
    return [_("排名用途：%(purpose)s") % {"purpose": ranking.purpose}] if ranking else []


def _digests(sheet: ResultSheet) -> list[str]:
    if not sheet.corrected_since_signing:
        return [f"{_('成绩摘要')} {sheet.digest}"]
    return [
        f"{_('封存后有更正，更正后的成绩没有重新签字')}　{_('所签成绩的摘要')} {sheet.signed_digest}",
        f"{_('更正后成绩的摘要')} {sheet.digest}",
    ]


def signers(sheet: ResultSheet) -> list[Signer]:
    """Leader, scrutineer and tally clerk, in this order: signed with name and time, or with a line to sign on."""
    stands = {signature.code: signature for signature in sheet.signatures}
    found = []
    for role in Signature.Role:
        signature = stands.get(role)
        if signature is None:
            found.append(Signer(str(role.label)))
        else:
            at = signature.at.astimezone(clock.LOCAL_ZONE)
            found.append(Signer(str(role.label), signature.title, f"{at:%Y-%m-%d %H:%M}"))
    return found
