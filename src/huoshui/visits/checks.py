"""The rules that a pack's checklists must keep; findings go into the section's report with their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from huoshui.kernel.errors import Refusal
from huoshui.kernel.numbers import POINTS, shown
from huoshui.packs.contract import SECTIONS, Known, Path, Section, SectionReport
from huoshui.packs.schema import Choice, FieldDef, Manifest
from huoshui.packs.values import clean_value
from huoshui.visits.question_checks import check_question, check_relevance
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Checklist, Deduction, Graded, GradedOption, Item, Threshold, YesNoScoring


def validate(manifest: Manifest, checklists: Sequence[Checklist], known: Known, report: SectionReport) -> None:
    """Codes differ, points add up, thresholds make sense, every reference is defined."""
    for index, checklist in enumerate(checklists):
        for at, kind in enumerate(checklist.place_kinds):
            if not known.has("place_kinds", kind):
                report.add((index, "place_kinds", at), "pack.reference", name=kind, section="place_kinds")
        _check_codes(index, checklist, report)
        _check_sums(index, checklist, report)
        _check_rules(index, checklist, report)
        _check_asks(index, checklist, known, report)
        check_relevance(index, checklist, report)
        for path, item in _items(index, checklist):
            _check_scoring(path, item, report)
            check_question(path, item, report)
            _check_failing(path, item, report)
            _check_opens(path, item, known, report)
            if item.prefill_from:
                _check_prefill(path, item, checklist, known, report)


def _check_asks(index: int, checklist: Checklist, known: Known, report: SectionReport) -> None:
    """Nobody scores their own place, and nobody's own answer opens a matter against it."""
    if checklist.asks is None:
        return
    for at, role in enumerate(checklist.asks.roles):
        if not known.has("roles", role):
            report.add((index, "asks", "roles", at), "workflow.role_unknown", name=role)
    if checklist.total_points or any(item.opens for item in checklist.items.values()):
        report.add((index, "asks"), "checklist.asks_scored", name=checklist.name)


def _items(index: int, checklist: Checklist) -> Iterator[tuple[Path, Item]]:
    for s, section in enumerate(checklist.sections):
        for i, item in enumerate(section.items):
            yield (index, "sections", s, "items", i), item


def _check_codes(index: int, checklist: Checklist, report: SectionReport) -> None:
    coded: list[tuple[str, list[tuple[Path, str]]]] = [
        ("section", [((index, "sections", s), section.code) for s, section in enumerate(checklist.sections)]),
        ("item", [(path, item.code) for path, item in _items(index, checklist)]),
        ("adjustment", [((index, "adjustments", a), e.code) for a, e in enumerate(checklist.adjustments)]),
    ]
    for path, item in _items(index, checklist):
        if isinstance(item.scoring, Graded | Choices):
            listed: Sequence[GradedOption | Choice] = item.scoring.options
            options = [((*path, "scoring", "options", o), x.code) for o, x in enumerate(listed)]
            coded.append((f"option:{item.code}", options))
    for _, codes in coded:
        seen: set[str] = set()
        for where, code in codes:
            if code in seen:
                report.add((*where, "code"), "pack.code_twice", name=code)
            seen.add(code)


def _check_sums(index: int, checklist: Checklist, report: SectionReport) -> None:
    if checklist.points is not None and checklist.points != checklist.total_points:
        report.add(
            (index, "points"),
            "checklist.sum",
            name=checklist.name,
            stated=shown(checklist.points, POINTS),
            sum=shown(checklist.total_points, POINTS),
        )
    for s, section in enumerate(checklist.sections):
        total = sum(item.points for item in section.items)
        if section.points is not None and section.points != total:
            report.add(
                (index, "sections", s, "points"),
                "checklist.sum",
                name=section.name,
                stated=shown(section.points, POINTS),
                sum=shown(total, POINTS),
            )


def _check_rules(index: int, checklist: Checklist, report: SectionReport) -> None:
    rules = checklist.rules
    dropped = rules.drop_highest + rules.drop_lowest
    if rules.minimum_judges <= dropped:
        report.add(
            (index, "rules", "minimum_judges"),
            "checklist.minimum_judges",
            minimum=rules.minimum_judges,
            dropped=dropped,
        )


def _check_scoring(path: Path, item: Item, report: SectionReport) -> None:
    match item.scoring:
        case Graded():
            _check_graded(path, item, item.scoring, report)
        case Deduction():
            _check_deduction(path, item, item.scoring, report)
        case Threshold():
            _check_threshold(path, item, item.scoring, report)
        case YesNoScoring(fails_when="yes") if item.points:
            report.add((*path, "scoring", "fails_when"), "checklist.fails_when", item=item.name)


def _check_graded(path: Path, item: Item, scoring: Graded, report: SectionReport) -> None:
    where = (*path, "scoring")
    if bool(scoring.options) == bool(scoring.step):
        report.add(where, "checklist.graded", item=item.name)
        return
    if scoring.step and item.points % scoring.step:
        report.add((*where, "step"), "checklist.step", item=item.name)
    for at, option in enumerate(scoring.options):
        if option.points > item.points:
            report.add(
                (*where, "options", at, "points"),
                "checklist.option_points",
                option=option.name,
                points=shown(option.points, POINTS),
                limit=shown(item.points, POINTS),
            )
    if scoring.options and max(option.points for option in scoring.options) < item.points:
        report.add((*where, "options"), "checklist.unreachable", item=item.name)


