"""Preparing a document: its content read, its Word file filled, its PDF set; nothing is written yet.

It takes seconds, so that it happens before the action that issues it, whose transaction only writes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import qrcode
from django.utils import translation
from django.utils.translation import gettext as _

from huoshui.documents import wording
from huoshui.documents.blocks import Block
from huoshui.documents.content import Content, Frame, Use, period_told, place_told
from huoshui.documents.embedding import with_typefaces
from huoshui.documents.filling import fill
from huoshui.documents.models import DocumentTemplate, Edition
from huoshui.documents.paper import page_of, pages_pdf
from huoshui.documents.queries import last_edition
from huoshui.documents.records import Told
from huoshui.documents.sameness import words_of
from huoshui.documents.schema import DocumentKind
from huoshui.documents.templates import template_for, text_problems
from huoshui.figures.reporting.queries import kind_name
from huoshui.kernel import clock
from huoshui.kernel.access import Actor, require
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.periods import Period
from huoshui.kernel.periods import period as period_of_code
from huoshui.kernel.word_templates import plain_sandbox
from huoshui.kernel.wording import listed
from huoshui.packs.models import PackVersion
from huoshui.packs.queries import all_current, current_versions
from huoshui.places.models import Place
from huoshui.reports.document_papers import DocumentPage

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that are not read as one another."""
CODE_LETTERS = 8
LONGEST_ORGAN = 100
DRAFT = "草稿，未签发"
ADDRESSEE = "addressee"
"""The input that GB/T 9704 ends with a colon (7.3.2), and so do most who type it."""


@dataclass
class Prepared:
    """A document that could be issued as it is: whose, of what, and what it says."""

    by: Actor
    kind_code: str
    kind: DocumentKind
    place: Place
    period: Period
    frame: Frame
    template: DocumentTemplate | None
    template_sha256: str
    pack_version: PackVersion
    uses: list[Use]
    blocks: list[Block]
    filled: bytes
    page: DocumentPage
    before: Edition | None
    draft: bool
    changes: list[Told] = field(default_factory=list)
    counted_at: dt.datetime = field(default_factory=clock.now)

    def pdf(self) -> bytes:
        """Its PDF. Raises report.fonts_missing."""
        return pages_pdf(self.kind, [self.page], self.frame.title, self.by)

    def files(self) -> dict[str, bytes]:
        """What is issued, by its ending. Raises report.fonts_missing."""
        return {"docx": self.word, "pdf": self.pdf()}

    @cached_property
    def word(self) -> bytes:
        """Its Word file, with the typefaces inside."""
        return with_typefaces(self.filled)

    @property
    def same(self) -> bool:
        """Whether the edition before says all of it: the same figures, texts and template."""
        if self.before is None:
            return False
        frame, before = self.frame, self.before
        return (
            not self.changes
            and before.texts == frame.texts
            and before.organ == frame.organ
            and before.template_sha256 == self.template_sha256
            and words_of(before.blocks, before.code, before.at.astimezone(clock.LOCAL_ZONE).date())
            == words_of(self.blocks, frame.code, frame.day)
        )


def get_kind(code: str) -> DocumentKind:
    """A kind of document of the current packs. Raises document.kind."""
    found: DocumentKind | None = all_current("documents").get(code)
    if found is None:
        raise Refusal("document.kind", field="kind", name=code, known=listed(all_current("documents")))
    return found


def period_for(kind: DocumentKind, code: str) -> Period:
    """A period that a kind is about. Raises document.period."""
    try:
        found = period_of_code(code)
    except ValueError:
        found = None
    if found is None or found.kind not in kind.periods:
        raise Refusal(
            "document.period", field="period", name=code, kind=kind.name, kinds=listed(map(kind_name, kind.periods))
        )
    return found


def require_place(kind: DocumentKind, place: Place) -> None:
    """Raise document.place for a place that has no such document."""
    if place.kind not in kind.place_kinds:
        names = all_current("place_kinds")
        kinds = listed(names[code].name for code in kind.place_kinds if code in names)
        raise Refusal("document.place", field="place", name=place.short_name, kind=kind.name, kinds=kinds)


def prepare(
    *,
    by: Actor,
    kind: str,
    place: Place,
    period: str,
    texts: Mapping[str, str] | None = None,
    organ: str = "",
    address: str = "",
    draft: bool = False,
) -> Prepared:
    """A document as it stands now, in Chinese whoever drafts it.

    ``organ`` "": the unit of ``by``, or the place's own name. ``address``: where the register is reached, to be
    printed. Raises access.denied (document.issue, figure.view and what its records want, at the place), document.kind,
    document.period, document.place, value.required, value.too_long, document.unknown or document.code.
    """
    found = get_kind(kind)
    require(by, "document.issue", path=place.path, pack=kind.partition(".")[0])
    require(by, "figure.view", path=place.path)
    require_place(found, place)
    span = period_for(found, period)
    written = _texts(found, texts or {}, draft=draft)
    with translation.override("zh-hans"):
        return _prepared(by, kind, found, place, span, written, organ.strip(), address.rstrip("/"), draft)


