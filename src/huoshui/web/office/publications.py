"""Checking publications: a file handed in, its numbers marked, each number's finding, differences explained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.figures.queries import indicators
from huoshui.figures.reporting.values import parts_told
from huoshui.kernel import clock
from huoshui.kernel.access import allows
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.publications.actions import explain, keep_check
from huoshui.publications.checks import Finding, Outcome
from huoshui.publications.comparing import Status
from huoshui.publications.markup import Piece, begun_at, marked_copy, pieces
from huoshui.publications.models import CheckedNumber, PublicationCheck
from huoshui.publications.queries import checks, outcome_of
from huoshui.publications.spotting import Kind
from huoshui.publications.terms import TermKind
from huoshui.publications.words import KINDS, MARKS, STATUS, TERM_KINDS, WHY, where_told
from huoshui.web.files import as_file
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.lists import paged
from huoshui.web.requests import SignedInRequest

HTML = "text/html; charset=utf-8"
SURE = 0.8


@dataclass(frozen=True)
class Shown:
    """A number as a page shows it; ``number``: its position."""

    number: int
    finding: Finding

    @property
    def block(self) -> int:
        return self.finding.block

    @property
    def start(self) -> int:
        return self.finding.start

    @property
    def end(self) -> int:
        return self.finding.end

    @property
    def css(self) -> str:
        """Its class: that of its status, or of what is no statistic."""
        return self.finding.status.value if self.finding.status else "aside"

    @property
    def mark(self) -> str:
        return MARKS[self.finding.status] if self.finding.status else ""

    @property
    def word(self) -> str:
        """What came of it, in a word."""
        return str(STATUS[self.finding.status]) if self.finding.status else str(KINDS[self.finding.kind])

    @property
    def why(self) -> str:
        """Why it is doubtful or unknown."""
        return str(WHY[self.finding.why]) if self.finding.why else ""

    @property
    def held(self) -> str:
        """The register's value with its unit."""
        return f"{self.finding.held.shown} {self.finding.held.unit}".strip() if self.finding.held.shown else ""

    @property
    def where(self) -> str:
        """The page, or the part of the file, in which it stands."""
        return where_told(self.finding.page, self.finding.where)

    @property
    def fraction(self) -> str:
        """Both parts of the register's value, where it is a ratio."""
        held, known = self.finding.held, indicators().get(self.finding.term)
        if known is None or not held.denominator:
            return ""
        return " / ".join(parts_told(held.numerator, held.denominator, known))


@require_http_methods(["GET", "POST"])
@login_required
def publications(request: SignedInRequest) -> HttpResponse:
    """Checks that were kept, the newest first, and the form to check another file."""
    form = FormState.typed(request) if request.method == "POST" else FormState({"day": clock.today().isoformat()})
    places = _places(request)
    if request.method == "POST":
        check = form.attempt(_check, request=request, form=form)
        if check:
            return redirect("publication", check_id=check.pk)
    context = {
        "rows": paged(request, checks(request.user), 30),
        "places": places,
        "chosen": form.values.get("place") or (places[0].code if places else ""),
        "counted": [Status.MATCH, Status.ROUNDING, Status.DIFFERING, Status.DOUBTFUL, Status.UNKNOWN],
    }
    return page(request, "office/publications/list.html", context, form)


@require_GET
@login_required
def publication(request: SignedInRequest, check_id: UUID) -> HttpResponse:
    """One check: what differs first, then the text with every number marked; ``?show=`` one status of the table."""
    check = PublicationCheck.objects.get_visible(request.user, pk=check_id)
    outcome = outcome_of(request.user, check)
    shown = [Shown(at, one) for at, one in enumerate(outcome.findings, start=1)]
    wanted = request.GET.get("show", "")
    context = {
        "check": check,
        "outcome": outcome,
        "tally": [(status, MARKS[status], STATUS[status], count) for status, count in outcome.counts.items()],
        "agreeing": outcome.counts[Status.MATCH] + outcome.counts[Status.ROUNDING],
        "wanted": wanted,
        "differing": [one for one in shown if one.finding.status == Status.DIFFERING],
        "listed": [one for one in shown if one.css == wanted] if wanted else [],
        "wanted_word": STATUS[Status(wanted)] if wanted in set(Status) else "",
        "blocks": _blocks(outcome, shown),
        "facts": shown if not outcome.blocks else [],
        "may_explain": allows(request.user, "publication.explain", path=check.place.path),
    }
    return page(request, "office/publications/check.html", context)


