"""Who acts in the demo district: one account for every role, named by office and never by a person's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from huoshui.demo.land import Land
from huoshui.duties import actions as duties
from huoshui.duties.models import Account, Unit
from huoshui.duties.passwords import SharedPassword
from huoshui.duties.queries import system_account
from huoshui.places.models import Place

DEMO_PASSWORD = "huoshui-demo-2018"  # noqa: S105 - printed for whoever looks at the demo
SINCE = dt.date(2017, 1, 1)
NUMERALS = "一二三四五六七八九十"
TOWNS = {
    "410871060": "liwan",
    "410871061": "wenyuan",
    "410871062": "wenchang",
    "410871100": "yangmiao",
    "410871101": "ningguo",
    "410871203": "sujiazuo",
}
"""Townships by code, as their usernames spell them."""
SHOWN_VILLAGE, BOTH_VILLAGE = "410871203201", "410871203202"
"""寨卜昌村, whose secretary can sign in; 刘路村, whose secretary is a verifier as well."""
SHOWN_COMMUNITY = "410871061001"
"""东方社区, whose convenor, representative and carrier can sign in."""
SHOWN_GRID = f"{SHOWN_VILLAGE}-wg1"
VILLAGES_PER_LEAD = 6
ASSESSORS_PER_TOWN = 3
DESKS_PER_TOWN = 3


COUNCIL = (
    ("convenor", "council_convenor", "议事召集人", "{own}"),
    ("council", "council_representative", "议事会代表", "{name}居民议事会"),
    ("carrier", "consultation_doer", "落实单位人员", "{name}物业服务企业（示范）"),
)
"""Username, role, title and unit of who consults in a community."""


@dataclass(frozen=True)
class DemoAccount:
    """An account that can be signed in with, and what it shows."""

    username: str
    title: str
    shows: str


DISTRICT_STAFF = [
    ("admin", "administrator", "区信息办", "系统管理员", "账号、职责、机制和日志"),
    ("leader", "leader", "区管委会", "分管领导", "总览、成绩签字、督办"),
    ("auditor", "auditor", "区审计局", "审计员", "只读：日志、台账、轮次"),
    ("office", "district_office", "区党建办", "区党建办干部", "全区台账、立项、交办"),
    ("finance", "finance_office", "区财政局", "财政拨付员", "专项资金、支付确认"),
    ("review", "review_lead", "区考核组", "考核组组长", "考核细则、轮次、计分与封存"),
    ("scrutineer", "scrutineer", "区纪检监察组", "监督员", "成绩监督与签字"),
    ("tally", "tally_clerk", "区考核组", "计分员", "加减分、计分与签字"),
    ("verifier", "verifier", "区督查室", "核验员", "核验整改、同意销号或退回"),
    ("accreditation", "accreditation_office", "区文明办", "创建办干部", "创建考评、公示、命名和复查"),
    ("accreditation-review", "accreditation_reviewer", "区创建考评组", "创建考评员", "按细则到村考评"),
    ("supervision", "supervision_office", "区效能办", "效能办干部", "督查立项、通报起草"),
    ("inspector", "inspector", "区督查室", "督查员", "抽查单位、登记问题、核验整改"),
    ("consultation", "consultation_guide", "区社区办", "协商指导员", "楼院登记、议题复核、议事点公布"),
    ("petitions", "petitions_office", "区群众工作办", "群众工作办干部", "困难和纠纷的受理、办理、答复"),
    ("safety", "safety_office", "区安监局", "安监局干部", "企业检查、隐患台账、核验销号、事故登记"),
    ("food", "food_office", "区食药监局", "食药监局干部", "食品单位检查、食品安全隐患销号"),
    ("rivers", "river_office", "区河长办", "河长办干部", "河段、巡河安排、河道问题销号"),
    ("third-party", "", "社会化安全服务机构（示范）", "第三方检查员", "受托到重点企业检查，只报隐患、不销号"),
    ("statistics", "data_reviewer", "区统计办", "数据审核员", "审核报表、导入数据、裁定分歧"),
    ("indicators", "indicator_administrator", "区统计办", "指标管理员", "写指标、试算，看得到背后的记录"),
    ("education", "statistician", "区教育局", "教育统计员", "填报教育事业年报"),
    ("labour", "statistician", "区人社局", "人社统计员", "填报就业和社会保障年报"),
    ("health", "statistician", "区卫计委", "卫生统计员", "填报卫生健康年报"),
    ("services", "service_supervisor", "区政务服务办", "政务服务监督员", "服务申请、好差评和差评整改"),
    ("culture", "statistician", "区文广新局", "文化统计员", "填报文化惠民年报、导入电影放映登记，办理民生实事"),
    ("livelihood", "livelihood_office", "区民生办", "民生办干部", "民生登记簿、民生实事、一次性调查"),
]
REPORTS = {
    "education": ("education",), "labour": ("employment", "security"), "health": ("health",), "culture": ("culture",),
    "finance": ("livelihood",),
}  # fmt: skip
"""Of which packs somebody fills in the returns."""
OWN_PACKS = {"safety": "safety", "food": "safety", "rivers": "rivers"}
"""Whose duty reaches the matters of one mechanism alone."""
BUREAUS = ("education", "labour", "health", "culture")
"""Who answers for the year's promises."""
CONTACTS = ("labour", "culture")
"""Who answers for a bureau of the district when it is checked or named in a notice."""
"""Username, role, unit, title, what it shows; all for the whole district."""

