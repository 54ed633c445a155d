"""The inputs of the editor: what each is called, what it offers, what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from huoshui.kernel.numbers import POINTS, scaled, shown
from huoshui.kernel.wording import bracketed, listed
from huoshui.packs.units import unit_word
from huoshui.visits.numerals import half_width
from huoshui.visits.schema import METHOD_NAMES
from huoshui.web.office.checklist_editor.choices import Choices, Group
from huoshui.web.office.checklist_editor.draft import HOW_TYPES, Draft, Node, points_sum


@dataclass(frozen=True)
class Input:
    """One input. kind: text, long, number, choice (with groups of options) or fixed (shown, not changed)."""

    name: str
    label: str
    kind: str
    value: str
    groups: list[Group] = field(default_factory=list)
    hint: str = ""
    unit: str = ""
    optional: bool = False
    suggestions: str = ""
    """The id of a list of words that are offered."""
    counts: bool = False
    """Whether it is an item's points, which are added up while typing."""


@dataclass(frozen=True)
class Tally:
    """What items add up to, beside the points that are stated for them."""

    sum: str
    state: str
    """same, differs, or empty when nothing is stated"""
    words: str


@dataclass(frozen=True)
class Panel:
    """The inputs of one way of scoring; shown while it is the chosen one."""

    how: str
    label: str
    chosen: bool
    inputs: list[Input]


@dataclass(frozen=True)
class Card:
    """A node with its inputs; of a section also what its items add up to."""

    node: Node
    title: str
    inputs: list[Input]
    tally: Tally | None = None
    panels: list[Panel] = field(default_factory=list)
    failing: list[Input] = field(default_factory=list)
    evidence: list[Input] = field(default_factory=list)
    children: list[Card] = field(default_factory=list)
    how_label: str = ""

    @property
    def takes_options(self) -> bool:
        """Whether one of its ways of scoring has options: grades, or choices."""
        return any(panel.how in ("grades", "choices") for panel in self.panels)


def head_inputs(draft: Draft) -> list[Input]:
    """Names and points of the whole."""
    node = _head(draft)
    return [
        *_names(node),
        _number(node, "points", _("总分"), hint=_("写明的满分，与各项合计核对；可不填"), optional=True),
    ]


def rule_inputs(draft: Draft) -> list[Input]:
    """The rules of scoring."""
    node = _head(draft)
    missing = [
        ("blocks", _("不得缺项")),
        ("zero", _("缺项计零分")),
        ("rescale", _("按已答项折算")),
    ]
    return [
        _number(node, "rules.drop_highest", _("去掉几个最高分")),
        _number(node, "rules.drop_lowest", _("去掉几个最低分")),
        _number(node, "rules.minimum_judges", _("每处至少几名评委")),
        _choice(node, "rules.missing", _("缺项"), missing),
        _number(node, "rules.quorum", _("几名评委认定才算不合格"), hint=_("不填：过半数"), optional=True),
        _number(node, "decimals", _("均分保留几位小数")),
    ]


def method_inputs(draft: Draft) -> list[Input]:
    """Other names for the five methods."""
    node = _head(draft)
    inputs = []
    for method, name in METHOD_NAMES.items():
        for language, said in (("zh", _("中文")), ("en", _("英文"))):
            label = _("“%(method)s”叫作") % {"method": name} + bracketed(said)
            inputs.append(_text(node, f"method_names.{method}.{language}", label, optional=True))
    return inputs


def _head(draft: Draft) -> Node:
    return Node("head", "", "", True, draft.head)


def section_cards(draft: Draft, choices: Choices) -> list[Card]:
    """Every section with its items."""
    return [
        Card(
            node,
            node.title or _("新的部分"),
            [
                *_names(node),
                _number(node, "points", _("本部分分值"), hint=_("写明的分值，与本部分合计核对；可不填"), optional=True),
                _text(node, "relevant", _("何时问这一部分"), optional=True, hint=_relevant_hint(draft, node)),
            ],
            tally=tally(points_sum(node.children), node.get("points")),
            children=[_item_card(draft, item, choices) for item in node.children],
        )
        for node in draft.sections
    ]


def adjustment_cards(draft: Draft) -> list[Card]:
    """Bonuses and deductions."""
    kinds = [("bonus", _("加分")), ("deduction", _("减分"))]
    return [
        Card(
            node,
            node.title or _("新的加减分"),
            [
                *_names(node),
                _choice(node, "kind", _("加分或减分"), kinds),
                _number(node, "maximum", _("至多几分")),
            ],
        )
        for node in draft.adjustments
    ]


