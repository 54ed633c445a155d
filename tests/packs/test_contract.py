"""The contract changes; what was stored under an earlier one stays readable, or is named where it is not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel, model_validator

from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.matters.schema import MatterKind
from huoshui.packs import contract
from huoshui.packs.actions import check_pack, load_pack, publish_edited
from huoshui.packs.contract import SECTIONS, Migration, register
from huoshui.packs.exports import export_pack
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current, current_definition, unreadable
from huoshui.packs.schema import Manifest, Text, Unfit
from huoshui.places.schema import PlaceKind
from tests.matters.conftest import Opener, open_item
from tests.packs.helpers import write_pack
from tests.web.conftest import signed_in

__all__ = ["open_item", "signed_in"]

SHAPES = {1: "fd0f278e2035fc0a8bd8ff6268e201ddb4feb62631ff533c64b5e9ab3d207ea3"}
"""A digest of what each contract's keys and types are: see ``test_the_number_is_raised_with_every_change``."""


@pytest.fixture(autouse=True)
def _sections_as_before() -> Iterator[None]:
    before = dict(SECTIONS)
    yield
    SECTIONS.update(before)


@pytest.fixture
def tiny(packs: None, tmp_path: Path) -> PackVersion:
    """A pack with one place kind, stored under contract 1."""
    version = load_pack(by=system_account(), folder=write_pack(tmp_path / "tiny"))
    assert version.contract == 1
    return version


def stored(version: PackVersion) -> tuple[Any, ...]:
    return PackVersion.objects.filter(pk=version.pk).values_list("content", "manifest_data", "digest", "contract")[0]


class KindWithUse(PlaceKind):
    """A later contract: what a kind of place is used for has to be said."""

    use: Text


def add_use(kind: dict[str, Any]) -> dict[str, Any]:
    kind["use"] = {"zh": f"用于{kind['name']['zh']}", "en": f"For {kind['name']['en']}"}
    return kind


def change_contract(monkeypatch: pytest.MonkeyPatch, to: int, section: str = "place_kinds", **changes: Any) -> None:
    monkeypatch.setattr(contract, "CONTRACT", to)
    register(replace(SECTIONS[section], **changes))


