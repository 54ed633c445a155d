"""What a pack's check says of a checklist: the finding, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from huoshui.duties.queries import system_account
from huoshui.packs.actions import PackRefused, check_pack, load_pack
from tests.visits.staging import CHECKLIST, PACK, write_pack


def lines_of(folder: Path, checklist: str) -> list[tuple[str, str]]:
    """Each finding's code, and the text of the line that it names."""
    write_pack(folder, checklist=checklist)
    findings = check_pack(folder).findings
    lines = checklist.splitlines()
    return [(finding.problem.code, lines[finding.line - 1].strip()) for finding in findings]


def test_the_trial_checklist_is_sound(packs: None, tmp_path: Path) -> None:
    assert lines_of(tmp_path / "trial", CHECKLIST) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("points: 20", "points: 100", "checklist.sum", "points: 100"),
        ("      items:", "      points: 19\n      items:", "checklist.sum", "points: 19"),
        ("drop_lowest: 0", "drop_lowest: 2", "checklist.minimum_judges", "rules:"),
        ("[village]", "[hamlet]", "pack.reference", "place_kinds: [hamlet]"),
        ("code: theme\n", "code: meetings\n", "pack.code_twice", "- code: meetings"),
        ("code: poor,", "code: good,", "pack.code_twice", "- {code: good, name: {zh: 差, en: Poor}"),
        ("code: falsified,", "code: honour,", "pack.code_twice", "- {code: honour, name: {zh: 造假"),
        ('points: "1.5"}', "points: 4.5}", "checklist.option_points", "- {code: poor"),
        ("en: Good}, points: 4}", "en: Good}, points: 3}", "checklist.unreachable", "options:"),
        ('graded, step: "0.5"', "graded", "checklist.graded", "scoring: {type: graded}"),
        ('step: "0.5"', 'step: "0.7"', "checklist.step", 'scoring: {type: graded, step: "0.7"}'),
        ("per_finding: 1}", "per_finding: 0}", "checklist.per_finding", "scoring: {type: deduction"),
        ("per_finding: 1}", "per_finding: 1, maximum: 7}", "checklist.deduction_maximum", "scoring: {type: deduction"),
        ("at_least: 300", "at_least: 300, at_most: 9", "checklist.threshold", "scoring: {type: threshold"),
        ("at_least: 300, ", "", "checklist.threshold", "scoring: {type: threshold"),
        ("at_least: 300", 'at_least: "300.125"', "checklist.threshold_decimals", "scoring: {type: threshold"),
        ("at_least: 300", "at_least: 0", "checklist.threshold_zero", "scoring: {type: threshold"),
        ('fails_when: "no"', 'fails_when: "yes"', "checklist.fails_when", "scoring: {type: yes_no"),
        ("          fails_below: 60\n", "", "checklist.never_fails", "opens: {kind: rectification.item, severity: ord"),
        ("rectification.item, severity: serious", "rectification.nothing", "pack.reference", "opens: {kind: rect"),
        ("severity: serious}", "values: {nothing: x}}", "checklist.opens_field", "opens: {kind: rect"),
        ("severity: serious}", "values: {responsible_person: x}}", "checklist.opens_field", "opens: {kind: rect"),
        ("severity: serious}", "values: {deadline: soon}}", "checklist.opens_value", "opens: {kind: rect"),
        ("severity: serious", "severity: dire", "pack.reference", "opens: {kind: rectification.item, severity: dire"),
        ("hub.plaza", "hub.fountain", "pack.reference", "prefill_from: hub.fountain"),
        ("hub.plaza", "brand", "checklist.prefill_type", "prefill_from: brand"),
        ("hub.floor_area", "hub.plaza", "checklist.prefill_type", "prefill_from: hub.plaza"),
        ("decimals: 2, below", "decimals: 1, below", "checklist.prefill_type", "prefill_from: hub.floor_area"),
        ("method: score", "method: smell", "pack.value", "method: smell"),
        ("points: 6", "points: lots", "pack.value", "points: lots"),
        ("points: 6", 'points: "6.0005"', "pack.value", 'points: "6.0005"'),
        ("{zh: 总评, en: Overall}", "{zh: 总评}", "pack.label_missing", "name: {zh: 总评}"),
        ("unit: 平方米, ", "", "pack.key_missing", "scoring: {type: threshold"),
        ("fails_below: 60", "fails_under: 60", "pack.key_unknown", "fails_under: 60"),
    ],
)
def test_each_fault_is_found_at_its_line(packs: None, tmp_path: Path, old: str, new: str, code: str, line: str) -> None:
    assert old in CHECKLIST
    found = lines_of(tmp_path / "trial", CHECKLIST.replace(old, new, 1))
    assert any(name == code and text.startswith(line) for name, text in found), found


def test_failing_below_a_percent_of_nothing(packs: None, tmp_path: Path) -> None:
    survey = CHECKLIST.replace("points: 20", "points: 14", 1).replace(
        "points: 6\n          scoring: {type: deduction, per_finding: 1}",
        'points: 0\n          scoring: {type: yes_no, fails_when: "yes"}',
        1,
    )
    assert ("checklist.fails_below", "fails_below: 60") in lines_of(tmp_path / "trial", survey)


@pytest.mark.parametrize("pack", ["hubs", "review"])
def test_the_built_in_checklists_are_sound(packs: None, pack: str) -> None:
    checked = check_pack(settings.BUILTIN_PACKS_DIR / pack)
    assert [str(finding) for finding in checked.findings] == []


def test_the_review_uses_every_method_and_every_scoring(packs: None) -> None:
    from huoshui.packs.queries import current_definition

    _, review = current_definition("checklists", "review.hub_review")
    items = review.items.values()
    assert review.total_points == 100_000
    assert {item.method for item in items} == {"hear", "see", "check", "test", "score"}
    assert {item.scoring.type for item in items} == {"graded", "deduction", "yes_no", "threshold"}
    assert {item.opens.severity for item in items if item.opens} == {"ordinary", "serious"}


def test_a_loaded_checklist_keeps_what_its_items_mean_like_an_edited_one(packs: None, tmp_path: Path) -> None:
    """One rule for both: not even a code that was retired in between comes back to mean something else."""
    load_pack(by=system_account(), folder=write_pack(tmp_path))
    retired = CHECKLIST.replace("points: 20", "points: 17")
    retired = retired[: retired.index("        - code: overall")] + retired[retired.index("  adjustments:") :]
    load_pack(by=system_account(), folder=write_pack(tmp_path, checklist=retired, pack=newer("1.1.0")))
    again = CHECKLIST.replace('{type: graded, step: "0.5"}', "{type: deduction, per_finding: 1}")
    with pytest.raises(PackRefused) as refusal:
        load_pack(by=system_account(), folder=write_pack(tmp_path, checklist=again, pack=newer("1.2.0")))
    line = next(at for at, text in enumerate(again.splitlines(), start=1) if "per_finding: 1}" in text and at > 30)
    (said,) = refusal.value.extra["findings"]
    assert said.endswith(f"checklists.yaml:{line}: checklist.meaning_changed: “总评”（overall）的计分方式或单位变了。")
    load_pack(by=system_account(), folder=write_pack(tmp_path, pack=newer("1.2.0")))


def newer(number: str) -> str:
    return PACK.replace("1.0.0", number)
