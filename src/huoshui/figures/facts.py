"""The fact views that indicators count, by name."""

from __future__ import annotations

from django.db.models import F, Q

from huoshui.activities.models import Activity, ActivityValue
from huoshui.figures.fact_types import (
    FactColumn,
    FactView,
    date,
    end_of_year,
    integer,
    text,
    yes_no,
)
from huoshui.figures.place_facts import ATTRIBUTE_PAIRS, PLACE_ATTRIBUTES, PLACES
from huoshui.figures.service_facts import SERVICE_OFFERS, SERVICE_RATINGS, SERVICE_REQUESTS
from huoshui.matters.models import Matter, MatterValue, MoneyLine
from huoshui.packs.schema import Text
from huoshui.places.models import Honour
from huoshui.schedules.models import Occasion
from huoshui.subsidies.models import Allocation, Claim
from huoshui.visits.models import Answer, Chosen, Result, Round, Visit

_MATTER = {
    "kind": text("种类的代码，如 rectification.item", "Code of the kind, such as rectification.item", "kind"),
    "pack": text("机制的代码", "Code of the pack", "pack"),
    "state": text("状态的代码", "Code of the state", "state"),
    "phase": text("open、submitted 或 closed", "open, submitted or closed", "phase"),
    "severity": text("严重程度的代码", "Code of the severity", "severity"),
    "close_reason": text("办结原因的代码，未办结为空", "Code of the reason of closing, empty before", "close_reason"),
    "from_round": yes_no("是不是观摩封存时立的", "Whether the seal of a round opened it", Q(source_kind="round")),
    "opened_on": date("立项日期", "Day of opening", "opened_on", required=True),
    "due_on": date("到期日，办结后为空", "Deadline, empty once it is closed", "due_on"),
    "closed_on": date("办结日期", "Day of closing", "closed_on"),
    "supervised_on": date("督办日期", "Since when it is supervised", "supervised_on"),
    "verified": yes_no("是不是核验过", "Whether somebody verified it", Q(verifier__isnull=False)),
}


def _of_matter() -> dict[str, FactColumn]:
    """The columns of a matter, seen from a row that belongs to one."""
    plain = {name: column for name, column in _MATTER.items() if isinstance(column.source, str)}
    return {
        f"matter_{name}": FactColumn(column.type, column.about, f"matter__{column.source}", column.required)
        for name, column in plain.items()
    }


