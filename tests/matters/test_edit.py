"""Correcting fields without a step."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import edit_fields
from huoshui.matters.models import Matter
from huoshui.matters.queries import edit_form
from tests.matters.conftest import CLAIM, at, claim, submit


def test_corrects_what_the_state_leaves_open(item: Matter, cast: SimpleNamespace) -> None:
    matter = edit_fields(by=cast.town_office, matter=item, values={"title": "三会一课记录不全（二月）"}, seen_version=1)
    assert (matter.title, matter.version) == ("三会一课记录不全（二月）", 2)
    matter = claim(matter, cast.secretary)
    matter = edit_fields(by=cast.secretary, matter=matter, values={"deadline": "2018-04-12", "progress": "一半"})
    assert str(matter.due_on) == "2018-04-12"
    assert [f.field.code for f in edit_form(matter, cast.secretary)] == ["measures", "deadline", "progress"]
    assert edit_form(matter, cast.district_office) == []


def test_nothing_changed_writes_nothing(item: Matter, cast: SimpleNamespace) -> None:
    before = Entry.objects.count()
    matter = edit_fields(by=cast.town_office, matter=item, values={"title": item.title})
    assert (matter.version, Entry.objects.count()) == (1, before)


def test_a_stale_edit_is_refused_with_both_versions(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary)
    seen = matter.version
    edit_fields(by=cast.secretary, matter=matter, values={"progress": "已完成三分之一"}, seen_version=seen)
    with pytest.raises(Refusal) as refused:
        edit_fields(by=cast.secretary, matter=matter, values={"progress": "已完成一半"}, seen_version=seen)
    assert refused.value.code == "record.stale"
    assert refused.value.extra["mine"] == {"progress": "已完成一半"}
    assert refused.value.extra["theirs"] == {"progress": "已完成三分之一"}
    assert (refused.value.extra["seen_version"], refused.value.extra["version"]) == (seen, seen + 1)


def test_refuses_other_roles_fields_and_states(item: Matter, cast: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refused:
        edit_fields(by=cast.secretary, matter=item, values={"title": "改"})
    assert refused.value.code == "matter.edit_role"
    with pytest.raises(Refusal) as refused:
        edit_fields(by=cast.town_office, matter=item, values={"measures": "改"})
    assert refused.value.code == "matter.not_editable"
    matter = submit(item, cast.secretary)
    with pytest.raises(Refusal) as refused:
        edit_fields(by=cast.secretary, matter=matter, values={"progress": "改"})
    assert refused.value.code == "matter.edit_role"


def test_bad_texts_are_refused(item: Matter, cast: SimpleNamespace) -> None:
    for title, code in (("", "value.required"), ("长" * 201, "value.too_long")):
        with pytest.raises(Refusal) as refused:
            edit_fields(by=cast.town_office, matter=item, values={"title": title})
        assert refused.value.code == code


def test_a_deadline_that_passed_is_not_put_off(item: Matter, cast: SimpleNamespace) -> None:
    matter = claim(item, cast.secretary, deadline="2018-04-09")
    with at("2018-04-10"):
        with pytest.raises(Refusal) as refused:
            edit_fields(by=cast.secretary, matter=matter, values={"deadline": "2018-04-20"})
        assert refused.value.code == "matter.deadline_passed"
    matter = edit_fields(by=cast.secretary, matter=matter, values={"deadline": CLAIM["deadline"]})
    assert str(matter.due_on) == CLAIM["deadline"]