def total_of(draft: Draft) -> Tally:
    """What all items add up to, beside the stated points of the whole."""
    items = [item for section in draft.sections if not section.removed for item in section.children]
    return tally(points_sum(items), draft.head.get("points", ""))


def tally(total: int, stated: str) -> Tally:
    """A sum in thousandths beside what was typed as the stated points."""
    text = half_width(stated)
    try:
        wanted = scaled(text, POINTS) if text else None
    except ValueError:
        wanted = None
    if wanted is None:
        return Tally(shown(total, POINTS), "", "")
    if wanted == total:
        return Tally(shown(total, POINTS), "same", _("与写明的分值相符"))
    by = {"stated": shown(wanted, POINTS), "by": shown(abs(total - wanted), POINTS)}
    words = _("比写明的 %(stated)s 分多 %(by)s 分") if total > wanted else _("比写明的 %(stated)s 分少 %(by)s 分")
    return Tally(shown(total, POINTS), "differs", words % by)


def _item_card(draft: Draft, node: Node, choices: Choices) -> Card:
    how = node.get("how")
    sections = [(section.key, section.title or _("新的部分")) for section in draft.sections]
    basics = [
        *_names(node),
        _text(node, "guidance.zh", _("怎么看"), long=True, optional=True, hint=_("评委打分时看到的说明")),
        _text(node, "guidance.en", _("怎么看（英文）"), long=True, optional=True),
        _choice(node, "method", _("方法"), choices.methods(draft)),
        _number(node, "points", _("分值"), hint=_("只调查、不计分的填 0"), counts=True),
        _choice(node, "section", _("所在部分"), sections, hint=_("换一个部分，就移到那一部分的末尾")),
        _text(node, "relevant", _("何时问"), optional=True, hint=_relevant_hint(draft, node)),
        _text(node, "message.zh", _("填错时说"), optional=True, hint=_("超出上下限时给的提示")),
        _text(node, "message.en", _("填错时说（英文）"), optional=True),
    ]
    hows = [code for code in HOW_TYPES if not node.published or HOW_TYPES[code] == HOW_TYPES.get(how)]
    return Card(
        node,
        node.title or _("新的条目"),
        basics,
        panels=[Panel(code, how_name(code), code == how, _panel(node, code, choices)) for code in hows],
        failing=_failing(node, choices),
        evidence=_evidence(node),
        children=[_option_card(option) for option in node.children],
        how_label=how_name(how),
    )


def _relevant_hint(draft: Draft, node: Node) -> str:
    """What a condition may name: the published items before the node, by their codes."""
    hint = _("不填：总是问；只用于不计分的。写前面条目的代码和答案，如 has、not has、users >= 10、kind = 'dry'")
    before: list[str] = []
    for section in draft.sections:
        if section is node:
            break
        for item in section.children:
            if item is node:
                break
            before += [f"{item.key} {item.title}"] if item.published else []
        else:
            continue
        break
    return hint + (bracketed(listed(before[-8:])) if before else "")


def how_name(how: str) -> str:
    """A way of scoring, in a few words."""
    return {
        "grades": _("分档给分"),
        "steps": _("按步长给分"),
        "deduction": _("按问题扣分"),
        "yes_no": _("是或否"),
        "threshold": _("实测与标准值比"),
        "text": _("文字（只问不评）"),
        "date": _("日期（只问不评）"),
        "choices": _("多选（只问不评）"),
    }.get(how, how)


def _option_card(node: Node) -> Card:
    inputs = [
        _text(node, "name.zh", _("档次")),
        _text(node, "name.en", _("英文"), optional=True),
        _number(node, "points", _("得分"), hint=_("多选的不填"), optional=True),
    ]
    return Card(node, node.title or _("新的档次"), inputs)


def _panel(node: Node, how: str, choices: Choices) -> list[Input]:
    match how:
        case "steps":
            return [_number(node, "steps.step", _("给分步长"), hint=_("如 0.5：可给 0、0.5、1……直到满分"))]
        case "deduction":
            return [
                _number(node, "deduction.per_finding", _("每处扣分")),
                _number(node, "deduction.maximum", _("最多扣分"), hint=_("不填：扣完为止"), optional=True),
            ]
        case "yes_no":
            fails = [("", _("不论")), ("no", _("答“否”")), ("yes", _("答“是”（只用于不计分的）"))]
            return [
                _choice(node, "yes_no.fails_when", _("答什么算不合格"), fails),
                _prefill(node, "yes_no.prefill", choices.attributes(node, "yes_no")),
            ]
        case "threshold":
            return _threshold(node, choices)
        case "text" | "date" | "choices":
            return _question(node, how, choices)
    return []