MATTERS = FactView(
    "matters",
    Text(zh="事项，每件一行；并入别件的不算", en="Matters, one row each; without those merged into another"),
    Matter,
    "place_id",
    "place__path",
    lambda: Matter.objects.filter(duplicate_of__isnull=True),
    _MATTER,
    related=("place",),
)
MONEY_LINES = FactView(
    "money_lines",
    Text(zh="资金明细，每笔一行；冲销的一笔为负数", en="Money lines, one row each; a reversal is negative"),
    MoneyLine,
    "matter__place_id",
    "matter__place__path",
    lambda: MoneyLine.objects.get_queryset(),
    {
        "type": text("款项类型的代码", "Code of the type of line", "type"),
        "amount": integer("金额，分", "Amount in fen", "amount"),
        "day": date("日期", "Day", "day", required=True),
        "payer": text("付款方", "Payer", "payer"),
        **_of_matter(),
    },
    related=("matter__pack_version",),
)
MATTER_VALUES = FactView(
    "matter_values",
    Text(
        zh="事项里填写的栏目，每件每栏一行；并入别件的不算，个人信息不在其中",
        en="Fields filled in of matters, one row a matter and field; without those merged into another, without personal data",  # noqa: E501
    ),
    Matter,
    "matter__place_id",
    "matter__place__path",
    lambda: MatterValue.objects.filter(matter__duplicate_of__isnull=True),
    {
        "field": text("栏目的代码", "Code of the field", "code"),
        "words": text("文字或选项的代码，其他类型为空", "Text or code of the choice, empty for other types", "text"),
        "number": integer(
            "整数，小数按位数放大，金额为分，是为 1、否为 0",
            "Whole number; decimals scaled, money in fen, yes 1 and no 0", "number",
        ),
        "day": date("日期栏目的日期", "Day of a date field", "day"),
        **_of_matter(),
    },
    record="matter_id",
)  # fmt: skip
VISITS = FactView(
    "visits",
    Text(zh="交了的评分表和记录，每张一行", en="Sheets that were handed in, one row each"),
    Visit,
    "place_id",
    "place__path",
    lambda: Visit.objects.filter(state=Visit.State.SUBMITTED),
    {
        "checklist": text("细则的代码", "Code of the checklist", "checklist_code"),
        "in_round": yes_no("是不是观摩里的", "Whether it belongs to a round", Q(round__isnull=False)),
        "visited_on": date("到村日期", "Day of the visit", "visited_on", required=True),
    },
    related=("place",),
)
_SETTLED = Q(
    Q(visit__round__isnull=True) | Q(visit__round__state=Round.State.SEALED), visit__state=Visit.State.SUBMITTED
)
"""What belongs to a sheet that was handed in, and that of a round once it is sealed."""
_ASKED = {
    "checklist": text("细则的代码", "Code of the checklist", "visit__checklist_code"),
    "item": text("项目的代码", "Code of the item", "item"),
}
_VISITED = {
    "in_round": yes_no("是不是观摩里的", "Whether it belongs to a round", Q(visit__round__isnull=False)),
    "visited_on": date("到村日期", "Day of the visit", "visit__visited_on", required=True),
}
ANSWERS = FactView(
    "answers",
    Text(
        zh="交了的评分表和记录里的回答，每项一行；观摩里的封存以后才算",
        en="Answers of sheets that were handed in, one row an item; those of a round once it is sealed",
    ),
    Answer,
    "visit__place_id",
    "visit__place__path",
    lambda: Answer.objects.filter(_SETTLED),
    {
        **_ASKED,
        "choice": text("所选等次的代码，没有为空", "Code of the picked grade, empty without", "choice"),
        "value": integer("填写的数值，按位数放大", "The measured value, scaled by its decimals", "value"),
        "findings": integer("发现问题数", "Findings", "findings"),
        "points": integer("得分，千分之一分", "Points, in thousandths", "points"),
        "day": date("日期题答的哪一天", "The day that answers a question for a date", "day"),
        "yes": yes_no("是否题答是", "Whether a yes-or-no item was answered yes", Q(yes=True)),
        "fails": yes_no("是不是不达标", "Whether it fails", Q(fails=True)),
        **_VISITED,
    },
    related=("visit__place", "visit__pack_version"),
)
CHOICES = FactView(
    "choices",
    Text(
        zh="多选题选了的选项，一项一行；观摩里的封存以后才算",
        en="Choices of questions with several, one row each; those of a round once it is sealed",
    ),
    Chosen,
    "visit__place_id",
    "visit__place__path",
    lambda: Chosen.objects.filter(_SETTLED),
    {
        **_ASKED,
        "option": text("选项的代码", "Code of the choice", "option"),
        **_VISITED,
    },
    related=("visit__place", "visit__pack_version"),
)
RESULTS = FactView(
    "results",
    Text(zh="封存了的观摩成绩，一村一轮一行", en="Sealed results, one row a place and round"),
    Result,
    "place_id",
    "place__path",
    lambda: Result.objects.filter(round__state=Round.State.SEALED),
    {
        "checklist": text("细则的代码", "Code of the checklist", "round__checklist_code"),
        "total": integer("总分，千分之一分", "Total, in thousandths of a point", "total"),
        "judges": integer("计入的评委数", "Judges that counted", "judges"),
        "closed_on": date("观摩结束日期", "Last day of the round", "round__closes_on", required=True),
    },
    related=("round", "place"),
)
HONOURS = FactView(
    "honours",
    Text(zh="荣誉，每项一行；撤销了的也在", en="Honours, one row each; withdrawn ones too"),
    Honour,
    "place_id",
    "place__path",
    lambda: Honour.objects.get_queryset(),
    {
        "name": text("荣誉名称，如 文明村镇", "Name of the honour, such as 文明村镇", "name"),
        "level": text("national、provincial、municipal 或 district", "The level, by the same words", "level"),
        "year": integer("授予年度", "Year it was given", "year"),
        "holder": text(
            "获得荣誉的单位，地点自己获得的为空", "Unit that holds it, empty when the place itself does", "holder"
        ),
        "place_kind": text("地点现在种类的代码", "Code of the kind that the place has now", "place__kind"),
        "given_on": date(
            "授予年度的最后一天：荣誉只记年度", "Last day of the year it was given: honours keep the year alone",
            end_of_year("year"), required=True,
        ),
        "withdrawn_on": date("撤销日期，没有撤销为空", "Day it was withdrawn, empty if it was not", "withdrawn_on"),
    },
    related=("place",),
)  # fmt: skip
FUND_ALLOCATIONS = FactView(
    "fund_allocations",
    Text(zh="专项资金的下达，每笔一行；收回的为负数", en="Sums allocated to a fund, one row each, or taken back"),
    Allocation,
    "pot__place_id",
    "pot__place__path",
    lambda: Allocation.objects.get_queryset(),
    {
        "scheme": text("补助办法的代码，如 hubs.hub_award", "Code of the scheme", "pot__scheme"),
        "year": integer("资金所属年度", "Year of the fund", "pot__year"),
        "amount": integer("金额，分", "Amount in fen", "amount"),
        "day": date("下达日期", "Day it was allocated", "day", required=True),
        "for_year": date(
            "资金所属年度的最后一天", "Last day of the fund's year", end_of_year("pot__year"), required=True
        ),
    },
    related=("pot__place",),
)  # fmt: skip
CLAIMS = FactView(
    "claims",
    Text(zh="补助申请，每件一行", en="Applications for a subsidy, one row each"),
    Claim,
    "matter__place_id",
    "matter__place__path",
    lambda: Claim.objects.get_queryset(),
    {
        "scheme": text("补助办法的代码", "Code of the scheme", "pot__scheme"),
        "year": integer("资金所属年度", "Year of the fund", "pot__year"),
        "claim_state": text(
            "applied、approved、declined、withdrawn 或 revoked", "applied, approved, declined, withdrawn or revoked",
            "state",
        ),
        "cost": integer("审定投资，分", "Accepted cost in fen", "cost"),
        "entitled": integer("按标准应补，分", "What the tiers give, in fen", "entitled"),
        "applied": integer("申请金额，分", "Asked for, in fen", "applied"),
        "approved": integer("批准金额，分，未批准为 0", "Approved, in fen, 0 while it is not", "approved"),
        "applied_on": date("申请日期", "Day of the application", "applied_on", required=True),
        "decided_on": date("最近一次决定的日期", "Day of the latest decision", "decided_on"),
        **_of_matter(),
    },
    related=("matter",),
)  # fmt: skip

