"""packs.start_draft"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.packs.copying import copied
from huoshui.packs.drafting import check_draft, draft_from_files, files_in, next_of, start_draft
from huoshui.packs.exports import archive_of, files_of
from huoshui.packs.models import PackDraft, PackVersion
from huoshui.packs.queries import current, current_versions

NEW: dict[str, Any] = {
    "code": "fords",
    "version": "1.0.0",
    "name": {"zh": "渡口", "en": "Fords"},
    "description": {"zh": "测试用。", "en": "For tests."},
    "requires": ["core"],
}


def test_a_new_pack(cast: SimpleNamespace) -> None:
    draft = start_draft(by=cast.administrator, manifest=NEW, content={}, origin="清单.xlsx")
    assert (draft.pack, draft.number, draft.base, draft.origin, str(draft.name)) == (
        "fords",
        "1.0.0",
        "",
        "清单.xlsx",
        "渡口",
    )
    assert check_draft(draft).ok
    assert "fords" not in current_versions()
    assert Entry.objects.order_by("-seq")[0].action == "packs.start_draft"


def test_the_next_version_of_one_that_is_loaded(cast: SimpleNamespace, loaded_gates: PackVersion) -> None:
    manifest, content = next_of(loaded_gates)
    draft = start_draft(by=cast.administrator, manifest=manifest, content=content)
    assert (draft.number, draft.base) == ("1.1.0", "1.0.0")
    assert draft.content == loaded_gates.content
    assert current("gates") == loaded_gates


@pytest.mark.parametrize("code", ["", "Fords", "1st", "a-b", "f" * 41])
def test_what_is_no_code(cast: SimpleNamespace, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        start_draft(by=cast.administrator, manifest={**NEW, "code": code}, content={})
    assert caught.value.code == "pack.code"


@pytest.mark.parametrize("item", [{}, {"code": ""}, {"code": "A/b"}, {"code": 7}])
def test_a_definition_without_a_code(cast: SimpleNamespace, item: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        start_draft(by=cast.administrator, manifest=NEW, content={"roles": [{"code": "x"}, item]})
    assert (caught.value.code, caught.value.problems[0].params["number"]) == ("pack.definition_code", 2)


def test_one_draft_of_a_pack(cast: SimpleNamespace) -> None:
    start_draft(by=cast.administrator, manifest=NEW, content={})
    with pytest.raises(Refusal) as caught:
        start_draft(by=cast.administrator, manifest=NEW, content={})
    assert caught.value.code == "pack.draft_exists"


def test_a_version_that_is_published(cast: SimpleNamespace, loaded_gates: PackVersion) -> None:
    with pytest.raises(Refusal) as caught:
        start_draft(by=cast.administrator, manifest=loaded_gates.manifest_data, content={})
    assert caught.value.code == "pack.version_taken"


def test_whoever_may_not_load_packs(cast: SimpleNamespace) -> None:
    for who in (cast.secretary, cast.review_lead):
        with pytest.raises(Refusal) as caught:
            start_draft(by=who, manifest=NEW, content={})
        assert caught.value.code == "access.denied"
    assert not PackDraft.objects.exists()


def test_every_built_in_pack_can_be_copied(cast: SimpleNamespace, packs: None) -> None:
    """A copy under another code refers to itself where the original did, and is sound as it stands."""
    for version in list(current_versions().values()):
        code = f"copy_{version.pack}"
        manifest, content = copied(version, code=code, name={"zh": "另一套", "en": "Another"})
        draft = start_draft(by=cast.administrator, manifest=manifest, content=content)
        assert [str(finding) for finding in check_draft(draft).findings] == [], version.pack
        assert str(version.name) not in str(draft.manifest_data["name"])


def test_an_archive_comes_in_as_it_went_out(cast: SimpleNamespace, loaded_gates: PackVersion) -> None:
    files = files_of(loaded_gates.manifest_source(), loaded_gates.sources())
    inside = files_in(archive_of(files, "gates"), "gates.zip")
    assert inside == files
    manifest, content = draft_from_files(inside)
    assert (manifest["code"], content) == ("gates", loaded_gates.content)


@pytest.mark.parametrize("data", [b"no zip", archive_of({"matters.yaml": b"[]"}, "gates")])
def test_what_is_no_archive_of_a_pack(data: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        files_in(data, "x.zip")
    assert caught.value.code == "pack.no_archive"


def test_files_that_are_no_yaml() -> None:
    with pytest.raises(Refusal) as caught:
        draft_from_files({"pack.yaml": b"code: [", "castles.yaml": b"[]"})
    assert {problem.code for problem in caught.value.problems} == {"pack.yaml", "pack.unknown_section"}
