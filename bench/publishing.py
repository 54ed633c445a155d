"""Publishing a version of a pack while very many matters of it are open."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from bench.timing import percentiles, timed
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.models import CLOSED, OPEN, Matter
from huoshui.packs.drafting import change_draft, next_of, publish_draft, start_draft
from huoshui.packs.queries import current

PACK, KIND = "rectification", "item"
TIMES = 5


def publishing() -> dict[str, Any]:
    """How long a version takes to publish, and how long to be refused because it drops the kind, while all matters are
    of it and open; all rolled back."""
    with transaction.atomic():
        opened = {"phase": OPEN, "closed_on": None, "close_reason": "", "verifier": None}
        Matter.objects.update(pack=PACK, kind=f"{PACK}.{KIND}", **opened)
        published = [timed(lambda: _published(drop=False))[1:] for _time in range(TIMES)]
        refused = [timed(lambda: _published(drop=True))[1:] for _time in range(TIMES)]
        open_matters = Matter.objects.exclude(phase=CLOSED).count()
        transaction.set_rollback(True)
    return {"open_matters": open_matters, "published": percentiles(published), "refused": percentiles(refused)}


def _published(*, drop: bool) -> None:
    by = system_account()
    with transaction.atomic():
        manifest, content = next_of(current(PACK))
        draft = start_draft(by=by, manifest=manifest, content=content)
        if drop:
            given = {"section": "matters", "code": KIND, "definition": None, "seen_version": draft.version}
            draft = change_draft(by=by, draft=draft, **given)
        try:
            publish_draft(by=by, draft=draft, seen_version=draft.version)
        except Refusal as refusal:
            if not drop or refusal.code != "pack.matters_open":
                raise
        transaction.set_rollback(True)