OCCASIONS = FactView(
    "occasions",
    Text(
        zh="定期要办的事，每个地点每期一行；到期时已撤销的地点不算",
        en="What comes round, one row a place and turn; without places that were closed when it was due",
    ),
    Occasion,
    "place_id",
    "place__path",
    lambda: Occasion.objects.counting(),
    {
        "schedule": text(
            "机制里的应办代码，自定的为空", "Code of the pack's schedule, empty for an office's own", "plan__schedule"
        ),
        "asks": text("要办什么，如 hubs.three_withouts", "What is to be done (pack.code)", "plan__of"),
        "place_kind": text("地点现在种类的代码", "Code of the kind that the place has now", "place__kind"),
        "times": integer("这一期要办几次", "How many times it is to be done", "plan__times"),
        "have": integer("办了几次，不超过要办的", "How many times it was done, at most as many", "have"),
        "opens_on": date("这一期从哪天起", "First day of the turn", "opens_on", required=True),
        "due_on": date("到期日", "Day on which it is due", "due_on", required=True),
        "done_on": date("办够次数的日期，没有办够为空", "Day on which it was done in full, empty before", "done_on"),
        "late": yes_no("是不是到期以后才办的", "Whether it was done after the due day", Q(done_on__gt=F("due_on"))),
        "excused": yes_no("是不是准予免办", "Whether the place was excused", Q(excused_on__isnull=False)),
    },
    related=("plan", "place"),
)
_ACTIVITY = {
    "kind": text(
        "种类的代码，如 activities.party_lecture", "Code of the kind, such as activities.party_lecture", "kind"
    ),
    "pack": text("机制的代码", "Code of the pack", "pack"),
    "state": text("planned、held 或 cancelled", "planned, held or cancelled", "state"),
    "headcount": integer("参加人数，没有登记为空", "How many were there, empty where it was not recorded", "headcount"),
    "minutes": integer("时长，分钟", "How long it took, in minutes", "minutes"),
    "day": date("开展的日期，未开展的为计划的日期", "Day it was held, or is planned for", "day", required=True),
    "last_day": date(
        "最后一天，只有一天的与 day 相同", "Last day, the same as day for one day", "last_day", required=True
    ),
    "held_on": date("开展的日期，未开展为空", "Day it was held, empty before", "held_on"),
}


