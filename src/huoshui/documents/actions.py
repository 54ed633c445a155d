"""Issuing documents: what was prepared is written as an edition, and stays as it is."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from huoshui.documents.models import Batch, Document, Edition, EditionFile, UsedFigure
from huoshui.documents.preparing import Prepared, get_kind, period_for, prepare
from huoshui.documents.queries import places_for
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.reading import reading
from huoshui.places.models import Place

LONGEST_REASON = 300


def issue(*, by: Any, reason: str = "", **asked: Any) -> Edition:
    """Prepare a document (see ``prepare``) and issue it. Raises what both raise."""
    with reading():
        prepared = prepare(by=by, **asked)
    return issue_document(by=by, prepared=prepared, files=prepared.files(), reason=reason)


@action("documents.issue")
def issue_document(*, by: Any, prepared: Prepared, files: dict[str, bytes], reason: str = "") -> Edition:
    """Issue what was prepared just now by the same person: the first edition, or the next one.

    Raises access.denied, document.stale (somebody issued one meanwhile, or it is a draft), document.same (nothing is
    other than in the last edition), value.required or value.too_long (why it is issued again).
    """
    place = Place.objects.select_for_update().get(pk=prepared.place.pk)
    require(by, "document.issue", path=place.path, pack=prepared.kind_code.partition(".")[0])
    document, _new = Document.objects.get_or_create(
        kind=prepared.kind_code,
        place=place,
        period=prepared.period.code,
        subject=prepared.kind.subject_of(prepared.frame.texts),
    )
    last = document.editions.order_by("-number").first()
    if prepared.by.pk != by.pk or last != prepared.before or prepared.draft:
        raise Refusal("document.stale", field="version")
    if prepared.same:
        raise Refusal("document.same", field="edition", number=last.number if last else 0)
    reason = reason.strip()
    label = _("重新签发的原因")
    if last and not reason:
        raise Refusal("value.required", field="reason", label=label)
    if len(reason) > LONGEST_REASON:
        raise Refusal("value.too_long", field="reason", label=label, length=len(reason), limit=LONGEST_REASON)
    with translation.override("zh-hans"):  # as the document itself
        edition = _written(by, document, prepared, reason)
    digests = _files(edition, files)
    after = journal.snapshot(edition, "title", "code", "number", "template_sha256", "reason")
    after |= {"kind": document.kind, "period": document.period, "figures": len(prepared.uses), **digests}
    journal.record(by=by, subject=edition, place=place, after=after)
    return edition


def _written(by: Any, document: Document, prepared: Prepared, reason: str) -> Edition:
    """The edition with its figures."""
    frame = prepared.frame
    edition = Edition.objects.create(
        document=document,
        number=frame.edition,
        code=frame.code,
        title=frame.title,
        organ=frame.organ,
        texts=frame.texts,
        blocks=prepared.blocks,
        pack_version=prepared.pack_version,
        template=prepared.template,
        template_sha256=prepared.template_sha256,
        changes=[dict(one) for one in prepared.changes],
        reason=reason,
        by=by,
        at=clock.now(),
    )
    UsedFigure.objects.bulk_create(
        UsedFigure(
            edition=edition,
            at=use.at,
            indicator=use.code,
            name=use.figure.indicator.name.zh[:200],
            place=use.figure.place,
            period=use.figure.period.code,
            numerator=use.figure.numerator,
            denominator=use.figure.denominator,
            shown=use.figure.told,
            why_none=use.figure.why_none,
            unit=use.figure.indicator.unit,
            pack=use.code.partition(".")[0],
            pack_number=use.pack_number,
            counted_at=prepared.counted_at,
        )
        for use in prepared.uses
    )
    return edition


def _files(edition: Edition, files: dict[str, bytes]) -> dict[str, str]:
    """The files, and their digests as the journal keeps them."""
    digests = {}
    for ending, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        EditionFile.objects.create(edition=edition, ending=ending, data=data, sha256=digest)
        digests[f"{ending}_sha256"] = digest
    return digests


@action("documents.ask_batch")
def ask_batch(*, by: Any, kind: str, place: Place, period: str, address: str = "") -> Batch:
    """Have a document issued for each place below that has one of the kind; the worker does it.

    Raises access.denied, document.kind, document.period or document.no_places.
    """
    from huoshui.documents.tasks import issue_batch

    found = get_kind(kind)
    require(by, "document.issue", path=place.path, pack=kind.partition(".")[0])
    require(by, "figure.view", path=place.path)
    span = period_for(found, period)
    count = places_for(found, place).count()
    if not count:
        raise Refusal("document.no_places", field="place", name=place.short_name, kind=found.name)
    if any(one.required for one in found.all_inputs):
        raise Refusal("document.by_hand", field="kind", kind=found.name)
    batch = Batch.objects.create(kind=kind, place=place, period=span.code, address=address, by=by, places=count)
    after = {"kind": kind, "period": span.code, "places": count}
    journal.record(by=by, subject=batch, place=place, after=after)
    issue_batch.enqueue(str(batch.pk))
    return batch


@action("documents.end_batch")
def end_batch(*, by: Any, batch: Batch, issued: int, same: int, refused: list[dict[str, str]]) -> Batch:
    """Note how a batch ended. Called by the worker alone."""
    batch.issued, batch.same, batch.refused, batch.done_at = issued, same, refused, clock.now()
    batch.save_next_version("issued", "same", "refused", "done_at")
    after = {"issued": issued, "same": same, "refused": len(refused)}
    journal.record(by=by, subject=batch, place=batch.place, after=after)
    return batch
