"""packs.describe_draft"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.packs.drafting import describe_draft
from huoshui.packs.models import PackDraft


def test_says_something_else_of_itself(cast: SimpleNamespace, draft: PackDraft) -> None:
    manifest = {**draft.manifest_data, "version": "2.0.0", "name": {"zh": "春季水闸检查", "en": "Spring"}, "code": "x"}
    draft = describe_draft(by=cast.administrator, draft=draft, seen_version=1, manifest=manifest)
    assert (draft.pack, draft.number, str(draft.name)) == ("gates", "2.0.0", "春季水闸检查")
    assert draft.manifest_data["code"] == "gates"


def test_refusals(cast: SimpleNamespace, draft: PackDraft) -> None:
    for by, seen, refused in ((cast.secretary, 1, "access.denied"), (cast.administrator, 7, "record.stale")):
        with pytest.raises(Refusal) as caught:
            describe_draft(by=by, draft=draft, seen_version=seen, manifest={})
        assert caught.value.code == refused
