"""Two matters become one, and two again: nothing is lost, no bar falls, no complainant is shown."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters import merging
from huoshui.matters.actions import advance, assign
from huoshui.matters.evidence import evidence_counts, photos_in
from huoshui.matters.models import Matter, Merge
from huoshui.matters.permits import barred_accounts, barred_units
from huoshui.matters.queries import matter_story, matter_values, waiting_for
from huoshui.notices.queries import unread_for
from huoshui.packs.actions import load_pack
from tests.matters.conftest import Opener, claim, close, submit
from tests.matters.test_personal_fields import MATTERS, PHONE, STATED, written

PROGRESS = {"progress": "已约工匠"}


def merge(double: Matter, survivor: Matter, by: Any, **keep: str) -> Matter:
    values = {"duplicate_of": survivor.number} | ({"keep": keep} if keep else {})
    return advance(by=by, matter=double, transition="mark_duplicate", values=values)


def problems(double: Matter, survivor: Matter, by: Any, **keep: str) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refused, transaction.atomic():
        merge(double, survivor, by, **keep)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def shown(matter: Matter) -> dict[str, str]:
    return {row.field.code: row.shown for row in matter_values(Matter.objects.get(pk=matter.pk))}


@pytest.fixture
def two(open_item: Opener, cast: SimpleNamespace) -> tuple[Matter, Matter]:
    """Two matters of village 3, both claimed: by its secretary ``both``, the second with progress."""
    first, second = open_item(cast.land.village3, title="路灯不亮"), open_item(cast.land.village3, title="路灯又不亮")
    first = claim(first, cast.both)
    second = claim(second, cast.both, measures="换灯泡")
    return first, advance(by=cast.both, matter=second, transition="update", values=PROGRESS)


@pytest.fixture
def own(two: tuple[Matter, Matter], cast: SimpleNamespace) -> tuple[Matter, Matter]:
    """The same two, the first answered for by the town's office, which may edit it then, and merges."""
    first, second = two
    return assign(by=cast.district_office, matter=first, owner=cast.town_office), second


def test_what_would_be_lost_is_listed_until_it_is_decided(own: tuple[Matter, Matter], cast: SimpleNamespace) -> None:
    first, second = own
    assert problems(second, first, cast.town_office) == [("matter.merge_conflict", "keep-measures")]
    assert problems(second, first, cast.town_office, measures="both") == [("matter.merge_conflict", "keep-measures")]
    second.refresh_from_db()
    assert second.state == "rectifying"
    merge(second, first, cast.town_office, measures="this")
    assert (shown(first)["measures"], shown(first)["progress"]) == ("换灯泡", "已约工匠")
    assert shown(second)["measures"] == "换灯泡"  # still to be read at its own number
    assert [event.what for event in matter_story(first)][-1] == "并入另一件"
    assert first.steps.filter(transition="edit", account=cast.town_office).exists()  # barred from verifying it


def test_a_merge_writes_only_where_the_merger_may_edit(
    two: tuple[Matter, Matter], open_item: Opener, cast: SimpleNamespace
) -> None:
    """The town's office may not correct what the village answers for: neither by a decision, nor where it lacks."""
    first, second = two
    written = problems(second, first, cast.town_office, measures="this", progress="this")
    assert written == [("matter.merge_not_editable", "keep-measures"), ("matter.merge_not_editable", "keep-progress")]
    assert problems(second, first, cast.town_office, measures="that") == [("matter.merge_conflict", "keep-progress")]
    merge(second, first, cast.town_office, measures="that", progress="stays")
    assert shown(first)["measures"] == "补齐会议记录，按月整理归档"
    assert "progress" not in shown(first)
    assert not first.steps.filter(transition="edit").exists()
    assert unread_for(cast.both).filter(code="matter.absorbed", subject_id=first.pk).exists()
    submitted = submit(open_item(first.place, owner=cast.town_office), cast.town_office)
    third = claim(open_item(first.place), cast.both, measures="换灯泡")
    assert problems(third, submitted, cast.town_office, measures="this") == [
        ("matter.merge_not_editable", "keep-measures")
    ]