DEMO_ACCOUNTS: list[DemoAccount] = [
    *(DemoAccount(username, title, shows) for username, _, _, title, shows in DISTRICT_STAFF),
    *(DemoAccount(f"judge{n}", f"评委{NUMERALS[n - 1]}", "逐村观摩现场打分，互不可见") for n in range(1, 6)),
    DemoAccount("town-liwan", "李万街道党建办", "本街道的村和台账"),
    DemoAccount("town-wenyuan", "文苑街道党建办", "本街道的村和台账"),
    DemoAccount("town-wenchang", "文昌街道党建办", "本街道的村和台账"),
    DemoAccount("town-yangmiao", "阳庙镇党建办", "本镇的村和台账"),
    DemoAccount("town-ningguo", "宁郭镇党建办", "本镇的村和台账"),
    DemoAccount("town-sujiazuo", "苏家作乡党建办", "本乡的村和台账"),
    DemoAccount("assessor-liwan-1", "李万街道考核员一", "2017年观摩时所打的分"),
    DemoAccount("assessor-wenyuan-1", "文苑街道考核员一", "2017年观摩时所打的分"),
    DemoAccount("assessor-wenchang-1", "文昌街道考核员一", "2017年观摩时所打的分"),
    DemoAccount("assessor-yangmiao-1", "阳庙镇考核员一", "2017年观摩时所打的分"),
    DemoAccount("assessor-ningguo-1", "宁郭镇考核员一", "2017年观摩时所打的分"),
    DemoAccount("assessor-sujiazuo-1", "苏家作乡考核员一", "2017年观摩时所打的分"),
    DemoAccount("secretary", "寨卜昌村党支部书记", "认领、整改、上传照片、申请销号"),
    DemoAccount("lead-sujiazuo-1", "苏家作乡包村干部一", "所包各村的事项和提醒"),
    DemoAccount("agent", "寨卜昌村便民服务代办员", "受理服务申请、代办、打印受理单"),
    DemoAccount("window", "苏家作乡便民服务中心窗口", "公布办理点、办理和确认服务申请"),
    DemoAccount("convenor", "东方社区议事召集人", "受理议题、公告、协商、决议、交付落实"),
    DemoAccount("council", "东方社区议事会代表", "评议落实情况，与落实的人不同单位"),
    DemoAccount("carrier", "东方社区落实单位人员", "决议分下来的任务"),
    DemoAccount("mediator", "苏家作乡人民调解员", "矛盾纠纷的调解记录和答复"),
    DemoAccount("enterprise", "示范企业1号安全负责人", "落实五项、整改、申请销号、说明逾期"),
    DemoAccount("grid-worker", "寨卜昌村第一网格员", "本网格的地点和事项"),
    DemoAccount("both", "刘路村党支部书记兼核验员", "一人两职：不得核验自己的整改"),
]
_LISTED = {account.username: account for account in DEMO_ACCOUNTS}


@dataclass(frozen=True)
class Council:
    """Who consults in the courtyards of one community: three people of three units."""

    community: Place
    convenor: Account
    representative: Account
    doer: Account


