"""A kind of matter of a draft is played through by the real actions, and nothing of it stays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.packs.actions import PackRefused
from huoshui.packs.copying import copied
from huoshui.packs.drafting import change_draft, start_draft
from huoshui.packs.models import PackDraft
from huoshui.packs.queries import current
from huoshui.rehearsal import Move, Played, rehearse

OPEN = Move("town_office", "open")
THROUGH = [OPEN, Move("village_secretary", "claim"), Move("village_secretary", "submit"), Move("verifier", "verify")]


@pytest.fixture
def draft(cast: SimpleNamespace, packs: None) -> PackDraft:
    """A copy of the rectification ledger."""
    manifest, content = copied(current("rectification"), code="gates", name={"zh": "水闸检查", "en": "Gates"})
    return start_draft(by=system_account(), manifest=manifest, content=content)


def play(cast: SimpleNamespace, draft: PackDraft, *moves: Move) -> Played:
    return rehearse(by=cast.administrator, draft=draft, kind="item", moves=moves)


def rows() -> dict[str, int]:
    """How many rows every table has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_through_to_its_end_and_nothing_stays(cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft) -> None:
    before = rows()
    played = play(cast, draft, *THROUGH)
    assert (played.refusal, played.state, played.light) == (None, "已销号", "green")
    assert [choice.step.code for choice in played.choices] == ["reopen"]
    assert any(who == "核验员" for who, _text in played.told)
    assert rows() == before
    assert "gates" not in {version.pack for version in [current("rectification")]}


def test_who_can_and_who_is_barred(cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft) -> None:
    played = play(cast, draft, *THROUGH[:3])
    verify = next(choice for choice in played.choices if choice.step.code == "verify")
    assert (played.state, verify.roles, verify.barred) == ("待核验", ("verifier",), ())


def test_a_move_that_is_refused_ends_it(cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft) -> None:
    played = play(cast, draft, OPEN, Move("verifier", "verify"), Move("village_secretary", "claim"))
    assert played.stopped_at == 1
    assert played.refusal is not None
    assert played.refusal.code == "matter.transition_not_here"
    assert played.state == "待认领"


def test_days_pass_lights_change_and_people_are_reminded(
    cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft
) -> None:
    early = play(cast, draft, *THROUGH[:2])
    late = play(cast, draft, *THROUGH[:2], Move("", "wait", 100))
    assert (early.light != "red", late.light) == (True, "red")
    assert late.today is not None
    assert early.today is not None
    assert (late.today - early.today).days == 100
    assert len(late.told) > len(early.told)


def test_every_built_in_kind_can_be_begun(cast: SimpleNamespace, land: SimpleNamespace, packs: None) -> None:
    """Kinds that somebody opens by hand open in a rehearsal; the others say so."""
    for pack in ("hubs", "honours", "livelihood", "supervision", "services", "consultation", "outreach"):
        manifest, content = copied(current(pack), code=f"copy_{pack}", name={"zh": "另一套", "en": "Another"})
        draft = start_draft(by=system_account(), manifest=manifest, content=content)
        for kind in content["matters"]:
            played = rehearse(by=cast.administrator, draft=draft, kind=kind["code"], moves=[])
            assert set(played.openers) <= set(kind.get("opened_by", []))
            for role in played.openers[:1]:
                opened = rehearse(by=cast.administrator, draft=draft, kind=kind["code"], moves=[Move(role, "open")])
                assert opened.refusal is None, (pack, kind["code"], opened.refusal)


def test_refusals(cast: SimpleNamespace, land: SimpleNamespace, draft: PackDraft) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"by": cast.secretary}, "access.denied"),
        ({"kind": "castle"}, "access.not_found"),
        ({"moves": [OPEN] * 41}, "rehearsal.too_long"),
        ({"moves": [OPEN, Move("", "wait", 401)]}, "rehearsal.too_long"),
    ]
    for changes, refused in cases:
        with pytest.raises(Refusal) as caught:
            rehearse(**({"by": cast.administrator, "draft": draft, "kind": "item", "moves": []} | changes))
        assert caught.value.code == refused


def test_a_draft_that_is_not_sound(cast: SimpleNamespace, draft: PackDraft) -> None:
    item = {**draft.content["matters"][0], "initial": "nowhere"}
    given = {"section": "matters", "code": "item", "definition": item, "seen_version": draft.version}
    draft = change_draft(by=system_account(), draft=draft, **given)
    with pytest.raises(PackRefused):
        play(cast, draft)
