"""What a cell is filled with, in the words of whoever maps it; and the choices of the mapping's panel."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huoshui.figures.queries import indicators
from huoshui.forms.lists import row_list, row_lists
from huoshui.forms.schema import ATTRIBUTE, CellSpec
from huoshui.packs.queries import all_current, current_versions
from huoshui.packs.units import unit_word

Options = list[tuple[str, str]]


def periods() -> Options:
    """The periods that a figure may be of."""
    return [("own", _("表的期间")), ("year_ago", _("上年同期")), ("before", _("上一期")), ("year", _("期间所在的年"))]


def places() -> Options:
    """The places that a figure may be of."""
    return [("own", _("填表的地点")), ("row", _("行表头写的下级")), ("column", _("列表头写的下级"))]


def parts() -> Options:
    """What of a figure is told."""
    return [("value", _("值")), ("numerator", _("分子")), ("denominator", _("分母")), ("target", _("目标"))]


def which() -> Options:
    """Which matters a list shows."""
    return [("opened", _("期内立项的")), ("closed", _("期内办结的")), ("going", _("期末在办的"))]


def types() -> Options:
    """Types of what is typed."""
    return [("number", _("数字")), ("text", _("文字")), ("date", _("日期"))]


def facts() -> Options:
    """The facts of a place, a period and whoever fills."""
    own = [
        ("place_name", _("地点名称")), ("place_official", _("地点全称")), ("place_code", _("地点代码")),
        ("town", _("所属乡镇")), ("district", _("所属县区")), ("period", _("期间")), ("year", _("年份")),
        ("month", _("月份")), ("today", _("填报日期")), ("unit", _("填报单位")), ("person", _("填报人")),
    ]  # fmt: skip
    attributes = {
        f"{ATTRIBUTE}{field.code}": str(field.name)
        for kind in all_current("place_kinds").values()
        for field in kind.attributes
    }
    return own + list(attributes.items())


def figures() -> list[tuple[str, Options]]:
    """Indicators by pack, each with its unit."""
    names = {pack: str(version.name) for pack, version in current_versions().items()}
    groups: dict[str, Options] = {}
    for code, known in indicators().items():
        groups.setdefault(code.partition(".")[0], []).append((code, f"{known.name}（{unit_word(known.unit)}）"))
    return [(names.get(pack, pack), options) for pack, options in groups.items()]


def columns() -> list[tuple[str, Options]]:
    """Columns of the lists: LIST|COLUMN."""
    return [
        (known.name, [(f"{known.code}|{code}", f"{known.name}：{label}") for code, label in known.columns.items()])
        for known in row_lists().values()
    ]


def spec_words(spec: CellSpec) -> str:
    """A spec as a line: 列入整改台账数，上年同期，行表头写的下级."""
    match spec.kind:
        case "figure":
            known = indicators().get(spec.indicator)
            said = [str(known.name) if known else spec.indicator]
            said += [dict(parts())[spec.part]] if spec.part != "value" else []
            said += [dict(periods())[spec.period]] if spec.period != "own" else []
            said += [dict(places())[spec.place]] if spec.place != "own" else []
            said += [_("换算为%(unit)s") % {"unit": unit_word(spec.unit)}] if spec.unit else []
        case "record":
            listed = row_list(spec.rows)
            column = listed.columns.get(spec.column, spec.column) if listed else spec.column
            said = [_("名单：%(list)s") % {"list": listed.name if listed else spec.rows}, column]
            said += [dict(which())[spec.which]] if spec.rows.startswith("matters:") else []
        case "fact":
            said = [dict(facts()).get(spec.fact, spec.fact)]
        case _:
            said = [_("填报时填写"), spec.label or "—", dict(types())[spec.type]]
    return _("，").join(said)


def panel_choices() -> dict[str, Any]:
    """All that the panel offers."""
    return {
        "figure_groups": figures(), "periods": periods(), "place_options": places(), "parts": parts(),
        "column_groups": columns(), "which": which(), "facts": facts(), "types": types(),
    }  # fmt: skip
