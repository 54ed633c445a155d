"""Proving indicators, returns and rules sound before they load: what they name is there, SQL is on the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from huoshui.figures.compiling import compiled
from huoshui.figures.facts import FACT_VIEWS
from huoshui.figures.schema import FigureRule, Indicator, Measure, Return
from huoshui.kernel.wording import listed
from huoshui.packs.contract import Known, Path, Section, SectionReport
from huoshui.packs.expressions import Unsound
from huoshui.packs.schema import Manifest


def validate(manifest: Manifest, indicators: Sequence[Indicator], known: Known, report: SectionReport) -> None:
    """Every rule over every indicator of a pack."""
    report.add_doubled_codes(indicators)
    numbers = {one.code for one in indicators if not one.is_ratio}
    returned = {code for form in _own(manifest, known, "returns") for code in form.indicators}
    for index, indicator in enumerate(indicators):
        for part in ("numerator", "denominator"):
            _measure((index, part), getattr(indicator, part), report)
            for nth, before in enumerate(indicator.earlier):
                _measure((index, "earlier", nth, part), getattr(before, part), report)
        _measure((index, "register_rows"), indicator.register_rows, report)
        _broken_down(index, indicator, report)
        if indicator.ranked:
            _ranks_no_complaints(index, indicator, known, report)
        if indicator.counts is not None and indicator.counts not in numbers:
            report.add((index, "counts"), "indicator.counts_unknown", name=indicator.counts)
        ended = indicator.valid is not None and indicator.valid.until is not None
        if indicator.is_reported and not ended and f"{manifest.code}.{indicator.code}" not in returned:
            report.add((index, "source"), "indicator.unreported", name=indicator.code)


def validate_returns(manifest: Manifest, forms: Sequence[Return], known: Known, report: SectionReport) -> None:
    """A return asks known roles of known kinds of place for reported indicators, each in one return alone."""
    report.add_doubled_codes(forms)
    seen: set[str] = set()
    for index, form in enumerate(forms):
        for at, code in enumerate(form.indicators):
            path: Path = (index, "indicators", at)
            if not known.has("indicators", code) or not known.get("indicators", code).is_reported:
                report.add(path, "indicator.return_unknown", name=code)
            elif form.period not in known.get("indicators", code).periods:
                report.add(path, "indicator.return_period", name=code, period=form.period)
            if code in seen:
                report.add(path, "indicator.in_two_returns", name=code)
            seen.add(code)
        for at, kind in enumerate(form.asked_of):
            if not known.has("place_kinds", kind):
                report.add((index, "asked_of", at), "pack.reference", name=kind, section="place_kinds")
        _roles((index, "reported_by"), form.reported_by, known, report)
        for at, roles in enumerate(form.approved_by):
            _roles((index, "approved_by", at), roles, known, report)


def _roles(path: Path, roles: Sequence[str], known: Known, report: SectionReport) -> None:
    for role in roles:
        if not known.has("roles", role):
            report.add(path, "workflow.role_unknown", name=role)


def validate_rules(manifest: Manifest, rules: Sequence[FigureRule], known: Known, report: SectionReport) -> None:
    """A rule adds up numbers of one unit and scale."""
    report.add_doubled_codes(rules)
    for index, rule in enumerate(rules):
        units: set[tuple[str, int]] = set()
        for side in ("left", "right"):
            for at, code in enumerate(getattr(rule, side)):
                path: Path = (index, side, at)
                if not known.has("indicators", code):
                    report.add(path, "pack.reference", name=code, section="indicators")
                    continue
                one: Indicator = known.get("indicators", code)
                units.add((one.unit, one.scale))
                if one.is_ratio or len(units) > 1:
                    report.add(path, "indicator.rule_units", name=code)


def _own(manifest: Manifest, known: Known, section: str) -> list[Any]:
    """The definitions of a section that the pack itself declares."""
    found = known.definitions.get(section, {})
    return [item for code, item in found.items() if code.startswith(f"{manifest.code}.")]


def _broken_down(index: int, indicator: Indicator, report: SectionReport) -> None:
    """Every column of ``by`` is in every view that is counted, and is no day; what is counted then adds up."""
    sides = [(indicator.numerator, indicator.denominator)]
    sides += [(before.numerator, before.denominator) for before in indicator.earlier]
    measures = [measure for side in sides for measure in side if measure is not None]
    views = [FACT_VIEWS[measure.source] for measure in measures if measure.source in FACT_VIEWS]
    for nth, name in enumerate(indicator.by):
        path: Path = (index, "by", nth)
        if name in indicator.by[:nth]:
            report.add(path, "pack.code_twice", name=name)
        for view in views:
            if name not in view.columns or view.columns[name].type == "date":
                plain = [column for column, known in view.columns.items() if known.type != "date"]
                report.add(path, "indicator.no_breakdown", name=name, view=view.name, known=listed(plain))
                break
    if indicator.by and not all(adds_up(measure) for measure in measures if measure.source in FACT_VIEWS):
        report.add((index, "by"), "indicator.breakdown_adds", name=indicator.code)


OF_KIND = {"matters": "kind", "money_lines": "matter_kind", "matter_values": "matter_kind", "claims": "matter_kind"}
"""Of the views whose rows are matters or belong to one: the column of its kind."""


def _ranks_no_complaints(index: int, indicator: Indicator, known: Known, report: SectionReport) -> None:
    """What places are ranked by names the kinds of matters that it counts, and none of them is a complaint: a kind that
    another pack adds later is then never among them."""
    for part in ("numerator", "denominator"):
        measure = getattr(indicator, part)
        if measure is None or measure.source not in OF_KIND:
            continue
        kinds = _kinds_counted(measure)
        if kinds is None:
            report.add((index, part, "where"), "indicator.ranks_all_kinds", name=OF_KIND[measure.source])
            continue
        for kind in sorted(kinds):
            if known.has("matters", kind) and known.get("matters", kind).complaint:
                report.add((index, "ranked"), "indicator.ranks_complaints", name=kind)


def _kinds_counted(measure: Measure) -> set[str] | None:
    """The kinds to which the condition holds its rows; None where it does not say, or cannot be read."""
    try:
        tree = compiled(measure, "where")
    except Unsound:
        return set()  # that is told of by itself
    for part in tree.flatten() if isinstance(tree, exp.And) else [tree]:
        bare = part.unnest() if part is not None else None
        if not isinstance(bare, exp.EQ | exp.In) or bare.this.name != OF_KIND[measure.source]:
            continue
        said = [bare.expression] if isinstance(bare, exp.EQ) else bare.expressions
        if all(isinstance(one, exp.Literal) and one.is_string for one in said):
            return {one.name for one in said}
    return None


def adds_up(measure: Measure) -> bool:
    """Whether the parts of a value add up to it: counts and sums do, distinct counts and extremes do not."""
    try:
        tree = compiled(measure, "value")
    except Unsound:
        return True  # that is told of by itself
    return tree is not None and not tree.find(exp.Distinct, exp.Min, exp.Max)


def _measure(at: Path, measure: Measure | None, report: SectionReport) -> None:
    if measure is None:
        return
    view = FACT_VIEWS.get(measure.source)
    if view is None:
        report.add((*at, "from"), "indicator.view_unknown", name=measure.source, known=listed(FACT_VIEWS))
        return
    for name in ("period", "since", "until"):
        code = getattr(measure, name)
        if code is not None and (code not in view.columns or view.columns[code].type != "date"):
            dates = [column for column, known in view.columns.items() if known.type == "date"]
            report.add((*at, name), "indicator.no_date", name=code, known=listed(dates))
    for part in ("where", "value"):
        try:
            compiled(measure, part)
        except Unsound as unsound:
            report.add((*at, part), unsound.code, name=unsound.name, known=listed(view.columns))


SECTIONS = (
    Section("indicators", Indicator, validate),
    Section("returns", Return, validate_returns),
    Section("figure_rules", FigureRule, validate_rules),
)
