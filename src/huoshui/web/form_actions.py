"""Words for the actions of forms, as ``words.ACTION_WORDS`` takes them in."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORM_ACTIONS: dict[str, str | Promise] = {
    "forms.propose": _("登记报表"),
    "forms.add_version": _("上传报表新版本"),
    "forms.map_cells": _("映射报表的格子"),
    "forms.approve": _("批准报表"),
    "forms.end": _("停用报表"),
    "forms.fill": _("填报"),
    "forms.seal": _("报表签章"),
    "forms.assume": _("设定填报用时"),
}
