"""Inputs of one part of a definition: what stands in the YAML becomes what is typed, and the other way round.

A part (a field, a state, a step, an item) is a mapping of the YAML. Each cell reads and writes one key of it by a
dotted path; keys that have no cell stay as they are, so that nothing written by hand is lost by a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from huoshui.search.tokens import initials
from huoshui.visits.numerals import half_width

Option = tuple[str, str]
"""What is stored, and what it is called."""
NEW_CODE = re.compile(r"[^a-z0-9_]")


@dataclass(frozen=True)
class Cell:
    """One input: what it writes (``path``), what it is called, and how it is typed.

    kind: text, long, label and long_label (Chinese and English), number, flag, choice (one of ``options``), many
    (several of them), photos (slots that a step wants photos in), offered (slots in which it only takes some), lines
    (a choice's options, one a line), grades (the same with points).
    """

    path: str
    label: str
    kind: str = "text"
    options: Sequence[Option] = ()
    hint: str = ""
    optional: bool = True
    default: Any = None
    """What a new part begins with."""

    @property
    def name(self) -> str:
        """Its name in the form."""
        return self.path if self.kind != "offered" else f"{self.path}.offered"

    def beside(self, value: Any) -> Cell:
        """The same, offering also what stands there and is offered no more: it is seen, and can be taken away."""
        if self.kind not in ("choice", "many", "photos", "offered"):
            return self
        stands = value if isinstance(value, list) else [value]
        offered = {code for code, _label in self.options}
        gone = [(code, gone_words(code)) for code in stands if code and code not in offered]
        return replace(self, options=[*self.options, *gone]) if gone else self

    def shown(self, part: dict[str, Any]) -> Any:
        """What stands in the part, as it is typed."""
        return READ[self.kind](got(part, self.path))

    def write(self, part: dict[str, Any], sent: QueryDict) -> None:
        """Put what was typed into the part; what is empty is left out of it."""
        put(part, self.path, WRITE[self.kind](self, sent, got(part, self.path)))


def got(part: dict[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    node: Any = part
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def put(part: dict[str, Any], path: str, value: Any) -> None:
    """Write a value at a dotted path; None takes it out, and what is then empty around it."""
    first, _dot, rest = path.partition(".")
    if rest:
        inner = dict(part[first]) if isinstance(part.get(first), dict) else {}
        put(inner, rest, value)
        value = inner or None
    if value is None:
        part.pop(first, None)
    else:
        part[first] = value


# --- as it is typed -------------------------------------------------------------------


def _read_text(value: Any) -> str:
    return "" if value is None else str(value)


def _read_label(value: Any) -> dict[str, str]:
    told = value if isinstance(value, dict) else {}
    zh, en = str(told.get("zh") or ""), str(told.get("en") or "")
    return {"zh": zh, "en": "" if en == zh else en}


def _read_many(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _read_photos(value: Any) -> list[str]:
    return [str(one.get("slot")) for one in _asked(value) if one.get("minimum", 1) != 0]


def _read_offered(value: Any) -> list[str]:
    return [str(one.get("slot")) for one in _asked(value) if one.get("minimum", 1) == 0]


def _asked(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _read_lines(value: Any) -> str:
    return "\n".join(_chinese(one) for one in value) if isinstance(value, list) else ""


def _read_grades(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    return "\n".join(f"{_chinese(one)} {one.get('points', '')}".strip() for one in value if isinstance(one, dict))


def _chinese(one: Any) -> str:
    name = one.get("name") if isinstance(one, dict) else None
    return str(name.get("zh", "")) if isinstance(name, dict) else ""


READ: dict[str, Callable[[Any], Any]] = {
    "text": _read_text,
    "long": _read_text,
    "number": _read_text,
    "choice": _read_text,
    "flag": bool,
    "label": _read_label,
    "long_label": _read_label,
    "many": _read_many,
    "photos": _read_photos,
    "offered": _read_offered,
    "lines": _read_lines,
    "grades": _read_grades,
}


# --- as it is stored ------------------------------------------------------------------


def _write_text(cell: Cell, sent: QueryDict, _was: Any) -> str | None:
    return sent.get(cell.name, "").replace("\r\n", "\n").strip() or None


def _write_number(cell: Cell, sent: QueryDict, _was: Any) -> int | str | None:
    typed = half_width(sent.get(cell.name, "")).strip()
    # What is no whole number stays as it was typed, and the check says what is wrong with it.
    return int(typed) if re.fullmatch(r"-?\d{1,9}", typed) else typed or None


def _write_flag(cell: Cell, sent: QueryDict, _was: Any) -> bool | None:
    ticked = cell.name in sent
    return ticked if ticked or cell.default else None


def _write_label(cell: Cell, sent: QueryDict, _was: Any) -> dict[str, str] | None:
    """Where no English is given the Chinese stands for it: both are needed, and few can write the other."""
    zh = sent.get(f"{cell.name}.zh", "").replace("\r\n", "\n").strip()
    en = sent.get(f"{cell.name}.en", "").replace("\r\n", "\n").strip()
    return {"zh": zh or en, "en": en or zh} if zh or en else None


def _write_many(cell: Cell, sent: QueryDict, was: Any) -> list[str] | None:
    """What is ticked, in the order in which it stood."""
    ticked, offered = sent.getlist(cell.name), [code for code, _label in cell.options]
    kept = [code for code in _read_many(was) if code in ticked]
    return [*kept, *(code for code in offered if code in ticked and code not in kept)] or None


def _write_photos(cell: Cell, sent: QueryDict, was: Any) -> list[dict[str, Any]] | None:
    """Slots that a step wants photos in; what was said of one (how many, whether new ones) stays."""
    before = {str(one.get("slot")): one for one in _asked(was)}
    wanted = _read_photos(was)
    options = [*wanted, *(code for code, _label in cell.options if code not in wanted)]
    ticked = [code for code in options if code in sent.getlist(cell.name)]
    asked = [before[code] if code in wanted else {"slot": code, "minimum": 1, "fresh": True} for code in ticked]
    return asked + [one for one in _asked(was) if one.get("minimum", 1) == 0 and one.get("slot") not in ticked] or None


def _write_offered(cell: Cell, sent: QueryDict, was: Any) -> list[dict[str, Any]] | None:
    """Slots in which a step only takes photos; those that it wants some in are left as they are."""
    wanted = _read_photos(was)
    ticked = [code for code, _label in cell.options if code in sent.getlist(cell.name) and code not in wanted]
    kept = [one for one in _asked(was) if one.get("slot") in wanted]
    return kept + [{"slot": code, "minimum": 0} for code in ticked] or None


def _write_lines(cell: Cell, sent: QueryDict, was: Any) -> list[dict[str, Any]] | None:
    return _options(sent.get(cell.name, "").splitlines(), was, points=False) or None


def _write_grades(cell: Cell, sent: QueryDict, was: Any) -> list[dict[str, Any]] | None:
    return _options(sent.get(cell.name, "").splitlines(), was, points=True) or None


def _options(lines: Sequence[str], was: Any, *, points: bool) -> list[dict[str, Any]]:
    """One option a line: one that was there keeps its code and its English, by its name."""
    before = {_chinese(one): one for one in was if isinstance(one, dict)} if isinstance(was, list) else {}
    found: list[dict[str, Any]] = []
    taken = {str(one.get("code")) for one in before.values()}
    for line in (line.strip() for line in lines):
        name, points_typed = _parted(line) if points else (line, "")
        if not name:
            continue
        option = dict(before.get(name) or {"code": free_code(name, taken), "name": {"zh": name, "en": name}})
        option.pop("points", None)
        if points_typed:  # without points the check asks for them
            option["points"] = points_typed
        taken.add(option["code"])
        found.append(option)
    return found


def _parted(line: str) -> tuple[str, str]:
    """A grade's name and its points, which stand last."""
    match = re.fullmatch(r"(.*?)[\s：:，,]*([\d．.]+)\s*分?", half_width(line).strip())
    return (match[1].strip(), match[2]) if match else (line, "")


WRITE: dict[str, Callable[[Cell, QueryDict, Any], Any]] = {
    "text": _write_text,
    "long": _write_text,
    "number": _write_number,
    "choice": _write_text,
    "flag": _write_flag,
    "label": _write_label,
    "long_label": _write_label,
    "many": _write_many,
    "photos": _write_photos,
    "offered": _write_offered,
    "lines": _write_lines,
    "grades": _write_grades,
}


def free_code(name: str, taken: Collection[str]) -> str:
    """A code for something new: its pinyin initials, or its letters; counted on while it is taken."""
    base = NEW_CODE.sub("", (initials(name) or name).lower())[:30].lstrip("0123456789_") or "c"
    code, count = base, 1
    while code in taken:
        count += 1
        code = f"{base}_{count}"
    return code


@dataclass(frozen=True)
class Part:
    """A list of a definition whose entries are edited one by one."""

    path: str
    title: str
    one: str
    """What one of them is called, such as 步骤."""
    cells: Callable[[dict[str, Any]], list[Cell]]
    """The inputs of one, given what stands in it."""
    said: Callable[[dict[str, Any]], str] = field(default=lambda entry: "")
    """What the list tells of one behind its name."""
    inner: tuple[Part, ...] = ()
    coded: bool = True
    """Whether each has a code."""


def gone_words(code: str) -> str:
    """How something that is named and is not there is shown."""
    return _("已去掉的 %(code)s") % {"code": code}


def title_of(entry: dict[str, Any]) -> str:
    """The name of an entry in Chinese, or its code."""
    return _chinese(entry) or str(entry.get("code") or _("没有名称"))
