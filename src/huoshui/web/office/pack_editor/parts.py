"""The forms of a pack's definitions: which inputs a kind of matter, a place kind, a role and a checklist have.

What has no form here (schedules, indicators, lights, ladder …) is written as YAML on the same page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from django.utils.translation import gettext as _

from huoshui.kernel.wording import bracketed, listed
from huoshui.matters.columns import COLUMN_NAMES
from huoshui.matters.schema import CloseReason
from huoshui.visits.schema import METHOD_NAMES
from huoshui.web.office.matter_pages.words import close_reason_words
from huoshui.web.office.pack_editor.cells import Cell, Option, Part, gone_words
from huoshui.web.office.pack_editor.offers import Offers

REASONS: tuple[str, ...] = get_args(CloseReason)


@dataclass(frozen=True)
class Sheet:
    """How definitions of a section are edited: the inputs of the whole, and its lists."""

    one: str
    head: Callable[[Offers], list[Cell]]
    parts: Callable[[Offers], list[Part]]


def sheets() -> dict[str, Sheet]:
    """By section; a section without one is edited as YAML alone."""
    return {
        "matters": Sheet(_("事项种类"), _matter, _matter_parts),
        "checklists": Sheet(_("考核细则"), _checklist, _checklist_parts),
        "place_kinds": Sheet(_("地点种类"), _place_kind, lambda offers: [_fields("attributes", _("属性"), _("属性"))]),
        "roles": Sheet(_("角色"), _role, lambda offers: []),
    }


def section_names() -> dict[str, str]:
    """What the sections of a pack are called; those that few know by their names alone are left to their codes."""
    return {name: sheet.one for name, sheet in sheets().items()} | {
        "schedules": _("周期性工作"),
        "activities": _("活动种类"),
        "services": _("便民服务事项"),
        "service_groups": _("服务类别"),
        "service_bundles": _("一件事打包办"),
        "service_ratings": _("好差评"),
        "indicators": _("指标"),
        "figure_rules": _("数据核对规则"),
        "subsidies": _("以奖代补"),
        "returns": _("定期报表"),
        "documents": _("文书"),
    }


def name_cell(label: str = "") -> Cell:
    """The label of something."""
    return Cell("name", label or _("名称"), "label", optional=False)


def _names(codes: Any, options: list[Option]) -> str:
    known = dict(options)
    told = [str(code) for code in codes or [] if code]
    return listed(known.get(code) or gone_words(code) for code in told) or _("没有写")


# --- kinds of matter ------------------------------------------------------------------


def _matter(offers: Offers) -> list[Cell]:
    roles = offers.roles()
    return [
        name_cell(),
        Cell("number_prefix", _("编号的字头"), hint=_("2 至 6 个大写字母，如 FZ：编号是 FZ-2018-0001"), optional=False),
        Cell("place_kinds", _("在哪种地点登记"), "many", offers.place_kinds(), hint=_("不选：哪里都可以")),
        Cell("opened_by", _("谁可以登记"), "many", roles, hint=_("不选：只由轮次或别的事项立")),
        Cell("owner_role", _("一开始由谁负责"), "choice", roles, hint=_("登记时，这个地点担任这一角色的人就是责任人")),
        Cell("owner_field", _("写责任人的栏目"), "choice", offers.fields("account")),
        Cell("owner_roles", _("责任人可以是谁"), "many", roles, hint=_("不选：在这里有职责的人都可以")),
        Cell("initial", _("登记后的状态"), "choice", offers.entries("states"), optional=False),
        Cell("complaint", _("是群众的投诉"), "flag", hint=_("从此不按件数给地点排名")),
        Cell(
            "concerns",
            _("写被投诉单位的栏目"),
            "choice",
            offers.fields("office"),
            hint=_("那个单位不能登记、负责、办理"),
        ),
        Cell("lights.blue_days_before", _("到期前几天亮蓝灯"), "number", hint=_("不填为 3 天")),
        Cell("personal.purpose", _("个人信息：为什么要"), "long_label", hint=_("有个人信息的栏目时必填")),
        Cell("personal.basis", _("个人信息：依据什么"), "long_label"),
        Cell("personal.keep_days", _("个人信息：办结后保存几天"), "number"),
    ]


def _matter_parts(offers: Offers) -> list[Part]:
    states, fields, steps = offers.entries("states"), offers.fields(), offers.steps()
    return [
        Part(
            "fields",
            _("栏目"),
            _("栏目"),
            lambda entry: _field("fields"),
            lambda entry: _field_said(entry, offers.is_filled_in(str(entry.get("code")))),
        ),
        Part("severities", _("严重程度"), _("程度"), lambda entry: [name_cell()]),
        Part("states", _("状态"), _("状态"), lambda entry: _state(offers), lambda entry: _phase(entry.get("phase"))),
        Part("slots", _("照片和文件"), _("一格"), lambda entry: _slot(), _slot_said),
        Part(
            "transitions",
            _("步骤"),
            _("步骤"),
            lambda entry: _step(offers),
            lambda entry: _step_said(entry, states, offers.roles(owner=True)),
        ),
        Part(
            "clocks",
            _("时限"),
            _("时限"),
            lambda entry: _clock(offers),
            lambda entry: _clock_said(entry, offers.entries("severities"), steps),
        ),
        Part(
            "ledger",
            _("台账的列"),
            _("列"),
            lambda entry: [
                Cell("column", _("列"), "choice", [*_ledger_columns(), *fields], optional=False),
                name_cell(_("表头")),
            ],
            coded=False,
        ),
    ]


def _fields(path: str, title: str, one: str) -> Part:
    return Part(path, title, one, lambda entry: _field(path), _field_said)


def _field_types() -> list[Option]:
    return [
        ("text", _("文字")),
        ("long_text", _("多行文字")),
        ("integer", _("整数")),
        ("decimal", _("数字")),
        ("date", _("日期")),
        ("yes_no", _("是或否")),
        ("choice", _("选一项")),
        ("money", _("金额")),
        ("account", _("人员")),
        ("office", _("单位")),
    ]


def _field(path: str) -> list[Cell]:
    when = _("不勾：在步骤的“必须填”“还可以填”里选了它，办那一步时填")
    personal = Cell("personal", _("是个人信息"), "flag", hint=_("加密保存，默认遮盖，到期删除；只能是文字"))
    return [
        name_cell(),
        Cell("type", _("填什么"), "choice", _field_types(), optional=False, default="text"),
        Cell("choices", _("可选的各项"), "lines", hint=_("只用于“选一项”，一行一项")),
        Cell("unit", _("单位"), hint=_("如 平方米")),
        Cell("decimals", _("几位小数"), "number", hint=_("只用于“数字”")),
        Cell("minimum", _("不小于"), "number"),
        Cell("maximum", _("不大于"), "number"),
        Cell("required", _("登记时就必须填"), "flag", hint=when if path == "fields" else ""),
        *([personal] if path == "fields" else []),
        Cell("hint", _("填写说明"), "long_label"),
    ]


def _field_said(entry: dict[str, Any], filled_in: bool = True) -> str:
    kind = dict(_field_types()).get(str(entry.get("type")), str(entry.get("type") or ""))
    required = bool(entry.get("required"))
    marks = [_("必填") if required else "", _("个人信息") if entry.get("personal") else ""]
    marks += [] if required or filled_in else [_("还没有哪一步填它")]
    unit = bracketed(str(entry["unit"])) if entry.get("unit") else ""
    return listed(part for part in (f"{kind}{unit}", *marks) if part)


def _phases() -> list[Option]:
    return [("open", _("正在办")), ("submitted", _("等人核验")), ("closed", _("已结束"))]


def _phase(phase: Any) -> str:
    return dict(_phases()).get(str(phase), "")


def _state(offers: Offers) -> list[Cell]:
    texts = [("title", _("标题")), ("detail", _("说明")), *offers.fields()]
    return [
        name_cell(),
        Cell("phase", _("在这个状态"), "choice", _phases(), optional=False, default="open"),
        Cell("editable", _("不用走步骤就能更正的栏目"), "many", texts),
        Cell("edited_by", _("谁可以更正"), "many", offers.roles(owner=True)),
    ]


def _slot() -> list[Cell]:
    return [
        name_cell(),
        Cell("at_opening", _("登记的人可以先放照片"), "flag"),
        Cell("documents", _("也收 PDF、Word、Excel"), "flag"),
    ]


def _slot_said(entry: dict[str, Any]) -> str:
    return _("照片和文件") if entry.get("documents") else _("照片")


def _step(offers: Offers) -> list[Cell]:
    states, steps, fields = offers.entries("states"), offers.steps(), offers.fields()
    roles = offers.roles(owner=True)
    reasons = [(reason, close_reason_words(reason)) for reason in REASONS]
    return [
        name_cell(_("名称，用动词")),
        Cell("from", _("在哪些状态可以办"), "many", states, optional=False),
        Cell("to", _("办了到哪个状态"), "choice", states, optional=False, hint=_("选同一个状态：办了仍在原处")),
        Cell("roles", _("谁来办"), "many", roles, optional=False),
        Cell("requires", _("必须填的栏目"), "many", fields),
        Cell("fields", _("还可以填的栏目"), "many", fields),
        Cell("evidence", _("必须有照片的格"), "photos", offers.entries("slots"), hint=_("至少一张，退回后要新的")),
        Cell("evidence", _("可以放照片和文件的格"), "offered", offers.entries("slots")),
        Cell("note_required", _("必须写说明"), "flag"),
        Cell("primary", _("是这些状态里最该办的一步"), "flag"),
        Cell("verifies", _("是核验：确认别人办的"), "flag", hint=_("办结须有一步是核验，整改的人和他的单位不能办")),
        Cell("not_by", _("办过哪些步骤的人不能办"), "many", steps),
        Cell("other_unit_than", _("与办哪些步骤的人同单位的不能办"), "many", steps),
        Cell("close_reason", _("办结原因"), "choice", reasons, hint=_("到“已结束”的状态必填，其余不填")),
        Cell("where_else", _("写“应找哪里”的栏目"), "choice", offers.fields("text"), hint=_("原因是“非本单位”时必填")),
        Cell("notify", _("通知谁"), "many", roles),
    ]


def _step_said(entry: dict[str, Any], states: list[Option], roles: list[Option]) -> str:
    ways = f"{_names(entry.get('from'), states)} → {_names([entry.get('to')], states)}"
    return f"{ways}{bracketed(_names(entry.get('roles'), roles) or _('没有人能办'))}"


def _countings() -> list[Option]:
    return [("working", _("工作日")), ("calendar", _("天"))]


def _clock(offers: Offers) -> list[Cell]:
    steps = offers.steps(opening=False)
    days = [
        Cell(f"days.{code}", _("“%(severity)s”的几天") % {"severity": name}, "number", optional=False)
        for code, name in offers.entries("severities")
    ]
    return [
        name_cell(),
        *days,
        Cell("counting", _("怎么数"), "choice", _countings(), optional=False, default="working"),
        Cell("starts_on", _("从哪一步起算"), "many", offers.steps(), hint=_("不选：从登记起算")),
        Cell("stops_on", _("哪一步停"), "many", steps, hint=_("办结总会停")),
        Cell("resumes_on", _("停了以后哪一步接着算"), "many", steps),
        Cell("own_deadline_field", _("责任单位自定更早的期限"), "choice", offers.fields("date")),
        Cell("waiting", _("是要等满的日子，如公示"), "flag"),
    ]


def _clock_said(entry: dict[str, Any], severities: list[Option], steps: list[Option]) -> str:
    days = entry.get("days")
    counts = [f"{name} {days[code]}" for code, name in severities if code in days] if isinstance(days, dict) else []
    unit = dict(_countings()).get(str(entry.get("counting", "working")), "")
    return _("%(days)s %(unit)s，从“%(steps)s”起算") % {
        "days": listed(counts) or "—",
        "unit": unit,
        "steps": _names(entry.get("starts_on") or ["open"], steps),
    }


def _ledger_columns() -> list[Option]:
    return [(code, str(name)) for code, name in COLUMN_NAMES.items()]


# --- places, roles, checklists --------------------------------------------------------


def _place_kind(offers: Offers) -> list[Cell]:
    categories = [("site", _("场所，在某一级之内")), ("unit", _("一级区划"))]
    return [
        name_cell(),
        Cell("category", _("是什么"), "choice", categories, optional=False, default="site"),
        Cell("parents", _("在哪种地点之内"), "many", offers.place_kinds(), optional=False),
    ]


def _role(offers: Offers) -> list[Cell]:
    return [
        name_cell(),
        Cell("at_place", _("带地名时怎么称呼"), "label", hint=_("如 党支部书记：寨卜昌村党支部书记")),
        Cell("place_kinds", _("对哪种地点任职"), "many", offers.place_kinds(), hint=_("不选：任何地点")),
        Cell("permissions", _("可以做什么"), "many", offers.permissions(), optional=False),
    ]


def _checklist(offers: Offers) -> list[Cell]:
    return [
        name_cell(),
        Cell("place_kinds", _("用于哪种地点"), "many", offers.place_kinds(), optional=False),
        Cell("points", _("总分"), "number", hint=_("与各条的分值核对；可不填")),
    ]


def _checklist_parts(offers: Offers) -> list[Part]:
    items = Part("items", _("条目"), _("条目"), lambda entry: _item(offers, entry), _item_said)
    return [Part("sections", _("部分"), _("部分"), lambda entry: [name_cell()], inner=(items,))]


def _scorings() -> list[Option]:
    return [
        ("yes_no", _("是或否")),
        ("graded", _("分档给分")),
        ("deduction", _("按问题扣分")),
        ("text", _("文字（只问不评）")),
        ("date", _("日期（只问不评）")),
    ]


def _item(offers: Offers, entry: dict[str, Any]) -> list[Cell]:
    """The inputs of an item. A scoring that has no form here, such as a threshold, is kept and edited as YAML."""
    scoring = entry.get("scoring")
    kind = str(scoring.get("type")) if isinstance(scoring, dict) else ""
    kinds = _scorings() if kind in {"", *dict(_scorings())} else [(kind, kind)]
    fails = [("no", _("答“否”")), ("yes", _("答“是”"))]
    return [
        name_cell(_("看什么")),
        Cell("guidance", _("怎么看"), "long_label"),
        Cell("method", _("方法"), "choice", [(code, str(n)) for code, n in METHOD_NAMES.items()], optional=False),
        Cell("points", _("分值"), "number", hint=_("只调查、不计分的填 0"), optional=False, default=0),
        Cell("scoring.type", _("怎么评"), "choice", kinds, optional=False, default="yes_no"),
        Cell("scoring.options", _("各档"), "grades", hint=_("只用于分档给分：一行一档，后面写分，如：好 6")),
        Cell("scoring.per_finding", _("每处扣几分"), "number", hint=_("只用于按问题扣分")),
        Cell("scoring.fails_when", _("答什么算不合格"), "choice", fails, hint=_("只用于是或否")),
        Cell("fails_below", _("低于分值的百分之几算不合格"), "number", hint=_("只用于分档和扣分")),
        Cell("evidence.photos", _("照片至少几张"), "number"),
        Cell("opens.kind", _("不合格立什么事项"), "choice", offers.matter_kinds()),
        Cell("opens.severity", _("立的事项多严重"), "choice", offers.severities()),
    ]


def _item_said(entry: dict[str, Any]) -> str:
    scoring = entry.get("scoring")
    kind = (
        dict(_scorings()).get(str(scoring.get("type")), str(scoring.get("type"))) if isinstance(scoring, dict) else ""
    )
    return listed([_("%(points)s 分") % {"points": entry.get("points", "—")}, dict(_scorings()).get(kind, kind) or "—"])
