"""Following a request by the code of its slip, and rating it. The code is all that is asked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huoshui.kernel import clock
from huoshui.services.actions import rate_by_code
from huoshui.services.actions.ratings import rating_refusal, request_of_code
from huoshui.services.models import Rating, Request
from huoshui.services.tracking import code_of, plain
from huoshui.web.limits import limited
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page

TRIES_A_MINUTE, RATINGS_A_MINUTE = 60, 20


@never_cache
@require_http_methods(["GET", "POST"])
@limited("portal-code", TRIES_A_MINUTE, methods=("POST",))
def enter(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    form = FormState()
    if request.method == "POST":
        form = FormState.typed(request)
        code = str(form.values.get("code", ""))
        if form.attempt(request_of_code, code=code):
            return _private(redirect("portal_follow", code=plain(code)))
    return _private(page(request, "portal/enter.html", {}, form))


@never_cache
@require_http_methods(["GET"])
@limited("portal-code", TRIES_A_MINUTE)
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """How far the request of a code is, and the form to rate it."""
    form = FormState()
    found = form.attempt(request_of_code, code=code)
    if found is None:
        return _private(page(request, "portal/enter.html", {}, form))
    return _show(request, code, found, FormState())


@never_cache
@form_of("portal_follow", "code")
@limited("portal-rate", RATINGS_A_MINUTE)
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate the request of a code, or change the rating."""
    form = FormState.typed(request)
    aspects = {name[7:]: said for name, said in form.values.items() if name.startswith("aspect-") and said}
    done = form.attempt(
        rate_by_code,
        code=code,
        level=form.values.get("level", ""),
        aspects=aspects,
        words=form.values.get("words", ""),
    )
    if done is None:
        found = FormState().attempt(request_of_code, code=code)
        if found is None:
            return _private(page(request, "portal/enter.html", {}, form))
        return _show(request, code, found, form)
    messages.success(request, _("谢谢，评价已收到"))
    return _private(redirect("portal_follow", code=code))


def _show(request: HttpRequest, code: str, found: Request, form: FormState) -> HttpResponse:
    rating = Rating.objects.filter(request=found).prefetch_related("aspects").first()
    refusal = rating_refusal(found)
    if rating is not None and not form.refused:
        form.values = _rated(rating)
    # Whoever has the code of the whole may follow and rate each of its parts.
    parts = [(part, code_of(part.pk)) for part in found.parts.select_related("pack_version").order_by("id")]
    context = {
        "code": code,
        "asked": found,
        "item": found.definition,
        "parts": parts,
        "progress": list(found.progress.all()),
        "rule": found.rule,
        "rating": rating,
        "may_rate": refusal is None,
        "late": found.done_on is None and found.promised_on < clock.today(),
        "general_problems": [p for p in form.problems if p.field not in ("level", "words")],
    }
    return _private(page(request, "portal/follow.html", context, form))


def _rated(rating: Rating) -> dict[str, Any]:
    """The form as it was filled in."""
    said = {f"aspect-{row.aspect}": row.level for row in rating.aspects.all()}
    return {"level": rating.level, "words": rating.words} | said


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds the code: it is told to no other site and kept by no search engine."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
