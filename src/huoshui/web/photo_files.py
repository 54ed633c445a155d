"""A stored photo as an answer, for pages and API alike."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse

from huoshui.media.queries import get_visible_attachment, open_file
from huoshui.web.requests import SignedInRequest


def photo_file(request: SignedInRequest, photo_id: UUID | str, *, thumbnail: bool) -> FileResponse:
    """The picture or its thumbnail; may be kept by who asked, since its content never changes.

    Raises access.not_found, or photo.file_missing.
    """
    file, content_type = open_file(get_visible_attachment(request.user, photo_id), thumbnail=thumbnail)
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
