"""A publication with its numbers marked: pieces of text, for the page and for a copy that stands by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.publications.blocks import Block, BlockKind
from huoshui.publications.checks import Finding, Outcome
from huoshui.publications.comparing import Status
from huoshui.publications.words import KINDS, MARKS, STATUS, WHY, where_told


class Placed(Protocol):
    """Something that stands in a block of a text."""

    @property
    def block(self) -> int: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and the number that it is, if it is one."""

    text: str
    number: Placed | None = None


def pieces(text: str, numbers: Iterable[Placed]) -> list[Piece]:
    """A block's text parted at its numbers."""
    found, at = [], 0
    for number in sorted(numbers, key=lambda one: one.start):
        if number.start < at:
            continue
        found += [Piece(text[at : number.start]), Piece(text[number.start : number.end], number)]
        at = number.end
    return [piece for piece in [*found, Piece(text[at:])] if piece.text]


def comparison(one: Finding) -> str:
    """What a finding says, in one line."""
    if one.status is None:
        return str(KINDS[one.kind])
    held = f"{one.held.shown} {one.held.unit}".strip()
    of = " ".join(part for part in (one.place_name, one.held.period or one.period_name, one.term_name) if part)
    parts = [
        str(STATUS[one.status]),
        of if one.term else "",
        _("登记簿：%(held)s") % {"held": held} if one.held.shown else "",
    ]
    parts += [str(WHY[one.why]) if one.why else "", one.explanation.reason if one.explanation else ""]
    return _("；").join(part for part in parts if part)


_STYLE = """
:root{color-scheme:light}body{font:16px/1.8 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;
max-width:46em;margin:2em auto;padding:0 1em;
color:#1d1c1a;background:#fdfcfa}h1{font-size:1.4em}h2{font-size:1.1em}table{border-collapse:collapse;
width:100%;font-size:.9em}td,th{border-bottom:1px solid #ddd8cf;padding:.3em .5em;text-align:left;vertical-align:top}
mark{background:none;color:inherit;border-bottom:2px solid;padding:0 .1em}
a{color:inherit;text-decoration:none}td a{border-bottom:1px solid}mark a{border:0}
mark b{font-weight:400;font-size:.75em;margin-left:.15em}
.match{color:#2b6a3f}.rounding{color:#2b6a3f;border-bottom-style:dashed}
.differing{color:#b23a2e;border-bottom-style:double;
border-bottom-width:4px;font-weight:700}.doubtful{color:#8a5a00;border-bottom-style:dotted}.unknown{color:#5f5b54;
border-bottom-style:dotted}.aside{color:#8a857c;border-bottom:0}
.where{color:#5f5b54;font-size:.8em;border-top:1px solid #ddd8cf;margin:1.5em 0 0}
ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:1em}
"""


def marked_copy(outcome: Outcome, address: str) -> str:
    """The publication as a page of its own, with each number's finding; what a user wrote is text, never markup.

    ``address``: where the register is reached; each number that is a figure leads from there to its sheet.
    """
    title = _("%(name)s：数字核对") % {"name": outcome.name}
    body = _text(outcome.blocks, outcome.findings, address) if outcome.blocks else _facts(outcome, address)
    language = "en" if (get_language() or "zh").startswith("en") else "zh-CN"
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    below = _("核对于 %(place)s，材料日期 %(day)s。") % {"place": outcome.place.short_name, "day": outcome.day}
    parts = [f"<h1>{escape(title)}</h1><p>{escape(below)}</p>", _legend(outcome), _differences(outcome, address), body]
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def _legend(outcome: Outcome) -> str:
    items = "".join(
        f'<li><mark class="{status.value}">{MARKS[status]} {escape(str(STATUS[status]))}</mark> {count}</li>'
        for status, count in outcome.counts.items()
    )
    return f"<ul>{items}</ul>"


def _differences(outcome: Outcome, address: str) -> str:
    rows = [one for one in outcome.findings if one.status == Status.DIFFERING]
    if not rows:
        return f"<p>{escape(_('没有不一致的数。'))}</p>"
    lines = "".join(
        f"<tr><td>{_led(one, address, escape(one.printed))}</td><td>{escape(where_told(one.page, one.where))}</td>"
        f"<td>{escape(one.words)}</td><td>{escape(comparison(one))}</td></tr>"
        for one in rows
    )
    return f"<h2>{escape(_('不一致的数'))}</h2><table>{lines}</table>"


def _facts(outcome: Outcome, address: str) -> str:
    lines = "".join(
        f"<tr><td>{escape(one.label)}</td><td>{escape(one.words)}</td><td>{_marked(one, one.printed, address)}</td>"
        f"<td>{escape(comparison(one))}</td></tr>"
        for one in outcome.findings
    )
    return f"<h2>{escape(_('全部'))}</h2><table>{lines}</table>"


def _text(blocks: Sequence[Block], findings: Sequence[Finding], address: str) -> str:
    by_block: dict[int, list[Finding]] = {}
    for one in findings:
        by_block.setdefault(one.block, []).append(one)
    parts = []
    for at, (block, begun) in enumerate(zip(blocks, begun_at(blocks), strict=True)):
        parts.append(f'<p class="where">{escape(begun)}</p>' if begun else "")
        parts.append(_block(block, by_block.get(at, []), address))
    return "".join(parts)


def begun_at(blocks: Sequence[Block]) -> list[str]:
    """For each block the page or the part of the file that begins with it, in words; "" where none begins."""
    told = [where_told(block.page_at(0), block.where) for block in blocks]
    return [(now or _("正文")) if now != before else "" for before, now in zip(["", *told], told, strict=False)]


def _block(block: Block, findings: Sequence[Finding], address: str) -> str:
    inside = "".join(
        escape(piece.text) if piece.number is None else _marked(piece.number, piece.text, address)  # type: ignore[arg-type]
        for piece in pieces(block.text, findings)
    ).replace("\t", " │ ")
    tag = {BlockKind.HEADING: "h2", BlockKind.TEXT: "p", BlockKind.ROW: "p"}[block.kind]
    return f"<{tag}>{inside}</{tag}>"


def _marked(one: Finding, text: str, address: str) -> str:
    kind = one.status.value if one.status else "aside"
    sign = f"<b>{MARKS[one.status]}</b>" if one.status else ""
    told = f"{escape(text)}{sign}"
    return f'<mark class="{kind}" title="{escape(comparison(one))}">{_led(one, address, told)}</mark>'


def _led(one: Finding, address: str, told: str) -> str:
    """What is told of a number, leading to the sheet of the figure that it is."""
    return f'<a href="{escape(address + one.sheet)}">{told}</a>' if address and one.sheet else told
