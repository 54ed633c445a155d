"""The one-page comment per village: strengths, shortcomings, direction, with its result beside its own last one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from huoshui.kernel.access import Actor
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import bracketed, listed, separator
from huoshui.matters.models import Matter
from huoshui.matters.queries import matters_of_source
from huoshui.places.models import Place
from huoshui.reports.papers import Column, CommentPage, CommentsPaper, Fact, Heading, Part
from huoshui.reports.round_results.words import basis_words, percent, provisional, signed, title_of
from huoshui.reports.typesetting import typeset
from huoshui.visits.models import Round
from huoshui.visits.queries import (
    ItemChange,
    PlaceChange,
    RankRow,
    Remark,
    VillageComment,
    shown_points,
    village_comments,
)

MOST_NAMED = 6
"""How many of the items that gained or lost are named, the most changed first."""


def comments_pdf(round: Round, actor: Actor, places: Iterable[Place] | None = None) -> bytes:
    """A page a village (of ``places``, or all that the actor may read), in the order of the tour.

    Raises access.not_found where none may be read.
    """
    comments = village_comments(round, actor, places)
    if not comments:
        raise Refusal("access.not_found")
    matters: dict[tuple[UUID, str], Matter] = {
        (matter.place_id, matter.source_item.rpartition("/")[2]): matter
        for matter in matters_of_source(actor, round.pk).select_related("pack_version")
    }
    what = _("观摩评说")
    if len(comments) == 1:
        what = f"{comments[0].row.place.short_name}{what}"
    paper = CommentsPaper([_page(round, comment, matters) for comment in comments])
    return typeset("comments", paper, title=title_of(round, what), by=actor)


def _page(round: Round, comment: VillageComment, matters: dict[tuple[UUID, str], Matter]) -> CommentPage:
    row = comment.row
    place = row.place
    return CommentPage(
        heading=Heading(
            row.town.short_name if row.town else round.place.short_name,
            f"{place.short_name}{_('观摩评说')}",
            [round.name, f"{round.get_state_display()}{provisional(round)}"],
        ),
        facts=[*_result(round, row), *_last(comment.change)],
        remarks=_remarks(comment.remarks),
        failing_title=_("不合格项与转出事项"),
        failing_columns=[
            Column(_("考核项"), 4),
            Column(_("得分率"), 1, "right"),
            Column(_("认定不合格的评委"), 1.6, "right"),
            Column(_("转出事项"), 3.4),
        ],
        failing=[
            [
                str(failed.item.name),
                "" if failed.percent is None else f"{failed.percent}%",
                _("%(failed)s / %(all)s 名") % {"failed": failed.failed_by, "all": failed.answered},
                _matter_words(matters.get((place.pk, failed.item.code))),
            ]
            for failed in comment.failing
        ],
        nothing_failing=_("没有不合格项。"),
        change_title=_("与本村上一轮相比"),
        change=_change(comment.change),
    )


def _result(round: Round, row: RankRow) -> list[Fact]:
    total = Fact(_("总分"), row.total_shown)
    if row.corrections:
        total = Fact(_("总分"), row.total_shown, _("更正，原 %(total)s") % {"total": row.corrected_from})
    adjustments = signed(row.adjustments, decimals=round.decimals) if row.adjustments else "—"
    ranks = [Fact(_("名次"), str(row.rank))] if round.ranks else []
    return [total, *ranks, Fact(_("均分"), row.mean_shown), Fact(_("加减分"), adjustments)]


def _last(change: PlaceChange) -> list[Fact]:
    if change.last is None or change.basis is None:
        return [Fact(_("上轮总分"), "—", _("没有可比的上一轮"))]
    last = Fact(_("上轮总分"), shown_points(change.last.total, change.basis.round.decimals), change.basis.round.name)
    if change.change is not None:
        return [last, Fact(_("增减"), signed(change.change))]
    points = signed(change.share_change, 10, 1)
    note = _("%(points)s 个百分点") % {"points": points} if points else ""
    return [last, Fact(_("可比项得分率"), percent(change.share_now), note)]


def _remarks(remarks: Sequence[Remark]) -> list[Part]:
    return [
        Part(_("亮点"), _joined((remark.number, remark.strengths) for remark in remarks)),
        Part(_("不足"), _joined((remark.number, remark.shortcomings) for remark in remarks)),
        Part(_("方向"), _joined((remark.number, remark.direction) for remark in remarks)),
    ]


def _joined(said: Iterable[tuple[int, str]]) -> list[str]:
    """What was said, each once, with the numbers of the judges who said it."""
    by_text: dict[str, list[int]] = {}
    for number, text in said:
        if text.strip():
            by_text.setdefault(text.strip(), []).append(number)
    return [
        text + bracketed(_("评委%(numbers)s") % {"numbers": separator().join(map(str, numbers))})
        for text, numbers in by_text.items()
    ] or [_("没有填写。")]


def _matter_words(matter: Matter | None) -> str:
    return f"{matter.number} {matter.state_name}" if matter else "—"


def _change(change: PlaceChange) -> list[str]:
    if change.basis is None:
        return [_("没有可比的上一轮")]
    groups = {
        _("进步 %(count)s 项：%(items)s"): change.better,
        _("退步 %(count)s 项：%(items)s"): change.worse,
        _("上轮不合格、本轮仍不合格 %(count)s 项：%(items)s"): change.still_failing,
    }
    said = [words % {"count": len(items), "items": _named(items)} for words, items in groups.items() if items]
    return [*said, "".join(basis_words(change.basis))]


def _named(items: Sequence[ItemChange]) -> str:
    named = listed(f"{item.item.name} {item.before}%→{item.now}%" for item in items[:MOST_NAMED])
    return named + (_("等") if len(items) > MOST_NAMED else "")
