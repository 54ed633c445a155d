"""Filling a form, and what was filled: each cell opens to where it comes from."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.forms.answering import EMPTY_BLANK, Answer, answered
from huoshui.forms.comparing import Change, answers_of, changes_since
from huoshui.forms.files import book_of, data_of
from huoshui.forms.filling import fill_form, require_fillable
from huoshui.forms.grid import Book, Paragraph
from huoshui.forms.headings import around
from huoshui.forms.mapping import newest
from huoshui.forms.models import Filling, Form
from huoshui.forms.queries import fillable_places
from huoshui.forms.schema import CellSpec
from huoshui.forms.sealing import seal_filling
from huoshui.forms.signing import fingerprint
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period, period, period_before, period_of
from huoshui.kernel.wording import bracketed
from huoshui.matters.models import Matter
from huoshui.places.models import Place
from huoshui.places.queries import township_names
from huoshui.reports.typesetting import PDF
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.form_pages.preview import Mark, shown_book
from huoshui.web.office.form_pages.register import TYPES, visible_form
from huoshui.web.office.forms import FormState, page
from huoshui.web.requests import SignedInRequest

PERIODS_OFFERED = 12
MOST_CHANGES = 200


@require_http_methods(["GET", "POST"])
@login_required
def form_fill(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose place and period, see what the register knows, type the rest, fill."""
    form = visible_form(request, code)
    places = fillable_places(request.user, form)
    if not places:
        raise Refusal("access.not_found")
    values = request.POST if request.method == "POST" else request.GET
    place_code, time = values.get("place", ""), values.get("period", "")
    state = FormState.typed(request) if request.method == "POST" else FormState()
    state.values |= {"place": place_code or places[0].code, "period": time or _periods(form)[0].code}
    if request.method == "POST":
        filling = state.attempt(_fill, request=request, form=form, state=state)
        if filling:
            messages.success(request, _("已填好：%(filled)s 格，空着 %(missing)s 格") % vars(filling))
            return redirect("form_filling", filling_id=filling.pk)
    ahead = None if state.refused else state.attempt(_ahead, request=request, form=form, state=state)
    context = {
        "form_row": form,
        "places": _told_apart(places),
        "periods": _periods(form, state.values["period"]),
        "typed": _typed(form, state),
        "ahead": ahead,
        "opened": int(clock.now().timestamp()),
    }
    return page(request, "office/forms/fill.html", context, state)


def _told_apart(places: list[Place]) -> list[dict[str, str]]:
    """Places to choose from; those of one name with their township."""
    many = Counter(place.short_name for place in places)
    towns = township_names([place for place in places if many[place.short_name] > 1])
    return [
        {"code": place.code, "told": place.short_name + (bracketed(town) if (town := towns.get(place.pk)) else "")}
        for place in places
    ]


def _periods(form: Form, chosen: str = "") -> list[Period]:
    """The last that is over first, then the one that runs, then earlier ones; and the one that an address asks for."""
    now = period_of(clock.today(), form.period_kind)
    found = [period_before(now), now]
    while len(found) < PERIODS_OFFERED:
        found.append(period_before(found[-1] if len(found) > 2 else found[0]))
    try:
        asked = period(chosen)
    except ValueError:
        return found
    return found if asked in found or asked.kind != form.period_kind else [*found, asked]


def _place(request: SignedInRequest, state: FormState) -> Place:
    found: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=state.values["place"])
    return found


def _fill(request: SignedInRequest, form: Form, state: FormState) -> Filling:
    typed = {key.removeprefix("at-"): text for key, text in state.values.items() if key.startswith("at-")}
    opened = str(state.values.get("opened", ""))
    seconds = int(clock.now().timestamp()) - int(opened) if opened.isdigit() and len(opened) < 12 else None
    return fill_form(
        by=request.user, form=form, place=_place(request, state), period=state.values["period"], typed=typed,
        seconds=seconds,
    )  # fmt: skip


def _ahead(request: SignedInRequest, form: Form, state: FormState) -> dict[str, Any]:
    """What would be filled: how many cells the register knows, and which it does not."""
    place = _place(request, state)
    time = require_fillable(form, place, state.values["period"])
    found = answered(request.user, newest(form), place, time, {}, strict=False)
    known = [answer for answer in found.cells if answer.value is not None]
    gaps = [answer for answer in found.missing if answer.kind != "typed"]
    return {"known": len(known), "gaps": gaps, "place": place, "period": time}


def _typed(form: Form, state: FormState) -> list[dict[str, Any]]:
    """What only a person knows, cell by cell."""
    version = newest(form)
    book = book_of(version.file)
    kinds = {"number": "text", "text": "text", "date": "date"}
    rows = []
    for cell in version.cells.filter(until__isnull=True, spec__kind="typed").order_by("pk"):
        spec, key = CellSpec(**cell.spec), f"{cell.sheet}!{cell.cell}"
        rows.append(
            {
                "key": key,
                "label": spec.label or around(book, cell.sheet, cell.cell).nearest or key,
                "kind": kinds[spec.type],
                "number": spec.type == "number",
                "required": spec.required,
                "value": state.values.get(f"at-{key}", ""),
                "problem": state.problem_of(key),
            }
        )
    return rows