@pytest.fixture
def contract_2(tiny: PackVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    change_contract(monkeypatch, 2, schema=KindWithUse, migrations=(Migration(2, add_use),))


def test_a_version_of_the_earlier_contract_is_read_and_its_row_stays(tiny: PackVersion, contract_2: None) -> None:
    before = stored(tiny)
    assert str(current("tiny").section("place_kinds")["courtyard"].use) == "用于院落"
    assert str(all_current("place_kinds")["village"].use) == "用于行政村"
    assert unreadable() == []
    assert stored(tiny) == before
    assert "use" not in before[0]["place_kinds"][0]


def test_migrations_are_applied_in_their_order_from_the_contract_that_wrote_it(
    tiny: PackVersion, contract_2: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kind = """\
        - {code: pond, name: {zh: 池塘, en: Pond}, category: site, parents: [village], use: {zh: 养鱼, en: Fish}}
    """
    second = load_pack(
        by=system_account(),
        folder=write_pack(
            tmp_path / "second",
            manifest="""\
                code: second
                version: 1.0.0
                name: {zh: 第二, en: Second}
                description: {zh: 测试用。, en: For tests.}
                requires: [core]
            """,
            place_kinds=kind,
        ),
    )
    assert second.contract == 2

    def shout(definition: dict[str, Any]) -> dict[str, Any]:
        return definition | {"use": {"zh": definition["use"]["zh"] + "，须写明", "en": "!"}}

    change_contract(monkeypatch, 3, migrations=(Migration(2, add_use), Migration(3, shout)))
    assert current("tiny").section("place_kinds")["courtyard"].use.zh == "用于院落，须写明"
    assert current("second").section("place_kinds")["pond"].use.zh == "养鱼，须写明"


def test_a_matter_of_the_earlier_contract_goes_on(
    open_item: Opener, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KindWithReason(MatterKind):
        reason: Text

    matter = open_item()
    change_contract(
        monkeypatch,
        2,
        "matters",
        schema=KindWithReason,
        migrations=(Migration(2, lambda kind: kind | {"reason": {"zh": "以前未写", "en": "Not stated"}}),),
    )
    assert str(type(matter).objects.get(pk=matter.pk).definition.reason) == "以前未写"  # type: ignore[attr-defined]
    assert open_item(place=cast.land.village2).definition.name == matter.definition.name


def test_a_manifest_is_migrated_too(tiny: PackVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    def note_source(manifest: dict[str, Any]) -> dict[str, Any]:
        return manifest | {"source": {"zh": "旧约定", "en": "Earlier"}}

    monkeypatch.setattr(contract, "CONTRACT", 2)
    monkeypatch.setattr(contract, "MANIFEST_MIGRATIONS", (Migration(2, note_source),))
    assert str(current("tiny").manifest.source) == "旧约定"


def test_an_edit_publishes_all_of_it_under_the_present_contract(
    tiny: PackVersion, contract_2: None, cast: SimpleNamespace
) -> None:
    pond = {"code": "pond", "name": {"zh": "池塘", "en": "Pond"}, "category": "site", "parents": ["village"]}
    version = publish_edited(
        by=cast.administrator,
        pack="tiny",
        section="place_kinds",
        definition=pond | {"use": {"zh": "养鱼", "en": "Fish"}},
        seen_version_number="1.0.0",
    )
    assert (version.number, version.contract) == ("1.0.1", 2)
    assert [kind["use"]["zh"] for kind in version.content["place_kinds"]] == ["用于院落", "养鱼"]


def test_an_export_is_in_the_present_form(tiny: PackVersion, contract_2: None, tmp_path: Path) -> None:
    export_pack(tiny, tmp_path / "out")
    assert check_pack(tmp_path / "out").ok
    assert "用于院落" in (tmp_path / "out" / "place_kinds.yaml").read_text("utf-8")


@pytest.mark.parametrize("steps", [(1,), (2, 2), (3,)])
def test_a_list_of_migrations_that_does_not_fit_the_contract_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, steps: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="migrations to"):
        change_contract(monkeypatch, 2, migrations=tuple(Migration(step, add_use) for step in steps))


class NoCourtyards(PlaceKind):
    """A later contract that forgot its migration for some kinds."""

    @model_validator(mode="after")
    def _refuse(self) -> NoCourtyards:
        if self.code == "courtyard":
            raise Unfit("不再有院落", "no courtyards any more")
        return self


@pytest.fixture
def forgotten(tiny: PackVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    change_contract(monkeypatch, 2, schema=NoCourtyards)


def test_what_cannot_be_read_is_named_and_the_rest_works(tiny: PackVersion, forgotten: None) -> None:
    with pytest.raises(Refusal) as caught:
        current_definition("place_kinds", "tiny.courtyard")
    (problem,) = caught.value.problems
    assert problem.code == "pack.unreadable"
    said = problem.message()
    assert all(word in said for word in ("tiny", "1.0.0", "place_kinds", "courtyard", "不再有院落"))
    assert [(version.pk, found.message()) for version, found in unreadable()] == [(tiny.pk, said)]
    kinds = all_current("place_kinds")
    assert "village" in kinds
    assert "courtyard" not in kinds


def test_a_missing_key_and_a_migration_that_fails_are_said_in_words(
    tiny: PackVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_contract(monkeypatch, 2, schema=KindWithUse)
    assert "缺少“use”" in unreadable()[-1][1].message()

    def careless(kind: dict[str, Any]) -> dict[str, Any]:
        return kind | {"use": kind["usage"]}

    change_contract(monkeypatch, 2, schema=KindWithUse, migrations=(Migration(2, careless),))
    assert "第 2 号约定时出错（KeyError: 'usage'）" in unreadable()[-1][1].message()


def test_other_packs_load_and_one_that_requires_it_is_told_why_not(
    tiny: PackVersion, forgotten: None, tmp_path: Path
) -> None:
    manifest = """\
        code: other
        version: 1.0.0
        name: {{zh: 其他, en: Other}}
        description: {{zh: 测试用。, en: For tests.}}
        requires: [{requires}]
    """
    kind = "- {code: pond, name: {zh: 池塘, en: Pond}, category: site, parents: [village]}\n"
    folder = write_pack(tmp_path / "a", manifest=manifest.format(requires="core, tiny"), place_kinds=kind)
    assert [finding.problem.code for finding in check_pack(folder).findings] == ["pack.unreadable"]
    folder = write_pack(tmp_path / "b", manifest=manifest.format(requires="core"), place_kinds=kind)
    assert load_pack(by=system_account(), folder=folder).current


def test_a_corrected_higher_version_takes_its_place(tiny: PackVersion, forgotten: None, tmp_path: Path) -> None:
    kind = "- {code: yard, name: {zh: 院子, en: Yard}, category: site, parents: [village]}\n"
    load_pack(by=system_account(), folder=write_pack(tmp_path / "new", version="1.0.1", place_kinds=kind))
    assert "yard" in all_current("place_kinds")
    assert [version.number for version, _problem in unreadable()] == ["1.0.0"]


@pytest.mark.parametrize("current_one", [True, False])
def test_healthz_tells_of_it(tiny: PackVersion, forgotten: None, client: Client, current_one: bool) -> None:
    PackVersion.objects.filter(pk=tiny.pk).update(current=current_one)
    answer = client.get("/healthz")
    assert answer.status_code == (503 if current_one else 200)
    assert answer.json()["status"] == "packs unreadable"
    (told,) = answer.json()["unreadable"]
    assert told.startswith("pack.unreadable: 机制 tiny 的 1.0.0 版读不出来：place_kinds 中“courtyard”")


def test_pages_say_it_and_the_others_open(
    tiny: PackVersion, forgotten: None, cast: SimpleNamespace, signed_in: Callable[[Account], Client]
) -> None:
    browser = signed_in(cast.administrator)
    listed = browser.get("/packs/")
    assert listed.status_code == 200
    assert "读不出来" in listed.content.decode()
    refused = browser.get("/packs/tiny/")
    assert refused.status_code == 503
    assert "place_kinds 中“courtyard”不合这一版活水的约定" in refused.content.decode()
    assert browser.get("/packs/review/").status_code == 200
    assert browser.get("/places/").status_code == 200


def test_what_a_newer_release_wrote_is_refused(
    tiny: PackVersion, packs: None, cast: SimpleNamespace, signed_in: Callable[[Account], Client]
) -> None:
    PackVersion.objects.filter(pk=tiny.pk).update(contract=contract.CONTRACT + 1)
    for read in (
        lambda version: version.section("place_kinds"),
        lambda version: version.sources(),
        lambda version: version.manifest,
    ):
        with pytest.raises(Refusal) as caught:
            read(current("tiny"))
        assert caught.value.code == "pack.contract_newer"
    assert [problem.code for _version, problem in unreadable()] == ["pack.contract_newer"]
    assert "village" in all_current("place_kinds")
    assert "由更新的活水按第 2 号约定写入" in signed_in(cast.administrator).get("/packs/tiny/").content.decode()


def test_a_section_that_this_release_lacks_is_named(tiny: PackVersion) -> None:
    PackVersion.objects.filter(pk=tiny.pk).update(content={"songs": [{"code": "a"}]}, digest="changed")
    assert "songs 中“—”" in unreadable()[0][1].message()


def test_the_number_is_raised_with_every_change() -> None:
    """A release that reads or writes other keys or types has another contract number.

    When this fails: raise ``CONTRACT``, add the migrations that old definitions need, and add the new digest here
    (docs/architecture.md, "Changing the contract"). The digest of a contract that was released never changes;
    that of one that no release has yet is replaced.
    """
    shape = {name: _shape(section.schema) for name, section in SECTIONS.items()} | {"pack": _shape(Manifest)}
    digest = hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()
    assert digest == SHAPES[contract.CONTRACT]


def _shape(schema: type[BaseModel]) -> Any:
    return _without_words(schema.model_json_schema())


def _without_words(node: Any) -> Any:
    """A JSON schema without what says nothing about keys and types; "description" may also be a key's name."""
    if isinstance(node, dict):
        words = ("description", "title")
        return {key: _without_words(part) for key, part in node.items() if not (key in words and isinstance(part, str))}
    return [_without_words(part) for part in node] if isinstance(node, list) else node
