"""Reading documents: the list, an edition's figures as they were and as they are, kinds and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from huoshui.documents.models import Document, Edition, UsedFigure
from huoshui.documents.schema import DocumentKind
from huoshui.documents.wording import value_words
from huoshui.figures.queries import Figure, figures_of, indicators
from huoshui.figures.reporting.values import is_printed_quotient, parts_told
from huoshui.kernel.access import Actor, allows
from huoshui.kernel.periods import period
from huoshui.packs.queries import all_current
from huoshui.places.models import Place

AT_ONCE = 60


def kinds() -> dict[str, DocumentKind]:
    """Every kind of document of the current packs, by qualified code."""
    return dict(all_current("documents"))


def places_for(kind: DocumentKind, place: Place) -> QuerySet[Place]:
    """The places at and below a place that have documents of a kind, in the order of their paths."""
    found: QuerySet[Place] = Place.objects.under(place.path).filter(kind__in=kind.place_kinds, closed_on__isnull=True)
    return found.order_by("path")


def editions(actor: Actor, *, kind: str = "", place: Place | None = None, year: str = "") -> QuerySet[Edition]:
    """The newest edition of each visible document, the last issued first; ``place``: there and below."""
    newest = Edition.objects.filter(document=OuterRef("document")).order_by("-number").values("number")[:1]
    found: QuerySet[Edition] = Edition.objects.visible_to(actor).filter(number=Subquery(newest))
    if kind:
        found = found.filter(document__kind=kind)
    if place is not None:
        found = found.filter(document__place__in=Place.objects.under(place.path))
    if year:
        found = found.filter(document__period__startswith=year)
    return found.select_related("document__place", "by").defer("blocks").order_by("-at", F("pk").desc())


def edition_coded(actor: Actor, typed: str) -> Edition | None:
    """The visible edition with a printed code, however it was typed: small letters, blanks, hyphens; None: none."""
    code = "".join(typed.split()).replace("-", "").upper()
    found: Edition | None = (
        Edition.objects.visible_to(actor)
        .filter(code=code)
        .select_related("document__place", "by", "template", "pack_version")
        .first()
    )
    return found


def last_edition(kind: str, place: Place, period_code: str, subject: str = "") -> Edition | None:
    """The newest edition of a document, whoever asks: for those who issue the next one."""
    of_kind = Edition.objects.filter(document__kind=kind, document__subject=subject)
    found = of_kind.filter(document__place=place, document__period=period_code)
    return found.order_by("-number").first()


def editions_of(actor: Actor, document: Document) -> QuerySet[Edition]:
    """All editions of a document, the newest first."""
    found: QuerySet[Edition] = Edition.objects.visible_to(actor).filter(document=document)
    return found.select_related("by").defer("blocks").order_by("-number")


@dataclass(frozen=True)
class UsedNow:
    """A figure of an edition, and as it is now; ``now`` None: the reader may not see it, or nobody counts it now."""

    used: UsedFigure
    now: Figure | None

    @property
    def changed(self) -> bool:
        """Whether it is no longer what the edition tells."""
        now = self.now
        return now is not None and (now.numerator, now.denominator, now.told) != (
            self.used.numerator, self.used.denominator, self.used.shown,
        )  # fmt: skip

    @property
    def now_told(self) -> str:
        """The value of now as the edition tells its own: with its unit, or why there is none."""
        return value_words(self.now) if self.now else ""

    @property
    def fraction(self) -> str:
        """Both parts of a ratio as the edition kept them; "" of any other figure."""
        used, known = self.used, indicators().get(self.used.indicator)
        if used.denominator is None or known is None or is_printed_quotient(used.denominator, known):
            return ""
        return " / ".join(parts_told(used.numerator, used.denominator, known.on(period(used.period).last)))


def used_now(actor: Any, edition: Edition) -> list[UsedNow]:
    """The figures of an edition in their order, each with what the register says today."""
    rows = list(edition.figures.select_related("place").order_by("at"))
    known = indicators()
    by_place: dict[Any, list[UsedFigure]] = {}
    for row in rows:
        indicator = known.get(row.indicator)
        if indicator is not None and period(row.period).kind in indicator.periods:
            by_place.setdefault(row.place_id, []).append(row)
    now: dict[int, Figure] = {}
    for found in by_place.values():
        if allows(actor, "figure.view", path=found[0].place.path):
            now |= _as_of_now(actor, found)
    return [UsedNow(row, now.get(row.at)) for row in rows]


def _as_of_now(actor: Any, rows: list[UsedFigure]) -> dict[int, Figure]:
    """Figures of one place as they are now, by their numbers."""
    known = indicators()
    found: dict[int, Figure] = {}
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        asked = [(known[row.indicator], period(row.period)) for row in some]
        found |= {row.at: one for row, one in zip(some, figures_of(actor, asked, some[0].place), strict=True)}
    return found
