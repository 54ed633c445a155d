"""What services are refused for before their pack loads."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from huoshui.packs.contract import SectionReport
from huoshui.packs.queries import current, known
from huoshui.services.soundness import SECTIONS

BY_NAME = {section.name: section for section in SECTIONS}
pytestmark = pytest.mark.usefixtures("packs")


def found(name: str, code: str, **changes: Any) -> list[tuple[Any, str]]:
    """Where and what the checks find in a section of the built-in pack with some changes of one definition."""
    version, section = current("services"), BY_NAME[name]
    raw = copy.deepcopy(version.content[name])
    at = next(index for index, item in enumerate(raw) if item["code"] == code)
    raw[at] |= changes
    report = SectionReport(name)
    section.validate(version.manifest, [section.schema.model_validate(item) for item in raw], known(), report)
    return [(path[1:], rule) for path, rule, _params in report.found]


def asks(kind: str, *fields: str) -> dict[str, Any]:
    return {"request": {"kind": kind, "fields": list(fields)}}


WHO = ("applicant_name", "applicant_phone")


@pytest.mark.parametrize("name", BY_NAME)
def test_the_built_in_ones_are_sound(name: str) -> None:
    first = current("services").content[name][0]["code"]
    assert found(name, first) == []


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"group": "none"}, ("group",), "pack.reference"),
        ({"rating": "none"}, ("rating",), "pack.reference"),
        (asks("services.none", *WHO), ("request", "kind"), "pack.reference"),
        (asks("services.direct", *WHO, "colour"), ("request", "fields", 2), "service.field_unknown"),
        (asks("services.direct", "applicant_name"), ("request", "fields"), "service.field_unasked"),
        (asks("hubs.survey_item"), ("request", "kind"), "pack.reference"),
        (asks("services.correction"), ("request", "kind"), "service.kind_promises_nothing"),
        (
            {"request": asks("services.direct", *WHO)["request"] | {"titled_by": "request"}},
            ("request", "titled_by"),
            "service.title_field",
        ),
        (
            {"request": asks("services.direct", *WHO)["request"] | {"titled_by": WHO[0]}},
            ("request", "titled_by"),
            "service.title_field",
        ),
        ({"promised_days": 91}, ("request", "kind"), "service.promise_beyond_clock"),
        (
            {"materials": [{"code": "household_book", "name": {"zh": "户口本子", "en": "x"}}]},
            ("materials", 0),
            "service.material_differs",
        ),
    ],
)
def test_what_is_wrong_with_an_item(changes: dict[str, Any], where: tuple[Any, ...], code: str) -> None:
    assert (where, code) in found("services", "elderly_subsidy", **changes)


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"items": ["startup_loan", "none"]}, ("items", 1), "pack.reference"),
        ({"items": ["startup_loan", "farming_subsidies"]}, ("items", 1), "service.bundle_told"),
        ({"kind": "services.none"}, ("kind",), "pack.reference"),
        ({"kind": "hubs.construction"}, (), ""),
    ],
)
def test_what_is_wrong_with_a_bundle(changes: dict[str, Any], where: tuple[Any, ...], code: str) -> None:
    problems = found("service_bundles", "startup", **changes)
    assert (where, code) in problems if code else problems == []  # a kind of any parts holds them


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"correction": "services.none"}, ("correction",), "pack.reference"),
        ({"correction": "services.direct"}, ("correction",), "service.correction_loose"),
        ({"aspects": [{"code": "a", "name": {"zh": "a", "en": "a"}}] * 2}, ("aspects", 1, "code"), "pack.code_twice"),
    ],
)
def test_what_is_wrong_with_ratings(changes: dict[str, Any], where: tuple[Any, ...], code: str) -> None:
    assert (where, code) in found("service_ratings", "five_levels", **changes)


@pytest.mark.parametrize(
    ("name", "code", "changes"),
    [
        ("services", "farming_subsidies", asks("services.direct", *WHO)),
        ("services", "elderly_subsidy", {"request": None}),
        ("services", "elderly_subsidy", {"promised_days": None}),
        ("services", "elderly_subsidy", {"legal_days": 5}),
        ("services", "farming_subsidies", {"rating": "five_levels"}),
        ("service_ratings", "five_levels", {"correction": None}),
    ],
)
def test_what_does_not_go_together(name: str, code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        found(name, code, **changes)


def test_the_best_level_opens_no_correction_while_a_worse_one_does_not() -> None:
    levels = copy.deepcopy(current("services").content["service_ratings"][0]["levels"])
    levels[0]["opens"] = True
    levels[-1]["opens"] = False
    with pytest.raises(ValidationError):
        found("service_ratings", "five_levels", levels=levels)
