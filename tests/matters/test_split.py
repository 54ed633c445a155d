"""One matter becomes several: nothing found is lost, no time is won, no bar falls; and one again while it can."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, ask_extension, assign, decide_extension, rejoin
from huoshui.matters.evidence import evidence_counts, photos_counted
from huoshui.matters.models import LadderMark, Matter
from huoshui.matters.permits import barred_accounts, barred_units
from huoshui.matters.queries import matter_story, matter_values, waiting_for
from huoshui.media.actions import attach_file
from huoshui.packs.actions import load_pack
from tests.matters.conftest import Opener, at, claim, photo
from tests.matters.test_personal_fields import MATTERS, STATED, written

FOUND = "路灯不亮\n\n井盖松动；栏杆缺损"


def shown_photo(matter: Matter, by: Any, shade: int, slot: str = "after") -> str:
    given = {"subject": matter, "place": matter.place, "slot": slot, "name": "a.jpg", "caption": ""}
    return str(attach_file(by=by, data=photo(shade), **given).pk)


def divided(matter: Matter, by: Any, *into: dict[str, Any]) -> list[Matter]:
    advance(by=by, matter=matter, transition="split", values={"into": list(into)}, note="几处不在一起")
    return list(Matter.objects.filter(split_from=matter).order_by("number"))


def problems(matter: Matter, by: Any, *into: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refused, transaction.atomic():
        advance(by=by, matter=matter, transition="split", values={"into": list(into)}, note="拆")
    return [(problem.code, problem.field) for problem in refused.value.problems]


LAMP, REST = {"title": "路灯不亮", "findings": [1]}, {"title": "井盖与栏杆", "findings": [2, 3]}


@pytest.fixture
def three(open_item: Opener, cast: SimpleNamespace) -> Matter:
    """A claimed matter of village 3 with three findings; ``both``, its secretary, could verify others' work."""
    return claim(open_item(cast.land.village3, title="三处问题", detail=FOUND), cast.both)


def test_each_goes_on_where_the_first_stood(three: Matter, cast: SimpleNamespace) -> None:
    kept, other = shown_photo(three, cast.both, 20), shown_photo(three, cast.both, 30)
    with at("2018-04-10"):
        lamp, rest = divided(
            three, cast.town_office, LAMP | {"values": ["measures"], "photos": [kept]}, REST | {"photos": [kept, other]}
        )
    three.refresh_from_db()
    assert (three.state, three.close_reason, three.light()) == ("split", "split", "")
    assert [lamp.detail, rest.detail] == ["路灯不亮", "井盖松动；\n栏杆缺损"]
    assert lamp.number != rest.number != three.number
    for share in (lamp, rest):
        assert (share.state, share.place) == ("rectifying", three.place)
        assert (share.owner, share.unit) == (cast.both, cast.both.unit)
        run = share.clocks.get(clock="rectify")
        assert (run.started_on, run.stopped_on, share.due_on) == (dt.date(2018, 4, 2), None, dt.date(2018, 4, 20))
    assert {row.field.code for row in matter_values(rest)} == {"deadline", "responsible_person"}
    assert "measures" in {row.field.code for row in matter_values(lamp)}
    assert evidence_counts([lamp, rest, three]) == {lamp.pk: 1, rest.pk: 2, three.pk: 2}
    # What was shown for this work still counts as new: the split is no return.
    submitted = advance(by=cast.both, matter=lamp, transition="submit", values={"progress": "已修"})
    assert submitted.state == "submitted"


def test_both_histories_can_be_read(three: Matter, cast: SimpleNamespace) -> None:
    lamp, _rest = divided(three, cast.town_office, LAMP, REST)
    assert [event.what for event in matter_story(lamp)] == ["由另一件拆出"]
    assert [event.what for event in matter_story(three)][-2:] == ["拆分", "拆成几件"]
    assert lamp.split_from == three
    assert Entry.objects.filter(action="matters.split_off").count() == 2


def test_what_went_along_counts_where_the_share_is_merged(
    three: Matter, open_item: Opener, cast: SimpleNamespace
) -> None:
    """And once only, also where both shares that had a photo are merged into the same."""
    third = claim(open_item(cast.land.village3, title="又是路灯"), cast.both)
    both, one = shown_photo(three, cast.both, 20), shown_photo(three, cast.both, 30)
    lamp, rest = divided(three, cast.town_office, LAMP | {"photos": [both]}, REST | {"photos": [both, one]})
    assert evidence_counts([third])[third.pk] == 0
    for share, photos in ((lamp, 1), (rest, 2)):
        values = {"duplicate_of": third.number}
        advance(by=cast.town_office, matter=share, transition="mark_duplicate", values=values)
        third = Matter.objects.get(pk=third.pk)
        assert len(photos_counted(third)) == photos
        assert evidence_counts([third])[third.pk] == photos
    submitted = advance(by=cast.both, matter=third, transition="submit", values={"progress": "已修"})
    assert submitted.state == "submitted"


