"""Sentences about a round's results that pages, papers and workbooks share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import bracketed, clauses, listed
from huoshui.visits.models import Round
from huoshui.visits.queries import Basis, shown_points

TENTHS = 10


def mean_rule(round: Round) -> str:
    """How the judges' totals of a village become its mean."""
    if not (round.drop_highest or round.drop_lowest):
        said = _("各评委总分取均分，再计加减分。")
    else:
        said = _("每村去掉 %(high)s 个最高分、%(low)s 个最低分后取均分，再计加减分；划线的是去掉的分。") % {
            "high": round.drop_highest,
            "low": round.drop_lowest,
        }
    return said + (_("同分同名次。") if round.ranks else "")


def title_of(round: Round, what: str) -> str:
    """A paper's title: the round, what it is, and that it is provisional before the seal."""
    return f"{round.name} {what}{provisional(round)}"


def provisional(round: Round) -> str:
    """（未封存，暂定） before the seal, "" after it."""
    return "" if round.state == Round.State.SEALED else bracketed(_("未封存，暂定"))


def signed(value: int | None, scale: int = POINTS, decimals: int = 2) -> str:
    """A difference with its sign; "" for None."""
    if value is None:
        return ""
    numeral = shown_points(value, decimals) if scale == POINTS else shown(value, scale, decimals)
    return ("+" if value > 0 else "") + numeral


def percent(tenths: int | None) -> str:
    """Tenths of a percent as 87.5%; "" for None."""
    return "" if tenths is None else f"{shown(tenths, TENTHS, 1)}%"


def basis_words(basis: Basis) -> list[str]:
    """How far an earlier round can be compared with, each part in a sentence: what could not be is named."""
    items = {
        _("本轮新增：%(items)s"): basis.added,
        _("本轮已取消：%(items)s"): basis.dropped,
        _("计分办法已改：%(items)s"): basis.changed,
    }
    gone = [words % {"items": listed(item.name for item in found)} for words, found in items.items() if found]
    said = [_("比较了 %(count)s 项。") % {"count": len(basis.same)}]
    if gone:
        said.append(_("不能比较的：%(what)s。") % {"what": clauses(gone)})
    if not basis.whole:
        said.append(_("细则的项目或分值有变，总分之差不作比较，只比可比项的得分率。"))
    if not basis.same_rules:
        said.append(_("两轮的计分规则（去高去低、缺项、不合格的认定）不同，增减只供参考。"))
    return said
