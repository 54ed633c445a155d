"""The result sheet on paper and in Excel: every judge's total, what was dropped, who signed."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal.checkpoints import latest
from huoshui.kernel.spreadsheets import XLSX
from huoshui.visits.models import Round
from huoshui.visits.queries import result_sheet
from huoshui.visits.queries.results import ResultSheet
from huoshui.visits.result_workbook import result_workbook
from huoshui.web.office.forms import page
from huoshui.web.requests import SignedInRequest


def _readable(request: SignedInRequest, round_id: UUID) -> tuple[Round, ResultSheet]:
    """The round and its results as far as the reader may see them; nothing to see: not found."""
    round = Round.objects.select_related("place", "pack_version").get_visible(request.user, pk=round_id)
    sheet = result_sheet(round, request.user)
    if not sheet.rows:
        raise Refusal("access.not_found")
    return round, sheet


@require_GET
@login_required
def printed(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The sheet for printing: A4 landscape, page head, signature lines, the journal's checkpoint."""
    round, sheet = _readable(request, round_id)
    context = {"round": round, "sheet": sheet, "checkpoint": latest(), "today": clock.today()}
    return page(request, "office/rounds/sheet.html", context)


@require_GET
@login_required
def excel(request: SignedInRequest, round_id: UUID) -> HttpResponse:
    """The sheet as a workbook."""
    round, sheet = _readable(request, round_id)
    response = HttpResponse(result_workbook(round, sheet), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{round.name} {_('成绩表')}.xlsx")
    return response
