"""What a scheme is refused for before its pack loads."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from huoshui.packs.contract import SectionReport
from huoshui.packs.queries import current, known
from huoshui.subsidies.schema import Scheme
from huoshui.subsidies.soundness import validate


def found(**changes: Any) -> list[tuple[Any, str]]:
    """Where and what the checks find in the built-in scheme with some changes."""
    version = current("hubs")
    definition = copy.deepcopy(version.content["subsidies"][0]) | changes
    report = SectionReport("subsidies")
    validate(version.manifest, [Scheme.model_validate(definition)], known(), report)
    return [(path[1:], code) for path, code, _params in report.found]


@pytest.mark.usefixtures("packs")
def test_the_built_in_one_is_sound() -> None:
    assert found() == []


@pytest.mark.usefixtures("packs")
@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"kinds": ["hubs.none"]}, ("kinds", 0), "pack.reference"),
        ({"applied_by": ["nobody"]}, ("applied_by", 0), "workflow.role_unknown"),
        ({"approved_by": ["owner"]}, ("approved_by", 0), "workflow.role_unknown"),
        ({"accepted_in": ["gone"]}, ("accepted_in", 0), "workflow.state_unknown"),
        ({"accepted_in": ["building"]}, ("accepted_in", 0), "subsidy.state_unverified"),
        ({"cost": "gift"}, ("cost",), "subsidy.line_unknown"),
        ({"approved": "budget"}, ("approved",), "subsidy.line_by_hand"),
        ({"paid": "paid"}, ("paid",), "subsidy.payment_loose"),
        ({"measure": {"field": "floor_area", "unit": "亩"}}, ("measure",), "subsidy.measure"),
        ({"tiers": [{"fixed": 1}, {"at_least": 3, "fixed": 2}]}, ("tiers", 1), "subsidy.tier_idle"),
        ({"tiers": [{"at_least": 3, "fixed": 2}]}, ("total",), "subsidy.not_total"),
        ({"tiers": [{"below": 3, "fixed": 2}, {"share": 5, "cap": 9}]}, ("monotone",), "subsidy.not_monotone"),
    ],
)
def test_what_is_wrong(changes: dict[str, Any], where: tuple[Any, ...], code: str) -> None:
    assert (where, code) in found(**changes)


@pytest.mark.usefixtures("packs")
def test_what_a_scheme_does_not_say_is_not_asked() -> None:
    changes = {"tiers": [{"at_least": 3, "below": 9, "fixed": 2}], "total": False, "monotone": False}
    assert found(**changes) == []
