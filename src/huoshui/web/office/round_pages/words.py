"""How an item is scored, when it fails and what it opens, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import bracketed, clauses, listed
from huoshui.packs.queries import all_current
from huoshui.visits.answers import threshold_rule
from huoshui.visits.queries import Burden
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer
from huoshui.visits.schema import Deduction, Evidence, Graded, Item, Ranking, ScoringRules, Threshold, YesNoScoring


def scoring_words(item: Item) -> str:
    """How an answer becomes points."""
    full = shown(item.points, POINTS)
    match item.scoring:
        case Graded(options=options) if options and not item.points:
            return clauses([_("选一项"), listed(option.name for option in options)])
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
        case TextAnswer() as text:
            return clauses([_("文字，可写几行") if text.long else _("文字"), text_words(text)])
        case DateAnswer() as date:
            return clauses(said for said in (_("日期"), date_words(date)) if said)
        case Choices() as choices:
            return clauses([choices_words(choices), listed(option.name for option in choices.options)])


def text_words(text: TextAnswer) -> str:
    """至多 200 字."""
    return _("至多 %(most)s 字") % {"most": text.max_length}


def date_words(date: DateAnswer) -> str:
    """不早于 2020-01-01，不晚于今天."""
    notes = []
    if date.earliest is not None:
        notes.append(_("不早于 %(day)s") % {"day": date.earliest})
    if date.latest is not None:
        notes.append(_("不晚于今天") if date.latest == "today" else _("不晚于 %(day)s") % {"day": date.latest})
    return listed(notes)


def choices_words(choices: Choices) -> str:
    """可选多项，至多 3 项."""
    notes = [_("可选多项")]
    if choices.at_least > 1:
        notes.append(_("至少 %(count)s 项") % {"count": choices.at_least})
    if choices.at_most is not None:
        notes.append(_("至多 %(count)s 项") % {"count": choices.at_most})
    return listed(notes)


def deduction_words(deduction: Deduction) -> str:
    """每处扣 1 分，最多扣 4 分."""
    each = shown(deduction.per_finding, POINTS)
    if deduction.maximum is None:
        return _("每处扣 %(each)s 分，扣完为止") % {"each": each}
    return _("每处扣 %(each)s 分，最多扣 %(most)s 分") % {"each": each, "most": shown(deduction.maximum, POINTS)}


def threshold_words(threshold: Threshold) -> str:
    """不少于 200 平方米；不达标按比例得分."""
    rule = {"rule": threshold_rule(threshold)}
    if not threshold.bounded:
        said = rule["rule"]
    elif threshold.below == "proportional":
        said = _("%(rule)s；不达标按比例得分") % rule
    else:
        said = _("%(rule)s；不达标不得分") % rule
    return said + "".join(bracketed(note) for note in _entry_notes(threshold))


def _entry_notes(threshold: Threshold) -> list[str]:
    """What may be entered: decimals, the least and the greatest value, in one remark."""
    notes = []
    if threshold.decimals:
        notes.append(_("填到 %(count)s 位小数") % {"count": threshold.decimals})
    if threshold.minimum is not None:
        notes.append(_("最小 %(least)s") % {"least": f"{threshold.minimum.normalize():f}"})
    if threshold.maximum is not None:
        notes.append(_("最大 %(most)s") % {"most": f"{threshold.maximum.normalize():f}"})
    return [listed(notes)] if notes else []


def evidence_words(evidence: Evidence | None) -> str:
    """How many photos, and when."""
    if evidence is None:
        return ""
    if evidence.when == "always":
        return _("须拍 %(count)s 张") % {"count": evidence.photos}
    return _("不合格时须拍 %(count)s 张") % {"count": evidence.photos}


def fails_words(item: Item) -> str:
    """When a judge's answer makes the item fail; nothing when no answer does."""
    below = "" if item.fails_below is None else _("得分低于 %(percent)s%%") % {"percent": item.fails_below}
    match item.scoring:
        case Threshold() as threshold:
            return below or (_("不达标") if threshold.bounded else "")
        case YesNoScoring(fails_when=answer) if answer:
            said = _("答“是”") if answer == "yes" else _("答“否”")
            return _("%(one)s，或%(other)s") % {"one": said, "other": below} if below else said
    return below