def _check_deduction(path: Path, item: Item, scoring: Deduction, report: SectionReport) -> None:
    where = (*path, "scoring")
    if not 0 < scoring.per_finding <= item.points:
        report.add((*where, "per_finding"), "checklist.per_finding", item=item.name)
    if scoring.maximum is not None and not scoring.per_finding <= scoring.maximum <= item.points:
        report.add((*where, "maximum"), "checklist.deduction_maximum", item=item.name)


def _check_threshold(path: Path, item: Item, scoring: Threshold, report: SectionReport) -> None:
    where = (*path, "scoring")
    if not scoring.bounded and not item.points and scoring.below == "zero":
        return  # measured, not scored
    if (scoring.at_least is None) == (scoring.at_most is None):
        report.add(where, "checklist.threshold", item=item.name)
        return
    where = (*where, "at_least" if scoring.at_least is not None else "at_most")
    try:
        limit = scoring.limit
    except ValueError:
        report.add(where, "checklist.threshold_decimals", item=item.name, decimals=scoring.decimals)
        return
    if limit < 0 or (limit == 0 and (scoring.at_least is not None or scoring.below == "proportional")):
        report.add(where, "checklist.threshold_zero", item=item.name)


def _check_failing(path: Path, item: Item, report: SectionReport) -> None:
    if item.fails_below is not None and not item.points:
        report.add((*path, "fails_below"), "checklist.fails_below", item=item.name)
    if item.opens and not can_fail(item):
        report.add((*path, "opens"), "checklist.never_fails", item=item.name)


def can_fail(item: Item) -> bool:
    """Whether any answer makes the item fail."""
    if item.fails_below is not None:
        return True
    if isinstance(item.scoring, Threshold):
        return item.scoring.bounded
    return isinstance(item.scoring, YesNoScoring) and item.scoring.fails_when is not None


def _check_opens(path: Path, item: Item, known: Known, report: SectionReport) -> None:
    """The kind of matter and its severity must be declared, once the sister app has registered its section."""
    opens = item.opens
    if opens is None or "matters" not in SECTIONS:
        return
    if not known.has("matters", opens.kind):
        report.add((*path, "opens", "kind"), "pack.reference", name=opens.kind, section="matters")
        return
    kind = known.get("matters", opens.kind)
    if opens.severity not in [severity.code for severity in kind.severities]:
        report.add((*path, "opens", "severity"), "pack.reference", name=opens.severity, section=opens.kind)
    _check_opening_values(path, item, kind.fields, report)


def _check_opening_values(path: Path, item: Item, fields: Sequence[FieldDef], report: SectionReport) -> None:
    """What a matter begins with are values of its fields, and none is missing without which it cannot be opened.

    Of a person nothing is known when an item fails, and personal data is nothing that a pack writes.
    """
    given = item.opens.values if item.opens else {}
    usable = {field.code: field for field in fields if field.type != "account" and not field.personal}
    for code, value in given.items():
        where = (*path, "opens", "values", code)
        if code not in usable:
            report.add(where, "checklist.opens_field", item=item.name, name=code)
            continue
        try:
            clean_value(usable[code], value)
        except Refusal as refusal:
            report.add(where, "checklist.opens_value", item=item.name, problem=refusal.problems[0].message())
    for field in fields:
        if field.required and field.code not in given:
            report.add((*path, "opens"), "checklist.opens_incomplete", item=item.name, name=field.name)


def _check_prefill(path: Path, item: Item, checklist: Checklist, known: Known, report: SectionReport) -> None:
    kind, _, attribute = (item.prefill_from or "").rpartition(".")
    where = (*path, "prefill_from")
    kinds = [kind] if kind else [code for code in checklist.place_kinds if known.has("place_kinds", code)]
    for code in kinds:
        field = _attribute(known, code, attribute)
        if field is None:
            report.add(where, "pack.reference", name=item.prefill_from, section="place_kinds")
        elif not fits(field, item):
            report.add(where, "checklist.prefill_type", item=item.name, attribute=field.name)


def _attribute(known: Known, kind: str, attribute: str) -> FieldDef | None:
    if not known.has("place_kinds", kind):
        return None
    definition: Any = known.get("place_kinds", kind)
    return next((field for field in definition.attributes if field.code == attribute), None)


def fits(field: FieldDef, item: Item) -> bool:
    """Whether an attribute's value can stand as an answer to the item without losing a decimal."""
    match item.scoring:
        case Threshold():
            decimals = field.decimals if field.type == "decimal" else 0
            return field.type in ("integer", "decimal") and decimals <= item.scoring.decimals
        case YesNoScoring():
            return field.type == "yes_no"
        case TextAnswer(long=long, max_length=longest):
            return (field.type == "text" or (long and field.type == "long_text")) and field.max_length <= longest
        case DateAnswer():
            return field.type == "date"
    return False


SECTION = Section("checklists", Checklist, validate)
