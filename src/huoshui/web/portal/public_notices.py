"""Public notices 公示: who is to be named what, until when, and how one objects. Shown while they run and no longer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huoshui.matters.queries import publicised
from huoshui.web.limits import limited
from huoshui.web.office.forms import page
from huoshui.web.office.lists import paged
from huoshui.web.portal.guides import PAGES_A_MINUTE


@never_cache
@require_GET
@limited("portal", PAGES_A_MINUTE, reads=True)
def public_notices(request: HttpRequest) -> HttpResponse:
    """The notices that run today. Neither a browser nor a search engine keeps what has ended."""
    response = page(request, "portal/notices.html", {"page": paged(request, publicised())})
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response
