"""How an item is scored, when it fails and what it opens, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import bracketed, clauses
from huoshui.packs.queries import all_current
from huoshui.packs.units import unit_word
from huoshui.visits.schema import Deduction, Evidence, Graded, Item, Threshold, YesNoScoring


def scoring_words(item: Item) -> str:
    """How an answer becomes points."""
    full = shown(item.points, POINTS)
    match item.scoring:
        case Graded(options=options) if options:
            return clauses(
                _("%(name)s %(points)s 分") % {"name": option.name, "points": shown(option.points, POINTS)}
                for option in options
            )
        case Graded() as graded:
            return _("0 至 %(most)s 分，每档 %(step)s 分") % {"most": full, "step": shown(graded.step, POINTS)}
        case Deduction() as deduction:
            return deduction_words(deduction)
        case YesNoScoring():
            return _("是得 %(most)s 分，否不得分") % {"most": full} if item.points else _("是或否")
        case Threshold() as threshold:
            return threshold_words(threshold)
    return ""


def deduction_words(deduction: Deduction) -> str:
    """每处扣 1 分，最多扣 4 分."""
    each = shown(deduction.per_finding, POINTS)
    if deduction.maximum is None:
        return _("每处扣 %(each)s 分，扣完为止") % {"each": each}
    return _("每处扣 %(each)s 分，最多扣 %(most)s 分") % {"each": each, "most": shown(deduction.maximum, POINTS)}


def threshold_words(threshold: Threshold) -> str:
    """不少于 200 平方米；不达标按比例得分."""
    limit = shown(threshold.limit, 10**threshold.decimals) if threshold.decimals else str(threshold.limit)
    named = {"limit": limit, "unit": unit_word(threshold.unit)}
    words = _("不少于 %(limit)s %(unit)s") if threshold.at_least is not None else _("不超过 %(limit)s %(unit)s")
    if threshold.below == "proportional":
        return _("%(rule)s；不达标按比例得分") % {"rule": words % named}
    return _("%(rule)s；不达标不得分") % {"rule": words % named}


def evidence_words(evidence: Evidence | None) -> str:
    """How many photos, and when."""
    if evidence is None:
        return ""
    if evidence.when == "always":
        return _("须拍 %(count)s 张") % {"count": evidence.photos}
    return _("不合格时须拍 %(count)s 张") % {"count": evidence.photos}


def fails_words(item: Item) -> str:
    """When a judge's answer makes the item fail; nothing when no answer does."""
    if item.fails_below is not None:
        return _("得分低于 %(percent)s%%") % {"percent": item.fails_below}
    match item.scoring:
        case Threshold():
            return _("不达标")
        case YesNoScoring(fails_when="yes"):
            return _("答“是”")
        case YesNoScoring(fails_when="no"):
            return _("答“否”")
    return ""


def opens_words(item: Item) -> str:
    """The kind of matter that a failing item opens at the seal, with its severity."""
    if item.opens is None:
        return ""
    kind = all_current("matters").get(item.opens.kind)
    if kind is None:
        return item.opens.kind
    severity = next((s.name for s in kind.severities if s.code == item.opens.severity), item.opens.severity)
    return f"{kind.name}{bracketed(severity)}"
