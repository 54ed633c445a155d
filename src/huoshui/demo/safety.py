"""Safety at work in 2017: how many hazards, key enterprises and accidents was published; all else is invented.

The enterprises bear numbers for names, and lie in the real villages. The hazards of 2017 come as a safety office has
those of the time before the register: out of its older ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice

from huoshui.demo.agenda import Part
from huoshui.demo.registers import as_csv, bring_sites
from huoshui.demo.spots import around
from huoshui.demo.story import Story, number_of
from huoshui.kernel.errors import Refusal
from huoshui.matters.old_ledger import import_old_ledger
from huoshui.places.models import Place
from huoshui.visits import actions as visits

KEY, OTHERS, FOOD = 38, 8, 6
"""Key enterprises under third-party supervision in 2017, and how many more there are; the latter are invented."""
HAZARDS, MAJOR = 660, 6
"""Found and put right in 2017; how many of them were major is invented."""
TAKEN_OVER = dt.date(2018, 1, 8)
OLD = dt.date(2012, 9, 1)
RECOGNISED = dt.date(2017, 3, 1)
INDUSTRIES = ("工贸", "工贸", "危险化学品", "建筑施工", "商贸服务", "工贸", "其他")
FOOD_KINDS = ("餐饮服务", "食品销售", "食品小作坊", "单位食堂", "食品生产", "餐饮服务")
FOUND = (
    ("现场类", "疏散通道堆放货物", "清空通道，划线留出 1.2 米"),
    ("现场类", "灭火器压力不足", "更换 4 具，登记有效期"),
    ("基础管理类", "班组安全培训没有记录", "补训并签到，按月归档"),
    ("现场类", "临时用电线路裸露", "拆除，改走线槽"),
    ("现场类", "砂轮机没有防护罩", "加装防护罩"),
    ("基础管理类", "应急预案没有按期演练", "组织演练，修订联系方式"),
    ("现场类", "配电箱没有标识", "补标识，清理箱内杂物"),
    ("基础管理类", "安全责任书没有覆盖新设岗位", "补签责任书"),
    ("现场类", "原料与成品混放", "分区存放，立牌"),
    ("现场类", "安全出口指示灯不亮", "更换灯具，接应急电源"),
)
"""Ledger, hazard, and what was done; invented."""
FOUND_MAJOR = (
    ("现场类", "可燃气体报警装置失效", "停用整改，更换探头并标定"),
    ("基础管理类", "危险作业没有审批", "停止作业，建立审批制度"),
    ("现场类", "有限空间没有防护", "封闭，配齐检测和防护器材"),
)


@dataclass(frozen=True)
class Site:
    """One row of the register of enterprises or of food businesses."""

    village: Place
    kind: str
    number: int
    values: dict[str, object]

    @property
    def code(self) -> str:
        """Its code in the register."""
        return f"{self.village.code}-{'qy' if self.kind == 'enterprise' else 'sp'}{self.number}"

    @property
    def name(self) -> str:
        """Plainly no real one."""
        return f"{'示范企业' if self.kind == 'enterprise' else '示范食品店'}{self.number}号"

    def row(self) -> dict[str, object]:
        """The cells by column."""
        at = around(self.village, 2 * self.number + 1, of=36 if self.kind == "enterprise" else 40)
        point = {"latitude": at[0] / 10**6, "longitude": at[1] / 10**6, "precision": "schematic"} if at else {}
        fixed = {"code": self.code, "parent": self.village.code, "name": self.name, "kind": self.kind}
        return {**fixed, **point, "opened_on": OLD.isoformat(), **self.values}


def open_sites(story: Story) -> None:
    """The registers of enterprises and of food businesses, as they stood before the demo begins."""
    _bring(story, "企业", enterprises_of(story))
    _bring(story, "食品单位", food_places_of(story), "food")


def put_2017_on(part: Part, story: Story) -> None:
    """Who is key and supervised from which day, the monthly reports, and the older ledger."""
    enterprises = enterprises_of(story)
    supervised = {"key_enterprise": "是", "third_party": "是", "third_party_unit": "社会化安全服务机构（示范）"}
    recognised = [Site(one.village, one.kind, one.number, one.values | supervised) for one in enterprises[:KEY]]
    part.add(RECOGNISED, 9, partial(_bring, story, "重点企业认定", recognised))
    for month in range(1, 13):
        last = dt.date(2017 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        part.add(last, 17, partial(report_month, story))
    part.add(TAKEN_OVER, 9, partial(_take_over, story, "hazard", "2017年隐患台账（示范）.csv", HAZARDS - MAJOR, FOUND))
    major = partial(_take_over, story, "major_hazard", "2017年重大隐患台账（示范）.csv", MAJOR, FOUND_MAJOR)
    part.add(TAKEN_OVER, 10, major)


def enterprises_of(story: Story) -> list[Site]:
    """In the order of their numbers: the key ones first, town after town."""
    values = [{"industry": industry, "employees": 20 + 13 * n % 240} for n, industry in enumerate(_industries())]
    sites = zip(_villages(story, "enterprise"), values, strict=False)
    return [Site(village, "enterprise", n, _of_industry(given)) for n, (village, given) in enumerate(sites, start=1)]


def _industries() -> Iterator[str]:
    return islice(cycle(INDUSTRIES), KEY + OTHERS)


def _of_industry(given: dict[str, object]) -> dict[str, object]:
    return given | {"hazardous_chemicals": "是" if given["industry"] == "危险化学品" else "否"}


def food_places_of(story: Story) -> list[Site]:
    """One in each town."""
    kinds = zip(_villages(story, "food"), FOOD_KINDS, strict=False)
    return [
        Site(village, "food_place", n, {"food_kind": k, "licensed": "是"}) for n, (village, k) in enumerate(kinds, 1)
    ]


def _villages(story: Story, about: str) -> Iterator[Place]:
    """Villages of the towns in turn, always the same."""
    own = [
        sorted(story.land.villages_of(town), key=lambda village: number_of(village.code, about))
        for town in story.land.towns
    ]
    for n in range(max(len(villages) for villages in own)):
        yield from (villages[n] for villages in own if n < len(villages))


def _bring(story: Story, about: str, sites: list[Site], by: str = "safety") -> None:
    bring_sites(story.cast.staff[by], about, [site.row() for site in sites])


def report_month(story: Story) -> None:
    """The safety office says that there was no accident in the month that ends."""
    by = story.cast.staff["safety"]
    sheet = visits.start_visit(by=by, place=story.land.district, checklist="safety.accident_return")
    sheet = visits.save_answers(by=by, visit=sheet, answers={"happened": False})
    visits.submit_visit(by=by, visit=sheet)


def _take_over(story: Story, kind: str, name: str, many: int, found: tuple[tuple[str, str, str], ...]) -> None:
    sites = enterprises_of(story)
    first, rows = dt.date(2017, 1, 9), list[dict[str, object]]()
    for n in range(many):
        ledger, what, done = found[n % len(found)]
        opened = first + dt.timedelta(days=n * 330 // many)
        rows.append(
            {
                "原编号": f"{'Z' if kind == 'major_hazard' else 'Y'}2017-{n + 1:03d}",
                "地点": sites[n * 7 % len(sites)].code,
                "事项": what,
                "详情": "示范内容，非真实隐患",
                "登记日期": opened.isoformat(),
                "办结日期": (opened + dt.timedelta(days=5 + n % 16)).isoformat(),
                "台账类别": ledger,
                "整改措施": done,
            }
        )
    report = import_old_ledger(by=story.cast.staff["safety"], kind=f"safety.{kind}", data=as_csv(rows), name=name)
    if report.problems:
        raise Refusal.of(report.problems)
