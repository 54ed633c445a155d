"""Permissions of schedules."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "schedule.view": {"zh": "查看应办安排", "en": "View what is due regularly"},
        "schedule.set": {"zh": "启用和停用应办安排", "en": "Begin and end schedules"},
        "schedule.excuse": {"zh": "准予免办", "en": "Excuse what was due"},
        "schedule.run": {"zh": "到期生成应办", "en": "Make what is due"},
    },
    # Who excuses answers for it in person.
    undelegable=["schedule.excuse"],
)