def _of_activity() -> dict[str, FactColumn]:
    """The columns of an activity, seen from a value of one."""
    return {
        f"activity_{name}": FactColumn(column.type, column.about, f"activity__{column.source}", column.required)
        for name, column in _ACTIVITY.items()
    }


ACTIVITIES = FactView(
    "activities",
    Text(zh="活动，每项一行，计划的和取消的也在", en="Activities, one row each, planned and cancelled ones too"),
    Activity,
    "place_id",
    "place__path",
    lambda: Activity.objects.get_queryset(),
    _ACTIVITY | {"is_part": yes_no("是不是配套活动", "Whether it is a part of another", Q(parent__isnull=False))},
    related=("place", "pack_version"),
)
ACTIVITY_VALUES = FactView(
    "activity_values",
    Text(
        zh="活动里填写的栏目，每项每栏一行；个人信息不在其中",
        en="Fields filled in of activities, one row an activity and field, without personal data",
    ),
    Activity,
    "activity__place_id",
    "activity__place__path",
    lambda: ActivityValue.objects.get_queryset(),
    {
        "field": text("栏目的代码", "Code of the field", "code"),
        "words": text("文字或选项的代码，其他类型为空", "Text or code of the choice, empty for other types", "text"),
        "number": integer(
            "整数，小数按位数放大，金额为分，是为 1、否为 0",
            "Whole number; decimals scaled, money in fen, yes 1 and no 0", "number",
        ),
        "date_given": date("日期栏目的日期", "Day of a date field", "day"),
        **_of_activity(),
    },
    record="activity_id",
)  # fmt: skip

FACT_VIEWS: dict[str, FactView] = {
    view.name: view
    for view in (
        MATTERS, MONEY_LINES, MATTER_VALUES, PLACES, PLACE_ATTRIBUTES, ATTRIBUTE_PAIRS, VISITS, ANSWERS, CHOICES,
        RESULTS, HONOURS, FUND_ALLOCATIONS, CLAIMS, OCCASIONS, ACTIVITIES, ACTIVITY_VALUES, SERVICE_OFFERS,
        SERVICE_REQUESTS, SERVICE_RATINGS,
    )
}  # fmt: skip
"""By name; docs/packs.md lists their columns."""
