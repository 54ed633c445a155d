"""What becomes of services when their place is merged or split: offers and running requests go to a successor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.kernel import journal
from huoshui.kernel.access import path_condition
from huoshui.kernel.errors import Problem
from huoshui.places.changes.carriers import Resting, Staying
from huoshui.places.changes.planning import Plan
from huoshui.places.changes.trace import Trace
from huoshui.places.models import Place
from huoshui.services.models import CLOSED, Offer, Request


class _Offers:
    """Services offered at the place itself; those of its sites go with the sites."""

    code = "offer"
    label = _("服务事项办理点")

    def resting(self, place: Place, since: dt.date) -> list[Resting]:
        """Offers that have not ended, and ended ones with requests under way."""
        running = Request.objects.filter(place=place).exclude(phase=CLOSED)
        rows = Offer.objects.filter(Q(until__isnull=True) | Q(pk__in=running.values("offer")), place=place)
        return [Resting(self.code, offer.pk, offer.item_name) for offer in rows.order_by("item", "id")]

    def standing_open(self, place: Place, since: dt.date) -> list[Staying]:
        """Offers that have not ended; running requests stand open as matters."""
        return [Staying(gettext("服务事项办理点"), Offer.objects.filter(place=place, until__isnull=True).count())]

    def staying(self, paths: Iterable[str]) -> list[Staying]:
        """Requests that ended."""
        ended = Request.objects.filter(place__path__in=list(paths), phase=CLOSED)
        return [Staying(gettext("办结的服务申请"), ended.count())]

    def along(self, path: str) -> list[Staying]:
        """Offers that have not ended."""
        offers = Offer.objects.filter(path_condition("place__path", path), until__isnull=True)
        return [Staying(gettext("服务事项办理点"), offers.count())]

    def problems(self, plan: Plan) -> list[Problem]:
        """None: what is offered at both goes on as one."""
        return []

    def carry(self, trace: Trace, item: Resting, to: Place, *, by: Any, since: dt.date) -> None:
        """The offer goes on at the successor; where that one offers the item already, its requests go there."""
        offer = Offer.objects.select_for_update(of=("self",)).select_related("place").get(pk=item.pk)
        before = {"belongs_to": offer.place.code}
        running = Request.objects.filter(offer=offer).exclude(phase=CLOSED)
        moving = Q(pk__in=running.values("pk")) | Q(pk__in=running.values("whole"))
        standing = Offer.objects.filter(place=to, item=offer.item, until__isnull=True).exclude(pk=offer.pk).first()
        requests = list(Request.objects.select_for_update(of=("self",)).filter(moving).order_by("pk"))
        if standing is not None and offer.until is None:
            trace.change(offer, until=max(offer.since, since))
        else:
            trace.change(offer, place=to)
        for request in requests:
            changed: dict[str, Any] = {"place": to}
            if standing is not None and request.offer_id == offer.pk:
                changed["offer"] = standing
            trace.change(request, whole=True, **changed)
        journal.record(by=by, subject=offer, place=to, before=before, after={"belongs_to": to.code})


CARRIER = _Offers()