@dataclass
class Cast:
    """The accounts of the demo by what they do; villages and townships by code."""

    system: Account
    password: SharedPassword
    """Of everybody who can sign in."""
    staff: dict[str, Account] = field(default_factory=dict)
    """District staff by username."""
    judges: list[Account] = field(default_factory=list)
    offices: dict[str, Account] = field(default_factory=dict)
    assessors: dict[str, list[Account]] = field(default_factory=dict)
    secretaries: dict[str, Account] = field(default_factory=dict)
    leads: dict[str, Account] = field(default_factory=dict)
    desks: list[tuple[Place, Account, Account]] = field(default_factory=list)
    """Villages whose hubs offer services, each with its agent and the window of its town."""
    mediator: Account = field(init=False)
    """Of 苏家作乡."""
    councils: list[Council] = field(default_factory=list)
    """Of the communities, that of the one whose people can sign in first."""

    @property
    def verifiers(self) -> list[Account]:
        """The district's verifier, and the secretary who is one as well."""
        return [self.staff["verifier"], self.secretaries[BOTH_VILLAGE]]

    def office_of(self, village: Place) -> Account:
        """The township office above a village."""
        return self.offices[village.code[:9]]


class _Hiring:
    """Opens units and accounts, and grants duties, as the installation itself."""

    def __init__(self) -> None:
        self.by = system_account()
        self.password = SharedPassword(DEMO_PASSWORD)
        self._units: dict[tuple[str, str], Unit] = {}

    def hire(self, username: str, title: str, place: Place, unit: str) -> Account:
        """An account in a unit at a place; it can sign in when it is among DEMO_ACCOUNTS."""
        key = (place.code, unit)
        if key not in self._units:
            self._units[key] = duties.open_unit(by=self.by, place=place, name=unit)
        listed = _LISTED.get(username)
        return duties.open_account(
            by=self.by,
            username=username,
            title=listed.title if listed else title,
            unit=self._units[key],
            password=self.password if listed else None,
            must_change=False,
        )

    def grant(self, account: Account, role: str, place: Place, pack: str = "") -> None:
        """A duty from the beginning of 2017, without an end."""
        duties.grant_duty(by=self.by, account=account, role=role, place=place, pack=pack, since=SINCE)


def open_accounts(land: Land, tell: Callable[[int, int], None]) -> Cast:
    """Open every account; ``tell`` hears after each township how many of how many are done."""
    hiring = _Hiring()
    cast = Cast(hiring.by, hiring.password)
    _hire_district(hiring, cast, land.district)
    for done, town in enumerate(land.towns, start=1):
        _hire_town(hiring, cast, town, land.villages_of(town))
        tell(done, len(land.towns))
    hiring.grant(cast.secretaries[BOTH_VILLAGE], "verifier", land.district)
    communities = [place for place in land.villages if place.kind == "community"]
    for community in sorted(communities, key=lambda place: place.code != SHOWN_COMMUNITY):
        cast.councils.append(_hire_council(hiring, community))
    return cast


def open_grid_worker(cast: Cast, grid: Place, since: dt.date) -> None:
    """The worker of the grid that can be signed in to, in the unit of its village."""
    by = cast.system
    worker = duties.open_account(
        by=by,
        username="grid-worker",
        title=_LISTED["grid-worker"].title,
        unit=Unit.objects.get(place=grid.parent),
        password=cast.password,
        must_change=False,
    )
    duties.grant_duty(by=by, account=worker, role="grid_worker", place=grid, since=since)


def open_site_account(
    cast: Cast, *, username: str, title: str, unit: str, role: str, places: Sequence[Place], since: dt.date
) -> Account:
    """Whoever answers for a site that came into the register later, in a unit of its own there."""
    by = cast.system
    there = duties.open_unit(by=by, place=places[0], name=unit)
    listed = _LISTED.get(username)
    account = duties.open_account(
        by=by, username=username, title=listed.title if listed else title, unit=there,
        password=cast.password if listed else None, must_change=False,
    )  # fmt: skip
    grant_everywhere(cast, account, role, places, since)
    return account


def grant_everywhere(cast: Cast, account: Account, role: str, places: Sequence[Place], since: dt.date) -> None:
    """A duty at each of some places."""
    for place in places:
        duties.grant_duty(by=cast.system, account=account, role=role, place=place, since=since)