def test_nothing_merges_into_what_has_ended(open_item: Opener, cast: SimpleNamespace) -> None:
    """Nobody would verify it any more; opened again, it takes the double."""
    done = close(open_item(), cast.secretary, cast.verifier)
    again = open_item(title="又不全")
    assert problems(again, done, cast.town_office) == [("matter.merge_ended", "duplicate_of")]
    done = advance(by=cast.verifier, matter=done, transition="reopen", note="又来了")
    assert merge(again, done, cast.town_office).duplicate_of == done


def test_evidence_of_both_counts(open_item: Opener, cast: SimpleNamespace) -> None:
    first, second = claim(open_item(), cast.secretary), claim(open_item(), cast.secretary)
    attached = submit(second, cast.secretary)
    attached = advance(by=cast.verifier, matter=attached, transition="return", note="并案")
    submitted = submit(first, cast.secretary, shade=20)
    merge(attached, submitted, cast.town_office, progress="that")
    first = Matter.objects.get(pk=first.pk)
    assert len(photos_in(first, "after")) == 2
    assert evidence_counts([first])[first.pk] >= 1


def test_who_worked_on_either_never_verifies(
    two: tuple[Matter, Matter], open_item: Opener, cast: SimpleNamespace
) -> None:
    """``both`` worked on the double alone; the survivor is another's work from then on."""
    _first, double = two
    survivor = open_item(double.place, title="同一盏灯", owner=cast.town_office)
    survivor = submit(survivor, cast.town_office)
    verify = survivor.definition.transition("verify")
    assert verify is not None
    assert cast.both.pk not in barred_accounts(survivor, verify)
    assert "verify" in {group.code for group in waiting_for(cast.both)}
    merge(double, survivor, cast.town_office, measures="that", progress="that")
    survivor = Matter.objects.get(pk=survivor.pk)
    assert cast.both.pk in barred_accounts(survivor, verify)
    assert cast.both.unit_id in barred_units(survivor, verify)
    assert "verify" not in {group.code for group in waiting_for(cast.both)}
    with pytest.raises(Refusal, match="own_work"):
        advance(by=cast.both, matter=survivor, transition="verify")
    assert advance(by=cast.verifier, matter=survivor, transition="verify").phase == "closed"


def test_a_double_of_a_double_bars_as_well(
    two: tuple[Matter, Matter], open_item: Opener, cast: SimpleNamespace
) -> None:
    """``both`` worked on the first of three alone; the last waits for its verification by others."""
    _first, lowest = two
    middle, survivor = (open_item(lowest.place, title=title, owner=cast.town_office) for title in ("灯", "同一盏灯"))
    merge(lowest, middle, cast.town_office, measures="stays", progress="stays")
    survivor = submit(survivor, cast.town_office)
    assert "verify" in {group.code for group in waiting_for(cast.both)}
    merge(Matter.objects.get(pk=middle.pk), survivor, cast.town_office)
    verify = survivor.definition.transition("verify")
    assert verify is not None
    assert cast.both.pk in barred_accounts(Matter.objects.get(pk=survivor.pk), verify)
    assert "verify" not in {group.code for group in waiting_for(cast.both)}
    assert "verify" in {group.code for group in waiting_for(cast.verifier)}


def test_opened_again_it_is_split_off(own: tuple[Matter, Matter], open_item: Opener, cast: SimpleNamespace) -> None:
    first, second = own
    part = open_item(cast.land.village3, parent=second)
    double = merge(second, first, cast.town_office, measures="this")
    part.refresh_from_db()
    assert part.parent == first
    advance(by=cast.verifier, matter=double, transition="reopen", note="不是一盏")
    part.refresh_from_db()
    assert part.parent == second
    assert shown(first)["measures"] == "补齐会议记录，按月整理归档"
    assert "progress" not in shown(first)
    assert shown(second)["measures"] == "换灯泡"
    assert Matter.objects.get(pk=first.pk).absorbed == []
    assert [event.what for event in matter_story(first)][-2:] == ["并入另一件", "并入的一件拆回"]
    assert first.steps.filter(transition="edit", account=cast.verifier).exists()  # a hand in it: no verifying
    merge(Matter.objects.get(pk=second.pk), first, cast.town_office, measures="that")  # and merged once more


