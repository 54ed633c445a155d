"""The demo's forms: registered, mapped and approved in 2018, filled since; two of them ask the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from huoshui.demo import form_files
from huoshui.demo.agenda import Part
from huoshui.demo.story import INVENTED, Story
from huoshui.forms.actions import approve_form, assume_seconds, propose_form
from huoshui.forms.filling import fill_form, form_period
from huoshui.forms.mapping import map_cells, newest
from huoshui.forms.models import Filling, Form
from huoshui.forms.sealing import seal_filling
from huoshui.kernel import clock
from huoshui.kernel.periods import Period, period_before, period_of
from huoshui.places.models import Place

REGISTERED, APPROVED = dt.date(2018, 3, 5), dt.date(2018, 3, 8)
YEARS_IN_USE = 2
"""From the day of the demo on, forms are in use for so many years."""
WHY = "示范：抽问三个村，翻台账、核对、录入一个数约一分半钟。"
LISTED = {"A": "order", "B": "number", "C": "place", "D": "title", "E": "measures", "F": "deadline", "G": "unit",
          "H": "state"}  # fmt: skip
OTHER_ASKS = ("入户走访次数", "本季度开展志愿服务次数")
SAME_ASKS = ("入户走访次数（次）", "群众意见建议条数")


@dataclass(frozen=True)
class Sample:
    """A form of the demo: what is said of it, its file, and what its cells are filled with."""

    code: str
    name: str
    asker: str
    right: str
    frequency: str
    level: str
    file_name: str
    data: bytes
    cells: list[dict[str, Any]]


def _figure(indicator: str, **more: str) -> dict[str, Any]:
    return {"kind": "figure", "indicator": indicator, **more}


def _fact(code: str) -> dict[str, Any]:
    return {"kind": "fact", "fact": code}


def _number(label: str) -> dict[str, Any]:
    return {"kind": "typed", "label": label, "type": "number"}


def _cells(sheet: str, specs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"sheet": sheet, "cell": cell, "spec": spec} for cell, spec in specs.items()]


def _summary(towns: list[str]) -> Sample:
    specs: dict[str, dict[str, Any]] = {
        "B2": _fact("unit"),
        "E2": _fact("today"),
        f"B{len(towns) + 7}": _fact("person"),
    }
    columns = {
        "B": _figure("hubs.built", place="row"), "C": _figure("hubs.built_cost", place="row"),
        "D": _figure("hubs.upgraded", place="row"), "E": _figure("hubs.upgraded_cost", place="row"),
        "F": _figure("core.villages", place="row"), "G": _figure("hubs.built", place="row", period="year_ago"),
    }  # fmt: skip
    for row in range(5, 5 + len(towns)):
        specs |= {f"{letter}{row}": spec for letter, spec in columns.items()}
    return Sample(
        "DJ-01", "村级党建阵地建设情况汇总表", "市委组织部门", "市组办字〔2018〕示范1号", "year", "district",
        "阵地汇总表.xlsx", form_files.hub_summary(towns), _cells("汇总表", specs),
    )  # fmt: skip


def _items() -> Sample:
    specs: dict[str, dict[str, Any]] = {"C2": _fact("town"), "F2": _fact("today")}
    specs |= {
        f"{letter}4": {"kind": "record", "rows": "matters:rectification.item", "which": "going", "column": column}
        for letter, column in LISTED.items()
    }
    return Sample(
        "ZG-02", "问题整改台账", "市督查部门", "市督办〔2018〕示范7号", "month", "town", "整改台账.xlsx",
        form_files.items_list(), _cells("台账", specs),
    )  # fmt: skip


def _card(code: str, name: str, asker: str, right: str, frequency: str, asks: tuple[str, ...]) -> Sample:
    own = [
        _fact("place_name"), _fact("place_code"), _fact("town"), _fact("attribute:households"),
        _figure("rectification.opened"), _figure("rectification.closed"), _figure("rectification.going"),
        _figure("hubs.built"), *(_number(label) for label in asks),
    ]  # fmt: skip
    specs = {f"{'BD'[at % 2]}{2 + at // 2}": spec for at, spec in enumerate(own)}
    foot = 3 + len(own) // 2 + len(own) % 2
    specs |= {f"B{foot}": _fact("person"), f"D{foot}": _fact("today")}
    data = form_files.village_card(asks)
    return Sample(code, name, asker, right, frequency, "village", f"{name}.xlsx", data, _cells("登记表", specs))


def _report() -> Sample:
    opened, closed, going = "rectification.opened", "rectification.closed", "rectification.going"
    told = {
        "段1": {"1": _fact("place_name"), "2": _fact("period")},
        "段2": {
            "1": _figure(opened), "2": _figure(closed), "3": _figure(going),
            "4": _figure("rectification.resolved_share"),
        },
        "段3": {"1": {"kind": "typed", "label": "下一步打算", "type": "text"}},
        "段4": {"1": _fact("unit"), "2": _fact("today")},
        "表1": {
            f"{letter}{row}": _figure(code, **({"period": "year_ago"} if letter == "C" else {}))
            for row, code in ((2, opened), (3, closed), (4, going))
            for letter in "BC"
        },
    }  # fmt: skip
    cells = [cell for sheet, specs in told.items() for cell in _cells(sheet, specs)]
    return Sample(
        "ZG-03", "整改工作情况报告", "市整改工作专班", "市整改〔2018〕示范3号", "quarter", "town", "整改情况.docx",
        form_files.town_report(), cells,
    )  # fmt: skip


def samples(towns: list[str]) -> list[Sample]:
    """The five forms; the two cards of a village ask the same."""
    return [
        _summary(towns),
        _items(),
        _report(),
        _card("MZ-01", "村基本情况登记表", "市民政部门", "市民字〔2018〕示范5号", "quarter", OTHER_ASKS),
        _card("XC-01", "乡村情况统计表", "市乡村工作部门", "市乡办〔2018〕示范9号", "half", SAME_ASKS),
    ]


def put_forms_on(part: Part, story: Story) -> None:
    """Registered and approved in March 2018; then the reports of the last periods before the day of the demo."""
    part.add(REGISTERED, 9, partial(_register, story))
    part.add(APPROVED, 10, partial(_approve, story))
    if story.as_of > APPROVED + dt.timedelta(days=14):
        part.add(story.as_of - dt.timedelta(days=6), 9, partial(_fill, story))


def _register(story: Story) -> None:
    towns = [town.short_name for town in story.land.towns]
    ends = dt.date(max(story.as_of.year, 2018) + YEARS_IN_USE, 12, 31)
    for sample in samples(towns):
        form = propose_form(
            by=story.cast.staff["office"], place=story.land.district, code=sample.code,
            name=f"{sample.name}{INVENTED}", asker=sample.asker, right=sample.right, frequency=sample.frequency,
            level=sample.level, ends_on=ends, data=sample.data, file_name=sample.file_name,
        )  # fmt: skip
        map_cells(by=story.cast.staff["office"], version=newest(form), cells=sample.cells)


def _approve(story: Story) -> None:
    assume_seconds(by=story.cast.staff["admin"], place=story.land.district, seconds=90, why=WHY)
    for form in Form.objects.order_by("code"):
        if form.code != "XC-01":
            approve_form(by=story.cast.staff["leader"], form=form)
    late = Form.objects.get(code="XC-01")
    approve_form(by=story.cast.staff["leader"], form=late)


def _fill(story: Story) -> None:
    """What was due last of each form, by whom it is asked of; the district's is sealed."""
    for form in Form.objects.order_by("code"):
        for by, place in _asked(story, form):
            typed = _typed(form, place)
            filling = fill_form(
                by=by, form=form, place=place, period=last_period(form).code, typed=typed,
                seconds=35 * len(typed) if typed else None,
            )  # fmt: skip
            _seal(form, filling, by)


def _seal(form: Form, filling: Filling, by: Any) -> None:
    if form.code in ("DJ-01", "ZG-03"):
        seal_filling(by=by, filling=filling)


def last_period(form: Form) -> Period:
    """The last one that is over."""
    found = period_before(period_of(clock.today(), form.period_kind))
    return form_period(form, found.code)


def _asked(story: Story, form: Form) -> list[tuple[Any, Place]]:
    if form.level == Form.Level.DISTRICT:
        return [(story.cast.staff["office"], story.land.district)]
    if form.level == Form.Level.TOWN:
        return [(story.cast.offices[town.code], town) for town in story.land.towns[-3:]]
    return [(story.cast.secretaries[village.code], village) for village in story.land.villages[:4]]


def _typed(form: Form, place: Place) -> dict[str, str]:
    if form.code == "MZ-01":
        return {"登记表!B6": str(12 + int(place.code[-2:]) % 9), "登记表!D6": "3"}
    if form.code == "XC-01":
        return {"登记表!B6": str(12 + int(place.code[-2:]) % 9)}
    return {"段3!1": "逐件落实责任人，月底前回头看。"} if form.code == "ZG-03" else {}
