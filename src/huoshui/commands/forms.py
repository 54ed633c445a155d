"""``huoshui forms``: the register of forms, filling one, checking a sealed one."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext as _

from huoshui.commands.output import json_option, named_failures, print_rows, say
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.forms.models import Form
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place


@click.group("forms", help=_("一表通：报表的登记和填报。"))
def forms() -> None:
    """Commands of forms."""


@forms.command("list", help=_("登记的报表。"))
@json_option
def list_forms(as_json: bool) -> None:
    """Every form of the register."""
    rows = [
        {
            "code": form.code,
            "name": form.name,
            "asker": form.asker,
            "frequency": form.get_frequency_display(),
            "level": form.get_level_display(),
            "ends_on": form.ends_on.isoformat(),
            "state": _("已过期") if form.state == Form.State.APPROVED and form.is_past() else form.get_state_display(),
        }
        for form in Form.objects.order_by("code")
    ]
    headings = {
        "code": _("表号"), "name": _("表名"), "asker": _("要表单位"), "frequency": _("频次"), "level": _("填报层级"),
        "ends_on": _("停用日期"), "state": _("状态"),
    }  # fmt: skip
    print_rows(rows, headings, as_json=as_json)


@forms.command("fill", help=_("按地点和期间填一张表，写成文件。"))
@click.argument("code")
@click.option("--place", required=True, help=_("地点代码。"))
@click.option("--period", required=True, help=_("期间：2017、2017H1、2017Q1、2017-03。"))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_("写到哪个文件。"))
@click.option("--as", "username", default="", help=_("以哪个账号填并留存；不写则只写文件，不留存。"))
def fill(code: str, place: str, period: str, out: Path, username: str) -> None:
    """Fill a form. Raises ops.unknown, ops.file_exists, and what filling raises."""
    from huoshui.forms.files import data_of
    from huoshui.forms.filling import fill_form, filled_file, require_fillable
    from huoshui.forms.mapping import newest

    form = Form.objects.select_related("place").filter(code=code).first()
    there = Place.objects.filter(code=place).first()
    if form is None or there is None:
        raise Refusal("ops.unknown", name=code if form is None else place)
    if out.exists():
        raise Refusal("ops.file_exists", path=out)
    if username:
        account = Account.objects.filter(username=username).first()
        if account is None:
            raise Refusal("ops.unknown", name=username)
        filling = fill_form(by=account, form=form, place=there, period=period)
        data, filled, missing = data_of(filling.file), filling.filled, filling.missing
    else:
        time = require_fillable(form, there, period)
        answers, data = filled_file(system_account(), newest(form), there, time, {})
        filled, missing = sum(answer.value is not None for answer in answers.cells), len(answers.missing)
        for answer in answers.missing:
            say(f"{answer.sheet}!{answer.at} {answer.name}：{answer.why}")
    with named_failures(out):
        out.write_bytes(data)
    say(_("已写入 {path}：填 {filled} 格，空 {missing} 格").format(path=out, filled=filled, missing=missing))


@forms.command("verify", help=_("核对签章的 PDF 有没有改过、是不是本系统签的。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say what the signature proves; exits with 1 unless it is intact and this installation's."""
    from huoshui.forms.signing import check_seal

    found = check_seal(file.read_bytes())
    if not found.signed:
        say(_("没有签章。"))
    elif not found.intact:
        say(_("签章之后被改过。"))
    else:
        say(_("签章完好，由本系统签出。") if found.ours else _("签章完好，但不是本系统的证书签的。"))
    if not (found.intact and found.ours):
        raise SystemExit(1)
