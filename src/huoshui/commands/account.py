"""``huoshui account``: the first administrator, a forgotten password, a locked account."""

from __future__ import annotations

import click
from django.db import transaction
from django.utils.translation import gettext as _

from huoshui.commands.output import say
from huoshui.duties import accounts
from huoshui.duties.actions import grant_duty, open_unit
from huoshui.duties.models import Account, Unit
from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.places.models import Place

ADMINISTRATOR = "administrator"


@click.group(help=_("账号：建立首个管理员、重设密码、解锁。"))
def account() -> None:
    """Commands of accounts."""


@account.command("password", help=_("重设一个账号的密码；其他登录随即失效，下次登录须更换。"))
@click.argument("username")
def password(username: str) -> None:
    """Ask for a password twice and set it. Raises ops.unknown or what the account's rules refuse."""
    found = _account(username)
    accounts.set_password(by=system_account(), account=found, password=_asked())
    say(_("已重设 {username} 的密码。").format(username=username))


@account.command("unlock", help=_("解除登录失败造成的锁定。"))
@click.argument("username")
def unlock(username: str) -> None:
    """Forget the failed sign-ins of an account. Raises ops.unknown."""
    count = accounts.unlock_account(by=system_account(), account=_account(username))
    say(_("已清除 {username} 的 {count} 次失败登录。").format(username=username, count=count))


@account.command("administrator", help=_("开立一个系统管理员账号；新安装的第一个账号由此而来。"))
@click.argument("username")
@click.option("--place", "code", required=True, help=_("管辖地点的代码，如区县代码。"))
@click.option("--title", default="系统管理员", show_default=True, help=_("称谓。"))
@click.option("--unit", "unit_name", default="信息办", show_default=True, help=_("所在单位，没有则登记。"))
def administrator(username: str, code: str, title: str, unit_name: str) -> None:
    """Open an account with the administrator's duty over a place. Raises ops.unknown, account.taken."""
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise Refusal("ops.unknown", field="place", name=code)
    secret, by = _asked(), system_account()
    with transaction.atomic():
        unit = Unit.objects.filter(place=place, name=unit_name).first() or open_unit(by=by, place=place, name=unit_name)
        opened = accounts.open_account(by=by, username=username, title=title, unit=unit, password=secret)
        grant_duty(by=by, account=opened, role=ADMINISTRATOR, place=place)
    say(_("已开立 {username}：{place}的系统管理员。").format(username=username, place=place))


def _account(username: str) -> Account:
    found: Account | None = Account.objects.filter(username=username).first()
    if found is None:
        raise Refusal("ops.unknown", field="username", name=username)
    return found


def _asked() -> str:
    secret: str = click.prompt(_("密码"), hide_input=True, confirmation_prompt=_("再输入一次"))
    return secret
