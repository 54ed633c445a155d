"""Money: the sums and the lines behind them, one matter's money, the funds of a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.idempotency import once
from huoshui.kernel.ids import new_id
from huoshui.kernel.spreadsheets import XLSX
from huoshui.matters.models import Matter
from huoshui.matters.money.export import lines_workbook
from huoshui.matters.money.queries import LineFilter, lines, sums_by_kind, total, years
from huoshui.media.queries import attachments_of_all
from huoshui.packs.queries import all_current
from huoshui.places.models import Place
from huoshui.places.queries import ancestors, names_apart
from huoshui.subsidies.actions import ALLOCATION_FIELDS, YEAR, allocate
from huoshui.subsidies.export import pot_workbook
from huoshui.subsidies.models import Pot
from huoshui.subsidies.permits import STATES
from huoshui.subsidies.queries import claims_of, pots, with_paid
from huoshui.web.office.attached import shown_attachment
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import address_without, chosen, paged
from huoshui.web.office.matter_pages.steps import general_problems
from huoshui.web.office.money_pages.card import basis_of, card_of
from huoshui.web.office.money_pages.forms import SAID, MoneyForm
from huoshui.web.requests import SignedInRequest


@require_GET
@login_required
def money(request: SignedInRequest) -> HttpResponse:
    """Sums by kind of matter and type, for a year and a place; and the funds that the reader sees."""
    wanted, place = _asked(request)
    context = _filters(request, wanted) | {
        "kinds": sums_by_kind(request.user, wanted),
        "pots": with_paid(pots(request.user)),
        "may_allocate": bool(request.user.grants("fund.allocate")),
        "place": place,
    }
    return page(request, "office/money/overview.html", context)


@require_GET
@login_required
def money_lines(request: SignedInRequest) -> HttpResponse:
    """The lines behind a sum, with their vouchers."""
    wanted, place = _asked(request)
    shown = paged(request, lines(request.user, wanted), 50)
    pictures = _pictures([line.pk for line in shown])
    names = names_apart([line.matter.place for line in shown])
    for line in shown:
        line.pictures = pictures.get(line.pk, [])
        line.place_name = names[line.matter.place_id]
    context = _filters(request, wanted) | {
        "rows": shown,
        "total": total(request.user, wanted) if wanted.type else None,  # sums of different types mean nothing
        "place": place,
        "may_export": bool(request.user.grants("matter.export")),
    }
    return page(request, "office/money/lines.html", context)


@require_GET
@login_required
def money_lines_export(request: SignedInRequest) -> HttpResponse:
    """The same lines as an Excel workbook."""
    wanted, _place = _asked(request)
    return _excel(lines_workbook(actor=request.user, wanted=wanted), "money")


def _pictures(keys: list[Any]) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for photo in attachments_of_all("matters.moneyline", keys):
        found.setdefault(photo.subject_id, []).append(shown_attachment(photo))
    return found


def _asked(request: SignedInRequest) -> tuple[LineFilter, Place | None]:
    """The filter in the address, and its place. Raises value.choice, value.type or filter.not_found."""
    kinds = all_current("matters")
    kind = chosen(request, "kind", _("种类"), {code: item.name for code, item in kinds.items()})
    of_kind = [kinds[kind]] if kind else list(kinds.values())
    types = {known.code: known.name for item in of_kind for known in item.money}
    code, text = request.GET.get("place", ""), request.GET.get("year", "")
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Refusal("value.type", field="year", label=_("年度"), value=text, expected=_("四位年份"))
    place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=code) if code else None
    return (
        LineFilter(
            place=place.path if place else "",
            kind=kind,
            type=chosen(request, "type", _("类型"), types),
            year=int(text or 0),
        ),
        place,
    )


def _filters(request: SignedInRequest, wanted: LineFilter) -> dict[str, Any]:
    """What the filters of these pages offer, and what stands in them."""
    kinds = {code: item for code, item in all_current("matters").items() if item.money}
    of_kind = [kinds[wanted.kind]] if wanted.kind in kinds else list(kinds.values())
    types = {known.code: str(known.name) for item in of_kind for known in item.money}
    options = {
        "year": (_("年度"), {str(year): str(year) for year in years(request.user)}, str(wanted.year or "")),
        "kind": (_("种类"), {code: str(item.name) for code, item in kinds.items()}, wanted.kind),
        "type": (_("类型"), types, wanted.type),
    }
    return {
        "filters": [
            {
                "name": name,
                "label": label,
                "value": value,
                "options": [{"value": code, "label": said} for code, said in known.items()],
            }
            for name, (label, known, value) in options.items()
            if known
        ],
        "address": address_without(request, "page"),
    }


@require_GET
@login_required
def matter_money(request: SignedInRequest, number: str) -> HttpResponse:
    """The money of one matter; ``?do=`` opens a form."""
    return _show(request, _matter(request, number), request.GET.get("do", ""), FormState())


@form_of("matter_money", "number", then="?do={do}")
@login_required
def matter_money_do(request: SignedInRequest, number: str, do: str) -> HttpResponse:
    """Send one of the forms of a matter's money."""
    matter, form = _matter(request, number), FormState.typed(request)
    sent = MoneyForm(matter, do, request.GET, form, request.user)
    if not sent.known:
        raise Refusal("access.not_found")
    if form.attempt(sent.take, request=request) is None:
        return _show(request, matter, do, form)
    messages.success(request, str(SAID.get(do, _("已记"))))
    return redirect("matter_money", number=number)