@require_GET
@login_required
def publication_copy(request: SignedInRequest, check_id: UUID) -> HttpResponse:
    """The marked copy as a file that stands by itself."""
    check = PublicationCheck.objects.get_visible(request.user, pk=check_id)
    stem = check.name.rpartition(".")[0] or check.name
    name = _("%(name)s（核对）.html") % {"name": stem}
    address = request.build_absolute_uri("/").rstrip("/")
    return as_file(marked_copy(outcome_of(request.user, check), address).encode(), HTML, name)


@require_GET
@login_required
def publication_number(request: SignedInRequest, check_id: UUID, position: int) -> HttpResponse:
    """One number: as it is printed, as the register has it, how it was understood, and its explanation."""
    return _number_page(request, _number(request, check_id, position), FormState())


@require_GET
@login_required
def publication_beside(request: SignedInRequest, check_id: UUID, position: int) -> HttpResponse:
    """The same as a fragment beside the text."""
    number = _number(request, check_id, position)
    return page(request, "office/publications/beside.html", _reading(request, number))


@form_of("publication_number", "check_id", "position")
@login_required
def publication_explain(request: SignedInRequest, check_id: UUID, position: int) -> HttpResponse:
    """Record why a number rightly differs."""
    number, form = _number(request, check_id, position), FormState.typed(request)
    done = form.attempt(explain, by=request.user, number=number, reason=form.values.get("reason", ""))
    if done is None:
        return _number_page(request, number, form)
    messages.success(request, _("已记下“%(printed)s”的差异说明") % {"printed": number.printed})
    return redirect("publication", check_id=check_id)


def _number(request: SignedInRequest, check_id: UUID, position: int) -> CheckedNumber:
    check = PublicationCheck.objects.get_visible(request.user, pk=check_id)
    found = check.numbers.select_related("check_of__place", "place").filter(position=position).first()
    if found is None:
        raise Refusal("access.not_found")
    return found


def _number_page(request: SignedInRequest, number: CheckedNumber, form: FormState) -> HttpResponse:
    return page(request, "office/publications/number.html", _reading(request, number), form)


def _reading(request: SignedInRequest, number: CheckedNumber) -> dict[str, Any]:
    check = number.check_of
    findings = outcome_of(request.user, check).findings
    (finding,) = [one for at, one in enumerate(findings, start=1) if at == number.position]
    may = allows(request.user, "publication.explain", path=check.place.path)
    return {
        "check": check,
        "one": Shown(number.position, finding),
        "kind": KINDS[Kind(finding.kind)],
        "term_kind": TERM_KINDS[TermKind(finding.term_kind)] if finding.term_kind else "",
        "sheet": finding.sheet,
        "certain": finding.score >= SURE,
        "may_explain": may and finding.status == Status.DIFFERING and finding.explanation is None,
    }


def _blocks(outcome: Outcome, shown: list[Shown]) -> list[tuple[str, list[Piece], str]]:
    """Each block's kind with its pieces, and the page or part of the file that begins with it."""
    by_block: dict[int, list[Shown]] = {}
    for one in shown:
        by_block.setdefault(one.block, []).append(one)
    return [
        (block.kind.value, [_untabbed(piece) for piece in pieces(block.text, by_block.get(at, []))], begun)
        for at, (block, begun) in enumerate(zip(outcome.blocks, begun_at(outcome.blocks), strict=True))
    ]


def _untabbed(piece: Piece) -> Piece:
    """Cells of a row parted by something that can be seen."""
    return Piece(piece.text.replace("\t", "　│　"), piece.number)


def _places(request: SignedInRequest) -> list[Place]:
    """Where the reader may check: what their grants name, and the towns directly below. Raises access.not_found."""
    paths = sorted({grant.path for grant in request.user.grants("publication.check")}, key=len)
    if not paths:
        raise Refusal("access.not_found")
    tops = list(Place.objects.filter(path__in=paths).order_by("path"))
    below = Place.objects.visible_to(request.user).filter(parent__in=tops, closed_on__isnull=True).order_by("path")
    return list(dict.fromkeys([*tops, *below]))


def _check(request: SignedInRequest, form: FormState) -> PublicationCheck:
    upload = request.FILES.get("file")
    if upload is None:
        raise Refusal("value.required", field="file", label=_("文件"))
    place: Place = named(Place.objects.visible_to(request.user), "place", _("地点"), code=form.values.get("place", ""))
    day = _day(form.values.get("day", ""))
    return keep_check(by=request.user, data=upload.read(), name=upload.name or "", place=place, day=day)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal("value.required", field="day", label=_("材料日期")) from None
