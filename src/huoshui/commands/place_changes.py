"""``huoshui places rename|move|merge|split|undo|history``: places over time."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_json, print_rows, say
from huoshui.commands.places import places
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.wording import listed
from huoshui.places.changes.actions import perform, undo_change
from huoshui.places.changes.operations import MERGE, MOVE, RENAME, SPLIT, NewPlace, asked_operation
from huoshui.places.changes.planning import Plan, plan_change
from huoshui.places.changes.timeline import place_changes
from huoshui.places.models import Place, PlaceChange

PAIR = "="


def _change_options(function: Any) -> Any:
    """The options that every change has."""
    day = click.DateTime(formats=["%Y-%m-%d"])
    for option in (
        click.option("--since", type=day, help=_("生效日期，如 2018-03-05；默认今天。")),
        click.option("--basis", default="", help=_("依据，如文号。")),
        click.option("--dry-run", is_flag=True, help=_("只预览，不写入。")),
        json_option,
    ):
        function = option(function)
    return function


_new_option = click.option(
    "--new", multiple=True, metavar=_("代码=全称"), help=_("新设的地点，如 410871203301=和新村村民委员会。")
)
_choice_option = click.option(
    "--choice", multiple=True, metavar=_("项=代码"),
    help=_("归到哪里：预览中的一项，或一类（duty、unit、child、matter），或其余的（*），如 duty=410871203301。"),
)  # fmt: skip


@places.command(RENAME, help=_("更名：给地点新的全称。"))
@click.argument("code")
@click.argument("name")
@_change_options
def rename(code: str, name: str, **options: Any) -> None:
    """Rename a place."""
    _change(RENAME, [code], options, name=name)


@places.command(MOVE, help=_("改隶：把地点放到另一个上级之下。"))
@click.argument("code")
@click.argument("parent")
@_change_options
def move(code: str, parent: str, **options: Any) -> None:
    """Put a place under another parent."""
    _change(MOVE, [code], options, parent=parent)


@places.command(MERGE, help=_("合并：把一个或几个地点并入一个现有的或新设的。"))
@click.argument("codes", nargs=-1, required=True)
@click.option("--into", default="", help=_("并入的现有地点的代码。"))
@_new_option
@_change_options
def merge(codes: tuple[str, ...], into: str, new: tuple[str, ...], **options: Any) -> None:
    """Merge places."""
    _change(MERGE, list(codes), options, into=[into] if into else [], new=_new_places(new))


@places.command(SPLIT, help=_("拆分：把一个地点分为几个；--into 写原地点代码则原地点保留。"))
@click.argument("code")
@click.option("--into", multiple=True, help=_("接续的现有地点的代码，可写几次。"))
@_new_option
@_choice_option
@_change_options
def split(code: str, into: tuple[str, ...], new: tuple[str, ...], choice: tuple[str, ...], **options: Any) -> None:
    """Split a place."""
    choices = dict(_pair(text, "choice") for text in choice)
    _change(SPLIT, [code], options, into=list(into), new=_new_places(new), choices=choices)


@places.command("undo", help=_("撤回一次更名、改隶、合并或拆分（编号见 history）。"))
@click.argument("change", type=click.UUID)
@click.option("--reason", required=True, help=_("原因。"))
def undo(change: UUID, reason: str) -> None:
    """Take a change back. Raises ops.unknown for an id that is none."""
    found = PlaceChange.objects.filter(pk=change).first()
    if found is None:
        raise Refusal("ops.unknown", field="change", name=str(change))
    undo_change(by=system_account(), change=found, reason=reason)
    say(_("已撤回：{change}").format(change=found))


@places.command("history", help=_("地点的沿革：更名、改隶、合并、拆分，新的在前。"))
@click.argument("code")
@json_option
def history(code: str, as_json: bool) -> None:
    """The changes of a place. Raises ops.unknown for a code that is none."""
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise Refusal("ops.unknown", field="code", name=code)
    rows = [
        {
            "id": str(change.pk),
            "since": change.since,
            "kind": change.get_kind_display(),
            "sources": "、".join(part.name for part in change.parts.all() if part.role == "source"),
            "results": "、".join(part.name for part in change.parts.all() if part.role != "source"),
            "undone": bool(change.undone_at),
        }
        for change in place_changes(place)
    ]
    headings = {
        "id": _("编号"), "since": _("生效日期"), "kind": _("种类"), "sources": _("原地点"),
        "results": _("去向"), "undone": _("已撤回"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


def _pair(text: str, option: str) -> tuple[str, str]:
    left, sign, right = text.partition(PAIR)
    if not sign:
        raise click.BadParameter(_("应写作“左=右”：{text}").format(text=text), param_hint=f"--{option}")
    return left.strip(), right.strip()


def _new_places(texts: tuple[str, ...]) -> list[NewPlace]:
    return [NewPlace(*_pair(text, "new")) for text in texts]


def _change(kind: str, sources: list[str], options: dict[str, Any], **asked: Any) -> None:
    """Preview or make a change. Raises what the action raises."""
    by, since = system_account(), options["since"]
    day: dt.date = since.date() if since else clock.today()
    operation = asked_operation(Place.objects.all(), kind, day, sources, basis=options["basis"], **asked)
    plan = plan_change(by, operation)
    if plan.problems:
        raise Refusal.of(plan.problems)
    change = None if options["dry_run"] else perform(by=by, operation=operation, agreed=plan.digest)
    _tell(plan, change, as_json=options["as_json"])


def _tell(plan: Plan, change: PlaceChange | None, *, as_json: bool) -> None:
    rows = [
        {
            "key": moving.item.key,
            "label": moving.item.label,
            "note": moving.item.note,
            "source": moving.source.short_name,
            "to": plan.operation.successors[moving.to],
        }
        for moving in plan.moving
    ]
    if as_json:
        along = [{"label": row.label, "count": row.count} for row in plan.along]
        print_json([{"id": str(change.pk) if change else None, "items": rows, "along": along}])
        return
    if plan.along:
        told = listed(f"{row.label} {row.count}" for row in plan.along)
        say(_("随之一起过去的：{items}").format(items=told))
    if rows:
        headings = {"key": _("项"), "label": _("名称"), "note": _("说明"), "source": _("原地点"), "to": _("归到")}
        print_rows(rows, headings, as_json=False)
    say(_("已办理：{change}，编号 {id}").format(change=change, id=change.pk) if change else _("以上是预览，没有写入。"))
