"""What is written of publications: a check that is kept, and the explanation of a difference."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.publications.blocks import Block
from huoshui.publications.checks import Finding, Outcome, check_publication
from huoshui.publications.comparing import Status
from huoshui.publications.models import (
    LONGEST_HELD,
    LONGEST_PERIOD,
    LONGEST_PRINTED,
    CheckedNumber,
    Explanation,
    PublicationCheck,
)
from huoshui.publications.values import permission_for

LONGEST_REASON = 1000
THOUSANDTHS = 1000


def keep_check(*, by: Any, data: bytes, name: str, place: Place, day: dt.date) -> PublicationCheck:
    """Check a file, which takes seconds, and keep what was found. Raises what both raise."""
    return keep_outcome(by=by, outcome=check_publication(by=by, data=data, name=name, place=place, day=day))


@action("publications.keep_check")
def keep_outcome(*, by: Any, outcome: Outcome) -> PublicationCheck:
    """Keep what ``check_publication`` found for the same person, with the values compared.

    Raises access.denied without publication.check at the place.
    """
    place = outcome.place
    require(by, "publication.check", path=place.path)
    counts = {status.value: count for status, count in outcome.counts.items()} | {"asides": outcome.asides}
    kept = PublicationCheck.objects.create(
        name=outcome.name[-200:], digest=outcome.digest, kind=outcome.kind, place=place, day=outcome.day, by=by,
        counts=counts, blocks=[_kept_block(block) for block in outcome.blocks],
    )  # fmt: skip
    CheckedNumber.objects.bulk_create(_rows(kept, outcome))
    journal.record(by=by, subject=kept, place=place, after=_told(kept, outcome))
    return kept


@action("publications.explain")
def explain(*, by: Any, number: CheckedNumber, reason: str) -> Explanation:
    """Record why a printed number rightly differs from the value it was compared with; for just these two.

    Raises access.denied without publication.explain at the place of the check, or without what shows the register's
    value, publication.no_difference for a number that did not differ, publication.explained_already, and value.required
    or value.too_long for the reason.
    """
    check = number.check_of
    require(by, "publication.explain", path=check.place.path)
    said = _reason(reason)
    if number.status != Status.DIFFERING or number.place is None:
        raise Refusal("publication.no_difference", field="number", printed=number.printed)
    if asked := permission_for(number.term_kind, number.term):
        require(by, asked[0], path=number.place.path, pack=asked[1])
    same: dict[str, Any] = {
        "term": number.term, "place": number.place, "period": (number.held_period or number.period)[:LONGEST_PERIOD],
        "printed": number.printed[:LONGEST_PRINTED], "held": number.held[:LONGEST_HELD],
    }  # fmt: skip
    others = {"term_kind": number.term_kind, "term_name": number.term_name, "reason": said, "by": by}
    # Of two at once the unique constraint lets one in; the other finds the first one's row.
    row, made = Explanation.objects.get_or_create(**same, defaults=others)
    if not made:
        raise Refusal("publication.explained_already", field="number", printed=number.printed)
    after = {"term_name": row.term_name, "period": row.period, "printed": row.printed, "held": row.held, "reason": said}
    journal.record(by=by, subject=row, place=number.place, after=after)
    return row


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refusal("value.required", field="reason", label=_("说明"))
    if len(said) > LONGEST_REASON:
        raise Refusal("value.too_long", field="reason", label=_("说明"), length=len(said), limit=LONGEST_REASON)
    return said


def _told(kept: PublicationCheck, outcome: Outcome) -> dict[str, Any]:
    numbers = {status.value: outcome.counts[status] for status in (Status.DIFFERING, Status.DOUBTFUL)}
    return {"file": kept.name, "publication_day": kept.day, "numbers_compared": sum(outcome.counts.values()), **numbers}


def _rows(kept: PublicationCheck, outcome: Outcome) -> list[CheckedNumber]:
    return [_row(kept, at, one) for at, one in enumerate(outcome.findings, start=1)]


def _row(kept: PublicationCheck, at: int, one: Finding) -> CheckedNumber:
    return CheckedNumber(
        check_of=kept, position=at, block=one.block, start=one.start, end=one.end, label=one.label[:60],
        printed=one.printed[:200], words=one.words[:300], kind=one.kind.value,
        status=one.status.value if one.status else "", term_kind=one.term_kind, term=one.term,
        term_name=one.term_name[:200], place=one.place, place_name=one.place_name[:120], period=one.period_name[:60],
        planned=one.planned, score=round(one.score * THOUSANDTHS), held=one.held.shown[:80], held_unit=one.held.unit,
        held_period=one.held.period, numerator=one.held.numerator, denominator=one.held.denominator,
        records=one.held.records, why=one.why,
    )  # fmt: skip


def _kept_block(block: Block) -> dict[str, Any]:
    """A block as it is kept: with where it stands only where that says something."""
    kept: dict[str, Any] = {"kind": block.kind.value, "text": block.text}
    kept |= {"where": block.where} if block.where else {}
    return kept | ({"pages": [list(one) for one in block.pages]} if block.pages else {})
