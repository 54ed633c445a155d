"""The analyst's console: ask in SQL, see the answer, take it as a file, keep the question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from huoshui.console import actions
from huoshui.console.answers import HIDDEN, Answer
from huoshui.console.examples import EXAMPLES
from huoshui.console.files import FORMATS
from huoshui.console.models import SavedQuery
from huoshui.console.queries import saved_queries, views
from huoshui.kernel import clock
from huoshui.kernel.access import require
from huoshui.kernel.choices import unknown
from huoshui.web.files import as_file
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

PARAMETERS = ("example", "saved")


@require_http_methods(["GET", "POST"])
@login_required
def console(request: SignedInRequest) -> HttpResponse:
    """The console: empty, with an example or a kept question, or with the answer to what was asked."""
    require(request.user, "console.use")
    if request.method == "GET":
        return _shown(request, FormState(_begun(request)))
    form = FormState.typed(request)
    found = form.attempt(actions.ask, by=request.user, sql=str(form.values.get("sql", "")))
    return _shown(request, form, found)


@require_POST
@login_required
def console_file(request: SignedInRequest) -> HttpResponse:
    """The answer as a file, of more rows than a page shows."""
    require(request.user, "console.use")
    form = FormState.typed(request)
    kind = str(form.values.get("format", ""))
    if kind not in FORMATS:
        raise unknown("format", kind, FORMATS, _("格式"))
    found = form.attempt(actions.ask, by=request.user, sql=str(form.values.get("sql", "")), most=actions.EXPORTED)
    if found is None:
        return _shown(request, form)
    write, content_type = FORMATS[kind]
    return as_file(write(found), content_type, f"{_('查询结果')}-{clock.today():%Y%m%d}.{kind}")


@require_POST
@login_required
def console_save(request: SignedInRequest) -> HttpResponse:
    """Keep the question under a name."""
    require(request.user, "console.use")
    form = FormState.typed(request)
    values = {name: str(form.values.get(name, "")) for name in ("name", "sql")}
    row = form.attempt(actions.save_query, by=request.user, shared=form.values.get("shared") == "on", **values)
    if row is None:
        return _shown(request, form)
    messages.success(request, _("已保存“%(name)s”。") % {"name": row.name})
    return redirect(f"{reverse('console')}?saved={row.pk}")


@require_POST
@login_required
def console_remove(request: SignedInRequest, query_id: UUID) -> HttpResponse:
    """Remove one's own kept question."""
    row = SavedQuery.objects.standing().get_visible(request.user, pk=query_id)
    actions.remove_query(by=request.user, query=row)
    messages.success(request, _("已删除“%(name)s”。") % {"name": row.name})
    return redirect("console")


def _begun(request: SignedInRequest) -> dict[str, Any]:
    """The question that the address names."""
    if code := request.GET.get("example"):
        return {"sql": next((one.sql for one in EXAMPLES if one.code == code), "")}
    if saved := request.GET.get("saved"):
        try:
            row = SavedQuery.objects.standing().get_visible(request.user, pk=UUID(saved))
        except ValueError:
            return {}
        return {"sql": row.sql, "name": row.name, "shared": "on" if row.shared else ""}
    return {}


def _shown(request: SignedInRequest, form: FormState, found: Answer | None = None) -> HttpResponse:
    context = {
        "views": views(),
        "examples": EXAMPLES,
        "saved": saved_queries(request.user),
        "formats": [("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet")],
        "answer": found,
        "table": _table(found) if found else [],
        "limit": actions.SHOWN,
        "exported": actions.EXPORTED,
        "tall": min(16, max(6, str(form.values.get("sql", "")).count("\n") + 2)),
    }
    return page(request, "office/console.html", context, form)


def _table(found: Answer) -> list[list[dict[str, Any]]]:
    """The rows as they are shown: each cell's text, and whether it is a number or hidden."""
    return [
        [{"text": _text(cell), "num": output.type in ("integer", "number"), "hidden": cell is HIDDEN}
         for output, cell in zip(found.outputs, row, strict=True)]
        for row in found.rows
    ]  # fmt: skip


def _text(cell: Any) -> str:
    if cell is None:
        return "—"
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    return f"{cell:,f}" if isinstance(cell, Decimal) else f"{cell:,}" if isinstance(cell, int) else str(cell)
