"""``huoshui report``: documents as files, drafted or issued, one or one for each place; and the kinds there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, progress, say, write_file
from huoshui.commands.site import printed_address
from huoshui.documents.schema import DocumentKind
from huoshui.duties.queries import system_account
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place

LIST, TEMPLATE = "list", "template"
OUT = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "report", help=_("文书：写成 .docx 或 .pdf 文件。NAME 是文书代码，或 list（列出文书）、template（标准模板）。")
)
@click.argument("name")
@click.argument("kind", required=False)
@click.option("--place", help=_("地点代码。"))
@click.option("--period", help=_("期间：2017、2017Q1、2017-03 等。"))
@click.option("--out", type=OUT, help=_("写到这个文件，结尾 .docx 或 .pdf。"))
@click.option("--each", is_flag=True, help=_("给这个地点以下的每一地各写一份，合成一个 PDF。"))
@click.option("--issue", is_flag=True, help=_("签发：存档，不能再改；不加就是草稿。"))
@click.option("--reason", default="", help=_("重新签发的原因。"))
@click.option("--organ", default="", help=_("发文机关。"))
@click.option(
    "--address", default="", help=_("活水的网址，印在文书上；不写则用 HUOSHUI_SITE_URL，再没有则是本机的网址。")
)
@click.option("--text", "texts", multiple=True, metavar="CODE=TEXT", help=_("手写的内容，可重复。"))
@json_option
def report(
    name: str,
    kind: str | None,
    place: str | None,
    period: str | None,
    out: Path | None,
    each: bool,
    issue: bool,
    reason: str,
    organ: str,
    address: str,
    texts: Sequence[str],
    as_json: bool,
) -> None:
    """List kinds, write a standard template, or write a document. Raises what these raise."""
    from huoshui.documents.standard import standard_template

    if name == LIST:
        _list(as_json)
        return
    if out is None:
        raise click.UsageError(_("缺少 --out"))
    if name == TEMPLATE:
        _named, found = kind_of(kind or "")
        write_file(out, standard_template(found))
        say(str(out))
        return
    if place is None or period is None:
        raise click.UsageError(_("缺少 --place 或 --period"))
    asked = {
        "organ": organ,
        "address": address or printed_address(),
        "texts": dict(one.partition("=")[::2] for one in texts),
    }
    _write(name, place, period, out, asked, each=each, issue=issue, reason=reason)


def _write(
    name: str, place: str, period: str, out: Path, asked: dict[str, Any], *, each: bool, issue: bool, reason: str
) -> None:
    """Draft or issue one document, or one for each place, and write the file."""
    from huoshui.documents.actions import issue_document
    from huoshui.documents.paper import pages_pdf
    from huoshui.documents.preparing import Prepared, prepare
    from huoshui.documents.queries import places_for

    code, found = kind_of(name)
    where = named(Place.objects.all(), "place", _("地点"), code=place)
    ending = out.suffix.lower()
    if ending not in (".docx", ".pdf"):
        raise Refusal("document.output", field="out", name=out.name)
    if each and ending == ".docx":
        raise Refusal("document.each_pdf", field="out")
    by = system_account()
    places = list(places_for(found, where)) if each else [where]
    if not places:
        raise Refusal("document.no_places", field="place", name=where.short_name, kind=found.name)
    prepared: list[Prepared] = []
    with progress(str(found.name), len(places)) as advance:
        for one in places:
            made = prepare(by=by, kind=code, place=one, period=period, draft=not issue, **asked)
            if issue:
                files = made.files()
                issue_document(by=by, prepared=made, files=files, reason=reason)
                pdf = files["pdf"]
            else:
                pdf = made.pdf() if ending == ".pdf" and not each else b""
            prepared.append(made)
            advance(1)
    if each:
        pdf = pages_pdf(found, [one.page for one in prepared], f"{where.short_name}{found.name.zh}", by)
    write_file(out, prepared[0].word if ending == ".docx" else pdf)
    say(str(out))


def kind_of(name: str) -> tuple[str, DocumentKind]:
    """A kind by its qualified code, or by its bare one where only one pack has it. Raises document.kind."""
    from huoshui.documents.preparing import get_kind
    from huoshui.documents.queries import kinds

    known = kinds()
    matching = [code for code in known if name in (code, code.partition(".")[2])]
    code = matching[0] if len(matching) == 1 else name
    return code, get_kind(code)


def _list(as_json: bool) -> None:
    """Every kind of the current packs."""
    from huoshui.documents.queries import kinds

    rows = [
        {
            "code": code,
            "name": str(kind.name),
            "places": ", ".join(kind.place_kinds),
            "periods": ", ".join(kind.periods),
            "texts": ", ".join(one.code for one in kind.all_inputs),
        }
        for code, kind in kinds().items()
    ]
    headings = {
        "code": _("代码"), "name": _("文书"), "places": _("地点种类"), "periods": _("期间"), "texts": _("手写内容"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)
