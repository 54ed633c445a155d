"""From a layout and typed data to a PDF, with Typst.

The data reach the layout as JSON and are shown as plain text: nothing a user wrote is ever read as Typst's markup.
The PDF is PDF/A-2a (ISO 19005-2, for archives: every typeface inside, the text can be taken out again) and PDF/UA-1
(ISO 14289-1, for screen readers); Typst refuses to write one that is not. The same data at the same time by the same
person give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.kernel import clock
from huoshui.kernel.access import Actor
from huoshui.kernel.demonstration import demonstration_mark
from huoshui.kernel.journal.checkpoints import latest
from huoshui.reports.fonts import printable, typefaces

LAYOUTS = Path(__file__).parent / "layouts"
PDF = "application/pdf"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
"""Asia/Shanghai at a fixed offset, as a PDF's date has it."""
DIGEST_LETTERS = 16
"""Letters of a checkpoint's hash in the foot: enough to find the line in the kept file."""


@dataclass(frozen=True)
class Imprint:
    """What the foot of every page says of the paper itself, and the mark of a demonstration in its head."""

    printed: str
    """Who printed it and when (Asia/Shanghai)."""
    checkpoint: str
    """The newest checkpoint of the journal; "" before the first."""
    pages: str
    """第 {page} 页　共 {pages} 页, to be filled in by the layout."""
    demonstration: str
    """"" in a real register."""


def imprint(by: Actor) -> Imprint:
    """The imprint of a paper that ``by`` prints now."""
    at = clock.now().astimezone(clock.LOCAL_ZONE)
    known = latest()
    checkpoint = ""
    if known:
        checkpoint = _("日志检查点 %(position)s %(digest)s") % {
            "position": known.position,
            "digest": known.hash[:DIGEST_LETTERS],
        }
    printed = _("打印：%(who)s　%(when)s") % {"who": by.label, "when": f"{at:%Y-%m-%d %H:%M}"}
    return Imprint(printed, checkpoint, _("第 {page} 页　共 {pages} 页"), demonstration_mark())


def typeset(layout: str, content: Any, *, title: str, by: Actor, landscape: bool = False) -> bytes:
    """A PDF on A4 of ``content`` (a dataclass) in ``layouts/<layout>.typ``; words in the reader's language.

    ``title`` is the PDF's own; the layout prints its headings from ``content``. Raises report.fonts_missing.
    """
    from pydantic_core import to_jsonable_python

    missing: set[str] = set()
    paper = {
        "title": title,
        "language": (get_language() or "zh")[:2],
        "landscape": landscape,
        "imprint": imprint(by),
        "content": content,
    }
    shown = _shown(to_jsonable_python(paper), missing)
    shown["missing"] = _missing_note(missing)
    return _compiled(LAYOUTS / f"{layout}.typ", json.dumps(shown, ensure_ascii=False))


def picture_pages(layout: str, content: Any, pixels_per_inch: int) -> list[bytes]:
    """The pages of a layout as PNG. Raises report.fonts_missing."""
    import typst

    missing: set[str] = set()
    data = json.dumps(_shown({"content": content}, missing), ensure_ascii=False)
    made = typst.compile(
        LAYOUTS / f"{layout}.typ",
        root=LAYOUTS,
        font_paths=typefaces(),
        ignore_system_fonts=True,
        sys_inputs={"paper": data},
        format="png",
        ppi=pixels_per_inch,
    )
    return made if isinstance(made, list) else [made]


def _shown(value: Any, missing: set[str]) -> Any:
    """The same with every text as it can be printed."""
    if isinstance(value, str):
        return printable(value, missing)
    if isinstance(value, dict):
        return {key: _shown(entry, missing) for key, entry in value.items()}
    return [_shown(entry, missing) for entry in value] if isinstance(value, list) else value


def _missing_note(missing: set[str]) -> str:
    if not missing:
        return ""
    return _("字库里没有的字以编号代替：%(numbers)s") % {"numbers": " ".join(sorted(missing))}


def _compiled(layout: Path, data: str) -> bytes:
    import typst

    return typst.compile(
        layout,
        root=LAYOUTS,
        font_paths=typefaces(),
        ignore_system_fonts=True,
        sys_inputs={"paper": data},
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=clock.now().astimezone(SHANGHAI).replace(microsecond=0),
    )
