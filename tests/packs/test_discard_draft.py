"""packs.discard_draft"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.drafting import discard_draft
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import current


def test_gives_it_up(cast: SimpleNamespace, loaded_gates: PackVersion, draft: PackDraft) -> None:
    discard_draft(by=cast.administrator, draft=draft, seen_version=1)
    assert (PackDraft.objects.count(), current("gates")) == (0, loaded_gates)
    assert Entry.objects.order_by("-seq")[0].action == "packs.discard_draft"
    with pytest.raises(Refusal) as caught:
        discard_draft(by=cast.administrator, draft=draft, seen_version=1)
    assert caught.value.code == "access.not_found"


def test_refusals(cast: SimpleNamespace, draft: PackDraft) -> None:
    for by, seen, refused in ((cast.secretary, 1, "access.denied"), (cast.administrator, 7, "record.stale")):
        with pytest.raises(Refusal) as caught:
            discard_draft(by=by, draft=draft, seen_version=seen)
        assert caught.value.code == refused
