"""Photos: shown to those who may see the record they belong to."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.views.decorators.http import require_GET

from huoshui.web.photo_files import photo_file
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def photo(request: SignedInRequest, photo_id: str, size: str = "full") -> HttpResponseBase:
    """The picture, or its thumbnail."""
    return photo_file(request, photo_id, thumbnail=size == "thumb")