def _hire_district(hiring: _Hiring, cast: Cast, district: Place) -> None:
    for username, role, unit, title, _ in DISTRICT_STAFF:
        cast.staff[username] = hiring.hire(username, title, district, unit)
        if role not in ("", "statistician"):
            hiring.grant(cast.staff[username], role, district, OWN_PACKS.get(username, ""))
    for username, packs in REPORTS.items():
        for pack in packs:
            hiring.grant(cast.staff[username], "statistician", district, pack)
    hiring.grant(cast.staff["culture"], "event_clerk", district, "activities")
    for username in BUREAUS:
        hiring.grant(cast.staff[username], "livelihood_bureau", district, "livelihood")
    for pack in ("surveys", "own_surveys"):
        hiring.grant(cast.staff["livelihood"], "survey_office", district, pack)
    for username in CONTACTS:
        hiring.grant(cast.staff[username], "unit_contact", district, "supervision")
    for n in range(1, 6):
        judge = hiring.hire(f"judge{n}", "", district, f"评委单位{NUMERALS[n - 1]}")
        hiring.grant(judge, "judge", district)
        cast.judges.append(judge)


def _hire_town(hiring: _Hiring, cast: Cast, town: Place, villages: list[Place]) -> None:
    word, name = TOWNS[town.code], town.short_name
    cast.offices[town.code] = hiring.hire(f"town-{word}", "", town, f"{name}党建办")
    hiring.grant(cast.offices[town.code], "town_office", town)
    cast.assessors[town.code] = []
    for n in range(1, ASSESSORS_PER_TOWN + 1):
        title = f"{name}考核员{NUMERALS[n - 1]}"
        assessor = hiring.hire(f"assessor-{word}-{n}", title, town, f"{name}考核组")
        hiring.grant(assessor, "assessor", town)
        cast.assessors[town.code].append(assessor)
    for n, first in enumerate(range(0, len(villages), VILLAGES_PER_LEAD), start=1):
        title = f"{name}包村干部{NUMERALS[n - 1]}"
        lead = hiring.hire(f"lead-{word}-{n}", title, town, f"{name}包村工作队")
        hiring.grant(lead, "visiting_cadre", town, "outreach")
        for village in villages[first : first + VILLAGES_PER_LEAD]:
            hiring.grant(lead, "village_lead", village)
            cast.leads[village.code] = lead
    for village in villages:
        _hire_secretary(hiring, cast, village)
    _hire_services(hiring, cast, town, villages)
    if SHOWN_VILLAGE.startswith(town.code):
        cast.mediator = hiring.hire("mediator", "", town, f"{name}人民调解委员会")
        hiring.grant(cast.mediator, "mediator", town, "outreach")


def _hire_services(hiring: _Hiring, cast: Cast, town: Place, villages: list[Place]) -> None:
    """The window of a town's service centre, and agents in some of its villages."""
    word, name = TOWNS[town.code], town.short_name
    shown = [village for village in villages if village.code == SHOWN_VILLAGE]
    username = "window" if shown else f"window-{word}"
    window = hiring.hire(username, f"{name}便民服务中心窗口", town, f"{name}便民服务中心")
    hiring.grant(window, "service_window", town)
    spread = [villages[len(villages) * n // DESKS_PER_TOWN] for n in range(DESKS_PER_TOWN)]
    for village in dict.fromkeys([*shown, *spread]):
        username = "agent" if village.code == SHOWN_VILLAGE else f"agent-{village.code}"
        agent = hiring.hire(username, f"{village.short_name}便民服务代办员", village, _committee(village))
        hiring.grant(agent, "service_agent", village)
        cast.desks.append((village, agent, window))


def _hire_council(hiring: _Hiring, community: Place) -> Council:
    """Convenor, representative and whoever carries resolutions out, each of a unit of their own."""
    hired, name = [], community.short_name
    for username, role, title, unit in COUNCIL:
        listed = username if community.code == SHOWN_COMMUNITY else f"{username}-{community.code}"
        account = hiring.hire(listed, f"{name}{title}", community, unit.format(name=name, own=_committee(community)))
        hiring.grant(account, role, community, "consultation")
        hired.append(account)
    return Council(community, *hired)


def _hire_secretary(hiring: _Hiring, cast: Cast, village: Place) -> None:
    usernames = {SHOWN_VILLAGE: "secretary", BOTH_VILLAGE: "both"}
    username = usernames.get(village.code, f"secretary-{village.code}")
    unit = _committee(village)
    party = "党支部" if village.kind == "village" else "党总支"
    secretary = hiring.hire(username, f"{village.short_name}{party}书记", village, unit)
    hiring.grant(secretary, "village_secretary", village)
    cast.secretaries[village.code] = secretary


def _committee(village: Place) -> str:
    """The unit of a village's or community's own people."""
    return f"{village.short_name}{'居' if village.kind == 'community' else '村'}委会".replace("村村", "村")
