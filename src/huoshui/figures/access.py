"""Permissions of figures."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "figure.view": {"zh": "查看数据", "en": "View figures"},
        "figure.report": {"zh": "填报数据", "en": "Report figures"},
        "figure.approve": {"zh": "审核数据", "en": "Approve figures"},
        "figure.import": {"zh": "导入数据", "en": "Import figures"},
        "target.set": {"zh": "下达目标", "en": "Set targets"},
        "conflict.decide": {"zh": "裁定数据分歧", "en": "Decide conflicts of figures"},
    },
    # An approval rests on the person: the next step wants another.
    undelegable=["figure.approve", "conflict.decide"],
)
