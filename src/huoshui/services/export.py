"""Offers, requests and ratings as Excel. Nothing personal leaves: who asked is with the matter alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor, grants_condition, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.streamed_tables import StreamedTable
from huoshui.places.queries import township_names
from huoshui.services.models import Offer, Rating, Request

Heads = Sequence[tuple[str, int]]


def _workbook(name: str, heads: Heads, rows: Iterable[Sequence[Any]]) -> bytes:
    title = _("%(name)s（%(day)s）") % {"name": name, "day": clock.today().isoformat()}
    table = StreamedTable(name, f"{title} {demonstration_mark()}".strip(), heads)
    for row in rows:
        table.row(row)
    return table.file()


def offers_workbook(found: Iterable[Offer]) -> bytes:
    """What is offered where and when; it is public."""
    heads = [
        (_("乡镇"), 12), (_("办理点"), 24), (_("事项"), 34), (_("办理日"), 14), (_("办理时间"), 26), (_("窗口"), 14),
        (_("电话"), 16), (_("起"), 12), (_("止"), 12),
    ]  # fmt: skip
    rows = list(found)
    towns = township_names(offer.place for offer in rows)
    return _workbook(
        _("便民服务事项办理点"), heads,
        (
            (
                towns[offer.place_id], offer.place.short_name, offer.item_name, offer.weekdays_told, offer.hours_told,
                offer.window, offer.phone, offer.since, offer.until,
            )
            for offer in rows
        ),
    )  # fmt: skip


def requests_workbook(actor: Actor, found: QuerySet[Request]) -> bytes:
    """Requests, as far as service.export reaches. Raises access.denied without it."""
    require(actor, "service.export")
    rows = list(found.filter(grants_condition(actor.grants("service.export"), Request.scope)))
    towns = township_names(request.place for request in rows)
    heads = [
        (_("编号"), 16), (_("乡镇"), 12), (_("办理点"), 24), (_("事项"), 34), (_("来办的人"), 12), (_("受理日期"), 12),
        (_("承诺日期"), 12), (_("办成日期"), 12), (_("进展"), 14), (_("是否按期"), 10),
    ]  # fmt: skip
    return _workbook(
        _("便民服务申请"), heads,
        (
            (
                request.matter_number, towns[request.place_id], request.place.short_name, request.name,
                str(request.get_came_display()), request.taken_on, request.promised_on, request.done_on,
                request.state_name, _in_time(request),
            )
            for request in rows
        ),
    )  # fmt: skip


def _in_time(request: Request) -> str:
    late = (request.done_on or clock.today()) > request.promised_on
    if request.done_on is None and not late:
        return ""
    return _("否") if late else _("是")


def ratings_workbook(actor: Actor, found: QuerySet[Rating]) -> bytes:
    """Ratings, as far as service.export reaches. Raises access.denied without it."""
    require(actor, "service.export")
    rows = list(found.filter(grants_condition(actor.grants("service.export"), Rating.scope)))
    towns = township_names(rating.request.place for rating in rows)
    heads = [
        (_("编号"), 16), (_("乡镇"), 12), (_("办理点"), 24), (_("事项"), 34), (_("评价"), 12), (_("意见"), 40),
        (_("评价日期"), 12), (_("整改编号"), 16), (_("整改期限"), 12), (_("整改办结"), 12),
    ]  # fmt: skip
    return _workbook(
        _("好差评"), heads,
        (
            (
                rating.request.matter_number, towns[rating.request.place_id], rating.request.place.short_name,
                rating.request.name, rating.level_name, rating.words, rating.rated_on, rating.correction_number,
                rating.correct_by, rating.corrected_on,
            )
            for rating in rows
        ),
    )  # fmt: skip
