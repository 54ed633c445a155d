"""The fact views of services: what is offered, requests, ratings."""

from __future__ import annotations

from django.db.models import F, Q

from huoshui.figures.fact_types import FactView, date, integer, text, yes_no
from huoshui.packs.schema import Text
from huoshui.services.models import Offer, Rating, Request

SERVICE_OFFERS = FactView(
    "service_offers",
    Text(zh="服务事项的办理点，每处每事项一行", en="Services offered, one row a place and item"),
    Offer,
    "place_id",
    "place__path",
    lambda: Offer.objects.get_queryset(),
    {
        "item": text("事项的代码，如 services.pension_enrolment", "Code of the item", "item"),
        "pack": text("机制的代码", "Code of the pack", "pack"),
        "place_kind": text("地点现在种类的代码", "Code of the kind that the place has now", "place__kind"),
        "since": date("从哪天起办理", "From which day it is offered", "since", required=True),
        "until": date(
            "办到哪天，从那天起不算，还在办为空", "Last day, from which it no longer counts; empty while it is offered",
            "until",
        ),
    },
    related=("place",),
)  # fmt: skip
SERVICE_REQUESTS = FactView(
    "service_requests",
    Text(
        zh="服务申请，每件一行；“一件事”按其中各件算", en="Requests for services, one row each; of a bundle its parts"
    ),
    Request,
    "place_id",
    "place__path",
    lambda: Request.objects.exclude(item=""),
    {
        "item": text("事项的代码，如 services.pension_enrolment", "Code of the item", "item"),
        "pack": text("机制的代码", "Code of the pack", "pack"),
        "bundle": text("“一件事”的代码，单办为空", "Code of the bundle it is part of, empty without", "bundle"),
        "came": text("self、entrusted 或 agent", "self, entrusted or agent", "came"),
        "phase": text("open、submitted 或 closed", "open, submitted or closed", "phase"),
        "close_reason": text(
            "办结原因的代码，未办结为空", "Code of the reason of closing, empty before", "close_reason"
        ),
        "taken_on": date("受理日期", "Day it was taken", "taken_on", required=True),
        "promised_on": date("承诺日期", "Day it was promised for", "promised_on", required=True),
        "done_on": date("办成日期，未办成为空", "Day the work was done, empty before", "done_on"),
        "closed_on": date("办结日期，未办结为空", "Day of closing, empty before", "closed_on"),
        "in_time": yes_no(
            "是不是在承诺日期以内办成", "Whether it was done by the promised day", Q(done_on__lte=F("promised_on"))
        ),
    },
    related=("place", "pack_version"),
)  # fmt: skip
SERVICE_RATINGS = FactView(
    "service_ratings",
    Text(zh="好差评，每条一行", en="Ratings of services, one row each"),
    Rating,
    "request__place_id",
    "request__place__path",
    lambda: Rating.objects.get_queryset(),
    {
        "item": text("事项的代码", "Code of the item", "request__item"),
        "pack": text("机制的代码", "Code of the pack", "request__pack"),
        "level": text("等级的代码，如 very_satisfied", "Code of the level, such as very_satisfied", "level"),
        "rank": integer("第几等，最好的为 1", "Position of the level, 1 the best", "rank"),
        "satisfied": yes_no("算不算满意", "Whether it counts as satisfied", Q(satisfied=True)),
        "from_paper": yes_no("是不是由纸质评价录入", "Whether it was entered from paper", Q(entered_by__isnull=False)),
        "rated_on": date("评价日期", "Day of the rating", "rated_on", required=True),
        "needs_correction": yes_no("有没有开启整改", "Whether it opened a correction", Q(correction_id__isnull=False)),
        "correct_by": date("整改期限，没有整改为空", "Deadline of the correction, empty without", "correct_by"),
        "corrected_on": date("整改办结日期，未办结为空", "Day the correction ended, empty before", "corrected_on"),
        "corrected_in_time": yes_no(
            "整改是不是按期办结", "Whether the correction ended in time", Q(corrected_on__lte=F("correct_by"))
        ),
    },
    related=("request__place", "request__pack_version"),
)  # fmt: skip
