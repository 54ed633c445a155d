"""What a token may touch: areas of the register, each to be read, or read and written.

A scope is ``area:read`` or ``area:write``; writing includes reading. It only ever narrows: what lies within a scope is
still what the duties of the token's account give.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huoshui.kernel.errors import Refusal

READ, WRITE = "read", "write"
AREAS: dict[str, str | Promise] = {
    "places": pgettext_lazy("several", "地点"),
    "people": _("职责与账号"),
    "packs": pgettext_lazy("several", "机制"),
    "rounds": _("观摩与成绩"),
    "sheets": _("评分表"),
    "matters": _("台账与事项"),
    "schedules": _("应办"),
    "services": _("便民服务"),
    "letters": _("督办函"),
    "activities": pgettext_lazy("several", "活动"),
    "money": _("资金"),
    "figures": _("数据"),
    "documents": _("文书"),
    "exchange": _("交换代码"),
    "console": _("查询台"),
    "publications": _("公开材料核对"),
    "forms": _("报表"),
    "photos": _("照片和文件"),
    "personal": _("个人信息明文"),
    "notices": _("本人提醒"),
    "journal": _("日志"),
    "search": _("检索"),
    "tokens": _("接口令牌"),
    "webhooks": _("事件推送"),
}
"""Every area by its code, as people choose among them; each operation of the API belongs to one."""
WITHOUT_WRITING = {"journal", "personal", "search"}
"""Areas in which there is nothing to write. What is personal is written with its matter."""
APART = {"personal", "tokens", "webhooks", "console"}
"""Areas that no shorthand for "everything" includes: each has to be named."""


def everything(*, write: bool = False) -> list[str]:
    """The scopes of all areas but those ``APART``, to be read, or written where anything can be."""
    return [f"{area}:{_most(area) if write else READ}" for area in AREAS if area not in APART]


def _most(area: str) -> str:
    return READ if area in WITHOUT_WRITING else WRITE


def known_scopes() -> list[str]:
    """Every scope there is, in the order of the areas."""
    return [f"{area}:{kind}" for area in AREAS for kind in (READ, WRITE) if kind == READ or area not in WITHOUT_WRITING]


def cleaned(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are kept: known ones, each area once. Raises token.no_scope or token.unknown_scope."""
    asked, known = set(scopes), known_scopes()
    for scope in sorted(asked):
        if scope not in known:
            raise Refusal("token.unknown_scope", field="scopes", scope=scope, known=", ".join(known))
    if not asked:
        raise Refusal("token.no_scope", field="scopes")
    return [scope for scope in known if scope in asked and not (scope.endswith(READ) and _writing(scope) in asked)]


def covers(scopes: Iterable[str], wanted: str) -> bool:
    """Whether a token of these scopes may do what wants ``wanted``."""
    return wanted in scopes or (wanted.endswith(f":{READ}") and _writing(wanted) in scopes)


def _writing(scope: str) -> str:
    return f"{scope.partition(':')[0]}:{WRITE}"


def scopes_in_words(scopes: Iterable[str]) -> list[str]:
    """Scopes as they are told, in the order of the areas: 台账与事项（读写）."""
    from huoshui.kernel.wording import bracketed

    how = {READ: _("只读"), WRITE: _("读写")}
    parts = [scope.partition(":") for scope in scopes]
    return [f"{AREAS.get(area, area)}{bracketed(str(how.get(kind, kind)))}" for area, _colon, kind in parts]
