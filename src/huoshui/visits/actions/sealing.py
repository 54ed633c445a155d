"""Three different signers, the seal (which opens matters for failing items), and corrections after it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.duties.standing import standing_of
from huoshui.kernel import clock, events, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.visits import scoring
from huoshui.visits.actions.common import locked, require_state, required_text, thousandths
from huoshui.visits.findings import finding_detail, finding_title
from huoshui.visits.models import Correction, Judge, Result, Round, Signature
from huoshui.visits.photos import photo_ids_by_item
from huoshui.visits.schema import Item
from huoshui.visits.tally import ItemTally, PlaceSheets, results_digest, sheets_that_count, tally_items


@action("visits.sign_round")
def sign_round(*, by: Any, round: Round, role: str, seen_digest: str = "") -> Signature:
    """Sign the computed results as leader, scrutineer or tally_clerk, each by another person.

    ``seen_digest``: the digest of what the signer had before them (``queries.digest_to_sign``); where it differs,
    the results changed meanwhile. Raises access.denied, round.state, signature.role, signature.signed,
    signature.same_person, signature.judge (a scrutineer who scored) or round.results_changed.
    """
    if role not in Signature.Role.values:
        raise Refusal("signature.role", field="role", role=role)
    round = locked(round)
    require(by, f"round.sign_{role}", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.COMPUTED)
    digest = results_digest(round)
    if seen_digest and seen_digest != digest:
        raise Refusal("round.results_changed")
    label = Signature.Role(role).label
    counts_as = standing_of(by).accounts
    for standing in round.signatures.filter(voided_at__isnull=True):
        if standing.role == role:
            raise Refusal("signature.signed", role=label)
        if standing.account_id in counts_as:
            raise Refusal("signature.same_person", role=standing.get_role_display())
    if role == Signature.Role.SCRUTINEER and Judge.objects.filter(round=round, account__in=counts_as).exists():
        raise Refusal("signature.judge", role=label)
    signature = Signature.objects.create(round=round, role=role, account=by, at=clock.now(), digest=digest)
    journal.record(by=by, subject=signature, place=round.place, after={"role": role, "digest": digest})
    return signature


@action("visits.seal_round")
def seal_round(*, by: Any, round: Round) -> Round:
    """Seal a round with its three signatures; in the same transaction matters open for its failing items.

    Raises access.denied, round.state, round.unsigned (naming who is missing) or round.results_changed.
    """
    round = locked(round)
    require(by, "round.plan", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.COMPUTED)
    digest = results_digest(round)
    signatures = {s.role: s for s in round.signatures.filter(voided_at__isnull=True)}
    missing = [str(label) for role, label in Signature.Role.choices if role not in signatures]
    if missing:
        raise Refusal("round.unsigned", roles=listed(missing))
    if any(signature.digest != digest for signature in signatures.values()):
        raise Refusal("round.results_changed")
    failing = failing_items(round)
    round.state, round.sealed_at = Round.State.SEALED, clock.now()
    round.save_next_version("state", "sealed_at")
    after = {"state": round.state, "digest": digest, "failing": len(failing)}
    journal.record(by=by, subject=round, place=round.place, before={"state": Round.State.COMPUTED}, after=after)
    events.publish(
        events.RoundSealed(by=by, round_id=round.pk, round_name=round.name, pack=round.pack, failing=failing)
    )
    return round


@action("visits.correct_result")
def correct_result(*, by: Any, result: Result, total: Any, reason: str, seen_version: int | None = None) -> Correction:
    """Correct the total of a sealed result (``total`` a numeral in points); ranks are set anew, both values stay seen.

    Raises access.denied, round.state, record.stale, result.same, value.type, value.decimals (more than the round's),
    value.range (0 to what the checklist gives with every bonus) or value.required (reason).
    """
    round = locked(result.round)
    require(by, "round.correct", path=round.place.path, pack=round.pack)
    require_state(round, Round.State.SEALED)
    result = Result.objects.select_for_update(of=("self",)).select_related("place").get(pk=result.pk)
    result.require_version(seen_version)
    after = thousandths(total, "total", _("总分"), decimals=round.decimals, most=round.checklist.most_points)
    if after == result.total:
        raise Refusal("result.same", field="total")
    correction = Correction.objects.create(
        result=result,
        before=result.total,
        after=after,
        reason=required_text(reason, "reason", _("理由")),
        by=by,
    )
    was = {"total": result.total, "rank": result.rank}
    result.total = after
    result.save_next_version("total")
    _rank_anew(round)
    result.refresh_from_db()
    now_is = {"total": after, "rank": result.rank}
    journal.record(by=by, subject=result, place=result.place, before=was, after=now_is, note=correction.reason)
    return correction


def failing_items(round: Round) -> tuple[events.FailingItem, ...]:
    """One entry per place and item that failed by the quorum and opens a matter."""
    items = round.checklist.items
    return tuple(
        _failing(round, sheets, tally, items[tally.item])
        for sheets in sheets_that_count(round)
        for tally in tally_items(round, sheets)
        if tally.failed and items[tally.item].opens
    )


def _failing(round: Round, sheets: PlaceSheets, tally: ItemTally, item: Item) -> events.FailingItem:
    photos = photo_ids_by_item(sheets.visits[number] for number in tally.failed_by)
    opens = item.opens
    assert opens is not None  # noqa: S101 - the caller takes only items that open a matter
    return events.FailingItem(
        place_id=sheets.place.pk,
        checklist=round.checklist_code,
        item=tally.item,
        title=finding_title(item),
        detail=finding_detail(sheets, tally, item),
        matter_kind=opens.kind,
        severity=opens.severity,
        photo_ids=photos.get(tally.item, ()),
        values=opens.values,
    )


def _rank_anew(round: Round) -> None:
    results = list(Result.objects.filter(round=round).order_by("pk"))
    for row, rank in zip(results, scoring.ranked(row.total for row in results), strict=True):
        if row.rank != rank:
            Result.objects.filter(pk=row.pk).update(rank=rank)