def prefill_words(item: Item) -> str:
    """Which attribute of the register fills the item in: 阵地：村部建筑面积."""
    if item.prefill_from is None:
        return ""
    kind, _dot, code = item.prefill_from.rpartition(".")
    kinds = all_current("place_kinds")
    if not kind:
        found = (field.name for known in kinds.values() for field in known.attributes if field.code == code)
        return str(next(found, code))
    if kind not in kinds:
        return item.prefill_from
    name = next((field.name for field in kinds[kind].attributes if field.code == code), code)
    return _("%(kind)s：%(attribute)s") % {"kind": kinds[kind].name, "attribute": name}


def rules_words(rules: ScoringRules, decimals: int) -> list[str]:
    """What the rules of scoring mean, each in a sentence."""
    kept = {"highest": rules.drop_highest, "lowest": rules.drop_lowest, "decimals": decimals}
    dropped = (
        _("去掉 %(highest)s 个最高分、%(lowest)s 个最低分，其余评委取均分，保留 %(decimals)s 位小数。")
        if rules.drop_highest or rules.drop_lowest
        else _("全部评委取均分，保留 %(decimals)s 位小数。")
    )
    missing = {
        "blocks": _("有一项没有作答，评分表就不能提交，也不能计算。"),
        "zero": _("没有作答的项得 0 分。"),
        "rescale": _("没有作答的项不算，按已答各项折算成满分。"),
    }
    quorum = (
        _("过半数评委认定不合格，这一项才算不合格。")
        if rules.quorum == "majority"
        else _("有 %(count)s 名评委认定不合格，这一项就算不合格。") % {"count": rules.quorum}
    )
    judges = _("每处至少 %(count)s 名评委的评分表，不足的不能计算。") % {"count": rules.minimum_judges}
    return [judges, dropped % kept, missing[rules.missing], quorum]


def ranking_words(ranking: Ranking | None) -> list[str]:
    """Whether places are ranked and listed, and what for."""
    if ranking is None:
        return [_("不排名次。")]
    said = [_("按总分排名次，用途：%(purpose)s") % {"purpose": ranking.purpose}]
    if ranking.lists:
        lists = {"red": ranking.lists.red, "blue": ranking.lists.blue, "purpose": ranking.lists.purpose}
        said.append(_("封存后出红榜 %(red)s 名、蓝榜 %(blue)s 名，用途：%(purpose)s") % lists)
    return said


def burden_words(burden: Burden) -> list[str]:
    """What a checklist asks of a village in a year, each part in a sentence."""
    asked = _("每张表 %(asked)s 项。") % {"asked": burden.asked}
    if burden.prefilled:
        counts = {"asked": burden.asked, "prefilled": burden.prefilled}
        asked = _("每张表 %(asked)s 项，其中 %(prefilled)s 项由登记带出，只需核对。") % counts
    if burden.conditional:
        asked += _("有 %(count)s 项只在前面答到时才问。") % {"count": burden.conditional}
    photos = []
    if burden.photos:
        photos.append(_("照片至少 %(count)s 张。") % {"count": burden.photos})
    if burden.photos_failing:
        photos.append(_("有 %(count)s 项不合格时才要照片。") % {"count": burden.photos_failing})
    past = _("近一年还没有交过。")
    if burden.sheets:
        past = _("近一年 %(places)s 处共交 %(sheets)s 张，平均每处 %(each)s 张。") % {
            "sheets": burden.sheets,
            "places": burden.places,
            "each": shown(burden.tenths_per_place, 10),
        }
    took = []
    if burden.minutes is not None:
        took.append(_("从打开到提交，一半的表不超过 %(minutes)s 分钟。") % {"minutes": burden.minutes})
    return [asked, *photos, past, *took]


def opens_words(item: Item) -> str:
    """The kind of matter that a failing item opens at the seal, with its severity."""
    if item.opens is None:
        return ""
    kind = all_current("matters").get(item.opens.kind)
    if kind is None:
        return item.opens.kind
    severity = next((s.name for s in kind.severities if s.code == item.opens.severity), item.opens.severity)
    return f"{kind.name}{bracketed(severity)}"
