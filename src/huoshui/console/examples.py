"""Questions to begin with. A test asks each of them on both engines."""

from __future__ import annotations

from dataclasses import dataclass

from huoshui.packs.schema import Text


@dataclass(frozen=True)
class Example:
    """A question with what it asks."""

    code: str
    name: Text
    sql: str


EXAMPLES = (
    Example(
        "towns",
        Text(zh="各乡镇的事项数", en="Matters by township"),
        "select t.code, count(*) as 事项数\n"
        "from matters m\n"
        "join places t on strpos(m.place, t.place) = 1\n"
        "where t.kind in ('town', 'township', 'management_area')\n"
        "group by t.code\n"
        "order by 2 desc",
    ),
    Example(
        "phases",
        Text(zh="各类事项办到哪一步，占多少", en="How far matters have come, and their share"),
        "select kind as 种类, phase as 阶段, count(*) as 件数,\n"
        "  round(count(*) * 100 / sum(count(*)) over (partition by kind), 1) as 占比\n"
        "from matters\n"
        "group by kind, phase\n"
        "order by kind, phase",
    ),
    Example(
        "months",
        Text(zh="每月新立多少", en="Opened by month"),
        "select extract(year from opened_on) as 年, extract(month from opened_on) as 月, count(*) as 新立\n"
        "from matters\n"
        "group by 1, 2\n"
        "order by 1, 2",
    ),
    Example(
        "days",
        Text(zh="办结平均用多少天", en="Days until a matter is closed"),
        "select kind as 种类, count(*) as 办结, round(avg(closed_on - opened_on), 1) as 平均天数\n"
        "from matters\n"
        "where closed_on is not null\n"
        "group by kind\n"
        "order by 3 desc",
    ),
    Example(
        "villages",
        Text(zh="平均每村多少件", en="Matters a village, on average"),
        "with v as (\n"
        "  select place, count(*) as n from matters group by place\n"
        ")\n"
        "select count(*) as 村数, round(avg(n), 1) as 平均每村\n"
        "from v",
    ),
    Example(
        "money",
        Text(zh="各类款项的金额（元）", en="Sums by type of line, in yuan"),
        "select type as 款项, count(*) as 笔数, sum(amount) / 100 as 金额\n"
        "from money_lines\n"
        "group by type\n"
        "order by 3 desc",
    ),
    Example(
        "listing",
        Text(zh="列出逾期未办结的", en="List what is overdue"),
        "select p.code as 地点, m.kind as 种类, m.due_on as 到期\n"
        "from matters m\n"
        "join places p on p.place = m.place\n"
        "where m.closed_on is null and m.due_on < current_date\n"
        "order by m.due_on",
    ),
)