def _matter(request: SignedInRequest, number: str) -> Matter:
    """The matter, if the reader sees it and its kind keeps money. Raises access.not_found."""
    matter = Matter.objects.get_visible(request.user, number=number)
    if not matter.definition.money:
        raise Refusal("access.not_found")
    return matter


def _show(request: SignedInRequest, matter: Matter, do: str, form: FormState) -> HttpResponse:
    """The matter's money with the form that was opened or refused."""
    user = request.user
    matter = Matter.objects.get_visible(user, pk=matter.pk)  # as it stands now, after a refusal too
    panel = None
    try:
        panel = MoneyForm(matter, do, request.GET, form, user).panel() if do else None
    except Refusal as refusal:
        if refusal.code == "access.not_found":
            raise
        form.problems = form.problems or refusal.problems  # nothing to open the form for: why not
    if panel and request.method == "GET":
        form.values = panel.values
    context = {
        "matter": matter,
        "card": card_of(matter, user),
        "place_name": names_apart([matter.place])[matter.place_id],
        "crumbs": [place for place in ancestors(matter.place) if user.grants("place.view")][2:],
        "panel": panel,
        "general_problems": general_problems(form, panel),
    }
    return page(request, "office/money/matter.html", context, form)


@require_GET
@login_required
def pot_page(request: SignedInRequest, pot_id: str) -> HttpResponse:
    """A fund: what it has, what is approved, paid and left; its claims by village."""
    pot = Pot.objects.get_visible(request.user, pk=pot_id)
    rows = claims_of(request.user, pot)
    context = {
        "pot": pot,
        "paid": with_paid([pot])[0].paid,
        "applied": sum(row.claim.applied for row in rows if row.claim.state == "applied"),
        "rows": [
            {"row": row, "claim": row.claim, "state": STATES[row.claim.state], "basis": basis_of(row.claim)}
            for row in rows
        ],
        "allocations": pot.allocations.select_related("by").order_by("day", "id"),
        "may_allocate": allows(request.user, "fund.allocate", path=pot.place.path, pack=pot.pack),
        "may_export": allows(request.user, "matter.export", path=pot.place.path, pack=pot.pack),
    }
    return page(request, "office/money/pot.html", context)


@require_GET
@login_required
def pot_export(request: SignedInRequest, pot_id: str) -> HttpResponse:
    """The fund's claims as an Excel workbook."""
    pot = Pot.objects.get_visible(request.user, pk=pot_id)
    return _excel(pot_workbook(actor=request.user, pot=pot), f"fund-{pot.year}")


@require_http_methods(["GET", "POST"])
@login_required
def pot_allocate(request: SignedInRequest) -> HttpResponse:
    """Allocate to a fund, or take back from it; ``?pot=`` begins with a known one."""
    user = request.user
    if not user.grants("fund.allocate"):
        raise Refusal("access.not_found")
    known = Pot.objects.visible_to(user).filter(pk=request.GET["pot"]).first() if request.GET.get("pot") else None
    today = clock.today()
    begin = {"year": known.year if known else today.year, "day": today, "key": new_id()}
    begin |= {"scheme": known.scheme, "place": known.place.code} if known else {}
    form = FormState.typed(request) if request.method == "POST" else FormState(begin)
    if request.method == "POST":
        done = form.attempt(_allocate_once, user=user, values=form.values)
        if done:
            messages.success(request, _("资金已下达"))
            return redirect("pot", pot_id=done["pot"])
        form.values["key"] = new_id()  # nothing was written: what is sent next may be corrected
    shown = {"scheme", "place", "year", *(field.code for field in ALLOCATION_FIELDS)}
    context = {
        "fields": [YEAR, *ALLOCATION_FIELDS],
        "schemes": {code: scheme.name for code, scheme in all_current("subsidies").items()},
        "places": _funded_places(user),
        "general_problems": [problem for problem in form.problems if problem.field not in shown],
    }
    return page(request, "office/money/allocate.html", context, form)


def _allocate_once(user: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Allocate what the form says, once however often it is sent."""
    return once(
        actor_id=user.pk,
        key=values.get("key", "")[:80],
        request={"operation": "subsidies.allocate", "form": values},
        write=lambda: {"pot": str(_allocate(user, values).pk)},
    )


def _allocate(user: Any, values: dict[str, Any]) -> Pot:
    place = Place.objects.visible_to(user).filter(code=values.get("place", "")).first()
    if place is None:
        raise Refusal("value.required", field="place", label=_("地点"))
    given = {field.code: values.get(field.code, "") for field in [YEAR, *ALLOCATION_FIELDS]}
    return allocate(by=user, scheme=values.get("scheme", ""), place=place, **given)


def _funded_places(user: Any) -> list[Place]:
    """The districts and towns that may have a fund of their own where the reader allocates."""
    paths = {grant.path for grant in user.grants("fund.allocate")}
    above = Place.objects.visible_to(user).filter(path__in=paths)
    return list(above.order_by("path"))


def _excel(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.xlsx"'
    return response
