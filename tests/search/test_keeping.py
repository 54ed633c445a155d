"""The index follows the records, whoever writes them; made anew it is the same."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction

from huoshui.commands.search import search
from huoshui.duties.models import Account, Unit
from huoshui.matters.actions import edit_fields
from huoshui.matters.models import Matter, Step
from huoshui.packs.models import PackVersion
from huoshui.places.changes.actions import rename_place
from huoshui.places.models import Place
from huoshui.search import keeping
from huoshui.search.finding import find, wanted
from huoshui.search.keeping import SHOWN, is_whole, keep_up, rebuild
from huoshui.search.models import Indexed, IndexState, Touched
from tests.matters.conftest import Opener


def titles(actor: Any, typed: str, kind: str) -> list[str]:
    keep_up()
    return [row.title for group in find(actor, wanted(typed, kinds=[kind])) for row in group.hits]


def index() -> list[tuple[Any, ...]]:
    return sorted(map(str, Indexed.objects.values_list(*SHOWN)))


def test_an_edited_matter_is_found_by_its_new_words_alone(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="路灯不亮", detail="二组电杆")
    office = cast.district_office
    assert titles(office, "路灯", "matters") == ["路灯不亮"]
    edit_fields(by=office, matter=matter, values={"title": "井盖缺失", "detail": "三组门口"})
    assert titles(office, "井盖", "matters") == ["井盖缺失"]
    assert titles(office, "三组", "matters") == ["井盖缺失"]
    assert titles(office, "路灯", "matters") == titles(office, "电杆", "matters") == []


def test_what_is_written_and_deleted_without_an_action_follows(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="路灯不亮")
    Matter.objects.filter(pk=matter.pk).update(title="井盖缺失")
    assert titles(cast.district_office, "井盖", "matters") == ["井盖缺失"]
    Account.objects.get_queryset().filter(pk=cast.stranger.pk).delete()
    assert titles(cast.administrator, "无职责人员", "people") == []


def test_what_is_rolled_back_is_not_found(cast: SimpleNamespace) -> None:
    keep_up()
    with transaction.atomic():
        Unit.objects.filter(name="区审计局").update(name="区审计办公室")
        transaction.set_rollback(True)
    assert not Touched.objects.exists()
    assert titles(cast.administrator, "审计办公室", "people") == []


def test_a_renamed_place_is_found_by_both_names_and_its_matters_by_either(
    open_item: Opener,
    cast: SimpleNamespace,
) -> None:
    open_item(title="路灯不亮")
    rename_place(by=cast.district_office, place=cast.land.village, name="卜昌新村村民委员会")
    for typed in ("卜昌新村", "寨卜昌", "zbcc"):
        assert titles(cast.district_office, typed, "places") == ["卜昌新村"], typed
        assert titles(cast.district_office, f"{typed} 路灯", "matters") == ["路灯不亮"], typed


def test_a_place_that_moves_takes_its_records_along(open_item: Opener, cast: SimpleNamespace) -> None:
    open_item(title="路灯不亮")
    assert titles(cast.other_town_office, "路灯", "matters") == []
    village, town = cast.land.village, cast.land.other_town
    Place.objects.filter(pk=village.pk).update(parent=town, path=f"{town.path}{village.code}/")
    assert titles(cast.other_town_office, "路灯", "matters") == ["路灯不亮"]
    assert titles(cast.other_town_office, "寨卜昌村支书", "people") == ["寨卜昌村支书"]
    assert titles(cast.town_office, "路灯", "matters") == []


def test_a_renamed_unit_renames_what_it_answers_for(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="路灯不亮")
    Unit.objects.filter(pk=matter.unit_id).update(name="综合便民站")
    assert titles(cast.district_office, "便民站", "matters") == ["路灯不亮"]
    assert "寨卜昌村支书" in titles(cast.administrator, "便民站", "people")


def test_definitions_of_the_current_version_alone_are_found(cast: SimpleNamespace) -> None:
    assert titles(cast.district_office, "整改事项", "matter_kinds") == ["整改事项"]
    PackVersion.objects.filter(pack="rectification").update(current=False)
    assert titles(cast.district_office, "整改事项", "matter_kinds") == []
    PackVersion.objects.filter(pack="rectification").update(current=True)
    assert titles(cast.district_office, "整改事项", "matter_kinds") == ["整改事项"]


def test_only_what_is_told_is_marked(open_item: Opener, cast: SimpleNamespace) -> None:
    matter = open_item(title="路灯不亮")
    keep_up()
    Matter.objects.filter(pk=matter.pk).update(severity="urgent")
    Step.objects.filter(matter=matter).update(note="看过了")
    assert not Touched.objects.exists()


def test_made_anew_it_is_the_same(open_item: Opener, cast: SimpleNamespace) -> None:
    for number in range(5):
        open_item(title=f"路灯 {number}")
    keep_up()
    before = index()
    assert rebuild().records == len(before)
    assert index() == before
    assert len(titles(cast.district_office, "路灯", "matters")) == 5


def test_another_release_makes_it_anew(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_item(title="路灯不亮")
    keep_up()
    written = IndexState.objects.get().written
    monkeypatch.setattr("huoshui.search.keeping.VERSION", 99)
    assert titles(cast.district_office, "路灯", "matters") == ["路灯不亮"]
    assert IndexState.objects.get().written > written


def test_it_is_made_in_steps_that_go_on_where_they_were_left(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        open_item(title=f"路灯 {number}")
    keep_up()
    whole = index()
    monkeypatch.setattr(keeping, "AT_ONCE", 7)
    monkeypatch.setattr(keeping, "PAUSE", 0)
    assert rebuild().records == len(whole)
    assert index() == whole
    monkeypatch.setattr(keeping, "STINT", -1)
    IndexState.objects.update(made_by="another release")
    keep_up()
    assert not is_whole()
    assert index() == [], "begun, and no time for a step"
    open_item(title="路灯 4")
    sizes = []
    while keeping._step() is False:
        sizes.append(Indexed.objects.count())
    assert sizes == sorted(sizes)
    assert sizes[0] == 7
    monkeypatch.undo()
    assert len(titles(cast.district_office, "路灯", "matters")) == 5
    assert is_whole()


def test_the_command_makes_it_anew(cast: SimpleNamespace) -> None:
    keep_up()
    Indexed.objects.all().delete()
    answer = CliRunner().invoke(search, ["rebuild", "--json"])
    assert answer.exit_code == 0
    (told,) = json.loads(answer.output)
    assert told["records"] == Indexed.objects.count() > 20
