"""packs.change_draft"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.drafting import change_draft, check_draft, definition_in
from huoshui.packs.models import PackDraft
from huoshui.packs.queries import current
from tests.packs.drafts import changed


def test_replaces_adds_and_takes_out(cast: SimpleNamespace, draft: PackDraft) -> None:
    by, name = cast.administrator, {"zh": "水闸隐患", "en": "Gate hazard"}
    draft = change_draft(
        by=by, draft=draft, seen_version=1, section="matters", code="gate", definition=changed(draft, name=name)
    )
    role = {"code": "gate_keeper", "name": {"zh": "闸管员", "en": "Keeper"}}
    draft = change_draft(by=by, draft=draft, seen_version=2, section="roles", code="", definition=role)
    assert (draft.content["matters"][0]["name"], draft.content["roles"]) == (name, [role])
    draft = change_draft(by=by, draft=draft, seen_version=3, section="roles", code="gate_keeper", definition=None)
    assert "roles" not in draft.content
    assert str(current("gates").section("matters")["gate"].name) == "水闸问题"
    entry = Entry.objects.order_by("-seq")[0]
    assert '"after":{"code":null},"before":{"code":"roles.gate_keeper"}' in entry.data


def test_what_is_not_sound_is_kept_and_told(cast: SimpleNamespace, draft: PackDraft) -> None:
    wrong = changed(draft, initial="nowhere")
    draft = change_draft(
        by=cast.administrator, draft=draft, seen_version=1, section="matters", code="gate", definition=wrong
    )
    assert draft.content["matters"] == [wrong]
    assert not check_draft(draft).ok


def test_no_change_no_entry(cast: SimpleNamespace, draft: PackDraft) -> None:
    before = Entry.objects.count()
    change_draft(
        by=cast.administrator, draft=draft, seen_version=1, section="matters", code="gate", definition=changed(draft)
    )
    assert (Entry.objects.count(), PackDraft.objects.get().version) == (before, 1)


def test_two_at_once(cast: SimpleNamespace, draft: PackDraft) -> None:
    given = {"by": cast.administrator, "draft": draft, "section": "matters", "code": "gate"}
    change_draft(**given, seen_version=1, definition=changed(draft, number_prefix="SZA"))
    with pytest.raises(Refusal) as caught:
        change_draft(**given, seen_version=1, definition=changed(draft, number_prefix="SZB"))
    assert caught.value.code == "record.stale"
    assert PackDraft.objects.get().content["matters"][0]["number_prefix"] == "SZA"


def test_refusals(cast: SimpleNamespace, draft: PackDraft) -> None:
    given = {"draft": draft, "seen_version": 1}
    cases = [
        (cast.secretary, "matters", "", changed(draft), "access.denied"),
        (cast.administrator, "castles", "", {"code": "x"}, "access.not_found"),
        (cast.administrator, "matters", "", changed(draft), "pack.code_twice"),
        (cast.administrator, "matters", "", {"name": "x"}, "pack.definition_code"),
        (cast.administrator, "matters", "gate", changed(draft, code="a/b"), "pack.definition_code"),
    ]
    for by, section, code, definition, refused in cases:
        with pytest.raises(Refusal) as caught:
            change_draft(by=by, **given, section=section, code=code, definition=definition)
        assert caught.value.code == refused


@pytest.mark.parametrize(
    ("text", "refused"),
    [("code: [", "pack.yaml_line"), ("- a", "pack.no_definition"), ("name: x", "pack.no_definition")],
)
def test_yaml_that_is_no_definition(text: str, refused: str) -> None:
    with pytest.raises(Refusal) as caught:
        definition_in(text=text)
    assert caught.value.code == refused
    assert definition_in(text="code: ford\nname: {zh: 渡口, en: Ford}")["name"] == {"zh": "渡口", "en": "Ford"}
