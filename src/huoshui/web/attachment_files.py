"""A stored photo or document as an answer, for pages and API alike.

What a browser shows is always a picture that we made. A document leaves as a download under its name, and whatever a
browser makes of it has no origin, no scripts and no frames: it is never shown as a page of ours.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import FileResponse
from django.utils.http import content_disposition_header

from huoshui.media.models import Attachment
from huoshui.media.queries import get_visible_attachment, open_file, open_preview
from huoshui.web.requests import SignedInRequest

Size = Literal["full", "thumbnail", "page"]
ALONE = "default-src 'none'; sandbox"
"""The policy of a document: nothing of it is fetched, run or framed."""


def attachment_file(request: SignedInRequest, attachment_id: UUID | str, size: Size) -> FileResponse:
    """The file itself, its thumbnail, or the first page of a document; may be kept by who asked, since what it is
    never changes.

    Raises access.not_found, file.no_preview, photo.file_missing or file.storage_unreachable.
    """
    attachment = get_visible_attachment(request.user, attachment_id)
    document = attachment.blob.is_document
    if document and size != "full":
        file, content_type = open_preview(attachment, thumbnail=size == "thumbnail")
    else:
        file, content_type = open_file(attachment, thumbnail=size == "thumbnail")
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    if document and size == "full":
        response["Content-Security-Policy"] = ALONE
        response["Content-Disposition"] = content_disposition_header(True, download_name(attachment)) or ""
    return response


def download_name(attachment: Attachment) -> str:
    """The name that a document is saved under: as it was sent, with the ending of what it is."""
    name, ending = attachment.name or attachment.blob_id[:12], f".{attachment.blob.kind}"
    return name if name.lower().endswith(ending) else f"{name}{ending}"
