"""What a load comes to, without ids and passwords: the same for the same day."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import connection
from django.db.models import Q

from huoshui.demo.load import FIRST_AS_OF
from huoshui.duties.models import Account
from huoshui.matters.models import Matter, MoneyLine, Step
from huoshui.notices.models import Notice
from huoshui.places.models import PlaceAttribute
from huoshui.visits.models import Answer, Result, Visit

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
            .values_list("account__username", "code", "subject_label")
            .order_by("account__username", "code", "subject_label")
        )
    # PostgreSQL keeps the keys of JSON in an order of its own.
    told_so = json.dumps(kinds, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told_so.encode()).hexdigest()


def matters(condition: Q) -> list[Any]:
    return list(
        Matter.objects.filter(condition)
        .order_by("number")
        .values_list(
            "number", "kind", "title", "detail", "severity", "state", "place__code", "owner__username",
            "opened_on", "due_on", "closed_on", "close_reason", "supervised_on", "verifier__username",
        )
    )  # fmt: skip


def steps(condition: Q) -> list[Any]:
    found = Step.objects.filter(matter__in=Matter.objects.filter(condition)).order_by("matter__number", "at", "id")
    return list(found.values_list("matter__number", "transition", "account__username", "at", "note", "data"))


def lines(condition: Q) -> list[Any]:
    found = MoneyLine.objects.filter(matter__in=Matter.objects.filter(condition)).order_by("matter__number", "id")
    return list(found.values_list("matter__number", "type", "amount", "day", "voucher", "by__username"))


def sheets(of_2017: bool) -> dict[str, Any]:
    visits = Visit.objects.filter(visited_on__year=2017) if of_2017 else Visit.objects.exclude(visited_on__year=2017)
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


def attributes() -> list[Any]:
    rows = PlaceAttribute.objects.order_by("place__code", "code", "since")
    return list(rows.values_list("place__code", "code", "number", "text", "since", "until"))


def accounts() -> list[Any]:
    return list(Account.objects.order_by("username").values_list("username", "title", "unit__name"))
