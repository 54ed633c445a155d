"""Permissions of forms."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "form.view": {"zh": "查看报表", "en": "View forms"},
        "form.propose": {"zh": "登记报表", "en": "Register forms"},
        "form.approve": {"zh": "批准报表", "en": "Approve forms"},
        "form.fill": {"zh": "填报", "en": "Fill forms"},
        "form.burden": {"zh": "设定填报用时", "en": "Set the minutes of an answer"},
    }
)
