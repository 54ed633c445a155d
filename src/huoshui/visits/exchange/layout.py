"""The sheets of a checklist's workbook: their names, columns, widths, and what each column is for.

The file is Chinese whoever exports it: it is one file, however many people hand it on.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD, SECTIONS, ITEMS, GRADES, ADJUSTMENTS, HELP = "细则", "部分", "条目", "档次", "加减分", "填写说明"
CHOICES, MARKS = "选项", "版本"
"""Two hidden sheets: what the drop-downs offer; which version of which checklist this is."""
FORMAT = "huoshui.checklist/1"


@dataclass(frozen=True)
class Column:
    """One column: ``key`` of the flat row, its heading, its width in characters, and what the help says of it."""

    key: str
    heading: str
    width: int
    help: str = ""
    choices: str = ""
    """The list of the sheet of choices that closes it."""
    required: bool = False


CODE_HELP = "系统认这一行的依据，不要改。新增的行留空，导入时自动编。"
ENGLISH = "可不填；不填时英文界面显示中文。"

TODAY = "今天"
RELEVANT_HELP = (
    "写前面条目的代码和答案，如 toilet、not toilet、users >= 10、kind = 'dry'、'soap' = any(kit)，"
    "用 and、or 连接；只用于不计分的。"
)

SECTION_COLUMNS = (
    Column("code", "代码", 16, CODE_HELP),
    Column("name.zh", "名称", 28, "这一部分的标题。", required=True),
    Column("name.en", "名称（英文）", 28, ENGLISH),
    Column("points", "分值", 10, "可不填；填了，须等于其中各条目分值之和。"),
    Column("relevant", "何时问", 24, "可不填：总是问。" + RELEVANT_HELP),
)
ITEM_COLUMNS = (
    Column("code", "代码", 16, CODE_HELP),
    Column("section", "部分", 18, "从“部分”表里选；换一个部分，条目就移过去。", "sections", True),
    Column("name.zh", "看什么", 30, "条目的名称。", required=True),
    Column("name.en", "看什么（英文）", 24, ENGLISH),
    Column("guidance.zh", "怎么看", 40, "评定办法，显示在条目旁边；可不填。"),
    Column("guidance.en", "怎么看（英文）", 24, ENGLISH),
    Column("method", "方法", 8, "听、看、查、测、评。", "methods", True),
    Column("points", "分值", 8, "答到最好得几分；调查类填 0。", required=True),
    Column(
        "how",
        "怎么计分",
        12,
        "分档、多选：另在“档次”表逐档写；文字、日期、多选只问不评；已发布的条目不能换。",
        "how",
        True,
    ),
    Column("step", "给分步长", 10, "只用于“步长给分”，如 0.5。"),
    Column("per_finding", "每处扣分", 10, "只用于“扣分”。"),
    Column("most_off", "最多扣分", 10, "只用于“扣分”；不填，扣完为止。"),
    Column("fails_when", "答什么不合格", 14, "只用于“是否”；不填，不按答案判定。", "yes_no"),
    Column("unit", "单位", 10, "只用于“达标”，如 平方米；已发布的不能改。"),
    Column("bound", "达标是", 10, "只用于“达标”；不填，只记实测值、不计分（分值须为 0）。", "bounds"),
    Column("limit", "标准值", 10, "只用于“达标”。"),
    Column("minimum", "最小能填", 10, "只用于“达标”；不填为 0。"),
    Column("maximum", "最大能填", 10, "只用于“达标”；可不填。"),
    Column("decimals", "小数位数", 10, "只用于“达标”，0 至 6；已发布的不能改。"),
    Column("below", "不达标时", 12, "只用于“达标”。", "below"),
    Column("long", "写几行", 8, "只用于“文字”：是，可写几行；不填为否。", "yes_no"),
    Column("max_length", "至多几字", 8, "只用于“文字”；不填为 200。"),
    Column("earliest", "最早哪天", 12, "只用于“日期”，如 2020-01-01；可不填。"),
    Column("latest", "最晚哪天", 12, "只用于“日期”；可写“今天”；可不填。"),
    Column("fewest", "至少选几项", 10, "只用于“多选”；不填为 1。"),
    Column("most", "至多选几项", 10, "只用于“多选”；可不填。"),
    Column("relevant", "何时问", 24, "可不填：总是问。" + RELEVANT_HELP),
    Column("message.zh", "填错时说", 24, "填的超出上下限时给的提示；可不填。"),
    Column("message.en", "填错时说（英文）", 24, ENGLISH),
    Column("prefill", "登记值预填", 22, "用登记的哪一项预填，评委核对；可不填。", "prefill"),
    Column("photos", "照片至少几张", 10, "可不填。"),
    Column("when", "何时须拍", 12, "填了张数才用得上；不填为“不合格时”。", "when"),
    Column("fails_below", "低于百分之几不合格", 12, "得分低于分值的百分之几，算不合格；1 至 100。"),
    Column("opens", "不合格立事项", 20, "封存时立哪种事项；可不填。", "opens"),
)
GRADE_COLUMNS = (
    Column("item", "条目", 34, "“条目”表里的“看什么”；怎么计分须为“分档”或“多选”。", "items", True),
    Column("code", "代码", 16, CODE_HELP),
    Column("name.zh", "档次", 34, "从好到差，一档一行。", required=True),
    Column("name.en", "档次（英文）", 28, ENGLISH),
    Column("points", "得分", 10, "最高一档须等于条目的分值；“多选”的不填。"),
)
ADJUSTMENT_COLUMNS = (
    Column("code", "代码", 16, CODE_HELP),
    Column("name.zh", "名称", 34, "为什么加分或减分。", required=True),
    Column("name.en", "名称（英文）", 28, ENGLISH),
    Column("kind", "加分或减分", 12, "", "kinds", True),
    Column("maximum", "至多几分", 10, "每处一次至多加减几分。", required=True),
)
TABLES = {SECTIONS: SECTION_COLUMNS, ITEMS: ITEM_COLUMNS, GRADES: GRADE_COLUMNS, ADJUSTMENTS: ADJUSTMENT_COLUMNS}

FIXED = "只供查看，由机制规定，不在这里改。"
HEAD_ROWS = (
    Column("name.zh", "名称", 0, "细则的名称。", required=True),
    Column("name.en", "名称（英文）", 0, ENGLISH),
    Column("place_kinds", "用于哪种地点", 0, "用顿号隔开，如 行政村、社区。", required=True),
    Column("points", "总分", 0, "可不填；填了，须等于各条目分值之和。"),
    Column("decimals", "均分保留几位小数", 0, "0 至 3。", required=True),
    Column("drop_highest", "去掉几个最高分", 0, "", required=True),
    Column("drop_lowest", "去掉几个最低分", 0, "", required=True),
    Column("minimum_judges", "每处至少几名评委", 0, "须多于去掉的分数个数。", required=True),
    Column("missing", "缺项怎么办", 0, "", "missing", True),
    Column("quorum", "几名评委认定才算不合格", 0, "不填为过半数。"),
    *(
        column
        for method, word in (("hear", "听"), ("see", "看"), ("check", "查"), ("test", "测"), ("score", "评"))
        for column in (
            Column(f"method.{method}.zh", f"“{word}”的叫法", 0, "方法另有叫法时才填。"),
            Column(f"method.{method}.en", f"“{word}”的叫法（英文）", 0, ENGLISH),
        )
    ),
    Column("ranking.zh", "排名次的用途", 0, FIXED),
    Column("ranking.en", "排名次的用途（英文）", 0, FIXED),
    Column("lists.zh", "红蓝榜的用途", 0, FIXED),
    Column("lists.en", "红蓝榜的用途（英文）", 0, FIXED),
    Column("lists.red", "红榜几名", 0, FIXED),
    Column("lists.blue", "蓝榜几名", 0, FIXED),
)

CLOSED: dict[str, dict[str, str]] = {
    "methods": {"hear": "听", "see": "看", "check": "查", "test": "测", "score": "评"},
    "how": {
        "grades": "分档",
        "steps": "步长给分",
        "deduction": "扣分",
        "yes_no": "是否",
        "threshold": "达标",
        "text": "文字",
        "date": "日期",
        "choices": "多选",
    },
    "yes_no": {"yes": "是", "no": "否"},
    "bounds": {"at_least": "不少于", "at_most": "不超过"},
    "below": {"zero": "不得分", "proportional": "按比例得分"},
    "when": {"failing": "不合格时", "always": "总是"},
    "kinds": {"bonus": "加分", "deduction": "减分"},
    "missing": {"blocks": "不得缺项", "zero": "缺项计零分", "rescale": "按已答项折算"},
}
"""The words of what is closed in every checklist, by their codes."""
