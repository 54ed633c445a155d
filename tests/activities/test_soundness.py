"""A kind of activity that is not sound does not load, and its line is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from huoshui.packs.actions import check_pack

PACK = "code: trial\nversion: 1.0.0\nname: {zh: 试, en: Trial}\ndescription: {zh: 试, en: Trial}\nrequires: [core]\n"
KIND = """\
- code: meeting
  name: {zh: 会, en: Meeting}
  group: {code: g, name: {zh: 组, en: Group}}
  recorded_by: [town_office]
"""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("  place_kinds: [castle]\n", "pack.reference"),
        ("  planned_by: [king]\n", "pack.reference"),
        ("  parts: [trial.nothing]\n", "pack.reference"),
        ("  fields: [{code: title, name: {zh: 题, en: T}, type: text}]\n", "workflow.field_reserved"),
        ("  fields: [{code: who, name: {zh: 谁, en: W}, type: account}]\n", "activity_kind.account_field"),
        ("  fields: [{code: who, name: {zh: 谁, en: W}, type: text, personal: true}]\n",
         "activity_kind.names_unstated"),
        ("  counts: [women]\n", "activity_kind.count_field"),
        ("  totals: [{code: t, name: {zh: 计, en: T}, of: [a, b]}]\n"
         "  fields: [{code: a, name: {zh: 甲, en: A}, type: money}, {code: b, name: {zh: 乙, en: B}, type: integer}]\n",
         "activity_kind.total_field"),
        ("  totals: [{code: a, name: {zh: 计, en: T}, of: [a, b]}]\n"
         "  fields: [{code: a, name: {zh: 甲, en: A}, type: money}, {code: b, name: {zh: 乙, en: B}, type: money}]\n",
         "pack.code_twice"),
        ("  slots: [{code: a, name: {zh: 甲, en: A}}, {code: a, name: {zh: 乙, en: B}}]\n", "pack.code_twice"),
        ("  headcount: none\n  counts: [n]\n  fields: [{code: n, name: {zh: 数, en: N}, type: integer}]\n",
         "activity_kind.count_of_none"),
        (KIND.replace("meeting", "other").replace("组", "另一组"), "activity_kind.group_named_twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(packs: None, tmp_path: Path, wrong: str, code: str) -> None:
    (tmp_path / "pack.yaml").write_text(PACK)
    (tmp_path / "activities.yaml").write_text(KIND)
    assert check_pack(folder=tmp_path).ok
    (tmp_path / "activities.yaml").write_text(KIND + wrong)
    assert [finding.problem.code for finding in check_pack(folder=tmp_path).findings] == [code]
