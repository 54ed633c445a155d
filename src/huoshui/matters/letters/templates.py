"""Word templates of letters: a file with placeholders, which holds no code and knows nothing but a letter's words.

Placeholders are those of ``PLACEHOLDERS``, and ``lines`` to loop over, each with the ``LINE`` words; ``if`` and
``for`` are the only statements (docxtpl, https://docxtpl.readthedocs.io). Everything else that Jinja could do, calls,
filters, other attributes, is refused when the file is handed in, and the sandbox refuses it again when it is filled.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from huoshui.kernel import clock, journal
from huoshui.kernel.access import require
from huoshui.kernel.actions import action
from huoshui.kernel.errors import Refusal
from huoshui.kernel.word_templates import LARGEST, TEXT, Fault, Faulty, Shape, names_in
from huoshui.kernel.wording import listed
from huoshui.matters.letters.models import LetterTemplate
from huoshui.places.models import Place, prefixes

PLACEHOLDERS = (
    "number", "organ", "addressee", "title", "opening", "demand", "closing", "until", "signer", "date", "copies",
)  # fmt: skip
LINE = ("at", "number", "title", "place", "owner", "due", "state")
NEEDED = ("number", "addressee", "demand", "lines")
"""Without these it would be no letter; and without one of ``UNTIL`` nobody would know until when to reply."""
UNTIL = ("until", "closing")
NAMES = dict.fromkeys(PLACEHOLDERS, TEXT) | {"lines": Shape(item=Shape(parts=dict.fromkeys(LINE, TEXT)))}


def template_for(place: Place) -> LetterTemplate | None:
    """The template that counts for letters to a place: the newest of the nearest place above; None: the built-in."""
    above = LetterTemplate.objects.filter(place__path__in=prefixes(place.path)).select_related("place").order_by("pk")
    return max(above, key=lambda known: (len(known.place.path), known.pk), default=None)


@action("matters.replace_letter_template")
def replace_template(*, by: Any, place: Place, name: str, data: bytes) -> LetterTemplate:
    """Have letters to a place and below it written in another Word file from now on; issued ones keep theirs.

    Raises access.denied, letter.template_file, letter.template_code, letter.template_unknown or
    letter.template_missing.
    """
    require(by, "letter.template", path=place.path)
    check(data)
    digest = hashlib.sha256(data).hexdigest()
    template = LetterTemplate.objects.create(
        place=place, name=name.strip()[:200] or "letter.docx", data=data, sha256=digest, by=by, on=clock.today()
    )
    journal.record(by=by, subject=template, place=place, after={"file": template.name, "sha256": digest})
    return template


def check(data: bytes) -> None:
    """Whether a file can be filled, and says what a letter has to.

    Raises letter.template_file, letter.template_code, letter.template_unknown or letter.template_missing.
    """
    try:
        used = names_in(data, NAMES)
    except Faulty as faulty:
        raise _refusal(faulty.faults) from None
    missing = [name for name in NEEDED if name not in used] + ([] if used & {*UNTIL} else [UNTIL[0]])
    if missing:
        raise Refusal("letter.template_missing", field="file", names=listed(missing))


def _refusal(faults: tuple[Fault, ...]) -> Refusal:
    """What is wrong with a file, in words."""
    if any(fault.kind in ("file", "large", "macro") for fault in faults):
        return Refusal("letter.template_file", field="file", limit=LARGEST // 1_000_000)
    code = next((fault for fault in faults if fault.kind != "name"), None)
    if code:
        elsewhere = _("文件属性、脚注里的占位符") if "/" in code.what else code.what
        return Refusal("letter.template_code", field="file", what=elsewhere)
    unknown = sorted({fault.what for fault in faults})
    return Refusal("letter.template_unknown", field="file", names=listed(unknown), known=listed(NAMES))
