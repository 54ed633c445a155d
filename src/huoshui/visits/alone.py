"""What a visit that stands by itself opens when it is handed in: a matter for each failing item that says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from huoshui.kernel.events import FailingItem, VisitHandedIn, publish
from huoshui.visits.findings import LANGUAGE, finding_title, visit_finding_detail
from huoshui.visits.models import Answer, Visit
from huoshui.visits.photos import photo_ids_by_item
from huoshui.visits.schema import Item, Opens


def open_what_failed(by: Any, visit: Visit) -> None:
    """Tell what failed, for the matters to be opened of it in the running transaction; nothing where nothing did."""
    found = list(_opening(visit))
    if not found:
        return
    photos = photo_ids_by_item([visit])
    with override(LANGUAGE):
        label = f"{visit.checklist.name.zh} {visit.visited_on}"
    failing = tuple(_failing(visit, item, answer, opens, photos) for item, answer, opens in found)
    publish(VisitHandedIn(by=by, visit_id=visit.pk, label=label, pack=visit.pack_version.pack, failing=failing))


def opens_matters(visit: Visit) -> bool:
    """Whether handing in the visit opened matters, or would."""
    return any(True for _found in _opening(visit))


def _opening(visit: Visit) -> Iterator[tuple[Item, Answer, Opens]]:
    """The failing items that open a matter without a round, with their answers, in the order of the checklist."""
    items = visit.checklist.items.values()
    opening = [(item, item.opens) for item in items if item.opens and item.opens.without_round]
    if visit.round_id is not None or not opening:
        return
    answers = {answer.item: answer for answer in visit.answers.all() if answer.points is not None and answer.fails}
    for item, opens in opening:
        if item.code in answers:
            yield item, answers[item.code], opens


def _failing(visit: Visit, item: Item, answer: Answer, opens: Opens, photos: dict[str, Any]) -> FailingItem:
    return FailingItem(
        place_id=visit.place_id,
        checklist=visit.checklist_code,
        item=item.code,
        title=finding_title(item),
        detail=visit_finding_detail(item, answer),
        matter_kind=opens.kind,
        severity=opens.severity,
        photo_ids=photos.get(item.code, ()),
        values=opens.values,
    )
