"""Photos: shown to those who may see the record they belong to."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from huoshui.media.queries import get_visible_photo, open_photo
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def photo(request: SignedInRequest, photo_id: str, size: str = "full") -> HttpResponseBase:
    """The picture, or its thumbnail; kept by the browser since its content never changes."""
    attachment = get_visible_photo(request.user, photo_id)
    file, content_type = open_photo(attachment, thumbnail=size == "thumb")
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
