"""packs.publish_edited"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.actions import PackRefused, load_pack, publish_edited
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from tests.packs.helpers import KIND, write_pack


@pytest.fixture
def tiny(cast: SimpleNamespace, tmp_path: Path) -> PackVersion:
    return load_pack(by=system_account(), folder=write_pack(tmp_path))


def courtyard(**changes: Any) -> dict[str, Any]:
    return {
        "code": "courtyard",
        "name": {"zh": "大院", "en": "Yard"},
        "category": "site",
        "parents": ["village"],
    } | changes


def edit(by: Any, definition: dict[str, Any], **changes: Any) -> PackVersion:
    given = {"pack": "tiny", "section": "place_kinds", "seen_version_number": "1.0.0"} | changes
    return publish_edited(by=by, definition=definition, **given)


def test_replaces_a_definition_in_the_next_patch(cast: SimpleNamespace, tiny: PackVersion) -> None:
    version = edit(cast.administrator, courtyard())
    assert (version.number, current("tiny")) == ("1.0.1", version)
    assert version.section("place_kinds")["courtyard"].name.zh == "大院"
    assert PackVersion.objects.get(pk=tiny.pk).section("place_kinds")["courtyard"].name.zh == "院落"
    entry = Entry.objects.order_by("-seq")[0]
    assert entry.action == "packs.publish_edited"
    assert '"after":{"current":"1.0.1"' in entry.data


def test_adds_a_definition_and_a_section(cast: SimpleNamespace, tiny: PackVersion) -> None:
    edit(cast.administrator, courtyard(code="pond"))
    role = {"code": "warden", "name": {"zh": "院长", "en": "Warden"}, "place_kinds": ["courtyard"]}
    version = edit(cast.administrator, role, section="roles", seen_version_number="1.0.1")
    assert (version.number, list(version.section("place_kinds"))) == ("1.0.2", ["courtyard", "pond"])
    assert list(version.section("roles")) == ["warden"]


def test_no_change_no_version(cast: SimpleNamespace, tiny: PackVersion) -> None:
    assert edit(cast.administrator, tiny.content["place_kinds"][0]) == tiny


def test_a_number_that_is_taken_is_passed_over(cast: SimpleNamespace, tiny: PackVersion, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(tmp_path, version="1.2.0"))
    load_pack(by=system_account(), folder=write_pack(tmp_path, version="1.1.9"))
    assert edit(cast.administrator, courtyard(), seen_version_number="1.2.0").number == "1.2.1"


def test_refused_when_another_version_became_current(cast: SimpleNamespace, tiny: PackVersion) -> None:
    edit(cast.administrator, courtyard())
    with pytest.raises(Refusal) as caught:
        edit(cast.administrator, courtyard(category="unit"))
    assert caught.value.code == "pack.edited_meanwhile"


@pytest.mark.parametrize(
    ("definition", "finding"),
    [
        (courtyard(parents=["castle"]), "pack.reference"),
        (courtyard(colour="red"), "pack.key_unknown"),
        (courtyard(name={"zh": "甲"}), "pack.label_missing"),
        (courtyard(code="village"), "pack.code_taken"),
    ],
)
def test_the_same_checks_as_a_folder(
    cast: SimpleNamespace, tiny: PackVersion, definition: dict[str, Any], finding: str
) -> None:
    with pytest.raises(PackRefused) as caught:
        edit(cast.administrator, definition)
    assert [problem.code for problem in caught.value.problems] == [finding]
    assert str(caught.value.checked.findings[0]).startswith("tiny/place_kinds.yaml:")
    assert current("tiny") == tiny


def test_the_caller_names_the_permission(cast: SimpleNamespace, tiny: PackVersion) -> None:
    with pytest.raises(Refusal) as caught:
        edit(cast.review_lead, courtyard())
    assert caught.value.code == "access.denied"
    assert edit(cast.review_lead, courtyard(), permission="checklist.edit").number == "1.0.1"


def test_what_is_not_there(cast: SimpleNamespace, tiny: PackVersion) -> None:
    for changes in ({"pack": "castles"}, {"section": "castles"}):
        with pytest.raises(Refusal) as caught:
            edit(cast.administrator, courtyard(), **changes)
        assert caught.value.code == "access.not_found"


def test_kinds_keep_their_lines(cast: SimpleNamespace, tiny: PackVersion) -> None:
    assert tiny.content["place_kinds"][0]["attributes"][0]["unit"] in KIND
