"""One thing done to many matters: chosen in the ledger, tried, read, and then done to all of them or to none."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import answered, once
from huoshui.kernel.ids import new_id
from huoshui.kernel.trials import MOST_AT_ONCE, NotAll, Outcome, Trial, done, tried
from huoshui.matters import bulk
from huoshui.matters.bulk import Offer
from huoshui.matters.models import Matter
from huoshui.matters.schema import OWNER
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.matter_pages.ledger import asked_for
from huoshui.web.office.matter_pages.steps import readable
from huoshui.web.requests import SignedInRequest

NUMBER, ALL, DO = "n", "all", "do"
"""In the address: each matter that was ticked; that all are meant which pass the filters; what is to be done."""
TEMPLATE = "office/matters/bulk.html"


@require_http_methods(["GET", "POST"])
@login_required
def many(request: SignedInRequest) -> HttpResponse:
    """What can be done to the chosen matters; sent without ``step=write`` it is tried, with it done."""
    if request.method == "GET":
        form = FormState()
        matters = form.attempt(_asked, request=request) or []
        return page(request, TEMPLATE, _choosing(request, matters, request.GET.get(DO, ""), _back(request)), form)
    form = FormState.typed(request)
    writing = form.values.get("step") == "write"
    answer = answered(**_sent(request, form)) if writing else None
    if answer is not None:  # a second press of the button
        return _told_done(request, form, answer)
    seen = _seen(form.values.get("rows", ""))
    offer = form.attempt(_offered, request=request, numbers=list(seen), code=form.values.get(DO, ""))
    if offer is None:
        matters = list(Matter.objects.visible_to(request.user).filter(number__in=seen)[:MOST_AT_ONCE])
        return page(request, TEMPLATE, _choosing(request, matters, "", form.values.get("back", "")), form)
    rows = bulk.rows_for(request.user, seen, _wish(offer, form))
    if not writing:
        return _tried(request, form, offer, tried(rows))
    return _done(request, form, offer, rows)


def _asked(*, request: SignedInRequest) -> list[Matter]:
    if ALL in request.GET:
        return bulk.matching(request.user, asked_for(request).filters)
    return bulk.chosen(request.user, request.GET.getlist(NUMBER))


def _back(request: SignedInRequest) -> str:
    """The filters with which one goes back to the ledger."""
    query = request.GET.copy()
    for name in (NUMBER, ALL, DO):
        query.pop(name, None)
    return query.urlencode()


def _seen(text: str) -> dict[str, int | None]:
    """Numbers, each with the version that was seen where a trial was read: "ZG-2018-0001:3 ZG-2018-0002:1"."""
    pairs = (part.partition(":") for part in text.split())
    return {number: int(version) if version.isdigit() else None for number, _colon, version in pairs}


def _offered(*, request: SignedInRequest, numbers: list[str], code: str) -> Offer:
    """Raises bulk.unknown for what is not offered, and what ``chosen`` raises."""
    offers = bulk.offers(request.user, bulk.chosen(request.user, numbers))
    found = next((offer for offer in offers if offer.code == code), None)
    if found is None:
        raise Refusal("bulk.unknown", field=DO)
    return found


def _wish(offer: Offer, form: FormState) -> bulk.Wish:
    names = [*(known.code for known in offer.fields), *([OWNER] if offer.do == bulk.ASSIGN else [])]
    given = {name: form.values[name] for name in names if name in form.values}
    return bulk.Wish(offer.do, offer.what, given, form.values.get("note", ""))


def _choosing(request: SignedInRequest, matters: list[Matter], code: str, back: str) -> dict[str, Any]:
    offers = bulk.offers(request.user, matters)
    offer = next((offer for offer in offers if offer.code == code), None)
    needs_people = offer and (offer.do == bulk.ASSIGN or any(known.type == "account" for known in offer.fields))
    return {
        "matters": matters,
        "offers": offers,
        "offer": offer,
        "accounts": bulk.people_for_all(matters) if needs_people else [],
        "rows": " ".join(matter.number for matter in matters),
        "back": back,
        "back_url": f"{reverse('ledger')}?{back}",
        "query": request.GET.urlencode(),
    }


def _tried(request: SignedInRequest, form: FormState, offer: Offer, trial: Trial[bulk.MatterRow]) -> HttpResponse:
    back = form.values.get("back", "")
    context = {
        "offer": offer,
        "trial": trial,
        "possible": [_line(outcome) for outcome in trial.possible],
        "unchanged": [_line(outcome) for outcome in trial.unchanged],
        "refused": [_line(outcome) for outcome in trial.refused],
        "rows": " ".join(_as_seen(outcome.row) for outcome in trial.possible),
        "given": {name: value for name, value in form.values.items() if name not in ("rows", "step", "key")},
        "key": new_id(),
        "back": back,
        "back_url": f"{reverse('ledger')}?{back}",
    }
    return page(request, TEMPLATE, context, form)


def _as_seen(row: bulk.MatterRow) -> str:
    return f"{row.number}:{row.version or (row.matter.version if row.matter else '')}"


def _line(outcome: Outcome[bulk.MatterRow]) -> dict[str, Any]:
    """A row of the trial: the matter, its changes or why not; in a conflict both values of each field."""
    matter, refusal = outcome.row.matter, outcome.refusal
    mine, theirs = (refusal.extra.get(side, {}) for side in ("mine", "theirs")) if refusal else ({}, {})
    labels = {known.code: str(known.name) for known in matter.definition.fields} if matter else {}
    return {
        "number": outcome.row.number,
        "matter": matter,
        "changes": outcome.changes,
        "problems": refusal.problems if refusal else [],
        "both": [
            {
                "label": labels.get(code, _("责任人")),
                "mine": readable(matter, code, text),
                "theirs": theirs.get(code, ""),
            }
            for code, text in mine.items()
            if matter and text
        ],
    }


def _done(request: SignedInRequest, form: FormState, offer: Offer, rows: list[bulk.MatterRow]) -> HttpResponse:
    """Write what was tried, once however often it is sent; a row refused meanwhile shows the trial anew."""

    def write() -> dict[str, Any]:
        return {"done": len(done(rows).possible), "what": offer.name}

    try:
        return _told_done(request, form, once(**_sent(request, form), write=write))
    except NotAll as refused:
        form.status = 409
        return _tried(request, form, offer, refused.trial)


def _sent(request: SignedInRequest, form: FormState) -> dict[str, Any]:
    """Who sent which form under which key, as ``idempotency`` takes it."""
    return {
        "actor_id": request.user.pk,
        "key": form.values.get("key", "")[:80],
        "request": {"operation": "matters.bulk", "form": form.values},
    }


def _told_done(request: SignedInRequest, form: FormState, answer: dict[str, Any]) -> HttpResponse:
    said = _("%(what)s：已办 %(count)d 件，每件都记入日志") % {"what": answer["what"], "count": answer["done"]}
    messages.success(request, said)
    return redirect(f"{reverse('ledger')}?{form.values.get('back', '')}")
