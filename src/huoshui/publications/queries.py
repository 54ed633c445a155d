"""Reading checks that were kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Count, QuerySet

from huoshui.kernel.access import Actor, reaching
from huoshui.kernel.periods import period
from huoshui.places.models import Place
from huoshui.publications.blocks import Block, BlockKind
from huoshui.publications.checks import Finding, Outcome, explained, placed
from huoshui.publications.comparing import Status
from huoshui.publications.models import CheckedNumber, PublicationCheck
from huoshui.publications.spotting import Kind
from huoshui.publications.values import NOT_YOURS, Held, permission_for

THOUSANDTHS = 1000


def usual_place() -> Place | None:
    """The uppermost place that has more than one below it: the district or county that the register is for."""
    rows = Place.objects.annotate(below=Count("children")).filter(below__gt=1)
    return min(rows, key=lambda place: len(place.path), default=None) or Place.objects.order_by("path").first()


def checks(actor: Actor) -> QuerySet[PublicationCheck]:
    """Kept checks that the actor sees, the newest first."""
    found: QuerySet[PublicationCheck] = PublicationCheck.objects.visible_to(actor)
    return found.select_related("place", "by").defer("blocks").order_by("-created_at")


def outcome_of(actor: Actor, check: PublicationCheck) -> Outcome:
    """A kept check as it came out, with the explanations that were recorded since.

    Where the actor may not see the register's value, nothing is told that came of it, whoever checked.
    """
    blocks = [_block(block) for block in check.blocks]
    rows = check.numbers.select_related("place").order_by("position")
    found = placed((finding_of(row) for row in rows), blocks)
    findings = [_as_seen(actor, one) for one in explained(found)]
    return Outcome(check.name, check.digest, check.kind, check.place, check.day, blocks, findings)


def _block(kept: dict[str, Any]) -> Block:
    pages = tuple((begins, page) for begins, page in kept.get("pages", ()))
    return Block(BlockKind(kept["kind"]), kept["text"], where=kept.get("where", ""), pages=pages)


def finding_of(row: CheckedNumber) -> Finding:
    """A kept number as it was found."""
    return Finding(
        block=row.block, start=row.start, end=row.end, label=row.label, printed=row.printed, words=row.words,
        kind=Kind(row.kind), status=Status(row.status) if row.status else None, term_kind=row.term_kind, term=row.term,
        term_name=row.term_name, place=row.place, place_name=row.place_name, period=_period(row.period),
        period_name=row.period, planned=row.planned, score=row.score / THOUSANDTHS,
        held=Held(
            None, row.held, row.held_unit, row.held_period, row.numerator, row.denominator, row.records,
            why=row.why,
        ),
        why=row.why,
    )  # fmt: skip


def _as_seen(actor: Actor, one: Finding) -> Finding:
    asked = permission_for(one.term_kind, one.term)
    if asked is None or one.place is None or one.why == NOT_YOURS:
        return one
    if reaching(actor, asked[0], path=one.place.path, pack=asked[1]):
        return one
    return replace(one, status=Status.UNKNOWN, held=Held(why=NOT_YOURS), why=NOT_YOURS, explanation=None)


def _period(code: str) -> Any:
    try:
        return period(code)
    except ValueError:
        return None
