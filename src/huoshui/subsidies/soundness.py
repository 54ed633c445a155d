"""Proving a scheme sound before it loads: paid after acceptance alone, by two people, from tiers that hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huoshui.kernel.wording import listed
from huoshui.matters.schema import OWNER, LineType, MatterKind
from huoshui.packs.contract import Known, Path, Section, SectionReport
from huoshui.packs.schema import FieldDef, Manifest
from huoshui.subsidies import tiers
from huoshui.subsidies.schema import Scheme

NUMERIC = ("integer", "decimal", "money")


def validate(manifest: Manifest, schemes: Sequence[Scheme], known: Known, report: SectionReport) -> None:
    """Every rule over every scheme of a pack."""
    report.add_doubled_codes(schemes)
    for index, scheme in enumerate(schemes):
        _Check(scheme, (index,), known, report).all()


class _Check:
    """The rules over one scheme; ``at`` is where it stands in the section."""

    def __init__(self, scheme: Scheme, at: Path, known: Known, report: SectionReport) -> None:
        self.scheme, self.at, self.known, self.report = scheme, at, known, report

    def add(self, path: Path, code: str, **params: object) -> None:
        self.report.add((*self.at, *path), code, **params)

    def all(self) -> None:
        """Roles, kinds with their states, lines and measure, and the tiers."""
        self._roles("applied_by", self.scheme.applied_by, owner=True)
        self._roles("approved_by", self.scheme.approved_by, owner=False)
        ranges: list[FieldDef] = []
        for at, code in enumerate(self.scheme.kinds):
            if not self.known.has("matters", code):
                self.add(("kinds", at), "pack.reference", name=code, section="matters")
                continue
            kind: MatterKind = self.known.get("matters", code)
            self._states(kind)
            self._lines(kind)
            ranges += self._measure(kind)
        self._tiers(ranges)

    def _roles(self, name: str, codes: Iterable[str], *, owner: bool) -> None:
        for at, role in enumerate(codes):
            if not self.known.has("roles", role) and not (owner and role == OWNER):
                self.add((name, at), "workflow.role_unknown", name=role)

    def _states(self, kind: MatterKind) -> None:
        codes = {state.code for state in kind.states}
        for at, code in enumerate(self.scheme.accepted_in):
            path: Path = ("accepted_in", at)
            unverified = [step for step in kind.transitions if step.to == code and not step.verifies]
            if code not in codes:
                self.add(path, "workflow.state_unknown", name=code)
            elif code == kind.initial or unverified:
                self.add(path, "subsidy.state_unverified", kind=kind.name, name=code)

    def _lines(self, kind: MatterKind) -> None:
        found: dict[str, LineType] = {}
        for part in ("cost", "applied", "approved", "paid"):
            code = getattr(self.scheme, part)
            line = kind.line_type(code)
            if line is None:
                self.add((part,), "subsidy.line_unknown", kind=kind.name, name=code)
                continue
            found[part] = line
        for part in ("applied", "approved"):
            if part in found and (found[part].written_by or found[part].confirmed_by):
                self.add((part,), "subsidy.line_by_hand", kind=kind.name, name=found[part].code)
        if "paid" in found:
            self._payment(kind, found["paid"])

    def _payment(self, kind: MatterKind, paid: LineType) -> None:
        scheme = self.scheme
        if not paid.confirmed_by or paid.at_most != scheme.approved or scheme.applied not in paid.not_by:
            names = {"approved": scheme.approved, "applied": scheme.applied}
            self.add(("paid",), "subsidy.payment_loose", kind=kind.name, name=paid.code, **names)

    def _measure(self, kind: MatterKind) -> list[FieldDef]:
        """The field that the tiers go by, if the kind has it as the scheme says."""
        measure = self.scheme.measure
        for field in kind.fields:
            if field.code == measure.field and field.type in NUMERIC and field.unit == measure.unit:
                return [field]
        self.add(("measure",), "subsidy.measure", kind=kind.name, name=measure.field, unit=measure.unit)
        return []

    def _tiers(self, fields: list[FieldDef]) -> None:
        rows, unit = self.scheme.tiers, self.scheme.measure.unit
        for at in tiers.idle(rows):
            self.add(("tiers", at), "subsidy.tier_idle", tier=at + 1)
        lows, highs = [field.minimum for field in fields], [field.maximum for field in fields]
        low = None if None in lows or not lows else min(value for value in lows if value is not None)
        high = None if None in highs or not highs else max(value for value in highs if value is not None)
        if self.scheme.total:
            for gap in tiers.gaps(rows, low, high):
                self.add(("total",), "subsidy.not_total", gap=_stretch(gap, unit))
        if self.scheme.monotone:
            found = list(tiers.falls(rows, low, high))
            if found:
                points = listed(f"{point.normalize():f} {unit}" for point in found)
                self.add(("monotone",), "subsidy.not_monotone", at=points)


def _stretch(gap: tiers.Segment, unit: str) -> str:
    low = "" if gap.low is None else f"{gap.low.normalize():f}"
    high = "" if gap.high is None else f"{gap.high.normalize():f}"
    return f"[{low or '−∞'}, {high or '∞'}) {unit}"


SECTION = Section("subsidies", Scheme, validate)
