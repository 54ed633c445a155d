"""``huoshui figures check``: the numbers of a publication against the register."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.figures import figures
from huoshui.commands.output import print_json, print_rows, say, write_file
from huoshui.commands.site import printed_address
from huoshui.duties.queries import system_account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place
from huoshui.publications.words import KINDS, MARKS, STATUS, WHY, where_told

if TYPE_CHECKING:
    from huoshui.publications.checks import Finding, Outcome

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
LONGEST_WORDS = 40


@figures.command("check", help=_("核对公开材料（.docx、.pdf、.txt、.csv）里的数；有未说明的不一致时以 1 退出。"))
@click.argument("file", type=FILE)
@click.option("--place", default="", help=_("地点代码：“全区”“我县”指的地方；不写则为登记簿里最上面的工作地。"))
@click.option(
    "--as-of", "day", type=click.DateTime(["%Y-%m-%d"]), help=_("材料的日期，“去年”“目前”由它推算；不写则为今天。")
)
@click.option("--out", type=NEW_FILE, help=_("另存一份标出各数的副本（.html）。"))
@click.option("--all", "everything", is_flag=True, help=_("连日期、文号等不是统计数的也列出。"))
@click.option("--keep", is_flag=True, help=_("把结果存进登记簿，网页上可查。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出 JSON 数组，此外不输出任何内容。"))
def check(
    file: Path, place: str, day: dt.datetime | None, out: Path | None, everything: bool, keep: bool, as_json: bool
) -> None:
    """Exits with 1 when a number differs and nobody explained it. Raises ops.unknown for a place, and what reading
    the file raises."""
    from huoshui.publications.actions import keep_outcome
    from huoshui.publications.checks import check_publication
    from huoshui.publications.markup import marked_copy
    from huoshui.publications.queries import usual_place

    by = system_account()
    there = Place.objects.filter(code=place).first() if place else usual_place()
    if there is None:
        raise Refusal("ops.unknown", name=place or "place")
    data, name, on = file.read_bytes(), file.name, day.date() if day else clock.today()
    outcome = check_publication(by=by, data=data, name=name, place=there, day=on)
    if out:
        write_file(out, marked_copy(outcome, printed_address()).encode())
    if keep:
        keep_outcome(by=by, outcome=outcome)
    rows = [_row(one) for one in outcome.findings if everything or one.status]
    if as_json:
        print_json(rows)
    else:
        _print(rows, outcome)
        if day is None and outcome.blocks:
            say(
                _("材料日期按今天（%(day)s）算，“去年”“目前”由它推算；不是今天的，用 --as-of 写明再核对。")
                % {"day": on}
            )
    if outcome.unexplained:
        raise SystemExit(1)


def _row(one: Finding) -> dict[str, Any]:
    return {
        "label": one.label or where_told(one.page, one.where),
        "page": one.page or None,
        "printed": one.printed,
        "words": one.words,
        "kind": one.kind.value,
        "status": one.status.value if one.status else "",
        "term_kind": one.term_kind,
        "term": one.term,
        "name": one.term_name,
        "place": one.place.code if one.place else "",
        "place_name": one.place_name,
        "period": one.held.period or one.period_name,
        "planned": one.planned,
        "register": one.held.shown,
        "unit": one.held.unit,
        "numerator": one.held.numerator,
        "denominator": one.held.denominator,
        "records": one.held.records,
        "score": round(one.score, 3),
        "why": one.why,
        "explained": one.explanation.reason if one.explanation else "",
        "finding": f"{MARKS[one.status]} {STATUS[one.status]}" if one.status else str(KINDS[one.kind]),
        "remark": str(WHY[one.why]) if one.why else (one.explanation.reason if one.explanation else ""),
        "block": one.block,
        "start": one.start,
        "end": one.end,
    }


def _print(rows: list[dict[str, Any]], outcome: Outcome) -> None:
    shown = [
        row
        | {key: "".join(str(row[key]).split()) for key in ("printed", "words")}
        | {"register": f"{row['register']} {row['unit']}".strip()}
        for row in rows
    ]
    shown = [row | {"words": row["words"][:LONGEST_WORDS]} for row in shown]
    headings = {
        "label": _("位置"), "printed": _("印的数"), "finding": _("结果"), "name": _("指标"), "place_name": _("地点"),
        "period": _("期间"), "register": _("登记簿"), "remark": _("说明"), "words": _("前后文字"),
    }  # fmt: skip
    print_rows(shown, headings, as_json=False)
    counts = [f"{STATUS[status]} {count}" for status, count in outcome.counts.items()]
    say(_("共 %(count)d 个统计数：%(parts)s；另有 %(asides)d 个不是统计数。") % {
        "count": sum(outcome.counts.values()), "parts": _("，").join(counts), "asides": outcome.asides,
    })  # fmt: skip
    if outcome.unexplained:
        say(_("有 %(count)d 个数与登记簿不一致，还没有说明。") % {"count": outcome.unexplained})
