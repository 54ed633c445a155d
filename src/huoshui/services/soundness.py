"""Proving services sound before they load: what they name exists, and the matters that carry them can keep the promise.

Kinds of matter belong to a sister; of their definitions only what the contract documents is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huoshui.packs.contract import Known, Path, Section, SectionReport
from huoshui.packs.schema import Manifest
from huoshui.services.schema import RatingRule, ServiceBundle, ServiceGroup, ServiceItem

CLOSED, RESOLVED = "closed", "resolved"


def validate_groups(manifest: Manifest, groups: Sequence[ServiceGroup], known: Known, report: SectionReport) -> None:
    """Codes differ."""
    report.add_doubled_codes(groups)


def validate_items(manifest: Manifest, items: Sequence[ServiceItem], known: Known, report: SectionReport) -> None:
    """Groups, ratings, kinds with their fields and clocks; a material means the same in every item."""
    report.add_doubled_codes(items)
    names: dict[str, str] = {}
    for index, item in enumerate(items):
        at: Path = (index,)
        _named(manifest, "service_groups", item.group, (*at, "group"), known, report)
        if item.rating:
            _named(manifest, "service_ratings", item.rating, (*at, "rating"), known, report)
        for n, material in enumerate(item.materials):
            if names.setdefault(material.code, material.name.zh) != material.name.zh:
                was = names[material.code]
                report.add((*at, "materials", n), "service.material_differs", name=material.code, was=was)
        if item.request:
            _request(item, (*at, "request"), known, report)


def _named(manifest: Manifest, section: str, code: str, path: Path, known: Known, report: SectionReport) -> None:
    if not known.has(section, f"{manifest.code}.{code}"):
        report.add(path, "pack.reference", name=code, section=section)


def _request(item: ServiceItem, at: Path, known: Known, report: SectionReport) -> None:
    """The kind has the fields that are asked for and asks for no other; its first clock can hold the promise."""
    rule = item.request
    if rule is None or not known.has("matters", rule.kind):
        report.add((*at, "kind"), "pack.reference", name=rule.kind if rule else "—", section="matters")
        return
    kind: Any = known.get("matters", rule.kind)
    for n, code in enumerate(rule.fields):
        if code not in kind.fields_by_code:
            report.add((*at, "fields", n), "service.field_unknown", name=code, kind=kind.name)
    title = kind.fields_by_code.get(rule.titled_by or "")
    if rule.titled_by and (
        rule.titled_by not in rule.fields or title is None or title.type != "text" or title.personal
    ):
        report.add((*at, "titled_by"), "service.title_field", name=rule.titled_by, kind=kind.name)
    clock = kind.clocks[0] if kind.clocks else None
    own = clock.own_deadline_field if clock else None
    for field in kind.fields:
        if field.required and field.code not in {*rule.fields, own}:
            report.add((*at, "fields"), "service.field_unasked", name=field.code, kind=kind.name)
    if clock is None or not own or clock.counting != "working":
        report.add((*at, "kind"), "service.kind_promises_nothing", kind=kind.name)
    elif item.whole_days > min(clock.days.values(), default=0):
        most = min(clock.days.values(), default=0)
        report.add((*at, "kind"), "service.promise_beyond_clock", kind=kind.name, days=item.whole_days, most=most)


def validate_bundles(manifest: Manifest, bundles: Sequence[ServiceBundle], known: Known, report: SectionReport) -> None:
    """Items take requests, and the kind of the whole holds the kinds of its parts."""
    report.add_doubled_codes(bundles)
    for index, bundle in enumerate(bundles):
        whole: Any = known.get("matters", bundle.kind) if known.has("matters", bundle.kind) else None
        if whole is None:
            report.add((index, "kind"), "pack.reference", name=bundle.kind, section="matters")
        for n, code in enumerate(bundle.items):
            path: Path = (index, "items", n)
            qualified = f"{manifest.code}.{code}"
            item: Any = known.get("services", qualified) if known.has("services", qualified) else None
            if item is None:
                report.add(path, "pack.reference", name=code, section="services")
            elif item.request is None:
                report.add(path, "service.bundle_told", name=item.name)
            elif whole is not None and not _holds(whole, item.request.kind):
                report.add(path, "service.bundle_kind", name=item.name, kind=whole.name)


def _holds(whole: Any, kind: str) -> bool:
    return bool(whole.parts.depth) and (not whole.parts.kinds or kind in whole.parts.kinds)


def validate_ratings(manifest: Manifest, rules: Sequence[RatingRule], known: Known, report: SectionReport) -> None:
    """Codes differ; a correction is verified by others, and ends only when somebody wrote down what they answered."""
    report.add_doubled_codes(rules)
    for index, rule in enumerate(rules):
        for name in ("levels", "aspects"):
            seen: set[str] = set()
            for n, part in enumerate(getattr(rule, name)):
                if part.code in seen:
                    report.add((index, name, n, "code"), "pack.code_twice", name=part.code)
                seen.add(part.code)
        if rule.correction is None:
            continue
        if not known.has("matters", rule.correction):
            report.add((index, "correction"), "pack.reference", name=rule.correction, section="matters")
        elif not _called_back(known.get("matters", rule.correction)):
            report.add((index, "correction"), "service.correction_loose", name=rule.correction)


def _called_back(kind: Any) -> bool:
    """Whether every way to a corrected end is verified, bars who worked on it, and requires a field (the call-back)."""
    ends = [step for step in kind.transitions if step.close_reason == RESOLVED]
    return bool(ends) and all(step.verifies and step.requires and step.not_by and step.other_unit_than for step in ends)


SECTIONS = (
    Section("service_groups", ServiceGroup, validate_groups),
    Section("services", ServiceItem, validate_items),
    Section("service_bundles", ServiceBundle, validate_bundles),
    Section("service_ratings", RatingRule, validate_ratings),
)
