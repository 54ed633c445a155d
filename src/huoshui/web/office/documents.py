"""Documents 文书: the list, drafting and issuing one, an edition with its figures, and its files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.documents.actions import ask_batch, issue
from huoshui.documents.models import Batch, Document, Edition
from huoshui.documents.preparing import Prepared, get_kind, prepare
from huoshui.documents.queries import edition_coded, editions, editions_of, kinds, places_for, used_now
from huoshui.documents.sameness import reworded
from huoshui.documents.schema import DocumentKind
from huoshui.kernel import clock
from huoshui.kernel.access import allows, path_condition
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.periods import PeriodKind, period_before, period_of
from huoshui.places.models import Place
from huoshui.reports.letters import WORD
from huoshui.reports.typesetting import PDF
from huoshui.web.files import as_file
from huoshui.web.office.document_blocks import sheet_of, shown_blocks
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, paged
from huoshui.web.requests import SignedInRequest

TYPES = {"docx": WORD, "pdf": PDF}


@require_GET
@login_required
def document_list(request: SignedInRequest) -> HttpResponse:
    """The newest edition of each document, the last issued first; ``?kind=``, ``?place=`` (and below), ``?year=``."""
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    code = request.GET.get("place", "")
    place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code) if code else None
    known = kinds()
    options = [{"value": one, "label": str(found.name)} for one, found in known.items()]
    years = [{"value": str(n), "label": str(n)} for n in range(clock.today().year, 2016, -1)]
    context = {
        "rows": paged(request, editions(request.user, kind=kind, place=place, year=year), 50),
        "place": place,
        "filters": [
            {"name": "kind", "label": _("文书"), "value": kind, "options": options},
            {"name": "year", "label": _("年度"), "value": year, "options": years},
            {"name": "place", "label": _("地点代码"), "value": code},
        ],
        "address": address_without(request, "page"),
        "may_issue": bool(request.user.grants("document.issue")),
        "may_replace": bool(request.user.grants("document.template")),
    }
    return page(request, "office/documents/list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def document_new(request: SignedInRequest) -> HttpResponse:
    """Draft a document of ``?kind=`` for ``?place=`` and ``?period=``, look at it, and issue it; no kind: which."""
    if not request.user.grants("document.issue"):
        raise Refusal("access.not_found")
    code = request.GET.get("kind", "")
    if not code:
        return page(request, "office/documents/kinds.html", {"kinds": kinds()})
    kind = get_kind(code)
    if request.method == "GET":
        form = FormState(_proposed(request, code, kind))
        return _draft_page(request, code, kind, form, None)
    form = FormState.typed(request)
    do = form.values.get("do", "")
    if do == "batch" and (batch := form.attempt(_batch, request=request, code=code, form=form)):
        return redirect("document_batch", batch_id=batch.pk)
    if do == "issue" and (edition := form.attempt(_issue, request=request, code=code, kind=kind, form=form)):
        messages.success(request, _("已签发，编号 %(code)s") % {"code": edition.code})
        return redirect("document", code=edition.code)
    draft = form.attempt(_prepare, request=request, code=code, kind=kind, form=form) if do == "preview" else None
    return _draft_page(request, code, kind, form, draft)


def _draft_page(
    request: SignedInRequest, code: str, kind: DocumentKind, form: FormState, draft: Prepared | None
) -> HttpResponse:
    places = _places(request, kind)
    context = {
        "code": code,
        "kind": kind,
        "places": places,
        "several": not any(one.required for one in kind.all_inputs),
        "before": _standing(request, code, form),
        "draft": draft,
        "reworded": reworded(draft.before.blocks, _issued(draft.before), draft.blocks, ("", draft.frame.day))
        if draft and draft.before
        else [],
        "blocks": shown_blocks(draft.blocks, {use.at: sheet_of(use.code, use.figure.place.code, use.figure.period.code)
                                              for use in draft.uses}) if draft else [],
        "general_problems": [problem for problem in form.problems if problem.field not in _fields(kind)],
    }  # fmt: skip
    return page(request, "office/documents/new.html", context, form)


def _fields(kind: DocumentKind) -> set[str]:
    return {"organ", "period", "reason", *(one.code for one in kind.all_inputs)}


def _standing(request: SignedInRequest, code: str, form: FormState) -> Edition | None:
    """The edition that stands of what is being drafted."""
    lookup = {
        "document__kind": code,
        "document__place__code": form.values.get("place", ""),
        "document__period": form.values.get("period", ""),
        "document__subject": get_kind(code).subject_of(form.values),
    }
    return Edition.objects.visible_to(request.user).filter(**lookup).order_by("-number").first()


def _places(request: SignedInRequest, kind: DocumentKind) -> list[Place]:
    """The places for which the reader may issue a kind, in the order of their paths."""
    found: dict[Any, Place] = {}
    for grant in request.user.grants("document.issue"):
        top = Place.objects.filter(path_condition("path", grant.path)).order_by("path").first()
        if top:
            found |= {place.pk: place for place in places_for(kind, top).only("code", "short_name", "path", "kind")}
    return sorted(found.values(), key=lambda place: place.path)


def _proposed(request: SignedInRequest, code: str, kind: DocumentKind) -> dict[str, str]:
    """Last year or last month, one's own unit, and what the edition that stands was written with."""
    asked = {"place": request.GET.get("place", ""), "period": request.GET.get("period", "") or _last_period(kind)}
    if kind.told_apart_by:
        asked[kind.told_apart_by] = request.GET.get("subject", "")
    form = FormState(asked)
    standing = _standing(request, code, form)
    texts = dict(standing.texts) if standing else {}
    return {**form.values, "organ": standing.organ if standing else str(request.user.unit or ""), **texts}


