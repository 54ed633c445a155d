"""The parts of a matter as its page shows them, and the form that puts it under another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from huoshui.kernel.access import allows
from huoshui.kernel.errors import Refusal
from huoshui.matters import family
from huoshui.matters.actions import put_under
from huoshui.matters.columns import title_name
from huoshui.matters.models import CLOSED, Matter
from huoshui.matters.queries import kinds_openable_by
from huoshui.matters.schema import MatterKind
from huoshui.packs.queries import all_current
from huoshui.web.office.forms import FormState
from huoshui.web.office.matter_pages.steps import Panel, text_input


@dataclass(frozen=True)
class Parts:
    """The parts that the reader sees, and how far all of them are; where another is opened."""

    rows: list[Matter]
    progress: family.Progress
    hold_closing: bool
    name: str
    """What a part is called, where the whole has parts of one kind only; "" elsewhere."""
    add_url: str
    may_move: bool


def parts_of(matter: Matter, actor: Any) -> Parts:
    """The parts of a matter for its page."""
    parts = [row for row in family.relatives_of(matter, actor) if row.parent_id == matter.pk]
    running_first = sorted(parts, key=lambda row: (row.closed_on or date.min, row.due_on or date.max, row.number))
    rule = matter.definition.parts
    may_add = family.may_divide(matter, actor) and opened_under(matter, kinds_openable_by(actor, matter.place))
    wanted = rule.kinds[0] if len(rule.kinds) == 1 else matter.kind
    address = {"parent": matter.number, "place": matter.place.code, "kind": wanted}
    return Parts(
        rows=[row for row in running_first if row.seen],
        progress=family.progress_by(row.phase for row in parts),
        hold_closing=rule.hold_closing,
        name=_name_of_parts(rule.kinds),
        add_url=f"{reverse('matter_new')}?{urlencode(address)}" if may_add else "",
        may_move=_may_move(matter, actor),
    )


def opened_under(parent: Matter, kinds: dict[str, MatterKind]) -> dict[str, MatterKind]:
    """Those of some kinds that its parts may have."""
    allowed = parent.definition.parts.kinds
    return {code: kind for code, kind in kinds.items() if not allowed or code in allowed}


def _name_of_parts(kinds: list[str]) -> str:
    known = all_current("matters")
    return str(title_name(known[kinds[0]])) if len(kinds) == 1 and kinds[0] in known else ""


def _may_move(matter: Matter, actor: Any) -> bool:
    return matter.phase != CLOSED and allows(actor, "matter.assign", path=matter.place.path, pack=matter.pack)


def parent_panel(matter: Matter, actor: Any) -> Panel | None:
    """The form that puts a matter under another; None for whoever may not."""
    if not _may_move(matter, actor):
        return None
    return Panel(
        title=_("改上级事项"),
        verb=_("保存"),
        action=reverse("matter_parent", args=[matter.number]),
        lead=_("写上级事项的编号；留空就是不再归在别的事项之下。"),
        version=matter.version,
        texts=[text_input("parent", _("上级事项"), required=False)],
        values={"parent": matter.parent.number if matter.parent else ""},
    )


def put_typed(*, by: Any, matter: Matter, form: FormState) -> Matter:
    """Put a matter under the one whose number was typed; one that is not seen is as one that is not there."""
    number = form.values.get("parent", "").strip().upper()
    parent = Matter.objects.visible_to(by).filter(number=number).first() if number else None
    if number and parent is None:
        raise Refusal("matter.parent_unknown", field="parent", number=number)
    return put_under(by=by, matter=matter, parent=parent, seen_version=form.seen_version)