def _prepared(
    by: Actor,
    code: str,
    kind: DocumentKind,
    place: Place,
    period: Period,
    texts: dict[str, str],
    organ: str,
    address: str,
    draft: bool,
) -> Prepared:
    last = last_edition(code, place, period.code, kind.subject_of(texts))
    template, data = template_for(code, kind, place)
    number = (last.number if last else 0) + 1
    own_code = "" if draft else new_code()
    frame = Frame(
        title=_title(kind, place, period, texts),
        organ=_organ(by, place, organ),
        code=own_code,
        address=f"{address}/d/{own_code}" if own_code else "",
        status=DRAFT if draft else (f"第{number}版" if number > 1 else ""),
        day=clock.today(),
        edition=number,
        demonstration=demonstration_mark(),
        texts=texts,
    )
    content = Content(by, kind, place, period, frame)
    opens = _Addresses(content, address, own_code)
    qr = _qr(opens.document) if opens.document else b""
    filled = fill(data, content, qr, opens.of)
    changes: list[Told] = []
    if last:
        # What changed is known when all figures are told, and may be told anywhere: it is filled once more.
        changes = content.changes = changed(last, content.uses.values())
        filled = fill(data, content, qr, opens.of)
    uses = [*content.uses.values()]
    version = current_versions()[code.partition(".")[0]]
    page = page_of(filled, _foot(frame, by, draft=draft), opens.of, kind.layout)
    digest = hashlib.sha256(data).hexdigest()
    return Prepared(
        by, code, kind, place, period, frame, template, digest, version, uses, filled.blocks, filled.word, page, last,
        draft, changes,
    )  # fmt: skip


@dataclass(frozen=True)
class _Addresses:
    """Where figures open: an issued one on its document's page, one of a draft on its sheet."""

    content: Content
    address: str
    code: str

    @property
    def document(self) -> str:
        """Where the document itself opens; "" for a draft."""
        return f"{self.address}/d/{self.code}" if self.address and self.code else ""

    def of(self, number: int) -> str:
        """Where the figure with a number opens; "" while nobody knows where the register is reached."""
        if self.document:
            return f"{self.document}#f{number}"
        if not self.address:
            return ""
        use = next(one for one in self.content.uses.values() if one.at == number)
        place, period = use.figure.place.code, use.figure.period.code
        return f"{self.address}/figures/{use.code}/?place={place}&period={period}"


def new_code() -> str:
    """A short code that no document has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LETTERS))
        if not Edition.objects.filter(code=code).exists():
            return code


def changed(before: Edition, uses: Iterable[Use]) -> list[Told]:
    """Each figure that the edition before told otherwise, told not, or told alone: then and now."""
    then = {(one.indicator, one.place.code, one.period): one for one in before.figures.select_related("place")}
    found: list[Told] = []
    for use in uses:
        figure = use.figure
        key = (use.code, figure.place.code, figure.period.code)
        was = then.pop(key, None)
        now = wording.value_words(figure)
        if was is None or (was.shown, was.numerator, was.denominator) != (
            figure.told, figure.numerator, figure.denominator,
        ):  # fmt: skip
            found.append(_change(key, figure.indicator.name.zh, figure.place, was.told if was else "未列", now))
    for key, gone in then.items():
        found.append(_change(key, gone.name, gone.place, gone.told, "不再列"))
    return found


def _change(key: tuple[str, str, str], name: str, place: Place, then: str, now: str) -> Told:
    period = period_of_code(key[2])
    return Told(
        name=name, place=place.short_name, period=period.name, then=then, now=now,
        indicator=key[0], place_code=key[1], period_code=key[2],
    )  # fmt: skip


def _texts(kind: DocumentKind, given: Mapping[str, str], *, draft: bool) -> dict[str, str]:
    """What was written by hand, held to what the kind asks for. Raises value.required or value.too_long."""
    problems = []
    found = {one.code: str(given.get(one.code, "")).replace("\r\n", "\n").strip() for one in kind.all_inputs}
    if ADDRESSEE in found:
        found[ADDRESSEE] = found[ADDRESSEE].rstrip("：: ")  # the layout ends the line with one
    for one in kind.all_inputs:
        text = found[one.code]
        if one.required and not text and not draft:
            problems.append(Problem("value.required", one.code, params={"label": one.name}))
        if len(text) > one.max_length:
            said = {"label": one.name, "length": len(text), "limit": one.max_length}
            problems.append(Problem("value.too_long", one.code, params=said))
        if one.long and "{" in text:
            problems += text_problems(kind, one.code, text)
    if problems:
        raise Refusal.of(problems)
    return found


def _title(kind: DocumentKind, place: Place, period: Period, texts: Mapping[str, str]) -> str:
    names = {"place": place_told(place), "period": period_told(period), **texts}
    return str(plain_sandbox().from_string(kind.title).render(names))[:300]


def _organ(by: Actor, place: Place, organ: str) -> str:
    """Who issues it: as it was said, the unit of who drafts it, or what stands for the place itself."""
    found = organ or str(getattr(by, "unit", None) or place.name)
    if len(found) > LONGEST_ORGAN:
        raise Refusal("value.too_long", field="organ", label=_("发文机关"), length=len(found), limit=LONGEST_ORGAN)
    return found


def _foot(frame: Frame, by: Actor, *, draft: bool) -> str:
    at = clock.now().astimezone(clock.LOCAL_ZONE)
    if draft:
        return f"{DRAFT}　{by.label}　{at:%Y-%m-%d %H:%M}"
    return f"{frame.title}　文书编号 {frame.code}　第{frame.edition}版　{at:%Y-%m-%d %H:%M} 签发"


def _qr(text: str) -> bytes:
    """A text as a QR code (ISO/IEC 18004, error correction M) in PNG."""
    stream = io.BytesIO()
    qrcode.make(text, border=2).save(stream, "PNG")
    return stream.getvalue()
