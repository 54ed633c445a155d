"""packs.go_back"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties.actions import grant_duty
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import open_matter
from huoshui.packs.actions import PackRefused, load_pack
from huoshui.packs.drafting import go_back
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import current
from huoshui.places.actions import open_place
from tests.packs.drafts import MATTERS, gates
from tests.packs.helpers import write_pack

SECOND = MATTERS.replace("code: gate\n", "code: sluice\n").replace("SZ", "SL")


@pytest.fixture
def second(loaded_gates: PackVersion, tmp_path: Path) -> PackVersion:
    """A version of gates with another kind of matter beside the first."""
    return load_pack(by=system_account(), folder=gates(tmp_path / "gates", "1.1.0", MATTERS + SECOND))


def back(cast: SimpleNamespace, *, by: str = "administrator", to: str = "1.0.0", seen: str = "1.1.0") -> PackVersion:
    return go_back(by=getattr(cast, by), pack="gates", number=to, seen_number=seen)


def test_what_is_new_begins_with_the_earlier_one(
    cast: SimpleNamespace, land: SimpleNamespace, loaded_gates: PackVersion, second: PackVersion
) -> None:
    old = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸前淤积")
    assert back(cast) == loaded_gates
    assert current("gates") == loaded_gates
    new = open_matter(by=cast.town_office, kind="gates.gate", place=land.village, title="闸门锈蚀")
    assert (old.pack_version, new.pack_version) == (second, loaded_gates)
    assert Entry.objects.filter(action="packs.go_back").count() == 1
    assert back(cast, to="1.1.0", seen="1.0.0") == second  # and forth again


def test_open_matters_of_a_kind_it_has_not(cast: SimpleNamespace, land: SimpleNamespace, second: PackVersion) -> None:
    matter = open_matter(by=cast.town_office, kind="gates.sluice", place=land.village, title="闸门锈蚀")
    with pytest.raises(Refusal) as caught:
        back(cast)
    assert caught.value.code == "pack.matters_open"
    assert matter.number in caught.value.problems[0].message()
    assert current("gates") == second


def test_places_and_duties_of_what_it_has_not(cast: SimpleNamespace, land: SimpleNamespace, tmp_path: Path) -> None:
    role = "- {code: gate_keeper, name: {zh: 闸管员, en: Keeper}, permissions: [place.view]}\n"
    kind = "- {code: weir, name: {zh: 水闸, en: Weir}, category: site, parents: [village]}\n"
    other = "- {code: ford, name: {zh: 渡口, en: Ford}, category: site, parents: [village]}\n"
    load_pack(by=system_account(), folder=write_pack(tmp_path / "tiny", place_kinds=other))
    folder = write_pack(tmp_path / "tiny", version="1.1.0", place_kinds=other + kind, roles=role)
    load_pack(by=system_account(), folder=folder)
    by = system_account()
    open_place(by=by, kind="weir", code="W1", name="北闸", parent=land.village)
    grant_duty(by=by, account=cast.secretary, role="gate_keeper", place=land.village, since=dt.date(2018, 1, 1))
    with pytest.raises(Refusal) as caught:
        go_back(by=cast.administrator, pack="tiny", number="1.0.0", seen_number="1.1.0")
    assert {problem.code for problem in caught.value.problems} == {"pack.places_stand", "pack.duties_stand"}


def test_a_pack_that_stands_on_what_it_has_not(
    cast: SimpleNamespace, loaded_gates: PackVersion, second: PackVersion, tmp_path: Path
) -> None:
    checklist = """\
    - code: look
      name: {zh: 看闸, en: Look}
      place_kinds: [village]
      sections:
        - code: all
          name: {zh: 全部, en: All}
          items:
            - code: clear
              name: {zh: 闸前干净, en: Clear}
              method: see
              points: 1
              scoring: {type: yes_no, fails_when: "no"}
              opens: {kind: gates.sluice, severity: ordinary}
    """
    requires = "[core, rectification, gates]"
    load_pack(by=system_account(), folder=write_pack(tmp_path / "tiny", requires=requires, checklists=checklist))
    with pytest.raises(PackRefused) as caught:
        back(cast)
    assert str(caught.value.checked.folder) == "tiny"
    assert current("gates") == second


def test_refusals(cast: SimpleNamespace, second: PackVersion) -> None:
    cases = [("secretary", "1.0.0", "1.1.0", "access.denied"), ("administrator", "9.9.9", "1.1.0", "access.not_found"),
             ("administrator", "1.0.0", "1.0.0", "pack.edited_meanwhile")]  # fmt: skip
    for by, to, seen, refused in cases:
        with pytest.raises(Refusal) as caught:
            back(cast, by=by, to=to, seen=seen)
        assert caught.value.code == refused
    before = Entry.objects.count()
    assert back(cast, to="1.1.0") == second
    assert Entry.objects.count() == before
