"""Rating what was done: by the code of the slip without signing in, or from paper at the counter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huoshui.duties.queries import system_account
from huoshui.duties.standing import Hand, standing_of
from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.events import RatedLow, publish
from huoshui.kernel.wording import listed
from huoshui.services.models import RatedAspect, Rating, Request
from huoshui.services.schema import RatingRule
from huoshui.services.tracking import digest_of

WORDS_LENGTH = 500


@action("services.rate")
def rate(*, by: Any, request: Request, level: str, aspects: Mapping[str, str] | None = None, words: str = "") -> Rating:
    """Enter a rating that was given on paper; nobody enters one of what they took or worked on themselves.

    Raises access.denied, service.own_rating, service.rated_already, and what ``rate_by_code`` raises of a rating.
    """
    request = _locked(request.pk)
    require(by, "service.rate", path=request.place.path, pack=request.pack)
    hands = {Hand(request.taken_by_id, day=request.taken_on)}
    hands |= {Hand(account, day=day) for account, day in request.progress.values_list("by_id", "on")}
    if standing_of(by).had_a_hand(hands, request.place.path, request.pack):
        raise Refusal("service.own_rating", field="level", number=request.matter_number)
    if Rating.objects.filter(request=request).exists():
        raise Refusal("service.rated_already", field="level", number=request.matter_number)
    return _rate(by, request, level, aspects or {}, words, entered_by=by)


@action("services.rate_by_code")
def rate_by_code(*, code: str, level: str, aspects: Mapping[str, str] | None = None, words: str = "") -> Rating:
    """Rate the request of a code, or change the rating while that is open; whoever has the code may.

    ``level`` and each of ``aspects`` (by its code) are codes of the item's rule. Raises service.code_unknown,
    service.not_rated, service.not_done, service.rating_closed, service.rating_settled or the value.* errors.
    """
    found = request_of_code(code)
    return _rate(system_account(), _locked(found.pk), level, aspects or {}, words, entered_by=None)


def request_of_code(code: str) -> Request:
    """The request that a code stands for. Raises service.code_wrong for a mistyped one, service.code_unknown."""
    digest = digest_of(code)
    if not digest:
        raise Refusal("service.code_wrong", field="code")
    found = Request.objects.filter(code_digest=digest).select_related("place", "pack_version", "offer").first()
    if found is None:
        raise Refusal("service.code_unknown", field="code")
    return found


def rating_refusal(request: Request) -> Refusal | None:
    """Why a request cannot be rated today, or its rating not changed any more; None when it can."""
    rule, today = request.rule, clock.today()
    if rule is None:
        return Refusal("service.not_rated", field="level", item=request.name)
    if request.done_on is None:
        return Refusal("service.not_done", field="level", state=request.state_name)
    standing = Rating.objects.filter(request=request).first()
    if standing is None:
        last = request.done_on + dt.timedelta(days=rule.open_days)
        return Refusal("service.rating_closed", field="level", day=last) if today > last else None
    last = standing.rated_on + dt.timedelta(days=rule.change_days)
    return Refusal("service.rating_settled", field="level", day=last) if today > last else None


def _locked(key: Any) -> Request:
    related = ("place", "pack_version", "offer")
    return Request.objects.select_for_update(of=("self",)).select_related(*related).get(pk=key)


def _rate(by: Any, request: Request, level: str, aspects: Mapping[str, str], words: str, *, entered_by: Any) -> Rating:
    refusal = rating_refusal(request)
    if refusal:
        raise refusal
    rule = request.rule
    if rule is None:
        raise RuntimeError("a request that is not rated was refused before")
    words = words.strip()
    _check(rule, level, aspects, words)
    standing = Rating.objects.select_for_update().filter(request=request).first()
    before = _told(standing) if standing else {}
    rating = standing or Rating(request=request, rated_on=clock.today())
    known = rule.level(level)
    rating.level, rating.rank, rating.satisfied = level, rule.ranks[level], bool(known and known.satisfied)
    rating.words, rating.entered_by = words, entered_by
    if standing:
        rating.changed_on = clock.today()
        rating.version += 1
    rating.save()
    rating.aspects.all().delete()
    RatedAspect.objects.bulk_create(
        RatedAspect(rating=rating, aspect=code, level=said, rank=rule.ranks[said]) for code, said in aspects.items()
    )
    _open_correction(by, rating, rule)
    rating.refresh_from_db()
    journal.record(by=by, subject=rating, place=request.place, before=before, after=_told(rating), restricted=True)
    return rating


def _check(rule: RatingRule, level: str, aspects: Mapping[str, str], words: str) -> None:
    levels = listed(known.name for known in rule.levels)
    if not level:
        raise Refusal("value.required", field="level", label=_("评价"))
    if rule.level(level) is None:
        raise Refusal("value.choice", field="level", label=_("评价"), value=level, choices=levels)
    names = {aspect.code: aspect.name for aspect in rule.aspects}
    for code, said in aspects.items():
        if code not in names:
            raise Refusal(
                "value.choice", field="aspects", label=_("评价内容"), value=code, choices=listed(names.values())
            )
        if rule.level(said) is None:
            raise Refusal("value.choice", field=code, label=str(names[code]), value=said or "—", choices=levels)
    if len(words) > WORDS_LENGTH:
        raise Refusal("value.too_long", field="words", label=_("意见"), length=len(words), limit=WORDS_LENGTH)


def _told(rating: Rating) -> dict[str, Any]:
    return {"level": rating.level, "from_paper": rating.entered_by_id is not None}


def _open_correction(by: Any, rating: Rating, rule: RatingRule) -> None:
    """A low level opens the correction; one that stands already goes on, whatever the rating is changed to."""
    known, request = rule.level(rating.level), rating.request
    if rule.correction is None or known is None or not known.opens or rating.correction_id or not request.matter_id:
        return
    with transaction.atomic():
        publish(
            RatedLow(
                by=by,
                rating_id=rating.pk,
                request_matter_id=request.matter_id,
                taken_by_id=request.taken_by_id,
                kind=rule.correction,
                place_id=request.place_id,
                title=_("%(item)s：评价“%(level)s”") % {"item": request.name, "level": known.name},
                detail=rating.words,
                label=_("好差评"),
            )
        )
