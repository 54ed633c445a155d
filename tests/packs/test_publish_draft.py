"""packs.publish_draft"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, open_matter
from huoshui.packs.actions import PackRefused, load_pack
from huoshui.packs.drafting import change_draft, describe_draft, publish_draft, standing_on_draft
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import current
from tests.packs.drafts import changed, draft_of, gates


def change(cast: SimpleNamespace, draft: PackDraft, definition: dict[str, Any] | None) -> PackDraft:
    given = {"draft": draft, "seen_version": draft.version, "section": "matters", "code": "gate"}
    return change_draft(by=cast.administrator, **given, definition=definition)


def publish(cast: SimpleNamespace, draft: PackDraft) -> PackVersion:
    return publish_draft(by=cast.administrator, draft=draft, seen_version=draft.version)


def test_what_is_new_begins_with_it(
    cast: SimpleNamespace, land: SimpleNamespace, loaded_gates: PackVersion, draft: PackDraft
) -> None:
    old = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸前淤积")
    state = {"code": "begun", "name": {"zh": "待清淤", "en": "To dredge"}, "phase": "open"}
    states = [state, *draft.content["matters"][0]["states"][1:]]
    version = publish(cast, change(cast, draft, changed(draft, states=states)))
    new = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸门锈蚀")
    assert (version.number, current("gates"), PackDraft.objects.count()) == ("1.1.0", version, 0)
    assert (old.pack_version, new.pack_version) == (loaded_gates, version)
    old = advance(by=cast.secretary, matter=old, transition="clear", seen_version=old.version)
    assert (old.state, old.pack_version) == ("handed_in", loaded_gates)
    assert Entry.objects.filter(action="packs.publish_draft").count() == 1


def test_a_clock_changed_while_matters_run_under_it(
    cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft
) -> None:
    """Those that run keep their days; those opened later have the new ones."""
    clock = {"code": "term", "name": {"zh": "清理期限", "en": "Term"}, "days": {"ordinary": 10}, "counting": "calendar"}
    publish(cast, change(cast, draft, changed(draft, clocks=[clock])))
    old = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸前淤积")
    due = old.due_on
    second = draft_of(cast.administrator)
    publish(cast, change(cast, second, changed(second, clocks=[{**clock, "days": {"ordinary": 3}}])))
    new = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸门锈蚀")
    old.refresh_from_db()
    assert old.due_on == due
    assert new.due_on is not None
    assert due is not None
    assert (due - new.due_on).days == 7


def test_what_would_orphan_open_matters(cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft) -> None:
    opened = [
        open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title=f"闸前淤积 {at}")
        for at in range(12)
    ]
    draft = change(cast, draft, None)
    assert [problem.code for problem in standing_on_draft(draft)] == ["pack.matters_open"]
    with pytest.raises(Refusal) as caught:
        publish(cast, draft)
    said = caught.value.problems[0].message()
    assert caught.value.code == "pack.matters_open"
    assert "12" in said
    assert all(matter.number in said for matter in opened[:10])
    assert opened[10].number not in said
    assert current("gates").number == "1.0.0"


def test_a_kind_nobody_uses_can_go(cast: SimpleNamespace, draft: PackDraft) -> None:
    version = publish(cast, change(cast, draft, None))
    assert "matters" not in version.content


def test_what_is_not_sound(cast: SimpleNamespace, draft: PackDraft) -> None:
    draft = change(cast, draft, changed(draft, initial="nowhere"))
    with pytest.raises(PackRefused):
        publish(cast, draft)
    assert (PackDraft.objects.count(), current("gates").number) == (1, "1.0.0")


def test_a_personal_field_without_purpose(cast: SimpleNamespace, draft: PackDraft) -> None:
    field = {"code": "phone", "name": {"zh": "电话", "en": "Phone"}, "type": "text", "personal": True}
    draft = change(cast, draft, changed(draft, fields=[field]))
    with pytest.raises(PackRefused) as caught:
        publish(cast, draft)
    assert "workflow.personal_unstated" in [problem.code for problem in caught.value.problems]


def test_another_version_became_current_meanwhile(cast: SimpleNamespace, draft: PackDraft, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=gates(tmp_path / "gates", version="1.0.1"))
    with pytest.raises(Refusal) as caught:
        publish(cast, draft)
    assert caught.value.code == "pack.edited_meanwhile"


def test_a_number_that_is_not_newer(cast: SimpleNamespace, draft: PackDraft) -> None:
    manifest = {**draft.manifest_data, "version": "0.9.0"}
    draft = describe_draft(by=cast.administrator, draft=draft, seen_version=draft.version, manifest=manifest)
    with pytest.raises(Refusal) as caught:
        publish(cast, draft)
    assert caught.value.code == "pack.not_newer"
    assert not PackVersion.objects.filter(pack="gates", number="0.9.0").exists()


def test_refusals(cast: SimpleNamespace, draft: PackDraft) -> None:
    for by, seen, refused in ((cast.secretary, 1, "access.denied"), (cast.administrator, 7, "record.stale")):
        with pytest.raises(Refusal) as caught:
            publish_draft(by=by, draft=draft, seen_version=seen)
        assert caught.value.code == refused