def visible_filling(request: SignedInRequest, filling_id: Any) -> Filling:
    """The filled form of an address. Raises access.not_found."""
    rows = Filling.objects.select_related("form__place", "form_version", "place", "by", "file", "sealed_by")
    rows = rows.defer("file__data")
    found: Filling = rows.get_visible(request.user, pk=filling_id)
    return found


@require_GET
@login_required
def form_filling(request: SignedInRequest, filling_id: str) -> HttpResponse:
    """A filled form as it looks; each cell leads to the figure's sheet or the record; what changed since."""
    return _show(request, visible_filling(request, filling_id), FormState())


def _show(request: SignedInRequest, filling: Filling, state: FormState) -> HttpResponse:
    answers = answers_of(filling)
    changes, problems = _changes(request, filling)
    changed = {(change.answer.sheet, change.answer.at) for change in changes}
    numbers = _matters(request, answers)
    marks = {
        (answer.sheet, answer.at): Mark(
            url=source_url(answer, numbers),
            kind="changed" if (answer.sheet, answer.at) in changed else "missing" if answer.missing else answer.kind,
            tip=answer.why or f"{answer.name} {answer.unit}".strip(),
            text=answer.value or EMPTY_BLANK if answer.at.isdigit() else "",
            outside=True,
        )
        for answer in answers
    }
    context = {
        "filling": filling,
        "form_row": filling.form,
        "blocks": shown_book(_traced(filling), marks),
        "missing": [answer for answer in answers if answer.missing or answer.kind == "formula"],
        "changes": [(change, source_url(change.answer, numbers)) for change in changes[:MOST_CHANGES]],
        "change_count": len(changes),
        "may_seal": not filling.sealed and allows(request.user, "form.fill", path=filling.place.path),
        "fingerprint": fingerprint(),
        "problems": [*state.problems, *problems],
        "table": [(answer, source_url(answer, numbers)) for answer in answers if answer.value is not None][:500],
    }
    return page(request, "office/forms/filling.html", context, state)


def _changes(request: SignedInRequest, filling: Filling) -> tuple[list[Change], list[Problem]]:
    """What changed since; or why it cannot be told today: a list that is gone hides nothing of what was kept."""
    try:
        return changes_since(request.user, filling), []
    except Refusal as refusal:
        return [], refusal.problems


def _traced(filling: Filling) -> Book:
    """The filled form; of a document's paragraphs those of the form, whose blanks lead to what was put into them."""
    book = book_of(filling.file)
    if book.kind == "xlsx":
        return book
    form = book_of(filling.form_version.file)
    return Book(
        book.kind, [form.paragraph(one.name) or one if isinstance(one, Paragraph) else one for one in book.blocks]
    )


def _matters(request: SignedInRequest, answers: list[Answer]) -> set[str]:
    """Numbers of the listed matters that the reader may open."""
    listed = {answer.source["of"] for answer in answers if answer.source.get("kind") == "matters.matter"}
    return set(Matter.objects.visible_to(request.user).filter(number__in=listed).values_list("number", flat=True))


def source_url(answer: Answer, numbers: set[str]) -> str:
    """Where a cell comes from: the figure's sheet, the matter, the place; "" for what was typed."""
    source = answer.source
    if answer.kind == "figure" and source.get("place") and source.get("period"):
        return f"{reverse('figure', args=[source['indicator']])}?place={source['place']}&period={source['period']}"
    if answer.kind == "record" and source.get("of") in numbers:
        return reverse("matter", args=[source["of"]])
    if answer.kind == "fact" and str(source.get("fact", "")).startswith(("attribute", "place")):
        return reverse("place", args=[source["place"]])
    return ""


@form_of("form_filling", "filling_id")
@login_required
def form_seal(request: SignedInRequest, filling_id: str) -> HttpResponse:
    """Seal a filled form."""
    filling, state = visible_filling(request, filling_id), FormState.typed(request)
    if state.attempt(seal_filling, by=request.user, filling=filling, seen_version=state.seen_version) is None:
        return _show(request, visible_filling(request, filling_id), state)
    messages.success(request, _("已签章，不再改动"))
    return redirect("form_filling", filling_id=filling_id)


@require_GET
@login_required
def form_filling_file(request: SignedInRequest, filling_id: str, kind: str) -> HttpResponse:
    """The filled file, or the sealed PDF."""
    filling = visible_filling(request, filling_id)
    name = f"{filling.form.code}_{filling.place.short_name}_{filling.period}".replace("/", "-")
    if kind == "pdf":
        if filling.seal is None:
            raise Refusal("access.not_found")
        return as_file(data_of(filling.seal), PDF, f"{name}.pdf", inline=True)
    if kind != filling.form_version.kind:
        raise Refusal("access.not_found")
    return as_file(data_of(filling.file), TYPES[kind], f"{name}.{kind}")
