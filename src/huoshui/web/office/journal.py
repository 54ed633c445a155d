"""The journal: who did what, when, where; sealed and unsealed."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from huoshui.duties.queries import visible_entries
from huoshui.kernel import clock
from huoshui.kernel.choices import unknown
from huoshui.kernel.journal.checkpoints import latest
from huoshui.kernel.models import Seal
from huoshui.web.entries import moments
from huoshui.web.office.forms import page
from huoshui.web.office.lists import address_without, day, paged
from huoshui.web.requests import SignedInRequest
from huoshui.web.words import ACTION_WORDS

NOTHING = UUID(int=0)
"""No record: an entry beside it is told with the address of what it is about."""
AREAS = {
    "matters.": gettext_lazy("台账"),
    "visits.": gettext_lazy("观摩"),
    "activities.": pgettext_lazy("several", "活动"),
    "places.": pgettext_lazy("several", "地点"),
    "duties.": gettext_lazy("职责"),
    "packs.": pgettext_lazy("several", "机制"),
    "subsidies.": gettext_lazy("以奖代补"),
    "notices.": gettext_lazy("提醒"),
    "webhooks.": gettext_lazy("事件推送"),
}
"""What the journal can be narrowed to, by how its actions begin."""


@require_GET
@login_required
def entry(request: SignedInRequest, seq: int) -> HttpResponse:
    """Where the links of webhooks lead: what an entry is about, for those who may see it; else the journal."""
    found = visible_entries(request.user).filter(seq=seq, restricted=False)
    told = moments(found, beside=NOTHING, reader=request.user)
    return redirect(next((moment["url"] for moment in told if moment["url"]), "journal"))


@require_GET
@login_required
def journal_page(request: SignedInRequest) -> HttpResponse:
    """Entries within the reader's places; the content of restricted ones shows on their own pages only."""
    rows = visible_entries(request.user)
    text, action = request.GET.get("q", "").strip(), request.GET.get("action", "").strip()
    if text:
        rows = rows.filter(Q(subject_label__contains=text) | Q(actor_label__contains=text))
    if action:
        rows = rows.filter(action__startswith=action)
        if not any(name.startswith(action) for name in ACTION_WORDS) and not rows.exists():
            raise unknown("action", action, AREAS.values(), _("范围"))
    until = day(request, "until", _("截至"))
    if until:
        rows = rows.filter(at__lt=clock.local_moment(until + dt.timedelta(days=1), 0))
    shown = paged(request, rows.order_by("-seq"))
    sealed = set(Seal.objects.filter(entry_seq__in=[e.seq for e in shown]).values_list("entry_seq", flat=True))
    for entry in shown:
        entry.sealed = entry.seq in sealed
    checkpoint = latest()
    context = {
        "rows": shown,
        "moments": list(zip(shown, moments(shown), strict=True)),
        "q": text,
        "action": action,
        "until": until,
        "areas": AREAS,
        "address": address_without(request, "page"),
        "checkpoint": checkpoint,
        "checked_at": dt.datetime.fromisoformat(checkpoint.at) if checkpoint else None,
    }
    return page(request, "office/journal.html", context)
