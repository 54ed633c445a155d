"""What documents have done beside the web server, by the worker of django-tasks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from django_tasks import task

from huoshui.kernel.errors import Refusal
from huoshui.kernel.ids import new_id

if TYPE_CHECKING:
    from huoshui.documents.models import Batch
    from huoshui.places.models import Place

logger = logging.getLogger(__name__)
AGAIN = "批量签发，按最新数据"
"""Why a batch issues a document again."""


@task()
def issue_batch(batch_id: str) -> None:
    """Issue a document for each place of a batch, each in a transaction of its own, by whoever asked for it.

    Whatever happens, the batch ends: a place for which something failed is noted with those that were refused.
    """
    from huoshui.documents.actions import end_batch
    from huoshui.documents.models import Batch
    from huoshui.documents.preparing import get_kind
    from huoshui.documents.queries import places_for

    batch = Batch.objects.select_related("place", "by__unit__place").filter(pk=UUID(batch_id)).first()
    if batch is None or batch.done_at is not None:
        return
    issued, same = 0, 0
    refused: list[dict[str, str]] = []
    try:
        places = list(places_for(get_kind(batch.kind), batch.place))
    except Refusal as refusal:  # its pack was taken back meanwhile
        places, refused = [], [_noted(batch.place, refusal)]
    for place in places:
        try:
            _issue(batch, place)
            issued += 1
        except Refusal as refusal:
            if refusal.code == "document.same":
                same += 1
            else:
                refused.append(_noted(place, refusal))
        except Exception:  # one place must not keep the others waiting, nor the batch from ending
            failure = new_id()
            logger.exception("failure %s: batch %s, place %s", failure, batch.pk, place.code)
            refused.append(_noted(place, Refusal("request.failed", id=failure)))
    end_batch(by=batch.by, batch=batch, issued=issued, same=same, refused=refused)


def _issue(batch: Batch, place: Place) -> None:
    """Issue one; again with what was written by hand in the last edition, and in the name of its organ."""
    from huoshui.documents.actions import issue
    from huoshui.documents.queries import last_edition

    last = last_edition(batch.kind, place, batch.period)
    written = {"texts": last.texts, "organ": last.organ} if last else {}
    asked = {"kind": batch.kind, "place": place, "period": batch.period, "address": batch.address}
    issue(by=batch.by, reason=AGAIN, **asked, **written)


def _noted(place: Place, refusal: Refusal) -> dict[str, str]:
    return {"place": place.short_name, "why": refusal.problems[0].message("zh")}
