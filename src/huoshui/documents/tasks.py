"""What documents have done beside the web server, by the worker of django-tasks."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from huoshui.kernel.errors import Refusal

AGAIN = "批量签发，按最新数据"
"""Why a batch issues a document again."""


@task()
def issue_batch(batch_id: str) -> None:
    """Issue a document for each place of a batch, each in a transaction of its own, by whoever asked for it."""
    from huoshui.documents.actions import end_batch, issue
    from huoshui.documents.models import Batch
    from huoshui.documents.preparing import get_kind
    from huoshui.documents.queries import places_for

    batch = Batch.objects.select_related("place", "by__unit__place").filter(pk=UUID(batch_id)).first()
    if batch is None or batch.done_at is not None:
        return
    issued, same, refused = 0, 0, []
    for place in places_for(get_kind(batch.kind), batch.place):
        try:
            issue(by=batch.by, kind=batch.kind, place=place, period=batch.period, address=batch.address, reason=AGAIN)
            issued += 1
        except Refusal as refusal:
            if refusal.code == "document.same":
                same += 1
            else:
                refused.append({"place": place.short_name, "why": refusal.problems[0].message("zh")})
    end_batch(by=batch.by, batch=batch, issued=issued, same=same, refused=refused)