def _question(node: Node, how: str, choices: Choices) -> list[Input]:
    """The inputs of what is only asked."""
    if how == "text":
        lines = [("no", _("一行")), ("yes", _("可写几行"))]
        longest = _number(node, "text.max_length", _("至多几字"), hint=_("不填为 200"), optional=True)
        prefill = _prefill(node, "text.prefill", choices.attributes(node, "text"))
        hint = _("不收姓名、证件号、联系方式")
        return [_choice(node, "text.long", _("写几行"), lines, hint=hint), longest, prefill]
    if how == "date":
        return [
            _text(node, "date.earliest", _("最早哪天"), optional=True, hint=_("如 2020-01-01")),
            _text(node, "date.latest", _("最晚哪天"), optional=True, hint=_("如 2020-12-31，或“今天”")),
            _prefill(node, "date.prefill", choices.attributes(node, "date")),
        ]
    return [
        _number(node, "choices.at_least", _("至少选几项"), hint=_("不填为 1"), optional=True),
        _number(node, "choices.at_most", _("至多选几项"), hint=_("不填：不限"), optional=True),
    ]


def _threshold(node: Node, choices: Choices) -> list[Input]:
    bounds = [("at_least", _("不少于")), ("at_most", _("不超过")), ("none", _("不设标准，只记实测值（不计分）"))]
    below = [("zero", _("不得分")), ("proportional", _("按比例得分"))]
    unit = Input(f"{node.name}.threshold.unit", _("单位"), "text", node.get("threshold.unit"), suggestions="units")
    decimals = _number(
        node, "threshold.decimals", _("小数位数"), hint=_("实测值填到几位小数；不填为整数"), optional=True
    )
    if node.published:
        unit = Input(unit.name, unit.label, "fixed", unit_word(unit.value))
        decimals = Input(decimals.name, decimals.label, "fixed", decimals.value or "0")
    return [
        unit,
        decimals,
        _choice(node, "threshold.bound", _("达标是"), bounds),
        _number(node, "threshold.limit", _("标准值"), optional=True),
        _choice(node, "threshold.below", _("不达标时"), below),
        _number(node, "threshold.minimum", _("最小能填多少"), hint=_("不填为 0；可以是负数"), optional=True),
        _number(node, "threshold.maximum", _("最大能填多少"), hint=_("防止填错，如百分制填 100"), optional=True),
        _prefill(node, "threshold.prefill", choices.attributes(node, "threshold")),
    ]


def _prefill(node: Node, key: str, groups: list[Group]) -> Input:
    hint = _("评委打开评分表时已填好，核对即可")
    return Input(f"{node.name}.{key}", _("用登记的值预填"), "choice", node.get(key), groups, hint)


def _failing(node: Node, choices: Choices) -> list[Input]:
    percent = _number(
        node,
        "fails_below",
        _("得分低于分值的百分之几算不合格"),
        hint=_("不填：是否题看答案，实测看是否达标，其余不判不合格"),
        optional=True,
    )
    hint = _("封存时按评委认定的人数，每村每项立一件")
    opens = Input(f"{node.name}.opens", _("不合格立什么事项"), "choice", node.get("opens"), choices.matters(node), hint)
    return [percent, opens]


def _evidence(node: Node) -> list[Input]:
    when = [("failing", _("不合格时")), ("always", _("总是"))]
    photos = _number(node, "photos", _("照片至少几张"), hint=_("不填：不要照片"), optional=True)
    return [photos, _choice(node, "when", _("何时要照片"), when)]


# --- single inputs ------------------------------------------------------------------


def _at(node: Node, key: str) -> str:
    return f"{node.name}.{key}" if node.name else key


def _text(node: Node, key: str, label: str, *, long: bool = False, optional: bool = False, hint: str = "") -> Input:
    kind = "long" if long else "text"
    return Input(_at(node, key), label, kind, node.values.get(key, ""), hint=hint, optional=optional)


def _names(node: Node) -> list[Input]:
    english = _text(node, "name.en", _("英文名称"), optional=True, hint=_("不填：英文界面也显示中文"))
    return [_text(node, "name.zh", _("名称")), english]


def _number(node: Node, key: str, label: str, *, hint: str = "", optional: bool = False, counts: bool = False) -> Input:
    return Input(_at(node, key), label, "number", node.values.get(key, ""), hint=hint, optional=optional, counts=counts)


def _choice(node: Node, key: str, label: str, options: list[tuple[str, str]], *, hint: str = "") -> Input:
    return Input(_at(node, key), label, "choice", node.get(key), [Group("", options)], hint)
