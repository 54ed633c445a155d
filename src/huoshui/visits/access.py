"""Permissions of rounds, visits and checklists."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "checklist.edit": {"zh": "编辑考核细则", "en": "Edit checklists"},
        "round.view": {"zh": "查看考核轮次", "en": "View rounds"},
        "round.plan": {"zh": "组织考核轮次", "en": "Plan and run rounds"},
        "round.adjust": {"zh": "登记加减分", "en": "Record bonuses and deductions"},
        "round.sign_leader": {"zh": "以领导身份签字", "en": "Sign as leader"},
        "round.sign_scrutineer": {"zh": "以监督员身份签字", "en": "Sign as scrutineer"},
        "round.sign_tally_clerk": {"zh": "以计分员身份签字", "en": "Sign as tally clerk"},
        "round.fairness": {"zh": "查看评分公允性", "en": "See how fair the scoring was"},
        "round.correct": {"zh": "更正封存成绩", "en": "Correct sealed results"},
        "visit.view": {"zh": "查看检查记录", "en": "View visits"},
        "visit.score": {"zh": "现场打分", "en": "Score on site"},
    },
    # A score and a signature are of the person whose name stands under the sealed sheet.
    undelegable=(
        "visit.score", "round.sign_leader", "round.sign_scrutineer", "round.sign_tally_clerk", "round.correct",
    ),
)  # fmt: skip