def _last_period(kind: DocumentKind) -> str:
    first = PeriodKind(kind.periods[0])
    if first == PeriodKind.PLAN:
        return ""
    now = period_of(clock.today(), first)
    return now.code if first == PeriodKind.DAY else period_before(now).code


def _asked(request: SignedInRequest, code: str, form: FormState) -> dict[str, Any]:
    values = form.values
    place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=values.get("place", ""))
    return {"by": request.user, "kind": code, "place": place, "period": str(values.get("period", "")).strip()}


def _texts(kind: DocumentKind, form: FormState) -> dict[str, str]:
    return {one.code: form.values.get(one.code, "") for one in kind.all_inputs}


def _prepare(request: SignedInRequest, code: str, kind: DocumentKind, form: FormState) -> Prepared:
    asked = _asked(request, code, form)
    return prepare(**asked, texts=_texts(kind, form), organ=form.values.get("organ", ""), draft=True)


def _issue(request: SignedInRequest, code: str, kind: DocumentKind, form: FormState) -> Edition:
    return issue(
        **_asked(request, code, form),
        texts=_texts(kind, form),
        organ=form.values.get("organ", ""),
        reason=form.values.get("reason", ""),
        address=request.build_absolute_uri("/").rstrip("/"),
    )


def _batch(request: SignedInRequest, code: str, form: FormState) -> Batch:
    batch: Batch = ask_batch(**_asked(request, code, form), address=request.build_absolute_uri("/").rstrip("/"))
    return batch


@require_GET
@login_required
def document(request: SignedInRequest, code: str) -> HttpResponse:
    """One edition by the code that is printed on it: what it says, its figures then and now, editions and files."""
    edition = edition_coded(request.user, code)
    if edition is None:
        raise Refusal("access.not_found")
    about: Document = edition.document
    rows = used_now(request.user, edition)
    sheets = {row.used.at: sheet_of(row.used.indicator, row.used.place.code, row.used.period) for row in rows}
    all_editions = list(editions_of(request.user, about))
    context = {
        "edition": edition,
        "about": about,
        "blocks": shown_blocks(edition.blocks, sheets),
        "rows": [(row, sheets[row.used.at]) for row in rows],
        "changed": [(row, sheets[row.used.at]) for row in rows if row.changed],
        "editions": all_editions,
        "reworded": _reworded(edition, next((e for e in all_editions if e.number == edition.number - 1), None)),
        "newest": all_editions[0],
        "files": edition.files.defer("data").order_by("ending"),
        "may_issue": allows(request.user, "document.issue", path=about.place.path),
    }
    return page(request, "office/documents/document.html", context)


def _reworded(edition: Edition, before: Edition | None) -> list[tuple[str, str]]:
    """What is worded otherwise than in the edition before."""
    return reworded(before.blocks, _issued(before), edition.blocks, _issued(edition)) if before else []


def _issued(edition: Edition) -> tuple[str, dt.date]:
    return edition.code, clock.local_date(edition.at)


@require_GET
@login_required
def document_file(request: SignedInRequest, code: str, ending: str) -> HttpResponse:
    """The kept file of an edition, byte for byte. Raises document.file_missing."""
    edition = Edition.objects.get_visible(request.user, code=code.upper())
    found = edition.files.filter(ending=ending).first()
    if found is None:
        raise Refusal("document.file_missing", ending=ending)
    return as_file(bytes(found.data), TYPES[ending], f"{edition.title}.{ending}", inline=ending == "pdf")


@require_GET
@login_required
def document_batch(request: SignedInRequest, batch_id: str) -> HttpResponse:
    """How a batch goes."""
    batch = Batch.objects.get_visible(request.user, pk=batch_id)
    return page(request, "office/documents/batch.html", {"batch": batch, "kind": kinds().get(batch.kind)})