def locking(asked: CaptureQueriesContext) -> list[str]:
    """The queries that lock, with ids as plain digits."""
    return [row["sql"].replace("-", "") for row in asked if "FOR UPDATE" in row["sql"]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_parts_are_locked_before_the_two(own: tuple[Matter, Matter], open_item: Opener, cast: SimpleNamespace) -> None:
    """As by whoever moves a part to another whole: two that act at once never wait for each other."""
    first, second = own
    part = open_item(cast.land.village3, parent=second)
    with CaptureQueriesContext(connection) as asked:
        double = merge(second, first, cast.town_office, measures="this")
        parts, two = locking(asked)[:2]
    assert ('"parent_id" = ' in parts, second.pk.hex in parts, second.pk.hex in two) == (True, True, True)
    with CaptureQueriesContext(connection) as asked:
        advance(by=cast.verifier, matter=double, transition="reopen", note="不是一盏")
        parts, two = locking(asked)[:2]
    assert (part.pk.hex in parts, first.pk.hex in two, double.pk.hex in two) == (True, True, True)


def test_what_was_changed_since_is_not_taken_back(own: tuple[Matter, Matter], cast: SimpleNamespace) -> None:
    first, second = own
    double = merge(second, first, cast.town_office, measures="this")
    first = Matter.objects.get(pk=first.pk)
    advance(by=cast.both, matter=first, transition="update", values={"progress": "灯已到货"})
    advance(by=cast.verifier, matter=double, transition="reopen", note="不是一盏")
    assert shown(first)["progress"] == "灯已到货"


def test_a_double_that_gave_nothing_is_opened_again(open_item: Opener, cast: SimpleNamespace) -> None:
    """As it was closed before merges were kept."""
    first, second = open_item(), open_item(title="又不全")
    double = merge(second, first, cast.town_office)
    Merge.objects.all().delete()
    double = advance(by=cast.verifier, matter=double, transition="reopen", note="不是一件")
    assert (double.phase, double.duplicate_of) == ("open", None)
    assert Entry.objects.filter(action="matters.release").count() == 0


@pytest.mark.parametrize("keep", ["x", [1], 7, ""])
def test_what_is_kept_is_said_by_code(keep: Any, open_item: Opener, cast: SimpleNamespace) -> None:
    first, second = open_item(), open_item(title="又不全")
    values = {"duplicate_of": first.number, "keep": keep}
    with pytest.raises(Refusal) as refused:
        advance(by=cast.town_office, matter=second, transition="mark_duplicate", values=values)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("value.type", "keep")]


def test_merges_are_bounded(open_item: Opener, cast: SimpleNamespace) -> None:
    one, two, three, four = (open_item(title=f"第{n}件") for n in range(4))
    merge(one, two, cast.town_office)
    merge(Matter.objects.get(pk=two.pk), three, cast.town_office)
    assert {double.number for double in Matter.objects.get(pk=three.pk).absorbed} == {one.number, two.number}
    three = Matter.objects.get(pk=three.pk)
    assert problems(three, four, cast.town_office) == [("matter.merge_depth", "duplicate_of")]
    part = open_item(parent=four)
    assert problems(four, part, cast.town_office) == [("matter.merge_family", "duplicate_of")]


def test_no_complainant_is_shown_to_another(tmp_path: Path, open_item: Opener, cast: SimpleNamespace) -> None:
    """Personal values stay with their own matter: neither carried, nor compared, nor named in a conflict."""
    with_double = MATTERS.replace(
        "  ledger:",
        "    - {code: double, name: {zh: 重复, en: Double}, from: [doing], to: ended, roles: [town_office],"
        " close_reason: duplicate, not_by: [hand_in]}\n  ledger:",
    )
    load_pack(by=system_account(), folder=written(tmp_path, matters=with_double + STATED))
    options = {"by": cast.town_office, "kind": "calls.petition"}
    one = open_item(values={"phone": PHONE}, **options)
    other = open_item(values={"phone": "13911112222"}, **options)
    assert merging.plan(one, other, cast.town_office).conflicts == []
    advance(by=cast.town_office, matter=one, transition="double", values={"duplicate_of": other.number})
    assert "1*********2" in shown(other)["phone"]
    assert "1*********0" in shown(one)["phone"]
    entry = Entry.objects.get(action="matters.absorb")
    assert "phone" not in entry.data
    assert PHONE not in entry.data
