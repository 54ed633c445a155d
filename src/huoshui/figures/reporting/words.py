"""Words for the steps and states of filings, and for questions between figures."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoshui.figures.reporting.models import Conflict, Filing

VERBS: dict[str, str | Promise] = {
    "submit": _("提交"),
    "approve": _("批准"),
    "send_back": _("退回"),
    "reopen": _("重开"),
    "fill": _("填写"),
}
STATES: dict[Filing.State, str | Promise] = {
    Filing.State.DRAFT: _("草稿"),
    Filing.State.SUBMITTED: _("待审核"),
    Filing.State.RETURNED: _("已退回"),
    Filing.State.APPROVED: _("已批准"),
}
RULES: dict[str, str | Promise] = {
    "sources": _("来源说法不一"),
    "kin": _("像是同一件事，数不一样"),
    "whole": _("这个比率算不出来"),
    "rule": _("数之间对不上"),
}
DECISIONS: dict[Conflict.Decision, str | Promise] = {
    Conflict.Decision.DEFINITIONS: _("口径不同，都对"),
    Conflict.Decision.VALUE: _("其中一个数对"),
    Conflict.Decision.DOUBTED: _("查不清，存疑"),
}
CONFLICT_STATES: dict[Conflict.State, str | Promise] = {
    Conflict.State.OPEN: _("待查明"),
    Conflict.State.DECIDED: _("已裁定"),
    Conflict.State.GONE: _("已不存在"),
}
KINDS: dict[str, str | Promise] = {
    "observation": _("来源"),
    "record": _("登记的记录"),
    "target": _("目标"),
}
"""What says a figure."""
