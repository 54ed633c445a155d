"""packs.load"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.actions import PackRefused, load_pack
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current, current_definition, definition
from tests.packs.helpers import KIND, write_pack


def test_loads_and_becomes_current(cast: SimpleNamespace, tmp_path: Path) -> None:
    version = load_pack(by=cast.administrator, folder=write_pack(tmp_path))
    assert (version.pack, version.number, version.current) == ("tiny", "1.0.0", True)
    assert current_definition("place_kinds", "tiny.courtyard") == (version, all_current("place_kinds")["courtyard"])
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.action, entry.subject_id) == ("packs.load", version.pk)


def test_loading_again_changes_nothing(packs: None, tmp_path: Path) -> None:
    first = load_pack(by=system_account(), folder=write_pack(tmp_path))
    before = Entry.objects.count()
    assert load_pack(by=system_account(), folder=tmp_path) == first
    assert Entry.objects.count() == before


def test_a_published_version_never_changes(packs: None, tmp_path: Path) -> None:
    load_pack(by=system_account(), folder=write_pack(tmp_path))
    with pytest.raises(Refusal) as caught:
        load_pack(by=system_account(), folder=write_pack(tmp_path, place_kinds=KIND.replace("院落", "大院")))
    assert caught.value.code == "pack.version_exists"
    assert PackVersion.objects.filter(pack="tiny").count() == 1


def test_versions_stand_side_by_side(packs: None, tmp_path: Path) -> None:
    by = system_account()
    old = load_pack(by=by, folder=write_pack(tmp_path, version="1.9.0"))
    new = load_pack(by=by, folder=write_pack(tmp_path, version="1.10.0", place_kinds=KIND.replace("院落", "大院")))
    assert current("tiny") == new
    assert PackVersion.objects.get(pk=old.pk).current is False
    assert definition(PackVersion.objects.get(pk=old.pk), "place_kinds", "courtyard").name.zh == "院落"
    assert definition(new, "place_kinds", "courtyard").name.zh == "大院"
    older = load_pack(by=by, folder=write_pack(tmp_path, version="1.2.0"))
    assert (older.current, current("tiny")) == (False, new)
    with pytest.raises(KeyError):
        definition(new, "place_kinds", "castle")


def test_a_bad_pack_is_refused_whole(packs: None, tmp_path: Path) -> None:
    with pytest.raises(PackRefused) as caught:
        load_pack(by=system_account(), folder=write_pack(tmp_path, roles="- code: a\n", place_kinds=KIND))
    assert caught.value.code == "pack.label_missing"
    assert caught.value.as_dict()["findings"] == [str(caught.value.checked.findings[0])]
    assert not PackVersion.objects.filter(pack="tiny").exists()


def test_needs_the_permission(cast: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load_pack(by=cast.district_office, folder=write_pack(tmp_path))
    assert caught.value.code == "access.denied"
    assert "系统管理员" in caught.value.problems[0].what_next()


def test_fractions_stay_exact(packs: None, tmp_path: Path) -> None:
    from huoshui.packs.checks import plain

    assert plain({"points": 2.5, "flag": True, "n": 3, "none": None}) == {
        "points": "2.5",
        "flag": True,
        "n": 3,
        "none": None,
    }