def test_a_split_buys_no_time_and_no_second_extension(three: Matter, cast: SimpleNamespace) -> None:
    ask_extension(by=cast.both, matter=three, until=dt.date(2018, 5, 4), reason="材料晚到")
    three = decide_extension(by=cast.town_office, matter=Matter.objects.get(pk=three.pk), granted=True)
    LadderMark.objects.create(matter=three, rung=0, due_on=three.due_on, fired_on=three.due_on)
    lamp, _rest = divided(three, cast.town_office, LAMP, REST)
    assert lamp.ladder_marks.count() == 1
    assert lamp.due_on == three.due_on
    with pytest.raises(Refusal) as refused:
        ask_extension(by=cast.both, matter=lamp, until=dt.date(2018, 5, 8), reason="再延")
    assert refused.value.code == "matter.extension_times"


def test_who_worked_on_the_first_verifies_none(three: Matter, cast: SimpleNamespace) -> None:
    shade = shown_photo(three, cast.both, 20)
    lamp, _rest = divided(three, cast.town_office, LAMP | {"photos": [shade]}, REST)
    lamp = assign(by=cast.district_office, matter=lamp, owner=cast.town_office)
    lamp = advance(by=cast.town_office, matter=lamp, transition="submit", values={"progress": "已修"})
    verify = lamp.definition.transition("verify")
    assert verify is not None
    assert cast.both.pk in barred_accounts(lamp, verify)
    assert cast.both.unit_id in barred_units(lamp, verify)
    assert "verify" not in {group.code for group in waiting_for(cast.both)}
    assert "verify" in {group.code for group in waiting_for(cast.verifier)}
    assert advance(by=cast.verifier, matter=lamp, transition="verify").light() == "green"


def test_what_has_to_be_said(three: Matter, open_item: Opener, cast: SimpleNamespace) -> None:
    office = cast.town_office
    assert problems(three, office) == [("matter.split_count", "into")]
    assert problems(three, office, LAMP) == [("matter.split_count", "into")]
    assert problems(three, office, LAMP, {"title": " ", "findings": [2]}) == [
        ("value.required", "title-2"), ("matter.split_left_out", "finding-3"),
    ]  # fmt: skip
    odd = {"title": "别的", "findings": [9], "values": ["deadline"], "photos": ["x"]}
    assert problems(three, office, LAMP, REST, odd) == [("matter.split_unknown", "into")] * 3
    with pytest.raises(Refusal, match="role_needed"):
        divided(three, cast.both, LAMP, REST)
    open_item(three.place, parent=three)
    with pytest.raises(Refusal, match="parts_open"):
        divided(three, office, LAMP, REST)


def test_what_was_split_off_is_not_split_again(three: Matter, cast: SimpleNamespace) -> None:
    _lamp, rest = divided(three, cast.town_office, LAMP, REST)
    again = [{"title": "一", "findings": [1]}, {"title": "二", "findings": [2]}]
    assert problems(rest, cast.town_office, *again) == [("matter.split_again", "")]
    with pytest.raises(Refusal, match=r"matter\.duplicate"):
        advance(by=cast.town_office, matter=rest, transition="mark_duplicate", values={"duplicate_of": three.number})


def test_it_becomes_one_again(three: Matter, cast: SimpleNamespace) -> None:
    seen = shown_photo(three, cast.both, 20)
    with at("2018-04-10"):
        shares = divided(three, cast.town_office, LAMP | {"photos": [seen]}, REST)
        with pytest.raises(Refusal, match="role_needed"):
            rejoin(by=cast.both, matter=three)
        three = rejoin(by=cast.town_office, matter=Matter.objects.get(pk=three.pk))
        with pytest.raises(Refusal) as refused:
            rejoin(by=cast.town_office, matter=three)
    assert refused.value.code == "matter.not_split"
    assert (three.state, three.closed_on, three.due_on) == ("rectifying", None, dt.date(2018, 4, 20))
    assert len(photos_counted(three)) == 1
    for share in shares:
        share.refresh_from_db()
        assert (share.state, share.duplicate_of) == ("duplicate", three)
    assert [event.what for event in matter_story(three)][-3:] == ["拆出的合回", "并入另一件", "并入另一件"]
    verify = three.definition.transition("verify")
    assert verify is not None
    assert cast.both.pk in barred_accounts(three, verify)
    assert len(divided(three, cast.town_office, LAMP, REST)) == 4  # and split once more


def test_not_once_something_rests_on_it(three: Matter, cast: SimpleNamespace) -> None:
    lamp, rest = divided(three, cast.town_office, LAMP, REST)
    shown_photo(lamp, cast.both, 20)
    advance(by=cast.both, matter=rest, transition="update", values={"progress": "已约"})
    three.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        rejoin(by=cast.town_office, matter=three)
    assert refused.value.code == "matter.split_used"
    assert refused.value.problems[0].params["shares"] == f"{lamp.number}、{rest.number}"
    three.refresh_from_db()
    assert three.is_closed


def test_no_pack_splits_what_holds_personal_data(tmp_path: Path, cast: SimpleNamespace) -> None:
    step = (
        "    - {code: part, name: {zh: 拆, en: Split}, from: [doing], to: ended, roles: [town_office],"
        " close_reason: split, not_by: [hand_in]}\n  ledger:"
    )
    with pytest.raises(Refusal) as refused:
        load_pack(by=system_account(), folder=written(tmp_path, matters=MATTERS.replace("  ledger:", step) + STATED))
    assert {problem.code for problem in refused.value.problems} >= {"workflow.split_personal", "workflow.split_back"}
