"""What a check says, in words: what a number is, what came of it, and why."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huoshui.publications.blocks import Where
from huoshui.publications.comparing import Status
from huoshui.publications.spotting import Kind
from huoshui.publications.terms import TermKind

STATUS = {
    Status.MATCH: _("一致"),
    Status.ROUNDING: _("四舍五入后一致"),
    Status.DIFFERING: _("不一致"),
    Status.DOUBTFUL: _("存疑"),
    Status.UNKNOWN: _("无从核对"),
}
MARKS = {
    Status.MATCH: "✓",
    Status.ROUNDING: "≈",
    Status.DIFFERING: "≠",
    Status.DOUBTFUL: "?",
    Status.UNKNOWN: "○",
}
"""The sign beside a number: its colour is never alone."""
KINDS = {
    Kind.STATISTIC: _("统计数"),
    Kind.DATE: _("日期"),
    Kind.PERIOD: _("期间"),
    Kind.TIME: _("时刻"),
    Kind.PHONE: _("电话"),
    Kind.DOCUMENT: _("文号"),
    Kind.IDENTIFIER: _("编号"),
    Kind.ORDINAL: _("序数"),
    Kind.LISTING: _("条目号"),
    Kind.NAME: _("名称"),
    Kind.RANK: _("等级、排名"),
    Kind.AGE: _("年龄"),
    Kind.VAGUE: _("概数"),
    Kind.WORD: _("词语"),
}
TERM_KINDS = {
    TermKind.INDICATOR: _("指标"),
    TermKind.STANDARD: _("考核标准"),
    TermKind.FUND: _("专项资金"),
}
WHY = {
    "no_indicator": _("没有相配的指标、标准或资金"),
    "no_place": _("说的地点不在登记簿里"),
    "no_period": _("说的期间认不出来"),
    "no_value": _("登记簿里没有这一期的数"),
    "no_target": _("登记簿里没有这一期的目标"),
    "not_told": _("这个指标不按这样的期间统计"),
    "not_yours": _("按您的职责看不到那里的数"),
    "no_number": _("不是数"),
    "schedule": _("是日程，不是统计数"),
    "sources_differ": _("登记簿里的来源说法不一，还没有裁定"),
    "bounds": _("登记的是“以上”“约”一类的数，说不准"),
    "weak_same": _("指标不敢肯定；按最像的一个，数相同"),
    "weak_other": _("指标不敢肯定；按最像的一个，数不同"),
    "rival_same": _("两个指标都像；按更像的一个，数相同"),
    "rival_other": _("两个指标都像；按更像的一个，数不同"),
}
PARTS = {Where.NOTE: _("脚注"), Where.BOX: _("文本框"), Where.HEAD: _("页眉页脚")}


def where_told(page: int, where: str) -> str:
    """Where in a file something stands: 第 3 页, 脚注; "" where there is nothing to tell."""
    if where:
        return str(PARTS[Where(where)])
    return gettext("第 %(page)d 页") % {"page": page} if page else ""
