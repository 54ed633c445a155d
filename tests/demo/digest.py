"""What a load comes to, without ids and passwords: the same for the same day."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import connection
from django.db.models import Q

from huoshui.demo.load import FIRST_AS_OF
from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.matters.models import Matter, MoneyLine, Step
from huoshui.notices.models import Notice
from huoshui.places.models import PlaceAttribute
from huoshui.visits.models import Answer, Result, Visit

AGAIN = ("recheck", "keep")
"""Steps of re-checks: of matters of 2017, taken in later years as far as the day of the demo has come."""
REVIEWED_WITHIN = dt.timedelta(days=14)
OF_THE_PAST = ("matter.due_again", "matter.many_due_again")
"""Notices about matters of 2017, whenever they are told."""


def digest(*, of_2017: bool) -> str:
    """SHA-256 over the records of 2017 (and of the winter that ended them), or over those after them."""
    if connection.vendor == "postgresql":
        # Nothing was committed, so autovacuum knows nothing of the rows: without statistics this takes minutes.
        connection.cursor().execute("ANALYZE")
    told = Q(opened_on__lt=FIRST_AS_OF) if of_2017 else Q(opened_on__gte=FIRST_AS_OF)
    kinds = {"matters": matters(told), "steps": steps(told), "lines": lines(told), **sheets(of_2017)}
    if of_2017:
        kinds |= {"attributes": attributes(), "accounts": accounts()}
    else:
        kinds["notices"] = list(
            Notice.objects.exclude(created_at__year__lte=2018)  # the winter after 2017 is part of the past,
            .exclude(code__in=OF_THE_PAST)  # and so are the re-checks of what was awarded then
            .exclude(subject_id__in=Matter.objects.filter(opened_on__lt=FIRST_AS_OF).values("pk"))
            .values_list("account__username", "code", "subject_label")
            .order_by("account__username", "code", "subject_label")
        )
    # PostgreSQL keeps the keys of JSON in an order of its own.
    told_so = json.dumps(kinds, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told_so.encode()).hexdigest()


def matters(condition: Q) -> list[Any]:
    rows = Matter.objects.filter(condition).order_by("number")
    told = (
        "number", "kind", "title", "detail", "severity", "place__code", "owner__username", "opened_on", "supervised_on",
    )  # fmt: skip
    # What a re-check changes of those that were awarded depends on the day.
    ended = ("number", "state", "due_on", "closed_on", "close_reason", "verifier__username")
    return [*rows.values_list(*told), *rows.exclude(kind__startswith="honours.").values_list(*ended)]


def steps(condition: Q) -> list[Any]:
    found = Step.objects.filter(matter__in=Matter.objects.filter(condition)).exclude(transition__in=AGAIN)
    found = found.order_by("matter__number", "at", "id")
    return list(found.values_list("matter__number", "transition", "account__username", "at", "note", "data"))


def lines(condition: Q) -> list[Any]:
    found = MoneyLine.objects.filter(matter__in=Matter.objects.filter(condition)).order_by("matter__number", "id")
    return list(found.values_list("matter__number", "type", "amount", "day", "voucher", "by__username"))


def sheets(of_2017: bool) -> dict[str, Any]:
    visits = Visit.objects.filter(visited_on__year=2017) if of_2017 else Visit.objects.exclude(visited_on__year=2017)
    visits = visits.exclude(pk__in=re_checked())
    named = ("place__code", "judge__username", "visited_on", "checklist_code")
    order = (*named, "pk")  # somebody may fill in the same twice a day
    said = visits.order_by(*order).values_list(*named, "state", "strengths", "shortcomings", "direction")
    confirmed = Answer.objects.filter(visit__in=visits, points__isnull=False)  # the rest is as the register has it
    answers = confirmed.order_by(*(f"visit__{name}" for name in order), "item")
    results = Result.objects.filter(round__in={visit.round_id for visit in visits})
    results = results.order_by("place__code", "round__opens_on")  # a village may have been in two rounds
    return {
        "sheets": list(said),
        "answers": list(answers.values_list("item", "points", "value", "choice", "findings", "yes", "fails", "note")),
        "results": list(results.values_list("place__code", "total", "rank", "totals")),
    }


def re_checked() -> list[Any]:
    """The sheets of re-checks."""
    begun = Step.objects.filter(transition="recheck").values_list("matter__place", "at")
    sheets = Visit.objects.filter(judge__username="accreditation-review")
    return [
        pk
        for place, at in begun
        for pk in sheets.filter(
            place=place, visited_on__gte=clock.local_date(at), visited_on__lte=clock.local_date(at) + REVIEWED_WITHIN
        ).values_list("pk", flat=True)
    ]


def attributes() -> list[Any]:
    rows = PlaceAttribute.objects.order_by("place__code", "code", "since")
    return list(rows.values_list("place__code", "code", "number", "text", "since", "until"))


def accounts() -> list[Any]:
    return list(Account.objects.order_by("username").values_list("username", "title", "unit__name"))
