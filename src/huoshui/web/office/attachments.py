"""Photos and documents: shown to those who may see the record they belong to, with what they show in words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel.errors import Refusal
from huoshui.media.actions import set_caption
from huoshui.media.models import Attachment, Blob
from huoshui.media.queries import get_visible_attachment, other_uses, subject_of
from huoshui.web.attachment_files import Size, attachment_file
from huoshui.web.office.attached import NAMES, shown_attachment, where_of
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

SIZES: dict[str, Size] = {"full": "full", "thumb": "thumbnail", "page": "page"}
SHEET = "visits.visit"


@require_GET
@login_required
def photo(request: SignedInRequest, photo_id: str, size: str = "full") -> HttpResponseBase:
    """The picture, the document as a download, its first page, or the thumbnail of either."""
    if size not in SIZES:
        raise Refusal("access.not_found")
    return attachment_file(request, photo_id, SIZES[size])


@require_GET
@login_required
def attachment(request: SignedInRequest, photo_id: str) -> HttpResponse:
    """One photo or document by itself: what can be seen of it, what it is, and what it is evidence of."""
    return _show(request, get_visible_attachment(request.user, photo_id), FormState())


@form_of("attachment", "photo_id")
@login_required
def caption(request: SignedInRequest, photo_id: str) -> HttpResponse:
    """Say anew what it shows."""
    found, form = get_visible_attachment(request.user, photo_id), FormState.typed(request)
    if form.attempt(set_caption, by=request.user, attachment=found, caption=form.values.get("caption", "")) is None:
        return _show(request, found, form)
    messages.success(request, _("说明已保存"))
    return redirect("attachment", photo_id=photo_id)


def _show(request: SignedInRequest, found: Attachment, form: FormState) -> HttpResponse:
    user, blob = request.user, found.blob
    subject: Any = subject_of(found)
    own = found.by_id == user.pk
    named = own or found.subject_kind != SHEET  # before others a judge is a number
    file = shown_attachment(found)
    if not form.refused:
        form.values = {"caption": found.caption}
    where, address = where_of(found)
    context = {
        "file": file if named else file | {"caption": file["title"]},
        "attachment": found,
        "kind": NAMES[blob.kind] or _("照片"),
        "waiting": blob.preview == Blob.Preview.WAITING,
        "where": where,
        "address": address,
        "who": found.by.title if named else "",
        "others": [where_of(other) for other in other_uses(user, found)],
        "may_caption": own and found.slot in subject.slots_open_to(user),
        "general_problems": [problem for problem in form.problems if problem.field != "caption"],
    }
    return page(request, "office/attachment.html", context, form)
