"""Places are never ranked by complaints, and by matters only where their kinds are named."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.figures.schema import Indicator
from huoshui.figures.soundness import validate
from huoshui.packs.contract import Known, SectionReport
from huoshui.packs.schema import Manifest

WORDS = {"zh": "词", "en": "Word"}
MANIFEST = Manifest.model_validate({"code": "tiny", "version": "1.0.0", "name": WORDS, "description": WORDS})
KINDS: dict[str, Any] = {
    "tiny.petition": SimpleNamespace(complaint=True),
    "tiny.hazard": SimpleNamespace(complaint=False),
}


def problems(where: str | None, ranked: bool = True, **measure: Any) -> list[str]:
    numerator = {"from": "matters", "value": "count(*)", "period": "opened_on"} | measure
    if where is not None:
        numerator["where"] = where
    source: dict[str, Any] = {
        "code": "some", "name": WORDS, "definition": WORDS, "unit": "件", "numerator": numerator, "better": "less",
    }  # fmt: skip
    if ranked:
        source |= {"ranked": True, "ranked_for": WORDS}
    report = SectionReport("indicators")
    validate(MANIFEST, [Indicator.model_validate(source)], Known({"matters": KINDS}), report)
    return [code for _path, code, _params in report.found]


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("kind = 'tiny.hazard'", []),
        ("kind = 'tiny.hazard' and closed_on is not null", []),
        ("closed_on is not null and (kind in ('tiny.hazard'))", []),
        ("kind = 'tiny.petition'", ["indicator.ranks_complaints"]),
        ("kind in ('tiny.hazard', 'tiny.petition')", ["indicator.ranks_complaints"]),
        (None, ["indicator.ranks_all_kinds"]),
        ("severity = 'serious'", ["indicator.ranks_all_kinds"]),
        ("kind = 'tiny.hazard' or closed_on is not null", ["indicator.ranks_all_kinds"]),
        ("not kind = 'tiny.hazard'", ["indicator.ranks_all_kinds"]),
        ("kind <> 'tiny.petition'", ["indicator.ranks_all_kinds"]),
    ],
)
def test_what_places_may_be_ranked_by(where: str | None, codes: list[str]) -> None:
    assert problems(where) == codes
    assert problems(where, ranked=False) == []


def test_money_of_complaints_ranks_no_place_either() -> None:
    line = {"from": "money_lines", "value": "sum(amount)", "period": "day"}
    assert problems("matter_kind = 'tiny.petition'", **line) == ["indicator.ranks_complaints"]
    assert problems("matter_kind = 'tiny.hazard'", **line) == []


def test_what_is_no_matter_may_be_ranked() -> None:
    honours = {"from": "honours", "value": "count(*)", "period": "given_on"}
    assert problems("level = 'national'", **honours) == []
