"""``huoshui letter``: the supervision letters, their files, and the template of a district."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, print_rows, say, write_file
from huoshui.duties.queries import system_account
from huoshui.kernel.choices import named
from huoshui.kernel.errors import Refusal
from huoshui.kernel.word_templates import LARGEST
from huoshui.matters.letters.queries import letters as visible_letters
from huoshui.matters.letters.templates import replace_template
from huoshui.places.models import Place
from huoshui.reports.letters import letter_pdf, letter_word

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("letter", help=_("督办函：列出、导出、更换模板。"))
def letters() -> None:
    """Commands of letters."""


@letters.command("list", help=_("督办函，新的在前。"))
@click.option("--waiting", is_flag=True, help=_("只列未答复的。"))
@json_option
def list_letters(waiting: bool, as_json: bool) -> None:
    """The letters."""
    rows = [
        {
            "number": letter.number,
            "title": letter.title,
            "addressee": letter.addressee,
            "issued_on": letter.issued_on,
            "until": letter.until,
            "replied_on": letter.replied_on,
        }
        for letter in visible_letters(system_account(), waiting=waiting)
    ]
    headings = {
        "number": _("文号"),
        "title": _("标题"),
        "addressee": _("发往"),
        "issued_on": _("签发日期"),
        "until": _("答复期限"),
        "replied_on": _("答复日期"),
    }
    print_rows(rows, headings, as_json=as_json)


@letters.command("export", help=_("把一份督办函存为 .pdf 或 .docx 文件。"))
@click.argument("number")
@click.argument("file", type=FILE)
def export(number: str, file: Path) -> None:
    """One letter as a file, by its ending. Raises ops.unknown, or what writing a file raises."""
    by = system_account()
    letter = visible_letters(by).filter(number=number).first()
    if letter is None:
        raise Refusal("letter.unknown", number=number)
    write_file(file, letter_word(letter) if file.suffix == ".docx" else letter_pdf(letter, by))
    say(str(file))


@letters.command("template", help=_("更换某地及其以下的督办函模板（.docx）。"))
@click.argument("place")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def template(place: str, file: Path) -> None:
    """Replace the template for a place. Raises letter.template_*."""
    where = named(Place.objects.all(), "place", code=place)
    with file.open("rb") as stream:
        data = stream.read(LARGEST + 1)
    replace_template(by=system_account(), place=where, name=file.name, data=data)
    say(_("督办函模板已更换，以后签发的用新模板"))
